package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// amend changes price and quantity of a live order. A smaller quantity at the
// same price keeps its place; anything else goes to the back and may trade.
func (e *Engine) amend(c *venue.AmendOrder) {
	r := request{seen.KeyOf(c.Account, &c.ClOrdID), amendPrint(c)}
	isNew, why := e.first(r)
	if !isNew {
		e.refuseAmend(c, why)
		return
	}
	id, _, why := e.find(c.Account, c.Order, &c.Orig)
	if !why.Refused() {
		e.books.Get(id, &e.view)
		why = e.admitAmend(c, &e.view)
	}
	if why.Refused() {
		e.remember(r, 0, why)
		e.refuseAmend(c, why)
		return
	}
	e.remember(r, id, venue.Refusal{})
	e.change(c, id, &e.view)
}

// admitAmend asks every owner whether the change may be made.
func (e *Engine) admitAmend(c *venue.AmendOrder, v *matching.View) venue.Refusal {
	why := e.markets.AdmitAmend(v.Instrument, &markets.Amended{
		Side: v.Side, Type: v.Type, Dormant: v.Dormant, Price: v.Price, Qty: v.Leaves + v.Filled, Filled: v.Filled,
		NewPrice: c.Price, NewQty: c.Qty,
	})
	if why.Refused() {
		return why
	}
	leaves := c.Qty - v.Filled
	if v.Dormant {
		return venue.Refusal{}
	}
	if v.Flags&(venue.PostOnly|venue.Quote) != 0 && e.books.WouldTake(v.Instrument, v.Side, c.Price) {
		return venue.Refusal{Reason: venue.WouldTake, Field: venue.FieldPrice}
	}
	o := risk.Order{Account: c.Account, Instrument: v.Instrument, Open: heldBy(v), Old: heldBy(v), Bounded: e.liq.on()}
	o.Open.Price, o.Open.Qty = c.Price, leaves
	need, why := e.risk.Check(v.Holding, e.marks(), &o)
	if !why.Refused() && need.Open.Qty < leaves {
		return venue.Refusal{Reason: venue.NothingToReduce, Field: venue.FieldQty, Limit: int64(need.Open.Qty + v.Filled)}
	}
	return why
}

// heldBy returns what a resting order is counted with in its holding.
func heldBy(v *matching.View) ledger.Open {
	return ledger.Open{Side: v.Side, ReduceOnly: v.Flags.Has(venue.ReduceOnly), Price: v.Price, Qty: v.Leaves}
}

// change makes an admitted change.
func (e *Engine) change(c *venue.AmendOrder, id venue.OrderID, v *matching.View) {
	o := matching.Order{
		Instrument: v.Instrument, Holding: v.Holding, Side: v.Side, Flags: v.Flags, Price: c.Price, Qty: c.Qty - v.Filled,
	}
	m := &e.matched
	m.Reset()
	kept := e.books.Amend(id, c.Price, o.Qty, m)
	x := e.tape.OrderAmended()
	x.Account, x.Instrument, x.Order, x.ClOrdID = c.Account, v.Instrument, id, c.ClOrdID
	x.Price, x.Qty, x.Leaves = c.Price, c.Qty, o.Qty
	x.Kept = kept && c.Price == v.Price && o.Qty <= v.Leaves // A dormant stop stays where it is, and may lose its place.
	if v.Dormant {
		return
	}
	e.risk.Release(o.Holding, e.marks(), heldBy(v), true)
	e.risk.Reserve(o.Holding, e.marks(), openOf(&o))
	e.watch.touch(o.Holding)
	if kept {
		e.levels(m)
		return
	}
	e.meet(id, &o)
	e.elect(o.Instrument)
}

// refuseAmend says why an order is not changed; without a reason it says
// nothing.
func (e *Engine) refuseAmend(c *venue.AmendOrder, why venue.Refusal) {
	if !why.Refused() {
		return
	}
	r := e.tape.CancelRejected()
	r.Account, r.Order, r.Orig, r.ClOrdID, r.Amend, r.Refusal = c.Account, c.Order, c.Orig, c.ClOrdID, true, why
}
