package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Open is an order, or a part of one, as its holding counts it.
type Open struct {
	Side venue.Side
	// ReduceOnly orders are counted apart: they need no margin (MAR-02).
	ReduceOnly bool
	// Price is the limit, of a market order the bound of the band.
	Price venue.Price
	// Qty is the open lots.
	Qty venue.Qty
}

// Opened counts an order that opens and holds what a spot order needs. The
// caller has checked that the account has it. An order of no lots is one that
// sleeps: it counts as an order and needs nothing.
func (l *Ledger) Opened(h venue.HoldingID, o Open) {
	x := &l.holdings[h]
	a := &l.accounts[x.Account]
	assert.That(o.Qty >= 0, "negative quantity")
	if x.Kind != venue.Spot && x.Idle() {
		l.link(h, x)
	}
	x.Orders++
	a.Orders++
	x.bound(o)
	x.count(o)
	l.hold(x, a, o)
}

// Closed counts lots of an open order that no longer are: filled, canceled or
// reduced, at the price with which they were opened. done says that nothing of
// the order is left. For a fill it comes before Trade.
func (l *Ledger) Closed(h venue.HoldingID, o Open, done bool) {
	x := &l.holdings[h]
	a := &l.accounts[x.Account]
	assert.That(o.Qty >= 0, "negative quantity")
	o.Qty = -o.Qty
	x.count(o)
	l.hold(x, a, o)
	if !done {
		return
	}
	assert.That(x.Orders > 0 && a.Orders > 0, "more orders closed than opened")
	x.Orders--
	a.Orders--
	if x.Kind != venue.Spot && x.Idle() {
		l.unlink(x)
	}
}

// bound widens the bounds of the open limits, before the order is counted.
func (x *Holding) bound(o Open) {
	p := int32(o.Price)
	switch {
	case o.ReduceOnly:
	case o.Side == venue.Buy:
		if x.BuyQty == 0 || p > x.HighBuy {
			x.HighBuy = p
		}
	default:
		if x.SellQty == 0 || p < x.LowSell {
			x.LowSell = p
		}
	}
}

// count adds the order, which is negative when it goes, to the aggregates.
func (x *Holding) count(o Open) {
	if o.Qty == 0 {
		return
	}
	x.MarkVersion = 0
	if o.ReduceOnly {
		x.countReduce(o)
		return
	}
	ticks := int64(o.Price) * int64(o.Qty) // In range because exposure is bounded.
	if o.Side == venue.Buy {
		x.BuyQty += o.Qty
		x.BuyTicks += ticks
		assert.That(x.BuyQty > 0 || x.BuyQty|venue.Qty(x.BuyTicks) == 0, "closed other buys than were opened")
		return
	}
	x.SellQty += o.Qty
	x.SellTicks += ticks
	assert.That(x.SellQty > 0 || x.SellQty|venue.Qty(x.SellTicks) == 0, "closed other sells than were opened")
}

func (x *Holding) countReduce(o Open) {
	if o.Side == venue.Buy {
		x.ReduceBuy += o.Qty
	} else {
		x.ReduceSell += o.Qty
	}
	assert.That(x.ReduceBuy >= 0 && x.ReduceSell >= 0, "closed other reduce-only orders than were opened")
}

// hold brings what a spot holding holds in line with its aggregates: base units
// for sells, cash for buys. A future holds nothing: risk computes its need anew.
func (l *Ledger) hold(x *Holding, a *Account, o Open) {
	if x.Kind != venue.Spot {
		x.touch(a)
		return
	}
	assert.That(!o.ReduceOnly, "reduce-only order in a spot instrument")
	if o.Side == venue.Sell {
		b := &l.balances[x.base]
		b.held += venue.Amount(o.Qty)
		assert.That(b.held >= 0 && b.held <= b.total, "held more of the base asset than there is")
		return
	}
	was := x.Need
	x.Need = l.BuyHold(x.Instrument, x.BuyTicks, x.BuyQty)
	a.Held += x.Need - was
	assert.That(a.Held >= 0, "negative cash hold")
}

// BuyHold returns the cash that open buys of a spot instrument hold: their value
// at the limit, the taker fee on it, and one micro-dollar per lot when there is
// a fee, because each fill rounds its fee up (R-ROUND) and fills at least a lot.
// ticks is the sum of limit price times lots.
func (l *Ledger) BuyHold(i venue.InstrumentID, ticks int64, qty venue.Qty) venue.Amount {
	t := &l.terms[i]
	return BuyHold(venue.Amount(ticks)*t.tickValue, t.taker, qty)
}

// BuyHold is what buys of a value hold, with the taker fee of the instrument.
func BuyHold(value venue.Amount, taker venue.Rate, qty venue.Qty) venue.Amount {
	if taker == 0 {
		return value
	}
	return value + Charge(value, taker) + venue.Amount(qty)
}

// Charge returns rate of an amount rounded up, as venue.Fee does, for amounts
// and rates that are not negative; it divides by a constant where the product
// fits 64 bits, which is the common case.
func Charge(a venue.Amount, rate venue.Rate) venue.Amount {
	if uint64(a) < 1<<43 && uint64(rate) <= uint64(venue.One) {
		return venue.Amount((uint64(a)*uint64(rate) + uint64(venue.One) - 1) / uint64(venue.One))
	}
	return venue.Fee(a, rate)
}
