package matching

import (
	"math/bits"

	"github.com/clearhour/clearhour/venue"
)

// A half is one of the four sets of levels of a book. Prices are ticks above
// the low of the instrument.
//
//	tick:  23 bits ..................... 9 | 8 ........ 6 | 5 ......... 0
//	       index of a page                 | word of page | bit of word
//
//	tops ─► sums ─► pages ─► maps ─► levels
//	 a set bit says that something below it is not empty
//
// pages holds, per 512 ticks, the number of the page (upper 24 bits, 0 when no
// level of it holds an order) and which of its 8 words are not zero (lower 8).
// The next level beyond a tick is found in at most four steps up and down,
// whatever the gap.
type half struct {
	best  int32 // Tick of the best level, or none.
	up    bool  // Better is lower: the best level has the lowest tick.
	pages []uint32
	sums  []uint64
	tops  [maxSpan / pageTicks / 64 / 64]uint64
}

// The halves of a book.
const (
	bids = iota // Orders to buy; the best is the highest.
	asks
	sellStops // Dormant orders to sell; the next to trigger is the highest.
	buyStops
	halvesPerBook
)

const (
	pageBits  = 9
	pageTicks = 1 << pageBits
	none      = -1
)

// level is the queue of orders at one price, in time order.
type level struct {
	head, tail uint32
	agg        uint64 // Number of orders << 48 | displayed quantity.
}

// An order shows less than 1<<31 lots, so that 65,535 of them cannot overflow
// the 48 bits of the quantity.
const (
	oneOrder       = 1 << 48
	qtyMask        = oneOrder - 1
	maxLevelOrders = 1<<16 - 1
)

// pageMap says which levels of a page hold orders.
type pageMap [pageTicks / 64]uint64

func newHalf(span int32, up bool) half {
	pages := (int(span) + pageTicks - 1) / pageTicks
	return half{best: none, up: up, pages: make([]uint32, pages), sums: make([]uint64, (pages+63)/64)}
}

// restHalf returns where orders of a side rest.
func (b *Books) restHalf(o *order) *half {
	return &b.halves[int(o.inst)*halvesPerBook+int(o.flags&flagSell)]
}

// facing returns where orders rest that an order could trade with.
func (b *Books) facing(o *order) *half {
	return &b.halves[int(o.inst)*halvesPerBook+int(o.flags&flagSell^1)]
}

// stopHalf returns where a dormant order waits.
func (b *Books) stopHalf(o *order) *half {
	k := buyStops
	if o.has(flagSell) {
		k = sellStops
	}
	return &b.halves[int(o.inst)*halvesPerBook+k]
}

// at returns the index of the level at tick, whose page must exist.
func (h *half) at(tick int32) uint32 {
	return h.pages[tick>>pageBits]>>8<<pageBits | uint32(tick)&(pageTicks-1)
}

// levelAt returns the level at tick, or nil when its page does not exist.
func (b *Books) levelAt(h *half, tick int32) *level {
	if h.pages[tick>>pageBits] == 0 {
		return nil
	}
	return &b.levels[h.at(tick)]
}

// room says whether one more order fits the level at tick, and if not, why.
func (b *Books) room(h *half, tick int32) venue.Reason {
	l := b.levelAt(h, tick)
	if l == nil {
		if b.freePage == 0 && b.lastPage == b.limits.Pages {
			return venue.MemoryExhausted
		}
		return venue.OK
	}
	if l.agg>>48 == maxLevelOrders {
		return venue.LevelFull
	}
	return venue.OK
}

// push appends an order to the level at tick, which has room, and returns the
// level.
func (b *Books) push(h *half, tick int32, s uint32, o *order) *level {
	if h.pages[tick>>pageBits] == 0 {
		b.takePage(h, tick>>pageBits)
	}
	l := &b.levels[h.at(tick)]
	o.next = 0
	if l.agg == 0 {
		l.head = s
		o.prev = 0
		b.mark(h, tick)
	} else {
		b.orders[l.tail].next = s
		o.prev = l.tail
	}
	l.tail = s
	l.agg += oneOrder | uint64(o.qty)
	return l
}

// pull takes an order out of the level at tick and returns the level.
func (b *Books) pull(h *half, tick int32, o *order) *level {
	l := &b.levels[h.at(tick)]
	l.agg -= oneOrder | uint64(o.qty)
	if o.prev != 0 {
		b.orders[o.prev].next = o.next
	} else {
		l.head = o.next
	}
	if o.next != 0 {
		b.orders[o.next].prev = o.prev
	} else {
		l.tail = o.prev
	}
	if l.agg == 0 {
		b.unmark(h, tick)
	}
	return l
}

// mark notes that the level at tick is no longer empty.
func (b *Books) mark(h *half, tick int32) {
	p := uint32(tick) >> pageBits
	e := h.pages[p]
	w := uint32(tick) >> 6 & 7
	b.maps[e>>8][w] |= 1 << (tick & 63)
	h.pages[p] = e | 1<<w
	if h.best == none || (tick < h.best) == h.up {
		h.best = tick
	}
}

// unmark notes that the level at tick is empty; the best level moves on.
func (b *Books) unmark(h *half, tick int32) {
	p := uint32(tick) >> pageBits
	e := h.pages[p]
	w := uint32(tick) >> 6 & 7
	word := b.maps[e>>8][w] &^ (1 << (tick & 63))
	b.maps[e>>8][w] = word
	if word == 0 {
		e &^= 1 << w
		h.pages[p] = e
		if e&0xff == 0 {
			b.dropPage(h, p)
		}
	}
	if tick == h.best {
		h.best = b.beyond(h, tick)
	}
}

// takePage gives page index p of a half a page of empty levels. The caller has
// asked room.
func (b *Books) takePage(h *half, p int32) {
	n := b.freePage
	if n != 0 {
		l := &b.levels[n<<pageBits]
		b.freePage = l.tail
		l.tail = 0
	} else {
		b.lastPage++
		n = b.lastPage
	}
	h.pages[p] = n << 8
	h.sums[p>>6] |= 1 << (p & 63)
	h.tops[p>>12] |= 1 << (p >> 6 & 63)
}

// dropPage gives back a page whose levels are all empty.
func (b *Books) dropPage(h *half, p uint32) {
	n := h.pages[p] >> 8
	l := &b.levels[n<<pageBits]
	l.head, l.tail = 0, b.freePage
	b.freePage = n
	h.pages[p] = 0
	h.sums[p>>6] &^= 1 << (p & 63)
	if h.sums[p>>6] == 0 {
		h.tops[p>>12] &^= 1 << (p >> 6 & 63)
	}
}

// beyond returns the tick of the next level that is worse than tick, or none.
func (b *Books) beyond(h *half, tick int32) int32 {
	if h.up {
		return b.above(h, tick)
	}
	return b.below(h, tick)
}

// above returns the lowest tick above that holds orders, or none.
func (b *Books) above(h *half, tick int32) int32 {
	p := tick >> pageBits
	if e := h.pages[p]; e != 0 {
		m := &b.maps[e>>8]
		w := tick >> 6 & 7
		if rest := m[w] &^ (2<<(tick&63) - 1); rest != 0 {
			return tick&^63 | int32(bits.TrailingZeros64(rest))
		}
		if rest := e & 0xff &^ (2<<w - 1); rest != 0 {
			w = int32(bits.TrailingZeros32(rest))
			return p<<pageBits | w<<6 | int32(bits.TrailingZeros64(m[w&7]))
		}
	}
	p = h.pageAbove(p)
	if p == none {
		return none
	}
	e := h.pages[p]
	w := int32(bits.TrailingZeros32(e & 0xff))
	return p<<pageBits | w<<6 | int32(bits.TrailingZeros64(b.maps[e>>8][w&7]))
}

// below returns the highest tick below that holds orders, or none.
func (b *Books) below(h *half, tick int32) int32 {
	p := tick >> pageBits
	if e := h.pages[p]; e != 0 {
		m := &b.maps[e>>8]
		w := tick >> 6 & 7
		if rest := m[w] & (1<<(tick&63) - 1); rest != 0 {
			return tick&^63 | int32(bits.Len64(rest)-1)
		}
		if rest := e & 0xff & (1<<w - 1); rest != 0 {
			w = int32(bits.Len32(rest) - 1)
			return p<<pageBits | w<<6 | int32(bits.Len64(m[w&7])-1)
		}
	}
	p = h.pageBelow(p)
	if p == none {
		return none
	}
	e := h.pages[p]
	w := int32(bits.Len32(e&0xff) - 1)
	return p<<pageBits | w<<6 | int32(bits.Len64(b.maps[e>>8][w&7])-1)
}

func (h *half) pageAbove(p int32) int32 {
	i := p >> 6
	if rest := h.sums[i] &^ (2<<(p&63) - 1); rest != 0 {
		return i<<6 | int32(bits.TrailingZeros64(rest))
	}
	t := i >> 6
	rest := h.tops[t] &^ (2<<(i&63) - 1)
	for rest == 0 {
		t++
		if int(t) == len(h.tops) {
			return none
		}
		rest = h.tops[t]
	}
	i = t<<6 | int32(bits.TrailingZeros64(rest))
	return i<<6 | int32(bits.TrailingZeros64(h.sums[i]))
}

func (h *half) pageBelow(p int32) int32 {
	i := p >> 6
	if rest := h.sums[i] & (1<<(p&63) - 1); rest != 0 {
		return i<<6 | int32(bits.Len64(rest)-1)
	}
	t := i >> 6
	rest := h.tops[t] & (1<<(i&63) - 1)
	for rest == 0 {
		t--
		if t < 0 {
			return none
		}
		rest = h.tops[t]
	}
	i = t<<6 | int32(bits.Len64(rest)-1)
	return i<<6 | int32(bits.Len64(h.sums[i])-1)
}
