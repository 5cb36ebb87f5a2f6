package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// place enters an order.
//
//	                                              owner asked   may refuse  writes
//	1  repeated   idempotency                     seen          yes         -
//	2  admit      terms, phase, band, limits      markets       yes         -
//	3  check      what it could cost at worst     risk          yes         -
//	-- from here nothing can fail ------------------------------------------------
//	4  reserve    set that aside                  risk, ledger  -           hold
//	5  OrderAccepted                              engine        -           event
//	6  match      fills, or rests                 matching      -           book
//	7  settle     each fill                       ledger        -           money
//	8  end        release what will not rest      ledger        -           hold
//	9  conclude   (Apply) margin of the touched   risk          -           event
func (e *Engine) place(c *venue.PlaceOrder) {
	r := request{seen.KeyOf(c.Account, &c.ClOrdID), placePrint(c)}
	isNew, why := e.first(r)
	if !isNew {
		e.refuse(c, why)
		return
	}
	o := &e.order
	if why := e.admit(c, o); why.Refused() {
		e.remember(r, 0, why)
		e.refuse(c, why)
		return
	}
	h, ok := e.ledger.Hold(c.Account, c.Instrument)
	assert.That(ok, "no holding after admission")
	tag := e.remember(r, 0, venue.Refusal{})
	o.Holding, o.Tag = h, uint32(tag)
	id, ok := e.books.Add(o)
	assert.That(ok, "book full after admission")
	e.seen.At(tag).SetOrder(id)
	e.accepted(c, o, id)
	if o.Stop != 0 {
		e.park(h, id)
		return
	}
	e.risk.Reserve(h, e.marks(), openOf(o))
	e.match(id, o)
	e.elect(o.Instrument)
}

// admit asks every owner whether the order may enter, and fills in o as the book
// will have it. Nothing else is written.
func (e *Engine) admit(c *venue.PlaceOrder, o *matching.Order) venue.Refusal {
	m, price, why := e.markets.Admit(c, e.now)
	if why.Refused() {
		return why
	}
	h, _ := e.ledger.Find(c.Account, c.Instrument)
	if why := e.crowded(h); why.Refused() {
		return why
	}
	e.draft(c, o, price)
	if o.Stop != 0 {
		return e.admitStop(c.Account, h, o)
	}
	if c.Flags.Has(venue.PostOnly) && e.books.WouldTake(c.Instrument, c.Side, price) {
		return venue.Refusal{Reason: venue.WouldTake, Field: venue.FieldPrice}
	}
	need, why := e.risk.Check(h, e.marks(), &risk.Order{
		Account: c.Account, Instrument: c.Instrument, Open: openOf(o),
		Bounded: e.liq.on(), Market: o.Type == venue.Market,
	})
	if why.Refused() {
		return why
	}
	o.Price, o.Qty = need.Open.Price, need.Open.Qty // A reduce-only order is clipped to what there is to reduce, and its parts with it.
	o.MinQty, o.Display = min(o.MinQty, o.Qty), min(o.Display, o.Qty)
	if o.Type == venue.Market {
		why = attainable(m, o.Price)
	}
	if !why.Refused() && m.Guarded {
		why = e.restrained(m, o)
	}
	return why
}

// attainable refuses a market order whose bound is a price that the instrument does
// not have: the account owes so much that nothing could pay for it (MAR-15).
func attainable(m *markets.Market, p venue.Price) venue.Refusal {
	if p < m.Terms.Low || p > m.Terms.High {
		return venue.Refusal{Reason: venue.BeyondBankruptcy, Field: venue.FieldPrice, Limit: int64(p)}
	}
	return venue.Refusal{}
}

// draft fills in an order as it was asked for, field by field like the records of
// package matching.
func (e *Engine) draft(c *venue.PlaceOrder, o *matching.Order, price venue.Price) {
	o.Instrument = c.Instrument
	o.Owner = e.ledger.Owner(c.Account)
	o.Side, o.Type, o.TIF, o.STP, o.Flags = c.Side, c.Type, c.TIF, c.STP, c.Flags
	o.Price, o.Stop = price, c.Stop
	o.Qty, o.MinQty, o.Display = c.Qty, c.MinQty, c.Display
	o.Expire = expiry(c, e.now)
	if o.Type == venue.Stop {
		o.Price = 0 // It gets the bound of the band when it is elected.
	}
}

// openOf returns the order as its holding counts it.
func openOf(o *matching.Order) ledger.Open {
	return ledger.Open{Side: o.Side, ReduceOnly: o.Flags.Has(venue.ReduceOnly), Price: o.Price, Qty: o.Qty}
}

func (e *Engine) marks() []venue.Mark { return e.markets.Marks() }

// expiry returns when the order ends by itself, 0 for never.
func expiry(c *venue.PlaceOrder, now venue.Time) venue.Time {
	if c.TIF == venue.Day {
		return markets.EndOfDay(now)
	}
	return c.Expire
}

// crowded refuses when the holding or the venue has all the live orders that it
// may have.
func (e *Engine) crowded(h venue.HoldingID) venue.Refusal {
	if h != 0 && e.ledger.Holding(h).Orders >= e.limits.OrdersPerHolding {
		return venue.Refusal{Reason: venue.TooManyOrders, Field: venue.FieldInstrument, Limit: int64(e.limits.OrdersPerHolding)}
	}
	if e.books.Live() >= int(e.limits.Orders) {
		return venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldOrder, Limit: int64(e.limits.Orders)}
	}
	return venue.Refusal{}
}

// admitStop asks for room only. What the order could cost is asked when it is
// elected, at the prices of that time.
func (e *Engine) admitStop(a venue.AccountID, h venue.HoldingID, o *matching.Order) venue.Refusal {
	switch {
	case int(e.ledger.Account(a).Orders) >= e.ledger.Limits().Orders:
		return venue.Refusal{Reason: venue.TooManyOrders, Field: venue.FieldAccount, Limit: int64(e.ledger.Limits().Orders)}
	case h == 0:
		return e.ledger.CanHold(a, o.Instrument)
	}
	return venue.Refusal{}
}

// asleep is how a dormant stop counts in its holding: as an order of no lots.
var asleep = ledger.Open{Side: venue.Buy}

// park puts a stop to sleep.
func (e *Engine) park(h venue.HoldingID, id venue.OrderID) {
	e.ledger.Opened(h, asleep)
	if why := e.books.Park(id); why != venue.OK {
		e.dropStop(id, why)
	}
}

func (e *Engine) accepted(c *venue.PlaceOrder, o *matching.Order, id venue.OrderID) {
	a := e.tape.OrderAccepted()
	a.Session, a.Account, a.Instrument, a.Order, a.ClOrdID = e.session, c.Account, c.Instrument, id, c.ClOrdID
	a.Side, a.Type, a.TIF, a.STP, a.Flags = c.Side, c.Type, c.TIF, c.STP, c.Flags
	a.Price, a.Stop, a.Qty, a.MinQty, a.Display, a.Expire = o.Price, c.Stop, o.Qty, o.MinQty, o.Display, o.Expire
}

// refuse says why an order does not enter; without a reason it says nothing.
func (e *Engine) refuse(c *venue.PlaceOrder, why venue.Refusal) {
	if !why.Refused() {
		return
	}
	r := e.tape.OrderRejected()
	r.Account, r.Instrument, r.ClOrdID, r.Refusal = c.Account, c.Instrument, c.ClOrdID, why
	r.Side, r.Type, r.TIF, r.Price, r.Qty = c.Side, c.Type, c.TIF, c.Price, c.Qty
}
