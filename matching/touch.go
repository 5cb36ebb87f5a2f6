package matching

import "github.com/clearhour/clearhour/venue"

// Hint says what a command is going to read: an order that is to be canceled or
// amended, or the level where an order is to be placed.
type Hint struct {
	// Order is the order, 0 for a placement.
	Order venue.OrderID
	// Instrument, Side and Price say where an order is to be placed.
	Instrument venue.InstrumentID
	Side       venue.Side
	Price      venue.Price
}

const (
	touchFrom  = 20_000 // Live orders below which everything is in the cache anyway.
	touchGroup = 16
)

// touchState keeps what the passes of Touch read, so that the reads are not
// optimised away.
type touchState struct {
	slots [touchGroup]uint32
	sum   uint32
}

// Touch reads what the next commands will read, at most 16 of them, so that
// their cache misses overlap instead of following each other. It changes nothing
// that can be observed, and hints may be wrong. It does nothing while there are
// few orders.
func (b *Books) Touch(hints []Hint) {
	if b.live < touchFrom {
		return
	}
	if len(hints) > touchGroup {
		hints = hints[:touchGroup]
	}
	t := &b.touched
	sum := t.sum
	for i := range hints {
		s := b.slotHint(&hints[i])
		t.slots[i] = s
		sum += uint32(b.orders[s].flags) + b.links[s].tag
	}
	for i := range hints {
		sum += b.touchAround(t.slots[i], &hints[i])
	}
	t.sum = sum
}

// slotHint returns the slot that a hint is about: its own, or for a placement
// the tail of the level.
func (b *Books) slotHint(h *Hint) uint32 {
	if h.Order != 0 {
		if s := uint32(h.Order); s < uint32(len(b.orders)) {
			return s
		}
		return 0
	}
	if int(h.Instrument) >= len(b.books) {
		return 0
	}
	k := &b.books[h.Instrument]
	d := h.Price - k.low
	if d < 0 || d >= venue.Price(k.span) || h.Side-venue.Buy > 1 {
		return 0
	}
	half := b.shown(h.Instrument, h.Side)
	if l := b.levelAt(half, half.key(int32(d))); l != nil {
		return l.tail
	}
	return 0
}

// touchAround reads the neighbours of an order.
func (b *Books) touchAround(s uint32, h *Hint) uint32 {
	if h.Order == 0 {
		return 0
	}
	o, l := &b.orders[s], &b.links[s]
	if o.state() == 0 || o.state() == stateIdle {
		return 0
	}
	sum := uint32(b.orders[o.prev].flags) + uint32(b.orders[o.next].flags) + b.links[l.older].tag + b.links[l.younger].tag
	if o.state() == stateResting {
		h := b.restHalf(o)
		sum += b.levelAt(h, h.key(o.price)).head
	}
	return sum
}
