package ledger

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// Conserved says whether the books balance: the money of all accounts minus the
// cost of all positions is zero, all units of every other asset sum to zero, the
// positions of every future sum to zero, the open interests are the sums of the
// long ones, and what is held is what open orders in spot instruments need and
// positions in capped futures lock. It reads everything and allocates: it is for tests, for verifying a
// journal and for the end of a run.
func (l *Ledger) Conserved() bool {
	var money, held venue.Amount
	for i := range l.accounts {
		money += l.accounts[i].Cash
		held += l.accounts[i].Held
	}
	lots, longs := make([]venue.Qty, len(l.terms)), make([]venue.Qty, len(l.terms))
	locked := slices.Clone(l.locked)
	units := make([]venue.Amount, 1<<16)
	free := make([]venue.Amount, len(l.balances))
	for i := range l.balances {
		units[l.balances[i].asset] += l.balances[i].total
		free[i] = l.balances[i].held
	}
	for i := 1; i < len(l.holdings); i++ {
		x := &l.holdings[i]
		money -= x.Cost
		lots[x.Instrument] += x.Qty
		longs[x.Instrument] += max(0, x.Qty)
		if x.Qty == 0 && x.Cost != 0 {
			return false
		}
		switch x.Kind {
		case venue.Spot:
			held -= x.Need
			free[x.base] -= venue.Amount(x.SellQty)
		case venue.Capped:
			held -= l.LockedBy(x)
			locked[x.Account] -= l.LockedBy(x)
		case venue.Future, venue.Perpetual:
		}
	}
	for i := range longs {
		longs[i] -= l.terms[i].open
	}
	return allZero(longs) && allZero(locked) && money == 0 && held == 0 && allZero(lots) && allZero(units) && allZero(free)
}

func allZero[T ~int64](s []T) bool {
	for _, v := range s {
		if v != 0 {
			return false
		}
	}
	return true
}
