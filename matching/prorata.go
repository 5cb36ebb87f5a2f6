package matching

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// minShare is the least that a pro-rata pass gives an order, in lots (MAT-01).
const minShare = 2

// ShareProRata makes the levels of an instrument, which has no order yet, share
// an incoming order pro rata instead of by time (MAT-01); prices still come
// first. An incoming order that takes all that a level shows fills everybody. Of
// a smaller one
//
//  1. the TOP order gets what it shows, if there is one: the order that was the
//     first at its price when that was better than all others, until somebody
//     betters it, it is amended to another place, or what it shows is filled;
//  2. each other order gets the whole lots of its part of what is left, by what it
//     shows, and nothing when those are fewer than two;
//  3. what rounding left goes to the others by time, to each what it still shows.
//
// All orders of a level are reached at once, so that self-trade prevention
// (MAT-02) comes before the level is shared. Each order is looked at, which is
// why a level has room for at most Limits.FillsPerMatch orders, and an incoming
// order ends with FillLimitReached before a level that goes beyond the rest of
// that number.
func (b *Books) ShareProRata(inst venue.InstrumentID) {
	assert.That(b.books[inst].span != 0, "pro rata for an instrument that is not open")
	for i := range halvesPerBook {
		h := &b.halves[int(inst)*halvesPerBook+i]
		assert.That(h.best == none, "pro rata for a book with orders")
		h.shared = true
	}
}

// roomToShare says whether an order fits the shared level of its price, and if
// not, why.
func (b *Books) roomToShare(h *half, o *order) venue.Reason {
	key := h.key(o.price)
	if l := b.levelAt(h, key); l != nil && l.agg>>48 == uint64(min(b.limits.FillsPerMatch, maxLevelOrders)) {
		return venue.LevelFull
	}
	return b.room(h, key)
}

// enthrone notes that an order that is about to rest is TOP, if it betters all
// others.
func (b *Books) enthrone(h *half, o *order, s uint32) {
	if h.key(o.price) < h.best {
		b.asides[o.inst].tops[o.flags&flagSell] = id(o.gen, s)
	}
}

// top returns the slot of the TOP order of the best level, or 0. The note of
// it may be out of date: it was bettered by an order that is gone, or ended.
func (b *Books) top(inst uint16, l *level) uint32 {
	k := &b.orders[l.head]
	noted := b.asides[inst].tops[k.flags&flagSell]
	if noted != id(k.gen, l.head) {
		return 0
	}
	return l.head
}

// dethrone notes that an order gave up its place.
func (b *Books) dethrone(id venue.OrderID, o *order) {
	if top := &b.asides[o.inst].tops[o.flags&flagSell]; *top == id {
		*top = 0
	}
}

// share lets the best level share what the incoming order has left, and returns
// what remains of that and of the budget. A level with icebergs comes again with
// their next slices.
func (b *Books) share(o *order, h *half, leaves uint32, budget int, m *Matched) (uint32, int) {
	key := h.best
	tick := h.key(key)
	l := &b.levels[h.at(key)]
	n := int(l.agg >> 48)
	if n > budget {
		m.End = venue.FillLimitReached
		return leaves, budget
	}
	leaves = b.preventShared(o, h, key, leaves, m)
	if m.End == venue.OK && l.agg != 0 {
		if uint64(leaves) >= l.agg&qtyMask {
			leaves -= b.fillAll(o, h, key, m)
		} else {
			b.allocate(o, h, key, leaves, m)
			leaves = 0
		}
	}
	b.report(m, o.inst, o.side().Opposite(), tick, l)
	return leaves, budget - n
}

// preventShared does what self-trade prevention says of all own orders in the
// level, oldest first, and returns what the incoming order has left.
func (b *Books) preventShared(o *order, h *half, key int32, leaves uint32, m *Matched) uint32 {
	mode := o.stp()
	for s := b.levels[h.at(key)].head; s != 0 && m.End == venue.OK; {
		k := &b.orders[s]
		next := k.next
		if k.owner != o.owner {
			s = next
			continue
		}
		if mode == venue.CancelTaker || mode == venue.CancelBoth {
			m.End = venue.SelfTradePrevented
		}
		if mode == venue.CancelTaker {
			break
		}
		own := b.leaves(s)
		by := own
		if mode == venue.Decrement {
			by = min(own, leaves)
			leaves -= by
			m.Prevented += venue.Qty(by)
			if leaves == 0 {
				m.End = venue.SelfTradePrevented
			}
		}
		b.cut(m, s, by, own-by, venue.SelfTradePrevented)
		if by == own {
			b.pull(h, key, k)
			b.release(s)
		} else {
			b.shrink(s, own-by, m)
		}
		s = next
	}
	return leaves
}

// fillAll fills what every order of the level shows, oldest first, and returns
// the sum.
func (b *Books) fillAll(o *order, h *half, key int32, m *Matched) uint32 {
	l := &b.levels[h.at(key)]
	price := b.price(o.inst, h.key(key))
	b.asides[o.inst].tops[o.flags&flagSell^1] = 0
	sum := uint32(0)
	for range l.agg >> 48 {
		s := l.head
		k, w := &b.orders[s], &b.links[s]
		qty := k.qty
		sum += qty
		w.filled += qty
		m.fill(k, w, s, price, qty, b.leaves(s)-qty)
		b.take(l, s, k, qty)
	}
	if l.agg == 0 {
		b.unmark(h, key)
	}
	return sum
}

// allocate shares qty lots, which are fewer than the level shows, so that some
// order stays in the level throughout.
func (b *Books) allocate(o *order, h *half, key int32, qty uint32, m *Matched) {
	l := &b.levels[h.at(key)]
	price := b.price(o.inst, h.key(key))
	total := l.agg & qtyMask
	top := b.top(o.inst, l)
	if top != 0 {
		shown := b.orders[top].qty
		total -= uint64(shown)
		got := min(qty, shown)
		b.give(h, key, top, price, got, m)
		if qty -= got; got == shown {
			b.asides[o.inst].tops[o.flags&flagSell^1] = 0
		}
	}
	residue := uint64(qty)
	for s := l.head; s != 0; s = b.orders[s].next {
		if s != top {
			residue -= portion(b.orders[s].qty, qty, total)
		}
	}
	// Next slices of icebergs come behind the orders that are counted here.
	s := l.head
	for range l.agg >> 48 {
		k := &b.orders[s]
		next := k.next
		if s != top && qty != 0 {
			got := portion(k.qty, qty, total)
			more := min(residue, uint64(k.qty)-got)
			residue -= more
			b.give(h, key, s, price, uint32(got+more), m)
		}
		s = next
	}
	assert.That(residue == 0, "lots left over in a level that has more")
}

// portion returns the lots that an order of size gets of qty among total.
func portion(size, qty uint32, total uint64) uint64 {
	if total == 0 {
		return 0
	}
	lots := uint64(size) * uint64(qty) / total
	if lots < minShare {
		return 0
	}
	return lots
}

// give fills qty lots of an order anywhere in a level that does not become
// empty by it.
func (b *Books) give(h *half, key int32, s uint32, price venue.Price, qty uint32, m *Matched) {
	if qty == 0 {
		return
	}
	k, w := &b.orders[s], &b.links[s]
	w.filled += qty
	m.fill(k, w, s, price, qty, b.leaves(s)-qty)
	if qty < k.qty {
		k.qty -= qty
		b.levels[h.at(key)].agg -= uint64(qty)
		return
	}
	l := b.pull(h, key, k)
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

// probeShared follows one level that is shared pro rata, as share does.
func (b *Books) probeShared(p *probe, l *level) {
	n := int(l.agg >> 48)
	if n > p.budget {
		p.budget = 0
		return
	}
	p.budget -= n
	b.icebergs = b.icebergs[:0]
	sum := uint64(0)
	for s := l.head; s != 0 && !p.stopped && p.leaves != 0; s = b.orders[s].next {
		k := &b.orders[s]
		if k.owner == p.owner {
			p.meet(b.leaves(s))
			continue
		}
		sum += uint64(k.qty)
		if k.has(flagExtended) && b.extras[s].reserve != 0 {
			b.icebergs = append(b.icebergs, hidden{b.extras[s].reserve, b.extras[s].display})
		}
	}
	if p.stopped {
		return
	}
	p.trade(uint32(min(sum, uint64(p.leaves))))
	for queue := b.icebergs; len(queue) > 0 && p.open(); {
		if len(queue) > p.budget {
			p.budget = 0
			return
		}
		p.budget -= len(queue)
		sum = 0
		left := queue[:0]
		for _, x := range queue {
			slice := min(x.reserve, x.display)
			sum += uint64(slice)
			if x.reserve -= slice; x.reserve != 0 {
				left = append(left, x)
			}
		}
		p.trade(uint32(min(sum, uint64(p.leaves))))
		queue = left
	}
}
