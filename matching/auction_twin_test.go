package matching

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// What is in this file follows the words of AUC-01 to AUC-03 and MAT-01 and
// nothing else.

// wish is an order of an auction as the rule sees it.
type wish struct {
	price venue.Price
	qty   venue.Qty
}

// uncrossByRule walks every tick from the best ask to the best bid.
func uncrossByRule(bids, asks []wish, ref Reference) (Auction, bool) {
	var ask, bid venue.Price
	for i, a := range asks {
		if i == 0 || a.price < ask {
			ask = a.price
		}
	}
	for i, b := range bids {
		if i == 0 || b.price > bid {
			bid = b.price
		}
	}
	if len(bids) == 0 || len(asks) == 0 || bid < ask {
		return Auction{}, false
	}
	var kept []Auction
	for p := ask; p <= bid; p++ {
		var buys, sells venue.Qty
		for _, b := range bids {
			if b.price >= p {
				buys += b.qty
			}
		}
		for _, a := range asks {
			if a.price <= p {
				sells += a.qty
			}
		}
		kept = append(kept, Auction{Price: p, Volume: min(buys, sells), Surplus: buys - sells})
	}
	kept = keepLeast(kept, func(a Auction) venue.Qty { return -a.Volume })
	kept = keepLeast(kept, func(a Auction) venue.Qty { return max(a.Surplus, -a.Surplus) })
	lowest, highest := kept[0], kept[len(kept)-1]
	buyers := !slices.ContainsFunc(kept, func(a Auction) bool { return a.Surplus <= 0 })
	sellers := !slices.ContainsFunc(kept, func(a Auction) bool { return a.Surplus >= 0 })
	switch {
	case buyers:
		return highest, true
	case sellers:
		return lowest, true
	case ref.Known:
		slices.Reverse(kept) // Of two as near, the higher.
		near := keepLeast(kept, func(a Auction) venue.Qty { return venue.Qty(max(a.Price-ref.Price, ref.Price-a.Price)) })
		return near[0], true
	}
	middle := new(big.Int).Div(big.NewInt(int64(lowest.Price+highest.Price)), big.NewInt(2)) // Euclidean: down.
	for _, a := range kept {
		if int64(a.Price) == middle.Int64() {
			return a, true
		}
	}
	panic("the middle is not among the prices that are kept")
}

func keepLeast(from []Auction, by func(Auction) venue.Qty) []Auction {
	least := by(slices.MinFunc(from, func(x, y Auction) int { return int(by(x) - by(y)) }))
	return slices.DeleteFunc(slices.Clone(from), func(a Auction) bool { return by(a) != least })
}

// shareByRule is MAT-01 for sizes in time order; top is the place of the TOP
// order or -1.
func shareByRule(q int64, sizes []int64, top int) []int64 {
	fills := make([]int64, len(sizes))
	all, others := int64(0), int64(0)
	for i, size := range sizes {
		all += size
		if i != top {
			others += size
		}
	}
	if q >= all {
		return slices.Clone(sizes)
	}
	if top >= 0 {
		fills[top] = min(q, sizes[top])
		q -= fills[top]
	}
	residue := q
	for i, size := range sizes {
		if i == top {
			continue
		}
		part := new(big.Rat).Mul(big.NewRat(size, others), big.NewRat(q, 1))
		lots := new(big.Int).Quo(part.Num(), part.Denom()).Int64()
		if lots >= 2 {
			fills[i] = lots
			residue -= lots
		}
	}
	for i, size := range sizes {
		if i != top {
			more := min(residue, size-fills[i])
			fills[i] += more
			residue -= more
		}
	}
	return fills
}

// roomFor says whether a shared level has room for one more order.
func (b *slow) roomFor(o *slowOrder) bool {
	return !b.shared[o.Instrument] || int(b.level(o.Instrument, o.Side, o.Price).Orders) < b.limits.FillsPerMatch
}

// dethrone notes that an order gave up its place.
func (b *slow) dethrone(o *slowOrder) {
	at := slowSide{o.Instrument, o.Side}
	if b.tops[at] == o.id {
		delete(b.tops, at)
	}
}

// sweepShared matches in a book that is shared pro rata.
func (b *slow) sweepShared(o *slowOrder, m *Matched) {
	budget := b.limits.FillsPerMatch
	for o.leaves > 0 && m.End == venue.OK && b.WouldTake(o.Instrument, o.Side, o.Price) {
		best := b.queue(o.Instrument, o.Side.Opposite())
		best = slices.DeleteFunc(best, func(k *slowOrder) bool { return k.Price != best[0].Price })
		if len(best) > budget {
			m.End = venue.FillLimitReached
			return
		}
		budget -= len(best)
		at := *best[0]
		var others []*slowOrder
		for _, k := range best {
			if k.Owner != o.Owner {
				others = append(others, k)
			} else if m.End == venue.OK {
				b.prevent(o, k, m)
			}
		}
		if m.End == venue.OK {
			b.shareLevel(o, others, m)
		}
		b.report(m, &at)
	}
}

func (b *slow) shareLevel(o *slowOrder, others []*slowOrder, m *Matched) {
	top := slices.IndexFunc(others, func(k *slowOrder) bool { return b.tops[slowSide{k.Instrument, k.Side}] == k.id })
	sizes := make([]int64, len(others))
	all := int64(0)
	for i, k := range others {
		sizes[i] = int64(k.shown)
		all += sizes[i]
	}
	order := make([]int, 0, len(others)+1)
	if top >= 0 && int64(o.leaves) < all {
		order = append(order, top) // The TOP order is filled first.
	}
	for i := range others {
		order = append(order, i)
	}
	fills := shareByRule(int64(o.leaves), sizes, top)
	for _, i := range order {
		if q := venue.Qty(fills[i]); q > 0 {
			fills[i] = 0
			k := others[i]
			part := *o
			part.leaves = q
			b.fill(&part, k, m)
			o.leaves -= q
			o.filled += q
		}
	}
}

// auction rests orders that may cross and uncrosses the book.
func (p *pair) auction() error {
	inst := venue.InstrumentID(2 + p.next(2))
	if err := p.collect(inst); err != nil {
		return err
	}
	for _, side := range []venue.Side{venue.Buy, venue.Sell} {
		p.fm.Levels = append(p.fm.Levels[:0], p.fast.Depth(inst, side, 100, nil)...)
		p.sm.Levels = append(p.sm.Levels[:0], p.slow.Depth(inst, side, 100, nil)...)
		if err := p.sameMatched(); err != nil {
			return err
		}
	}
	p.fm.Reset()
	p.sm.Reset()
	ref := Reference{Price: p.price(inst) + venue.Price(p.next(9)) - 4, Known: p.next(3) > 0}
	var sides [2][]wish
	for i := range sides {
		for _, o := range p.slow.queue(inst, venue.Side(i+1)) {
			sides[i] = append(sides[i], wish{o.Price, o.leaves})
		}
	}
	got, ok := p.fast.Indicative(inst, ref)
	want, crossed := uncrossByRule(sides[0], sides[1], ref)
	p.note("uncross %d at %+v, reference %v", inst, want, ref)
	if got != want || ok != crossed {
		return fmt.Errorf("Indicative(%+v, %+v, %+v) = %+v %v, want %+v %v", sides[0], sides[1], ref, got, ok, want, crossed)
	}
	if !crossed {
		return nil
	}
	return p.uncross(inst, want)
}

func (p *pair) collect(inst venue.InstrumentID) error {
	for range p.next(12) {
		o := limit(venue.OwnerID(1+p.next(4)), venue.Side(1+p.next(2)), venue.Qty(1+p.next(20)), p.price(inst))
		o.Instrument, o.Holding, o.Tag = inst, venue.HoldingID(4*uint32(o.Owner)+uint32(inst)), uint32(len(p.fids))
		if p.next(4) == 0 {
			o.Display = 1 + venue.Qty(p.next(int(o.Qty)))
		}
		p.note("collect %+v", o)
		fid, fok := p.fast.Add(&o)
		sid, sok := p.slow.Add(&o)
		if fok != sok {
			return fmt.Errorf("Add(%+v): fast %v, slow %v", o, fok, sok)
		}
		if !fok {
			return nil
		}
		p.fids, p.sids = append(p.fids, fid), append(p.sids, sid)
		f, s := p.fast.Rest(fid, &p.fm), p.slow.Rest(sid, &p.sm)
		if f != s {
			return fmt.Errorf("Rest: fast %d, slow %d", f, s)
		}
		if f != venue.OK {
			p.fast.Cancel(fid, f, &p.fm)
			p.slow.Cancel(sid, s, &p.sm)
		}
		p.fm.Reset()
		p.sm.Reset()
	}
	return nil
}

// uncross trades as the rule says and checks what cannot be read off the rule
// alone: who trades with whom.
func (p *pair) uncross(inst venue.InstrumentID, a Auction) error {
	want := p.slow.allotByRule(inst, a)
	traded, taken := map[int]venue.Qty{}, map[int]venue.Qty{}
	var all, c Crossed
	single := true
	for left := a.Volume; left > 0; single = single && left == 0 {
		c.Reset()
		next := p.fast.Uncross(inst, a.Price, left, &c)
		if next >= left || next < 0 {
			return fmt.Errorf("Uncross leaves %d lots of %d", next, left)
		}
		left = next
		if err := p.sumCrosses(&c, a.Price, traded, taken); err != nil {
			return err
		}
		all.Cuts, all.Levels = append(all.Cuts, c.Cuts...), append(all.Levels, c.Levels...)
	}
	for tag, id := range p.sids {
		if traded[tag]+taken[tag] != want[id] {
			return fmt.Errorf("order %d trades %d and loses %d, want %d", tag, traded[tag], taken[tag], want[id])
		}
	}
	if err := p.slow.stuck(want, a.Volume, &all, single); err != nil {
		return err
	}
	p.slow.take(want, traded, p.sids)
	for i, l := range all.Levels {
		later := slices.ContainsFunc(all.Levels[i+1:], func(x Level) bool { return x.Side == l.Side && x.Price == l.Price })
		if want := p.slow.level(inst, l.Side, l.Price); l != want && !later {
			return fmt.Errorf("level %+v, want %+v", l, want)
		}
	}
	return nil
}

// allotByRule fills each side by price, then time, until the volume is used.
func (b *slow) allotByRule(inst venue.InstrumentID, a Auction) map[venue.OrderID]venue.Qty {
	got := map[venue.OrderID]venue.Qty{}
	for _, side := range []venue.Side{venue.Buy, venue.Sell} {
		rest := a.Volume
		for _, o := range b.queue(inst, side) {
			got[o.id] = min(rest, o.leaves)
			rest -= got[o.id]
		}
	}
	return got
}

// sumCrosses adds up what each order traded and what it lost without a trade.
func (p *pair) sumCrosses(c *Crossed, at venue.Price, traded, taken map[int]venue.Qty) error {
	for _, x := range c.Crosses {
		for _, side := range []struct {
			of   venue.Side
			part Part
		}{{venue.Buy, x.Buy}, {venue.Sell, x.Sell}} {
			tag := int(side.part.Tag)
			o := p.slow.orders[p.sids[tag]]
			traded[tag] += x.Qty
			want := Part{p.fids[tag], o.Holding, o.Tag, o.Price, o.leaves - traded[tag] - taken[tag], o.Flags &^ venue.ByMark}
			if side.part != want || o.Side != side.of {
				return fmt.Errorf("part %+v of %v, want %+v", side.part, x, want)
			}
		}
		if x.Price != at || x.Qty <= 0 {
			return fmt.Errorf("cross %+v, want a quantity at %d", x, at)
		}
		if p.slow.orders[p.sids[x.Buy.Tag]].Owner == p.slow.orders[p.sids[x.Sell.Tag]].Owner {
			return fmt.Errorf("cross %+v of an owner with himself", x)
		}
	}
	for _, x := range c.Cuts {
		tag := int(x.Tag)
		taken[tag] += x.By
		if o := p.slow.orders[p.sids[tag]]; x.Leaves != o.leaves-traded[tag]-taken[tag] || x.Reason != venue.SelfTradePrevented {
			return fmt.Errorf("cut %+v of an order of %d lots that traded %d", x, o.leaves, traded[tag])
		}
	}
	return nil
}

// stuck checks that no more is taken off without a trade than must be: what an
// owner has beyond the volume on both sides together. In several calls more may
// be.
func (b *slow) stuck(want map[venue.OrderID]venue.Qty, volume venue.Qty, c *Crossed, single bool) error {
	owners := map[venue.OwnerID]venue.Qty{}
	for id, q := range want {
		owners[b.orders[id].Owner] += q
	}
	least := venue.Qty(0)
	for _, q := range owners {
		least = max(least, q-volume)
	}
	got := venue.Qty(0)
	for _, x := range c.Cuts {
		got += x.By
	}
	if got%2 != 0 || got/2 < least || single && got/2 != least {
		return fmt.Errorf("%d lots taken off each side, want %d; %+v", got/2, least, c.Cuts)
	}
	return nil
}

// take takes an uncrossing out of the orders.
func (b *slow) take(want map[venue.OrderID]venue.Qty, traded map[int]venue.Qty, ids []venue.OrderID) {
	for tag, id := range ids {
		o := b.orders[id]
		if o == nil || want[id] == 0 {
			continue
		}
		o.leaves -= want[id]
		o.filled += traded[tag]
		o.shown = min(o.shown, o.leaves)
		if o.leaves == 0 {
			delete(b.orders, id)
		}
	}
}
