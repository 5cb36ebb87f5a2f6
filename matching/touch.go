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

// touchState is what the passes of Touch are going to read. The loops that read
// are short, so that the processor looks far enough ahead to have all of their
// misses under way at once; sum keeps the compiler from dropping them.
type touchState struct {
	named  slots // Orders that hints name.
	places [touchGroup]place
	orders slots // Orders and links that the named ones and the levels lead to.
	links  slots
	sum    uint32
}

// slots is a short list.
type slots struct {
	at [4 * touchGroup]uint32
	n  uint
}

func (l *slots) add(s uint32) {
	l.at[l.n%uint(len(l.at))] = s
	l.n++
}

// place is where an order is to be placed: the level, 0 when there is none yet,
// and whether it is the best of the other side.
type place struct {
	level   uint32
	holding uint32
	crosses bool
}

// Touch reads what the next commands will read, at most 16 of them, so that
// their cache misses overlap instead of following each other: first the orders
// and levels that are named, then the orders that those lead to. It changes
// nothing that can be observed, and hints may be wrong. It does nothing while
// there are few orders.
func (b *Books) Touch(hints []Hint) {
	if b.live < touchFrom {
		return
	}
	hints = hints[:min(len(hints), touchGroup)]
	t := &b.touched
	t.named.n, t.orders.n, t.links.n = 0, 0, 0
	places := 0
	for i := range hints {
		h := &hints[i]
		if s := uint32(h.Order); h.Order == 0 {
			t.places[places&(touchGroup-1)] = b.placeOf(h)
			places++
		} else if s < uint32(len(b.orders)) {
			t.named.add(s)
		}
	}
	b.read(&t.named, &t.named)
	for i := range t.places[:places] {
		t.sum += b.levels[t.places[i].level].head
	}
	for _, s := range t.named.at[:t.named.n] {
		b.around(s)
	}
	for i := range t.places[:places] {
		b.behind(&t.places[i])
	}
	b.read(&t.orders, &t.links)
}

// read reads the records of orders and those of links.
func (b *Books) read(orders, links *slots) {
	sum := b.touched.sum
	for _, s := range orders.at[:orders.n] {
		sum += b.orders[s].next
	}
	for _, s := range links.at[:links.n] {
		sum += b.links[s].tag
	}
	b.touched.sum = sum
}

// placeOf returns the level where an order is to be placed or, if it would meet
// others, their best level.
func (b *Books) placeOf(h *Hint) place {
	p := place{holding: uint32(h.Holding)}
	if int(h.Instrument) >= len(b.books) || h.Side-venue.Buy > 1 {
		return p
	}
	k := &b.books[h.Instrument]
	d := h.Price - k.low
	if d < 0 || d >= venue.Price(k.span) {
		return p
	}
	own, other := b.shown(h.Instrument, h.Side), b.shown(h.Instrument, h.Side.Opposite())
	if other.best <= other.key(int32(d)) {
		p.level, p.crosses = other.at(other.best), true
		return p
	}
	p.level = own.at(own.key(int32(d)))
	return p
}

// around lists the neighbours of an order and reads its level.
func (b *Books) around(s uint32) {
	o, l, t := &b.orders[s], &b.links[s], &b.touched
	if o.state() != stateResting {
		return
	}
	t.orders.add(o.prev)
	t.orders.add(o.next)
	t.links.add(l.older)
	t.links.add(l.younger)
	h := b.restHalf(o)
	t.sum += b.levels[h.at(h.key(o.price))].head
}

// behind lists what a placement meets in its level and in its holding.
func (b *Books) behind(p *place) {
	l, t := &b.levels[p.level], &b.touched
	if p.crosses {
		t.orders.add(l.head)
		t.links.add(l.head)
		return
	}
	t.orders.add(l.tail)
	if p.holding < uint32(len(b.holdings)) {
		t.links.add(b.holdings[p.holding].youngest)
	}
}
