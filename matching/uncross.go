package matching

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Crossed is what happened in an uncrossing. The caller owns it and resets it.
// Of the embedded Matched only Cuts and Levels are used.
type Crossed struct {
	Matched
	// Crosses are the trades, all at one price.
	Crosses []Cross
}

// Reset forgets everything and keeps the memory.
func (c *Crossed) Reset() {
	c.Matched.Reset()
	c.Crosses = c.Crosses[:0]
}

// Cross is a trade of two resting orders.
type Cross struct {
	Price     venue.Price
	Qty       venue.Qty
	Buy, Sell Part
}

// Part is one side of a Cross.
type Part struct {
	Order   venue.OrderID
	Holding venue.HoldingID
	Tag     uint32
	// Limit is the limit of the order, at which it was held; it trades at the
	// price of the Cross.
	Limit venue.Price
	// Leaves is what the order has open after this trade, hidden size included; at
	// 0 it is gone.
	Leaves venue.Qty
	Flags  venue.OrderFlags
}

// share is what an order gets in an uncrossing.
type share struct {
	slot, owner uint32
	leaves      uint32 // What it has open now.
	qty         uint32 // What it gets, and
	left        uint32 // what of that has no other side yet.
}

// joint is two shares, by their places in their lists, that trade.
type joint struct{ buy, sell, qty uint32 }

// crossing is the scratch memory of Uncross.
type crossing struct {
	buys, sells []share
	joints      []joint
}

// Uncross trades volume lots of a crossed book at one price, both as Indicative
// gave them, and returns what of the volume is still to be traded: one call takes
// at most half of Limits.FillsPerMatch orders of each side, and the caller comes
// again with the same price and what was left, before anything else happens to
// the book.
//
// Each side is filled by price and then by time, an iceberg with its whole size
// at its own time (AUC-03); one that is not filled keeps its place and what it
// shows. Who trades with whom is free at one price, so it is chosen such that
// nobody trades with himself as long as any choice of the orders at hand avoids
// it. What cannot be avoided, because an owner has more than half of all that
// is to be traded, is taken off both orders without a trade, as self-trade
// prevention in mode Decrement would; no mode of an order is asked.
func (b *Books) Uncross(inst venue.InstrumentID, at venue.Price, volume venue.Qty, c *Crossed) venue.Qty {
	if volume <= 0 {
		return 0
	}
	a := &b.crossing
	tick := b.offset(uint16(inst), at)
	buys, allBuys := b.allot(&a.buys, b.shown(inst, venue.Buy), tick, volume)
	sells, allSells := b.allot(&a.sells, b.shown(inst, venue.Sell), tick, volume)
	q := min(buys, sells)
	a.clip(q)
	last := q == volume || q == buys && allBuys || q == sells && allSells
	a.pair()
	stuck := venue.Qty(a.untangle())
	prevented := venue.Qty(0)
	if last || stuck == q {
		prevented = stuck
	}
	b.print(at, c)
	b.execute(a.buys, prevented > 0, c)
	b.execute(a.sells, prevented > 0, c)
	if last {
		return 0
	}
	return volume - (q - stuck) - prevented
}

// allot lists the orders of a side that trade at a tick, in priority, until they
// have volume lots, and returns how many lots they have and whether all orders
// that trade there or all of the volume were listed.
func (b *Books) allot(list *[]share, h *half, tick int32, volume venue.Qty) (venue.Qty, bool) {
	most := max(1, b.limits.FillsPerMatch/2)
	sum := venue.Qty(0)
	*list = (*list)[:0]
	for key, worst := h.best, h.key(tick); key <= worst; key = b.from(h, key+1) {
		for s := b.levels[h.at(key)].head; s != 0; s = b.orders[s].next {
			if sum == volume {
				return sum, true
			}
			if len(*list) == most {
				return sum, false
			}
			leaves := b.leaves(s)
			qty := uint32(min(venue.Qty(leaves), volume-sum))
			sum += venue.Qty(qty)
			*list = append(*list, share{slot: s, owner: b.orders[s].owner, leaves: leaves, qty: qty, left: qty})
		}
	}
	return sum, true
}

// clip takes shares off the end of both lists until each has q lots.
func (a *crossing) clip(q venue.Qty) {
	for _, list := range [...]*[]share{&a.buys, &a.sells} {
		rest := q
		for i := range *list {
			s := &(*list)[i]
			s.qty = uint32(min(venue.Qty(s.qty), rest))
			s.left = s.qty
			if rest -= venue.Qty(s.qty); rest == 0 {
				*list = (*list)[:i+1]
				break
			}
		}
	}
}

// open returns the first share from i on that has something left.
func open(list []share, i int) int {
	for i < len(list) && list[i].left == 0 {
		i++
	}
	return i
}

// other returns the first share from i on that has something left and another
// owner.
func other(list []share, i int, owner uint32) int {
	for i < len(list) && (list[i].left == 0 || list[i].owner == owner) {
		i++
	}
	return i
}

// pair lets the shares trade, oldest with oldest. Where both belong to one owner,
// one of them waits and the other trades with the next one of somebody else.
// Those who wait at any time all belong to one owner, because the next order of
// anybody else trades with them first; so each list is walked once by i and once
// by the index that looks ahead.
func (a *crossing) pair() {
	a.joints = a.joints[:0]
	i, j, ahead, behind := 0, 0, 0, 0
	for {
		i, j = open(a.buys, i), open(a.sells, j)
		if i == len(a.buys) || j == len(a.sells) {
			return
		}
		owner := a.buys[i].owner
		if owner != a.sells[j].owner {
			a.join(i, j)
			continue
		}
		if ahead = other(a.sells, max(ahead, j), owner); ahead < len(a.sells) {
			a.join(i, ahead)
			continue
		}
		if behind = other(a.buys, max(behind, i), owner); behind < len(a.buys) {
			a.join(behind, j)
			continue
		}
		return // Both sides have nothing left but orders of one owner.
	}
}

// join pairs a buyer and a seller with as much as both have left.
func (a *crossing) join(i, j int) {
	q := min(a.buys[i].left, a.sells[j].left)
	a.buys[i].left -= q
	a.sells[j].left -= q
	a.joints = append(a.joints, joint{uint32(i), uint32(j), q})
}

// untangle finds others for what one owner has left on both sides: a pair of two
// strangers parts, and each of them trades with the owner. It returns the lots
// for which there are no strangers.
func (a *crossing) untangle() uint32 {
	i, j := open(a.buys, 0), open(a.sells, 0)
	if i == len(a.buys) {
		return 0
	}
	owner := a.buys[i].owner
	for k := range len(a.joints) {
		p := a.joints[k]
		if a.buys[p.buy].owner == owner || a.sells[p.sell].owner == owner {
			continue
		}
		for p.qty > 0 && i < len(a.buys) && j < len(a.sells) {
			q := min(p.qty, a.buys[i].left, a.sells[j].left)
			p.qty -= q
			a.buys[i].left -= q
			a.sells[j].left -= q
			a.joints = append(a.joints, joint{uint32(i), p.sell, q}, joint{p.buy, uint32(j), q})
			i, j = open(a.buys, i), open(a.sells, j)
		}
		a.joints[k].qty = p.qty
	}
	stuck := uint32(0)
	for ; i < len(a.buys); i++ {
		stuck += a.buys[i].left
	}
	return stuck
}

// print writes the trades down. What an order has open falls from trade to trade.
func (b *Books) print(at venue.Price, c *Crossed) {
	a := &b.crossing
	for k := range a.joints {
		p := &a.joints[k]
		if p.qty == 0 {
			continue
		}
		n := len(c.Crosses)
		c.Crosses = slices.Grow(c.Crosses, 1)[:n+1]
		x := &c.Crosses[n]
		x.Price, x.Qty = at, venue.Qty(p.qty)
		b.part(&x.Buy, &a.buys[p.buy], p.qty)
		b.part(&x.Sell, &a.sells[p.sell], p.qty)
	}
}

func (b *Books) part(p *Part, s *share, qty uint32) {
	o, l := &b.orders[s.slot], &b.links[s.slot]
	s.leaves -= qty
	l.filled += qty
	p.Order = id(o.gen, s.slot)
	p.Holding = venue.HoldingID(o.holding)
	p.Tag = l.tag
	p.Limit = b.price(o.inst, o.price)
	p.Leaves = venue.Qty(s.leaves)
	p.Flags = o.user()
}

// execute takes what was traded, and what was prevented if there is an end to
// that, out of the book.
func (b *Books) execute(list []share, prevented bool, c *Crossed) {
	for i := range list {
		s := &list[i]
		if s.left > 0 && prevented {
			s.leaves -= s.left
			b.cut(&c.Matched, s.slot, s.left, s.leaves, venue.SelfTradePrevented)
		}
		switch open := b.leaves(s.slot); {
		case s.leaves == 0:
			b.withdraw(s.slot, &c.Matched)
			b.release(s.slot)
		case s.leaves < open:
			assert.That(b.orders[s.slot].state() == stateResting, "uncrossing of an order that is not in the book")
			b.shrink(s.slot, s.leaves, &c.Matched)
		}
	}
}
