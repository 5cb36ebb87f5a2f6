package matching

import "github.com/clearhour/clearhour/venue"

// hidden is an iceberg met by a probe: what it would still show after its first
// slice.
type hidden struct{ reserve, display uint32 }

// Preview is what an order would trade if it were matched now.
type Preview struct {
	// First and Last are the prices of the first and the last trade; all others
	// lie between them.
	First, Last venue.Price
	// Qty is what would trade, in lots; 0 when nothing would.
	Qty venue.Qty
}

// Preview says what Match would trade for an order that was not added yet, and
// changes nothing (MAT-04). It is exact unless the order then finds no room to
// rest, for which Match refuses it as a whole.
func (b *Books) Preview(o *Order) Preview {
	h := b.shown(o.Instrument, o.Side.Opposite())
	limit := h.key(b.offset(uint16(o.Instrument), o.Price))
	if h.best > limit || o.Flags.Has(venue.PostOnly) {
		return Preview{}
	}
	p := probe{
		leaves: uint32(o.Qty), need: uint32(o.Qty), budget: b.limits.FillsPerMatch, mode: o.STP, owner: uint32(o.Owner),
		shared: h.shared,
	}
	b.follow(&p, h, limit)
	qty := venue.Qty(p.traded)
	if qty == 0 || qty < o.MinQty || o.TIF == venue.FOK && qty < o.Qty {
		return Preview{}
	}
	return Preview{
		First: b.price(uint16(o.Instrument), h.key(p.first)), Last: b.price(uint16(o.Instrument), h.key(p.last)), Qty: qty,
	}
}

// obtain returns how much of leaves lots the order o would trade with h within
// one Match, and stops counting at need. It changes nothing.
func (b *Books) obtain(o *order, h *half, limit int32, leaves, need uint32) uint32 {
	p := probe{
		leaves: leaves, need: need, budget: b.limits.FillsPerMatch, mode: o.stp(), owner: o.owner, shared: h.shared,
	}
	b.follow(&p, h, limit)
	return p.traded
}

// follow runs a probe over the levels up to limit. It follows the queues as
// sweep would: own orders do what self-trade prevention says, hidden size counts
// in full and is shown slice by slice at the tail, and the budget of fills is
// kept.
func (b *Books) follow(p *probe, h *half, limit int32) {
	for key := h.best; key <= limit && p.open(); key = b.from(h, key+1) {
		before := p.traded
		if p.shared {
			b.probeShared(p, &b.levels[h.at(key)])
		} else {
			b.probeLevel(p, &b.levels[h.at(key)])
		}
		if p.traded == before {
			continue
		}
		if before == 0 {
			p.first = key
		}
		p.last = key
	}
}

// probe is the state of a simulated sweep.
type probe struct {
	traded, leaves, need uint32
	owner                uint32
	budget               int
	first, last          int32 // Keys of the first and the last level that trades.
	mode                 venue.SelfTrade
	shared               bool // The book shares its levels pro rata.
	stopped              bool // Self-trade prevention ended the order.
}

func (p *probe) open() bool {
	return !p.stopped && p.leaves != 0 && p.budget > 0 && p.traded < p.need
}

func (p *probe) trade(qty uint32) {
	qty = min(qty, p.leaves)
	p.traded += qty
	p.leaves -= qty
}

// probeLevel follows one level. After the first pass only hidden slices of
// others are left in it, in the order in which they were met.
func (b *Books) probeLevel(p *probe, l *level) {
	b.icebergs = b.icebergs[:0]
	for s := l.head; s != 0 && p.open(); s = b.orders[s].next {
		p.budget--
		k := &b.orders[s]
		if k.owner == p.owner {
			p.meet(b.leaves(s))
			continue
		}
		p.trade(k.qty)
		if k.has(flagExtended) && b.extras[s].reserve != 0 {
			b.icebergs = append(b.icebergs, hidden{b.extras[s].reserve, b.extras[s].display})
		}
	}
	for queue := b.icebergs; len(queue) > 0 && p.open(); {
		left := queue[:0]
		for _, x := range queue {
			if !p.open() {
				break
			}
			p.budget--
			slice := min(x.reserve, x.display)
			p.trade(slice)
			if x.reserve -= slice; x.reserve != 0 {
				left = append(left, x)
			}
		}
		queue = left
	}
}

// meet is an own order in the way.
func (p *probe) meet(own uint32) {
	switch p.mode {
	case venue.CancelTaker, venue.CancelBoth:
		p.stopped = true
	case venue.CancelMaker:
	case venue.Decrement:
		p.leaves -= min(own, p.leaves)
	}
}
