package matching

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Park puts an idle stop order to sleep until Elect. It answers LevelFull or
// MemoryExhausted when there is no room; the order is then still idle.
func (b *Books) Park(id venue.OrderID) venue.Reason {
	s := b.slot(id)
	o := &b.orders[s]
	assert.That(s != 0 && o.state() == stateIdle && (o.kind() == venue.Stop || o.kind() == venue.StopLimit), "park of an order that is not an idle stop")
	h := b.stopHalf(s, o)
	l, why := b.levelFor(h, h.key(b.extras[s].stop))
	if why != venue.OK {
		return why
	}
	b.append(l, s, o)
	b.settle(s, o, stateDormant)
	return venue.OK
}

// Stops says whether there are dormant orders in an instrument.
func (b *Books) Stops(inst venue.InstrumentID) bool {
	at := int(inst) * halvesPerBook
	for k := sellStops; k <= buyMarks; k++ {
		if b.halves[at+k].best != none {
			return true
		}
	}
	return false
}

// Elect appends to dst the dormant stops that a trade at last reaches, and makes
// them idle; the caller matches or cancels each. Buy stops with a trigger at or
// below last come first, from the lowest, then sell stops at or above last, from
// the highest; at one trigger the oldest comes first. At most
// Limits.StopsPerElect are returned: call again for the rest.
func (b *Books) Elect(inst venue.InstrumentID, last venue.Price, dst []venue.OrderID) []venue.OrderID {
	return b.electFrom(inst, buyStops, last, dst)
}

// ElectByMark is Elect for the stops that wake at the mark.
func (b *Books) ElectByMark(inst venue.InstrumentID, mark venue.Price, dst []venue.OrderID) []venue.OrderID {
	return b.electFrom(inst, buyMarks, mark, dst)
}

// electFrom elects from the half of buy stops and from the one before it.
func (b *Books) electFrom(inst venue.InstrumentID, buys int, price venue.Price, dst []venue.OrderID) []venue.OrderID {
	base := int(inst) * halvesPerBook
	tick := b.offset(uint16(inst), price)
	most := len(dst) + b.limits.StopsPerElect
	for k := buys; k > buys-2; k-- {
		h := &b.halves[base+k]
		for h.best <= h.key(tick) && len(dst) < most {
			s := b.levels[h.at(h.best)].head
			o := &b.orders[s]
			b.pull(h, h.best, o)
			o.setState(stateIdle)
			dst = append(dst, id(o.gen, s))
		}
	}
	return dst
}
