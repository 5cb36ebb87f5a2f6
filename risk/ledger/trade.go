package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Trade books one side of a trade: qty lots at a price, and the fee that the
// account pays to venue.Fees. The other side is booked by a second call; the two
// together sum to zero. Lots of an open order are taken out with Closed before.
//
// A spot trade exchanges money for units of the base asset. A trade in a future
// changes Qty and Cost; what reduces the position realises its share of the
// result into cash.
func (l *Ledger) Trade(h venue.HoldingID, side venue.Side, price venue.Price, qty venue.Qty, fee venue.Amount) {
	x := &l.holdings[h]
	t := &l.terms[x.Instrument]
	assert.That(qty > 0, "trade without quantity")
	value, ok := venue.Notional(price, qty, t.tickValue)
	assert.That(ok, "trade value out of range")
	a := &l.accounts[x.Account]
	a.Cash -= fee
	l.accounts[venue.Fees].Cash += fee
	if side == venue.Sell {
		value, qty = -value, -qty
	}
	if x.Kind == venue.Spot {
		a.Cash -= value
		b := &l.balances[x.base]
		b.total += venue.Amount(qty)
		assert.That(b.total >= b.held, "sold more of the base asset than there is")
		return
	}
	l.shift(h, x, qty, value)
}

// shift adds signed lots of a signed value to the position of a future.
func (l *Ledger) shift(h venue.HoldingID, x *Holding, qty venue.Qty, value venue.Amount) {
	a, t := &l.accounts[x.Account], &l.terms[x.Instrument]
	if x.Idle() {
		l.link(h, x)
	}
	before := max(0, x.Qty)
	if x.Kind == venue.Capped {
		locked := l.LockedBy(x)
		a.Cash += x.move(qty, value)
		l.relock(x, locked)
	} else {
		a.Cash += x.move(qty, value)
	}
	t.open += max(0, x.Qty) - before
	x.touch(a)
	assert.That(x.Qty <= t.maxQty && x.Qty >= -t.maxQty, "position beyond its bound")
	l.holders.keep(h, x)
	if x.Idle() {
		l.unlink(x)
	}
}

// move adds signed lots of a signed value to the position and returns what was
// realised. Δcash − ΔCost is −value in every case, so that the two sides of a
// trade sum to zero.
func (x *Holding) move(qty venue.Qty, value venue.Amount) venue.Amount {
	if x.Qty == 0 || (x.Qty > 0) == (qty > 0) {
		x.Qty += qty
		x.Cost += value
		return 0
	}
	before := x.Cost
	switch held, traded := max(x.Qty, -x.Qty), max(qty, -qty); {
	case traded < held:
		x.Cost -= share(x.Cost, traded, held)
	case traded == held:
		x.Cost = 0
	default: // What is beyond the old position opens a new one at the price.
		x.Cost = share(value, traded-held, traded)
	}
	x.Qty += qty
	return x.Cost - before - value
}

// share returns the part of an amount that falls to part of whole lots, rounded
// Down; the residue stays where the rest of the amount is.
func share(a venue.Amount, part, whole venue.Qty) venue.Amount {
	v, ok := venue.MulDiv(int64(a), int64(part), int64(whole), venue.Down)
	assert.That(ok, "share of a cost out of range")
	return venue.Amount(v)
}
