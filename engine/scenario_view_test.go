package engine_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// view is what a reader of events knows: it takes the events of commands and
// those of an image alike, so that the two can be compared.
type view struct {
	levels    map[place]venue.LevelChanged
	orders    map[venue.OrderID]live
	totals    map[purse]venue.Amount
	held      map[purse]venue.Amount
	positions map[seat]venue.PositionChanged
	margin    map[seat]venue.Amount
	guards    map[guarded]venue.QuoteLimits
}

type guarded struct {
	account venue.AccountID
	set     venue.QuoteSet
}

type place struct {
	inst  venue.InstrumentID
	side  venue.Side
	price venue.Price
}

type purse struct {
	account venue.AccountID
	asset   venue.AssetID
}

type seat struct {
	account venue.AccountID
	inst    venue.InstrumentID
}

// live is an order that has not ended.
type live struct {
	account  venue.AccountID
	inst     venue.InstrumentID
	side     venue.Side
	kind     venue.OrderType
	price    venue.Price
	stop     venue.Price
	leaves   venue.Qty
	expire   venue.Time
	accepted venue.OrderAccepted
}

func newView() *view {
	return &view{
		levels: map[place]venue.LevelChanged{}, orders: map[venue.OrderID]live{},
		totals: map[purse]venue.Amount{}, held: map[purse]venue.Amount{},
		positions: map[seat]venue.PositionChanged{}, margin: map[seat]venue.Amount{}, guards: map[guarded]venue.QuoteLimits{},
	}
}

// viewOf returns what the venue says of itself.
func viewOf(e *engine.Engine) *view {
	var tape venue.Tape
	e.Image(&tape)
	v := newView()
	for i := range tape.Entries {
		v.add(tape.Entries[i].Event)
	}
	return v
}

func (v *view) add(e venue.Event) {
	switch x := e.(type) {
	case *venue.LevelChanged:
		key := place{x.Instrument, x.Side, x.Price}
		v.levels[key] = *x
		if x.Orders == 0 {
			delete(v.levels, key)
		}
	case *venue.BalanceChanged:
		key := purse{x.Account, x.Asset}
		v.totals[key], v.held[key] = x.Total, x.Held
		if x.Total == 0 && x.Held == 0 {
			delete(v.totals, key)
			delete(v.held, key)
		}
	case *venue.PositionChanged:
		key := seat{x.Account, x.Instrument}
		v.positions[key] = venue.PositionChanged{Qty: x.Qty, Cost: x.Cost}
		v.margin[key] = x.Margin
		if x.Qty == 0 {
			delete(v.positions, key)
			delete(v.margin, key)
		}
	case *venue.QuoteProtectionSet:
		v.guards[guarded{x.Account, x.Set}] = x.Limits
		if x.Limits == (venue.QuoteLimits{}) {
			delete(v.guards, guarded{x.Account, x.Set})
		}
	default:
		v.addOrder(e)
	}
}

func (v *view) addOrder(e venue.Event) {
	switch x := e.(type) {
	case *venue.OrderAccepted:
		o := live{x.Account, x.Instrument, x.Side, x.Type, x.Price, x.Stop, x.Qty - x.Filled, x.Expire, *x}
		if x.Type == venue.Stop {
			o.price = 0 // What the band says when it is elected.
		}
		v.orders[x.Order] = o
	case *venue.OrderTriggered:
		o := v.orders[x.Order]
		o.price, o.stop = x.Price, 0
		v.orders[x.Order] = o
	case *venue.OrderAmended:
		o := v.orders[x.Order]
		o.price = x.Price
		v.orders[x.Order] = o
		v.leave(x.Order, x.Leaves)
	case *venue.OrderReduced:
		v.leave(x.Order, x.Leaves)
	case *venue.OrderCanceled:
		v.leave(x.Order, 0)
	case *venue.Traded:
		v.leave(x.Maker.Order, x.Maker.Leaves)
		v.leave(x.Taker.Order, x.Taker.Leaves)
	}
}

func (v *view) leave(id venue.OrderID, leaves venue.Qty) {
	o := v.orders[id]
	o.leaves = leaves
	v.orders[id] = o
	if leaves == 0 {
		delete(v.orders, id)
	}
}

// best returns the best bid and ask, 0 for none.
func (v *view) best(inst venue.InstrumentID) (bid, ask venue.Price) {
	for k := range v.levels {
		switch {
		case k.inst != inst:
		case k.side == venue.Buy:
			bid = max(bid, k.price)
		case ask == 0 || k.price < ask:
			ask = k.price
		}
	}
	return bid, ask
}

// String lists everything in raw units, in a fixed order.
func (v *view) String() string {
	var lines []string
	for k, l := range v.levels {
		lines = append(lines, fmt.Sprintf("level %v: %d in %d", k, l.Qty, l.Orders))
	}
	for id, o := range v.orders {
		lines = append(lines, fmt.Sprintf("order %x: %d %d %v %v %d stop %d open %d until %d by %d with %d", id, o.account, o.inst, o.side, o.kind, o.price, o.stop, o.leaves, o.expire, o.accepted.Session, o.accepted.Flags))
	}
	for k, l := range v.guards {
		lines = append(lines, fmt.Sprintf("guard %v: %v", k, l))
	}
	for k, total := range v.totals {
		lines = append(lines, fmt.Sprintf("balance %v: %d held %d", k, total, v.held[k]))
	}
	for k, p := range v.positions {
		lines = append(lines, fmt.Sprintf("position %v: %d cost %d", k, p.Qty, p.Cost))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
