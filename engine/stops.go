package engine

import (
	"slices"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// maxElected bounds the stops that one command may elect, however they trigger
// each other. The others are elected by the next Tick.
const maxElected = 256

// elect wakes the stops that the last trade has reached. Each one meets the
// book like a new order and may reach further stops.
func (e *Engine) elect(inst venue.InstrumentID) {
	m := e.markets.Get(inst)
	if !m.Traded {
		return
	}
	for n := 0; n < maxElected; n += len(e.elected) {
		e.elected = e.books.Elect(inst, m.Last, e.elected[:0])
		if len(e.elected) == 0 {
			return
		}
		for i := range e.elected {
			e.trigger(e.elected[i])
		}
	}
	if !slices.Contains(e.unelected, inst) {
		e.unelected = append(e.unelected, inst)
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
	if why := e.readmit(&o, v.Type, account); why != venue.OK {
		e.dropStop(id, why)
		return
	}
	if o.Price != v.Price {
		e.books.Reprice(id, o.Price)
	}
	x := e.tape.OrderTriggered()
	x.Account, x.Instrument, x.Order, x.Price = account, o.Instrument, id, o.Price
	e.ledger.Closed(o.Holding, asleep, true)
	e.risk.Reserve(o.Holding, e.marks(), openOf(&o))
	e.match(id, &o)
}

// readmit asks what admit would have asked, at the prices and for the position
// of now, and gives the order its price. A reduce-only stop that is larger than
// what is left to reduce ends: the position that it guarded is not there.
func (e *Engine) readmit(o *matching.Order, kind venue.OrderType, a venue.AccountID) venue.Reason {
	m := e.markets.Get(o.Instrument)
	if kind == venue.Stop {
		o.Price = m.Bound(o.Side)
	} else if why := m.InBand(o.Side, o.Price); why.Refused() {
		return why.Reason
	}
	need, why := e.risk.Check(o.Holding, e.marks(), &risk.Order{Account: a, Instrument: o.Instrument, Open: openOf(o)})
	if why.Refused() {
		return why.Reason
	}
	if need.Open.Qty < o.Qty {
		return venue.ReduceOnlyTrimmed
	}
	return venue.OK
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
