package engine_test

import (
	"fmt"

	"github.com/clearhour/clearhour/venue"
)

// auditor is the slow twin of what the venue says about itself: it hears events
// only and keeps orders, money and positions in maps. It returns the first
// sentence that is not true.
type auditor struct {
	terms  map[venue.InstrumentID]venue.Instrument
	marks  map[venue.InstrumentID]venue.Price
	orders map[venue.OrderID]*audited
	units  map[owned]venue.Amount // Of assets other than money.
	flow   map[venue.AccountID]venue.Amount
	costs  map[position]venue.Amount
	qty    map[position]venue.Qty
	said   map[position]venue.Qty
	trade  venue.TradeID
	kinds  map[venue.EventKind]int
}

type audited struct {
	account    venue.AccountID
	instrument venue.InstrumentID
	side       venue.Side
	price      venue.Price
	leaves     venue.Qty
	display    venue.Qty
	dormant    bool
}

type owned struct {
	account venue.AccountID
	asset   venue.AssetID
}

type position struct {
	account    venue.AccountID
	instrument venue.InstrumentID
}

func newAuditor() *auditor {
	return &auditor{
		terms: map[venue.InstrumentID]venue.Instrument{}, marks: map[venue.InstrumentID]venue.Price{},
		orders: map[venue.OrderID]*audited{}, units: map[owned]venue.Amount{}, flow: map[venue.AccountID]venue.Amount{},
		costs: map[position]venue.Amount{}, qty: map[position]venue.Qty{}, said: map[position]venue.Qty{},
		kinds: map[venue.EventKind]int{},
	}
}

func (w *auditor) apply(entries []venue.Entry) error {
	for i := range entries {
		if err := w.event(entries[i].Event); err != nil {
			return fmt.Errorf("event %d.%d %T%+v: %w", entries[i].Seq, entries[i].Index, entries[i].Event, entries[i].Event, err)
		}
		w.kinds[entries[i].Event.Kind()]++
	}
	for k, q := range w.qty {
		if w.said[k] != q {
			return fmt.Errorf("position of account %d in instrument %d is %d, told as %d", k.account, k.instrument, q, w.said[k])
		}
	}
	return nil
}

func (w *auditor) event(e venue.Event) error {
	switch e := e.(type) {
	case *venue.InstrumentListed:
		w.terms[e.Terms.ID] = e.Terms
	case *venue.MarkChanged:
		w.marks[e.Instrument] = e.Price
	case *venue.Deposited:
		w.move(e.Account, e.Asset, e.Amount)
	case *venue.Withdrawn:
		w.move(e.Account, e.Asset, -e.Amount)
	case *venue.FundingPaid:
		if e.Qty != w.qty[position{e.Account, e.Instrument}] {
			return fmt.Errorf("account %d has %d lots", e.Account, w.qty[position{e.Account, e.Instrument}])
		}
		w.move(e.Account, venue.USD, -e.Amount)
	case *venue.OrderAccepted:
		return w.accepted(e)
	case *venue.OrderTriggered, *venue.OrderAmended, *venue.OrderReduced, *venue.OrderCanceled:
		return w.changed(e)
	case *venue.Traded:
		return w.traded(e)
	case *venue.BalanceChanged:
		return w.balance(e)
	case *venue.PositionChanged:
		k := position{e.Account, e.Instrument}
		w.said[k], w.costs[k] = e.Qty, e.Cost
		if (e.Qty == 0) != (e.Cost == 0) && e.Qty == 0 {
			return fmt.Errorf("a position of nothing costs %d", e.Cost)
		}
	}
	return nil
}

func (w *auditor) move(a venue.AccountID, as venue.AssetID, n venue.Amount) {
	if as == venue.USD {
		w.flow[a] += n
		return
	}
	w.units[owned{a, as}] += n
}

func (w *auditor) accepted(e *venue.OrderAccepted) error {
	if w.orders[e.Order] != nil {
		return fmt.Errorf("order %d is live already", e.Order)
	}
	w.orders[e.Order] = &audited{e.Account, e.Instrument, e.Side, e.Price, e.Qty, e.Display, e.Stop != 0}
	return nil
}

// changed follows what happens to one order without a trade.
func (w *auditor) changed(e venue.Event) error {
	var id venue.OrderID
	var leaves, gone venue.Qty
	switch e := e.(type) {
	case *venue.OrderTriggered:
		id = e.Order
	case *venue.OrderAmended:
		id = e.Order
	case *venue.OrderReduced:
		id, leaves, gone = e.Order, e.Leaves, e.By
	case *venue.OrderCanceled:
		id, gone = e.Order, e.Qty
	}
	o := w.orders[id]
	if o == nil {
		return fmt.Errorf("order %d is not live", id)
	}
	if gone != 0 && o.leaves != leaves+gone {
		return fmt.Errorf("order %d had %d open", id, o.leaves)
	}
	switch e := e.(type) {
	case *venue.OrderTriggered:
		o.price, o.dormant = e.Price, false
	case *venue.OrderAmended:
		o.price, o.leaves = e.Price, e.Leaves
	case *venue.OrderReduced:
		o.leaves = e.Leaves
	case *venue.OrderCanceled:
		delete(w.orders, id)
	}
	return nil
}

func (w *auditor) traded(e *venue.Traded) error {
	w.trade++
	if e.Trade != w.trade {
		return fmt.Errorf("trade number %d, want %d", e.Trade, w.trade)
	}
	if e.Maker.Fee+e.Taker.Fee < 0 {
		return fmt.Errorf("the venue pays %d", -e.Maker.Fee-e.Taker.Fee)
	}
	t := w.terms[e.Instrument]
	if mark, ok := w.marks[e.Instrument]; ok {
		// The side that takes is the one that is banded (MAT-03).
		lower, _ := venue.MulDiv(int64(mark), int64(venue.One-t.Band), int64(venue.One), venue.Up)
		upper, _ := venue.MulDiv(int64(mark), int64(venue.One+t.Band), int64(venue.One), venue.Down)
		if e.TakerSide == venue.Buy && e.Price > venue.Price(upper) || e.TakerSide == venue.Sell && e.Price < venue.Price(lower) {
			return fmt.Errorf("traded outside the band %d to %d", lower, upper)
		}
	}
	for _, side := range [2]venue.Side{e.TakerSide, e.TakerSide.Opposite()} {
		f := e.Taker
		if side != e.TakerSide {
			f = e.Maker
		}
		if err := w.side(e, &t, side, f); err != nil {
			return err
		}
	}
	return nil
}

// side books one side of a trade.
func (w *auditor) side(e *venue.Traded, t *venue.Instrument, side venue.Side, f venue.Fill) error {
	o := w.orders[f.Order]
	switch {
	case o == nil:
		return fmt.Errorf("order %d is not live", f.Order)
	case o.dormant:
		return fmt.Errorf("order %d traded before it was triggered", f.Order)
	case o.account != f.Account || o.instrument != e.Instrument || o.side != side:
		return fmt.Errorf("order %d is %+v", f.Order, o)
	case side == venue.Buy && e.Price > o.price || side == venue.Sell && e.Price < o.price:
		return fmt.Errorf("order %d has the limit %d", f.Order, o.price)
	case o.leaves-e.Qty != f.Leaves || f.Leaves < 0:
		return fmt.Errorf("order %d had %d open", f.Order, o.leaves)
	}
	o.leaves = f.Leaves
	if f.Leaves == 0 {
		delete(w.orders, f.Order)
	}
	lots := e.Qty * side.Sign()
	w.flow[f.Account] -= venue.Amount(e.Price)*venue.Amount(lots)*t.TickValue() + f.Fee
	if t.Kind != venue.Spot {
		w.qty[position{f.Account, e.Instrument}] += lots
		return nil
	}
	k := owned{f.Account, t.Base}
	if w.units[k] += venue.Amount(lots); w.units[k] < 0 {
		return fmt.Errorf("account %d sold %d of asset %d that it has not", f.Account, -w.units[k], t.Base)
	}
	return nil
}

// balance compares what is told with what followed from all events before.
func (w *auditor) balance(e *venue.BalanceChanged) error {
	if e.Asset == venue.USD {
		want := w.flow[e.Account]
		for i := range w.terms {
			want += w.costs[position{e.Account, i}]
		}
		if e.Total != want {
			return fmt.Errorf("account %d has %d micro-dollars by its deposits and trades", e.Account, want)
		}
		return nil
	}
	held := venue.Amount(0)
	for _, o := range w.orders {
		if o.account == e.Account && o.side == venue.Sell && !o.dormant && w.terms[o.instrument].Base == e.Asset {
			held += venue.Amount(o.leaves)
		}
	}
	total := w.units[owned{e.Account, e.Asset}]
	if e.Total != total || e.Held != held || held > total || total < 0 {
		return fmt.Errorf("account %d has %d of asset %d and %d in open sells", e.Account, total, e.Asset, held)
	}
	return nil
}

// level is what a price should show: orders, their open lots, and whether all of
// them are shown.
type level struct {
	orders uint32
	leaves venue.Qty
	hidden bool
}

// levels returns what the live orders amount to.
func (w *auditor) levels(id venue.InstrumentID, side venue.Side) map[venue.Price]level {
	all := map[venue.Price]level{}
	for _, o := range w.orders {
		if o.instrument == id && o.side == side && !o.dormant {
			l := all[o.price]
			l.orders++
			l.leaves += o.leaves
			l.hidden = l.hidden || o.display != 0
			all[o.price] = l
		}
	}
	return all
}
