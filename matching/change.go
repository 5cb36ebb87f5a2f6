package matching

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Cancel ends a live order, resting, dormant or idle, and notes it in m with
// the level that it leaves. False says that id names no live order.
func (b *Books) Cancel(id venue.OrderID, reason venue.Reason, m *Matched) bool {
	s := b.slot(id)
	if s == 0 {
		return false
	}
	b.cut(m, s, b.leaves(s), 0, reason)
	b.withdraw(s, m)
	b.release(s)
	return true
}

// withdraw takes an order out of the book or trigger book that it is in.
func (b *Books) withdraw(s uint32, m *Matched) {
	o := &b.orders[s]
	switch o.state() {
	case stateResting:
		h := b.restHalf(o)
		l := b.pull(h, h.key(o.price), o)
		b.report(m, o.inst, o.side(), o.price, l)
		if o.has(flagExtended) {
			b.uncount(s, o)
		}
	case stateDormant:
		h := b.stopHalf(s, o)
		b.pull(h, h.key(b.extras[s].stop), o)
	}
	o.setState(stateIdle)
}

// Reduce takes by lots off a live order, which keeps its place, and notes it in
// m with its level. By at or above what is open cancels the order. False says
// that id names no live order.
func (b *Books) Reduce(id venue.OrderID, by venue.Qty, reason venue.Reason, m *Matched) bool {
	assert.That(by > 0, "reduction by nothing")
	s := b.slot(id)
	if s == 0 {
		return false
	}
	open := b.leaves(s)
	if by >= venue.Qty(open) {
		return b.Cancel(id, reason, m)
	}
	leaves := open - uint32(by)
	b.cut(m, s, uint32(by), leaves, reason)
	b.shrink(s, leaves, m)
	return true
}

// shrink lowers what is open of an order in its place.
func (b *Books) shrink(s, leaves uint32, m *Matched) {
	o := &b.orders[s]
	shown := o.qty
	b.setLeaves(s, leaves)
	switch o.state() {
	case stateResting:
		h := b.restHalf(o)
		l := b.levelAt(h, h.key(o.price))
		l.agg -= uint64(shown - o.qty)
		b.report(m, o.inst, o.side(), o.price, l)
	case stateDormant:
		h := b.stopHalf(s, o)
		b.levelAt(h, h.key(b.extras[s].stop)).agg -= uint64(shown - o.qty)
	}
}

// Amend gives a live order another limit and another open quantity. A quantity
// that is not larger at the same price keeps the order's place, and a dormant
// stop stays dormant, at the end of its queue if it lost its place: Amend says
// true. Otherwise it takes the order out of its level and says false; the caller
// then calls Match with the same m. What is open and what was filled add up to
// venue.MaxQty at most.
func (b *Books) Amend(id venue.OrderID, price venue.Price, leaves venue.Qty, m *Matched) bool {
	s := b.slot(id)
	o := &b.orders[s]
	assert.That(s != 0, "amend of no order")
	assert.That(leaves > 0 && leaves <= venue.MaxQty-venue.Qty(b.links[s].filled), "amended quantity")
	tick := o.price
	if o.kind() != venue.Stop || o.state() != stateDormant {
		tick = b.offset(o.inst, price)
	}
	if tick == o.price && uint32(leaves) <= b.leaves(s) && o.state() != stateIdle {
		if uint32(leaves) < b.leaves(s) {
			b.shrink(s, uint32(leaves), m)
		}
		return true
	}
	dormant := o.state() == stateDormant
	b.withdraw(s, m)
	if b.restHalf(o).shared {
		b.dethrone(id, o)
	}
	o.price, o.qty = tick, uint32(leaves)
	if o.has(flagExtended) {
		b.extras[s].reserve = 0
	}
	if dormant {
		h := b.stopHalf(s, o)
		l, why := b.levelFor(h, h.key(b.extras[s].stop))
		assert.That(why == venue.OK, "no room for an order that was there")
		b.append(l, s, o)
		o.setState(stateDormant)
	}
	return dormant
}

// Reprice sets the limit of an idle order: an elected Stop gets the bound of its
// price band.
func (b *Books) Reprice(id venue.OrderID, price venue.Price) {
	s := b.slot(id)
	o := &b.orders[s]
	assert.That(s != 0 && o.state() == stateIdle, "reprice of an order that is not idle")
	o.price = b.offset(o.inst, price)
}
