package engine

import (
	"slices"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// maxElected is how many stops wake in one envelope before the others wait for
// the next Tick, however they trigger each other and in however many markets.
const maxElected = 256

// elect wakes the stops that the last trade or the mark has reached. Each one
// meets the book like a new order and may reach further stops. A market that is
// closed elects when it opens again.
func (e *Engine) elect(inst venue.InstrumentID) {
	if !e.books.Stops(inst) {
		return
	}
	m := e.markets.Get(inst)
	for m.Phase == venue.Continuous && e.woken < maxElected { // A stop may begin an auction.
		e.reached(inst, m)
		if len(e.elected) == 0 {
			return
		}
		e.woken += len(e.elected)
		for i := range e.elected {
			e.open.elected = e.elected[i:]
			e.trimTouched()
			e.trigger(e.elected[i])
		}
		e.open.elected = nil
	}
	if m.Phase == venue.Continuous && !slices.Contains(e.unelected, inst) {
		e.unelected = append(e.unelected, inst)
	}
}

// reached gathers the next stops to wake: those by the last trade, whose trades
// may reach more of them, before those by the mark, which stands still meanwhile.
func (e *Engine) reached(inst venue.InstrumentID, m *markets.Market) {
	e.elected = e.elected[:0]
	if m.Traded {
		e.elected = e.books.Elect(inst, m.Last, e.elected)
	}
	if mark, ok := markets.Wakes(e.markets.Mark(inst)); ok && len(e.elected) == 0 {
		e.elected = e.books.ElectByMark(inst, mark, e.elected)
	}
}

// trigger turns a stop into the order that it stood for, if the band and the
// account allow it now. An elected stop is in no book and holds nothing.
func (e *Engine) trigger(id venue.OrderID) {
	v := &e.view
	if !e.books.Get(id, v) {
		return
	}
	o := matching.Order{Instrument: v.Instrument, Holding: v.Holding, Side: v.Side, Flags: v.Flags, Price: v.Price, Qty: v.Leaves}
	account := e.ledger.Holding(v.Holding).Account
	e.ledger.Closed(o.Holding, asleep, true) // Otherwise it would count against its own place among the account's orders.
	over, why := e.readmit(&o, v.Type, account)
	if why != venue.OK {
		e.ledger.Opened(o.Holding, asleep)
		e.dropStop(id, why)
		return
	}
	if o.Price != v.Price {
		e.books.Reprice(id, o.Price)
	}
	x := e.tape.OrderTriggered()
	x.Account, x.Instrument, x.Order, x.Price = account, o.Instrument, id, o.Price
	if over > 0 {
		e.clip(id, account, &o, over)
	}
	e.risk.Reserve(o.Holding, e.marks(), openOf(&o))
	e.match(id, &o)
	if over := e.risk.Excess(o.Holding, o.Side); over > 0 && o.Flags.Has(venue.ReduceOnly) {
		e.trimSide(o.Holding, o.Side, over, id)
	}
}

// readmit asks what admit would have asked, at the prices and for the position
// of now, and gives the order its price and quantity. It returns by how much a
// reduce-only stop was larger than what is left to reduce: a stop guards what is
// left of a position, too.
func (e *Engine) readmit(o *matching.Order, kind venue.OrderType, a venue.AccountID) (over venue.Qty, why venue.Reason) {
	m := e.markets.Get(o.Instrument)
	if kind == venue.Stop {
		o.Price = m.Bound(o.Side)
	} else if why := m.InBand(o.Side, o.Price); why.Refused() {
		return 0, why.Reason
	}
	need, refusal := e.risk.Check(o.Holding, e.marks(), &risk.Order{
		Account: a, Instrument: o.Instrument, Open: openOf(o),
		Bounded: e.liq.on(), Market: kind == venue.Stop, Elected: true,
	})
	if !refusal.Refused() && kind == venue.Stop {
		refusal = attainable(m, need.Open.Price)
	}
	if refusal.Refused() {
		return 0, refusal.Reason
	}
	over = o.Qty - need.Open.Qty
	o.Price, o.Qty = need.Open.Price, need.Open.Qty
	return over, venue.OK
}

// clip takes lots off an elected stop, which is in no book and holds nothing.
func (e *Engine) clip(id venue.OrderID, a venue.AccountID, o *matching.Order, over venue.Qty) {
	m := &e.matched
	m.Reset()
	e.books.Reduce(id, over, venue.ReduceOnlyTrimmed, m)
	x := e.tape.OrderReduced()
	x.Account, x.Instrument, x.Order, x.By, x.Leaves, x.Reason = a, o.Instrument, id, over, o.Qty, venue.ReduceOnlyTrimmed
}

// dropStop ends a stop that is in no book and holds nothing.
func (e *Engine) dropStop(id venue.OrderID, why venue.Reason) {
	m := &e.matched
	m.Reset()
	e.books.Cancel(id, why, m)
	for i := range m.Cuts {
		m.Cuts[i].Dormant = true // It counts in its holding as one.
	}
	e.cuts(m)
}
