package matching

import "github.com/clearhour/clearhour/venue"

// Hint says what a command is going to read: an order that is to be canceled or
// amended, or the level where an order is to be placed.
type Hint struct {
	// Order is the order, 0 for a placement.
	Order venue.OrderID
	// Price, Holding, Instrument and Side say what is to be placed; Price is 0 or
	// anything where it is not known.
	Price      venue.Price
	Holding    venue.HoldingID
	Instrument venue.InstrumentID
	Side       venue.Side
}

const (
	touchFrom  = 20_000 // Live orders below which everything is in the cache anyway.
	touchGroup = 16
)

// touchState is what the passes of Touch find out; sum keeps the compiler from
// dropping reads whose value nobody needs.
type touchState struct {
	near [touchGroup]uint32 // The order itself, or the tail of its level.
	far  [touchGroup]uint32 // The first order that a placement would meet, or 0.
	sum  uint32
}

// Touch reads what the next commands will read, at most 16 of them, so that
// their cache misses overlap instead of following each other: first the orders
// and levels that are named, then the orders that those name, then what stands
// behind them. It changes nothing that can be observed, and hints may be wrong.
// It does nothing while there are few orders.
func (b *Books) Touch(hints []Hint) {
	if b.live < touchFrom {
		return
	}
	hints = hints[:min(len(hints), touchGroup)]
	t := &b.touched
	sum := t.sum
	for i := range hints {
		h := &hints[i]
		s := uint32(h.Order)
		if h.Order == 0 {
			t.near[i], t.far[i] = b.touchLevels(h)
			continue
		}
		if s >= uint32(len(b.orders)) {
			s = 0
		}
		t.near[i], t.far[i] = s, 0
		sum += b.orders[s].next + b.links[s].tag
	}
	for i := range hints {
		if hints[i].Order != 0 {
			sum += b.touchAround(t.near[i])
			continue
		}
		f := t.far[i]
		sum += b.orders[t.near[i]].next + b.orders[f].next + b.links[f].tag
		if h := int(hints[i].Holding); h < len(b.holdings) {
			t.near[i] = b.holdings[h].youngest
		}
	}
	for i := range hints {
		if hints[i].Order == 0 {
			f := t.far[i]
			sum += b.links[t.near[i]].tag + b.orders[b.orders[f].next].qty + b.links[b.links[f].younger].tag
		}
	}
	t.sum = sum
}

// touchLevels returns the tail of the level where an order is to be placed and,
// if it would meet others, the head of their best level; 0 for what there is not.
func (b *Books) touchLevels(h *Hint) (tail, head uint32) {
	if int(h.Instrument) >= len(b.books) || h.Side-venue.Buy > 1 {
		return 0, 0
	}
	k := &b.books[h.Instrument]
	d := h.Price - k.low
	if d < 0 || d >= venue.Price(k.span) {
		return 0, 0
	}
	own, other := b.shown(h.Instrument, h.Side), b.shown(h.Instrument, h.Side.Opposite())
	if other.best <= other.key(int32(d)) {
		return 0, b.levels[other.at(other.best)].head
	}
	if l := b.levelAt(own, own.key(int32(d))); l != nil {
		return l.tail, 0
	}
	return 0, 0
}

// touchAround reads the neighbours of an order and its level.
func (b *Books) touchAround(s uint32) uint32 {
	o, l := &b.orders[s], &b.links[s]
	if o.state() != stateResting {
		return 0
	}
	h := b.restHalf(o)
	sum := b.levels[h.at(h.key(o.price))].head
	return sum + b.orders[o.prev].qty + b.orders[o.next].qty + b.links[l.older].tag + b.links[l.younger].tag
}
