package matching

import "github.com/clearhour/clearhour/venue"

// hidden is an iceberg met by a probe: what it would still show after its first
// slice.
type hidden struct{ reserve, display uint32 }

// probe returns how much of leaves lots the order o would trade with h within
// one Match, and stops counting at need. It changes nothing. It follows the
// queue as sweep would: own orders do what self-trade prevention says, hidden
// size counts in full and is shown slice by slice at the tail, and the budget of
// fills is kept.
func (b *Books) probe(o *order, h *half, limit int32, leaves, need uint32) uint32 {
	p := probe{leaves: leaves, need: need, budget: b.limits.FillsPerMatch, mode: o.stp()}
	for key := h.best; key <= limit && p.open(); key = b.from(h, key+1) {
		b.probeLevel(&p, &b.levels[h.at(key)], o.owner)
	}
	return p.traded
}

// probe is the state of a simulated sweep.
type probe struct {
	traded, leaves, need uint32
	budget               int
	mode                 venue.SelfTrade
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
func (b *Books) probeLevel(p *probe, l *level, owner uint32) {
	b.icebergs = b.icebergs[:0]
	for s := l.head; s != 0 && p.open(); s = b.orders[s].next {
		p.budget--
		k := &b.orders[s]
		if k.owner == owner {
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
