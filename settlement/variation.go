package settlement

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Position is what a party has of one contract since the last mark.
type Position struct {
	// Qty is signed lots, positive when long.
	Qty venue.Qty
	// Cost is what they cost in micro-dollars, signed like Qty: the lots of the
	// last mark at that mark, those traded since at their prices. A party that
	// sold for more than it has left has a negative cost of a long position.
	Cost venue.Amount
}

// Trade adds signed lots at a price in ticks, with what a tick on a lot is worth.
// Taking over a position at a mark is a trade at the mark. It is false, and
// changes nothing, when the cost would be beyond venue.MaxAmount.
func (p *Position) Trade(q venue.Qty, at venue.Price, tickValue venue.Amount) bool {
	value, ok := venue.Notional(at, q, tickValue)
	if !ok || !within(p.Cost+value) {
		return false
	}
	p.Qty += q
	p.Cost += value
	return true
}

func within(a venue.Amount) bool { return a <= venue.MaxAmount && a >= -venue.MaxAmount }

// Ticks returns a price of whole ticks for Variation and Settle.
func Ticks(p venue.Price) venue.Ratio {
	return venue.Ratio{Num: venue.ToWide(p), Den: venue.ToWide(int64(1))}
}

// Variation returns what a party receives (negative when it pays) when its
// position is marked at a price, exact or not, in ticks: the worth of its lots
// less their cost, rounded down. That is the rule's lots at the last mark times
// the move, plus each trade's lots times the move since its price (SET-01). It
// is false when the amount is beyond venue.MaxAmount.
func (p *Position) Variation(at venue.Ratio, tickValue venue.Amount) (venue.Amount, bool) {
	worth := at.Num.Mul(venue.WideProduct(int64(p.Qty), int64(tickValue)))
	v, ok := worth.Sub(at.Den.Mul(venue.ToWide(p.Cost))).Quo(at.Den, venue.Down).Int64()
	return venue.Amount(v), ok && within(venue.Amount(v))
}

// Settle writes what each position receives at a price into amounts, which is as
// long, and returns the residue for venue.Residue: amounts and residue sum to
// exactly zero. Lots and costs of all positions must sum to zero, as those of a
// contract do. At a price of whole ticks nothing is rounded and the residue is 0;
// at any other it is at least 0 and below one micro-dollar for each position. It
// is false, and amounts mean nothing, when one is beyond venue.MaxAmount.
func Settle(positions []Position, at venue.Ratio, tickValue venue.Amount, amounts []venue.Amount) (residue venue.Amount, ok bool) {
	for i := range positions {
		a, ok := positions[i].Variation(at, tickValue)
		if !ok {
			return 0, false
		}
		amounts[i] = a
		residue -= a // May wrap on the way, and comes back.
	}
	assert.That(residue >= 0 && residue <= venue.Amount(len(positions)), "lots or costs do not sum to zero")
	return residue, true
}
