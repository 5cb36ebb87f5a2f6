package matching

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

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

// report notes a level as it is now; naming the same one again right away
// replaces what was said.
func (b *Books) report(m *Matched, inst uint16, side venue.Side, tick int32, l *level) {
	price := b.price(inst, tick)
	n := len(m.Levels)
	if n > 0 {
		last := &m.Levels[n-1]
		if last.Price == price && last.Side == side && last.Instrument == venue.InstrumentID(inst) {
			n--
		}
	}
	if n == cap(m.Levels) {
		m.Levels = slices.Grow(m.Levels, 1)
	}
	// Fields are written in place, here and in the other hot records: a composite
	// literal is built aside and copied in wider pieces than it was written in,
	// for which the processor has to wait.
	m.Levels = m.Levels[:n+1]
	v := &m.Levels[n]
	v.Price = price
	v.Qty = venue.Qty(l.agg & qtyMask)
	v.Orders = uint32(l.agg >> 48)
	v.Instrument = venue.InstrumentID(inst)
	v.Side = side
}

// cut notes that an order loses by lots without a trade and keeps leaves.
func (b *Books) cut(m *Matched, s, by, leaves uint32, reason venue.Reason) {
	n := len(m.Cuts)
	if n == cap(m.Cuts) {
		m.Cuts = slices.Grow(m.Cuts, 1)
	}
	m.Cuts = m.Cuts[:n+1]
	o, c := &b.orders[s], &m.Cuts[n]
	c.Order = id(o.gen, s)
	c.Holding = venue.HoldingID(o.holding)
	c.Tag = b.links[s].tag
	c.Price = b.limit(o)
	c.By = venue.Qty(by)
	c.Leaves = venue.Qty(leaves)
	c.Instrument = venue.InstrumentID(o.inst)
	c.Side = o.side()
	c.Flags = o.user()
	c.Reason = reason
	c.Dormant = o.state() == stateDormant
}

// fill notes a trade with the maker in slot s, which has leaves lots open after it.
func (m *Matched) fill(k *order, l *link, s uint32, price venue.Price, qty, leaves uint32) {
	n := len(m.Fills)
	if n == cap(m.Fills) {
		m.Fills = slices.Grow(m.Fills, 1)
	}
	m.Fills = m.Fills[:n+1]
	f := &m.Fills[n]
	f.Maker = id(k.gen, s)
	f.Holding = venue.HoldingID(k.holding)
	f.MakerTag = l.tag
	f.Price = price
	f.Qty = venue.Qty(qty)
	f.MakerLeaves = venue.Qty(leaves)
	f.MakerFlags = k.user()
}
