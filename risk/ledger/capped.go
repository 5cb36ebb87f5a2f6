package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Paid returns what a position in a capped future locks, the most that it can
// lose: what a long paid, what the cap is above what a short got. full is what a
// lot is worth at the cap, cost is signed like the position (MAR-08).
func Paid(qty venue.Qty, cost, full venue.Amount) venue.Amount {
	if qty < 0 {
		return venue.Amount(-qty)*full + cost
	}
	return cost
}

// Capped says whether a capped future is listed.
func (l *Ledger) Capped() bool { return l.locked != nil }

// Locked returns the part of the money of an account that its positions in capped
// futures are paid with. It is a part of Held.
func (l *Ledger) Locked(a venue.AccountID) venue.Amount {
	if l.locked == nil {
		return 0
	}
	return l.locked[a]
}

// LockedBy returns what a holding in a capped future locks.
func (l *Ledger) LockedBy(x *Holding) venue.Amount {
	return Paid(x.Qty, x.Cost, l.terms[x.Instrument].full)
}

// relock brings what an account has locked in line with a holding in a capped
// future that locked so much before.
func (l *Ledger) relock(x *Holding, before venue.Amount) {
	after := l.LockedBy(x)
	assert.That(after >= 0, "capped future locks less than nothing")
	l.accounts[x.Account].Held += after - before
	l.locked[x.Account] += after - before
}

// Beyond returns what the account of a holding in a capped future would have
// beyond what is held if it traded so and paid no fee. It changes nothing.
func (l *Ledger) Beyond(h venue.HoldingID, side venue.Side, price venue.Price, qty venue.Qty) venue.Amount {
	x := l.holdings[h] // A copy.
	a, before := &l.accounts[x.Account], l.LockedBy(&x)
	value := venue.Amount(price) * venue.Amount(qty) * l.terms[x.Instrument].tickValue
	if side == venue.Sell {
		value, qty = -value, -qty
	}
	realised := x.move(qty, value)
	return a.Cash + realised - (a.Held - before + l.LockedBy(&x))
}

// Interest returns the open interest of an instrument: the sum of its long
// positions, in lots.
func (l *Ledger) Interest(i venue.InstrumentID) venue.Qty { return l.terms[i].open }
