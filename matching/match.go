package matching

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Match trades an idle order against the other side of its book, best price
// first and oldest order first, always at the resting order's price. What is
// left rests or ends as the order's time in force says; m tells which. Post-only,
// fill-or-kill, a minimum quantity and the limits of memory are decided before
// anything changes.
func (b *Books) Match(id venue.OrderID, m *Matched) {
	s := b.slot(id)
	o := &b.orders[s]
	assert.That(s != 0 && o.state() == stateIdle, "match of an order that is not idle")
	m.Prevented, m.End = 0, venue.OK
	h := b.facing(o)
	leaves := b.leaves(s)
	limit := h.key(o.price)
	if h.best > limit && !o.has(flagExtended) && !o.immediate() {
		// The common case: nothing to trade with and nothing to decide.
		if why := b.stand(s, o, leaves, m); why != venue.OK {
			b.finish(s, leaves, why, m)
		}
		return
	}
	if why := b.refuse(s, o, h, limit, leaves); why != venue.OK {
		b.finish(s, leaves, why, m)
		return
	}
	if h.best <= limit {
		leaves = b.sweep(s, o, h, limit, leaves, m)
		if leaves == 0 || m.End != venue.OK {
			b.finish(s, leaves, m.End, m)
			return
		}
	}
	if o.immediate() {
		b.finish(s, leaves, venue.IOCRemainder, m)
		return
	}
	why := b.stand(s, o, leaves, m)
	assert.That(why == venue.OK, "no room where refuse found some")
}

// refuse returns why an order ends before it trades, or OK.
func (b *Books) refuse(s uint32, o *order, h *half, limit int32, leaves uint32) venue.Reason {
	if h.best <= limit && o.user().Has(venue.PostOnly) {
		return venue.WouldTake
	}
	if !o.immediate() {
		r := b.restHalf(o)
		if why := b.room(r, r.key(o.price)); why != venue.OK {
			return why
		}
		if r.shared && b.roomToShare(r, o) != venue.OK {
			return venue.LevelFull
		}
	}
	if o.tif() == venue.FOK && b.obtain(o, h, limit, leaves, leaves) < leaves {
		return venue.FOKNotFilled
	}
	if o.has(flagExtended) {
		if need := b.extras[s].minQty; need != 0 && b.obtain(o, h, limit, leaves, need) < need {
			return venue.MinQtyNotMet
		}
	}
	return venue.OK
}

// finish ends the incoming order.
func (b *Books) finish(s, leaves uint32, why venue.Reason, m *Matched) {
	m.Leaves, m.End = venue.Qty(leaves), why
	b.release(s)
}

// stand puts what is left of the incoming order into its book, or says why there
// is no room.
func (b *Books) stand(s uint32, o *order, leaves uint32, m *Matched) venue.Reason {
	h := b.restHalf(o)
	if h.shared {
		if why := b.roomToShare(h, o); why != venue.OK {
			return why
		}
		b.enthrone(h, o, s)
	}
	l, why := b.levelFor(h, h.key(o.price))
	if why != venue.OK {
		return why
	}
	m.Leaves = venue.Qty(leaves)
	b.split(s, o, leaves)
	b.append(l, s, o)
	b.settle(s, o, stateResting)
	b.report(m, o.inst, o.side(), o.price, l)
	return venue.OK
}

// split divides what is open into a shown and a hidden part.
func (b *Books) split(s uint32, o *order, leaves uint32) {
	o.qty = leaves
	if !o.has(flagExtended) {
		return
	}
	if x := &b.extras[s]; x.display != 0 {
		o.qty = min(leaves, x.display)
		x.reserve = leaves - o.qty
		b.asides[o.inst].icebergs++
	}
}

// settle notes that an order is in a book; the first time it joins the list of
// its holding.
func (b *Books) settle(s uint32, o *order, state uint16) {
	if !o.has(flagListed) {
		b.list(s, o)
	}
	o.setState(state)
}

// sweep trades against level after level and returns what is left. m.End says
// whether something other than the book stopped it.
func (b *Books) sweep(s uint32, o *order, h *half, limit int32, leaves uint32, m *Matched) uint32 {
	budget := b.limits.FillsPerMatch
	asked := leaves
	for leaves != 0 && m.End == venue.OK && h.best <= limit {
		if budget == 0 {
			m.End = venue.FillLimitReached
			break
		}
		if h.shared {
			leaves, budget = b.share(o, h, leaves, budget, m)
			continue
		}
		leaves, budget = b.consume(o, h, leaves, budget, m)
	}
	b.links[s].filled += asked - leaves - uint32(m.Prevented)
	return leaves
}

// consume trades against the best level until it is empty, nothing is left, the
// budget is used up or self-trade prevention ends the order. It returns what is
// left and the rest of the budget, and reports the level.
func (b *Books) consume(o *order, h *half, leaves uint32, budget int, m *Matched) (uint32, int) {
	key := h.best
	tick := h.key(key)
	l := &b.levels[h.at(key)]
	price := b.price(o.inst, tick)
	for leaves != 0 && l.agg != 0 && budget > 0 {
		budget--
		s := l.head
		k := &b.orders[s]
		if k.owner == o.owner {
			leaves = b.prevent(o, l, s, leaves, m)
			if m.End != venue.OK {
				break
			}
			continue
		}
		qty := min(leaves, k.qty)
		leaves -= qty
		w := &b.links[s]
		w.filled += qty
		m.fill(k, w, s, price, qty, b.leaves(s)-qty)
		b.take(l, s, k, qty)
	}
	b.report(m, o.inst, o.side().Opposite(), tick, l)
	if l.agg == 0 {
		b.unmark(h, key)
	}
	return leaves, budget
}

// take removes traded lots from the order at the head of its level: the order
// keeps its place, shows its next slice at the tail, or ends.
func (b *Books) take(l *level, s uint32, k *order, qty uint32) {
	if qty < k.qty {
		k.qty -= qty
		l.agg -= uint64(qty)
		return
	}
	b.behead(l, k)
	if k.has(flagExtended) {
		if x := &b.extras[s]; x.reserve != 0 {
			k.qty = min(x.reserve, x.display)
			x.reserve -= k.qty
			b.append(l, s, k)
			return
		}
	}
	b.release(s)
}

// behead takes the oldest order out of a level, which may become empty without
// the bitmaps knowing yet.
func (b *Books) behead(l *level, k *order) {
	l.agg -= oneOrder | uint64(k.qty)
	l.head = k.next
	b.orders[k.next].prev = 0
	if k.next == 0 {
		l.tail = 0
	}
}

// prevent keeps the incoming order o from trading with s, the oldest order of
// the best level, which has the same owner (MAT-02). It returns what is left
// and sets m.End when the incoming order is over.
func (b *Books) prevent(o *order, l *level, s, leaves uint32, m *Matched) uint32 {
	k := &b.orders[s]
	own := b.leaves(s)
	mode := o.stp()
	if mode == venue.CancelTaker || mode == venue.CancelBoth {
		m.End = venue.SelfTradePrevented
	}
	switch mode {
	case venue.CancelTaker:
		return leaves
	case venue.CancelMaker, venue.CancelBoth:
		b.cut(m, s, own, 0, venue.SelfTradePrevented)
		b.behead(l, k)
		b.release(s)
		return leaves
	case venue.Decrement:
	}
	by := min(own, leaves)
	b.cut(m, s, by, own-by, venue.SelfTradePrevented)
	m.Prevented += venue.Qty(by)
	if by == own {
		b.behead(l, k)
		b.release(s)
	} else {
		l.agg -= uint64(k.qty)
		b.setLeaves(s, own-by)
		l.agg += uint64(k.qty)
	}
	if by == leaves {
		m.End = venue.SelfTradePrevented
	}
	return leaves - by
}

// Rest puts an idle order into its book without matching it, as an auction
// collects orders: the book may be crossed until Uncross. The order is none that
// never rests (IOC, FOK, Market, Stop). It answers
// LevelFull or MemoryExhausted when there is no room; the order is then still
// idle.
func (b *Books) Rest(id venue.OrderID, m *Matched) venue.Reason {
	s := b.slot(id)
	o := &b.orders[s]
	assert.That(s != 0 && o.state() == stateIdle, "rest of an order that is not idle")
	assert.That(!o.immediate(), "rest of an order that never rests")
	return b.stand(s, o, b.leaves(s), m)
}
