package matching

import "github.com/clearhour/clearhour/venue"

// Matched is what happened in one or more calls, in order. The caller owns it
// and resets it, so that its memory is used again.
type Matched struct {
	// Fills are the trades, each with the maker's part.
	Fills []Fill
	// Cuts are orders that were reduced or ended without a trade; of an incoming
	// order Match tells in Leaves, Prevented and End instead.
	Cuts []Cut
	// Levels are the price levels that changed, as they are afterwards. One Match,
	// Cancel, Reduce or Amend names a level once, and so does an Amend that is
	// followed by its Match.
	Levels []Level
	// Leaves is what the incoming order has open after the trades: it rests when
	// End is OK, and was canceled otherwise.
	Leaves venue.Qty
	// Prevented is what self-trade prevention took off the incoming order in mode
	// Decrement. Its quantity was the sum of fills, Prevented and Leaves.
	Prevented venue.Qty
	// End says why the incoming order ended, or OK when it was filled or rests.
	End venue.Reason
}

// Fill is a trade of the incoming order with a maker.
type Fill struct {
	Maker    venue.OrderID
	Holding  venue.HoldingID
	MakerTag uint32
	// Price is the maker's limit.
	Price venue.Price
	Qty   venue.Qty
	// MakerLeaves is what the maker has open, hidden size included; at 0 it is gone.
	MakerLeaves venue.Qty
	MakerFlags  venue.OrderFlags
}

// Cut is an order that became smaller, or ended, without a trade.
type Cut struct {
	Order   venue.OrderID
	Holding venue.HoldingID
	Tag     uint32
	// Price is the limit; 0 for a Stop that was not elected.
	Price venue.Price
	// By is what was taken off; Leaves is what is open, at 0 the order is gone.
	By, Leaves venue.Qty
	Instrument venue.InstrumentID
	Side       venue.Side
	Flags      venue.OrderFlags
	Reason     venue.Reason
	// Dormant says that the order was a stop that had not been elected.
	Dormant bool
}

// Level is a price level: displayed quantity and number of orders, both 0 when
// it is gone.
type Level struct {
	Price      venue.Price
	Qty        venue.Qty
	Orders     uint32
	Instrument venue.InstrumentID
	Side       venue.Side
}

// Reset forgets everything and keeps the memory.
func (m *Matched) Reset() {
	m.Fills, m.Cuts, m.Levels = m.Fills[:0], m.Cuts[:0], m.Levels[:0]
	m.Leaves, m.Prevented, m.End = 0, 0, venue.OK
}

// level notes a changed level; naming the same one again right away replaces
// what was said.
func (m *Matched) level(v Level) {
	if n := len(m.Levels); n > 0 {
		last := &m.Levels[n-1]
		if last.Price == v.Price && last.Side == v.Side && last.Instrument == v.Instrument {
			*last = v
			return
		}
	}
	m.Levels = append(m.Levels, v)
}

// report notes the level at a price of a side.
func (b *Books) report(m *Matched, inst uint16, side venue.Side, tick int32, l *level) {
	m.level(Level{
		Price: b.price(inst, tick), Qty: venue.Qty(l.agg & qtyMask), Orders: uint32(l.agg >> 48),
		Instrument: venue.InstrumentID(inst), Side: side,
	})
}

// cut notes that an order loses by lots without a trade and keeps leaves.
func (b *Books) cut(m *Matched, s, by, leaves uint32, reason venue.Reason) {
	o := &b.orders[s]
	m.Cuts = append(m.Cuts, Cut{
		Order: id(o.gen, s), Holding: venue.HoldingID(o.holding), Tag: b.links[s].tag,
		Price: b.limit(o), By: venue.Qty(by), Leaves: venue.Qty(leaves),
		Instrument: venue.InstrumentID(o.inst), Side: o.side(), Flags: o.user(),
		Reason: reason, Dormant: o.state() == stateDormant,
	})
}
