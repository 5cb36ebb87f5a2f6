package matching

import (
	"math"
	"math/bits"

	"github.com/clearhour/clearhour/venue"
)

// A half is one of the six sets of levels of a book. Within it a level has a
// key: lower is better in every half, so that nothing below asks which way a side
// goes. The key of a price is its ticks above the low of the instrument, or its
// ticks below the high where the highest price comes first.
//
//	key:   23 bits ..................... 9 | 8 ........ 6 | 5 ......... 0
//	       index of a page                 | word of page | bit of word
//
//	tops ─► sums ─► pages ─► maps ─► levels
//	 a set bit says that something below it is not empty
//
// pages holds, per 512 keys, the number of the page (upper 24 bits, 0 when no
// level of it holds an order) and which of its 8 words are not zero (lower 8).
// The next level beyond a key is found in at most four steps up and down,
// whatever the gap.
type half struct {
	best   int32 // Key of the best level, or none.
	flip   int32 // The key of tick t is t^flip+shift, and the other way round.
	shift  int32
	top    int16 // Where the bits over sums begin, at the end of sums.
	shared bool  // Levels are shared pro rata, see ShareProRata.
	pages  []uint32
	sums   []uint64
}

// The halves of a book.
const (
	bids = iota // Orders to buy; the best is the highest.
	asks
	sellStops // Dormant orders to sell; the next to trigger is the highest.
	buyStops
	sellMarks // The same for those that the mark elects.
	buyMarks
	halvesPerBook
)

const (
	pageBits  = 9
	pageTicks = 1 << pageBits
	none      = math.MaxInt32 // Worse than every key.
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

// newHalf returns an empty half; down says that the highest price is the best.
func newHalf(span int32, down bool) half {
	pages := (int(span) + pageTicks - 1) / pageTicks
	sums := (pages + 63) / 64
	h := half{best: none, pages: make([]uint32, pages), sums: make([]uint64, sums+(sums+63)/64), top: int16(sums)}
	if down {
		h.flip, h.shift = -1, span
	}
	return h
}

// key returns the key of a tick, and the tick of a key.
func (h *half) key(tick int32) int32 { return (tick ^ h.flip) + h.shift }

// restHalf returns where orders of a side rest.
func (b *Books) restHalf(o *order) *half {
	return &b.halves[int(o.inst)*halvesPerBook+int(o.flags&flagSell)]
}

// facing returns where orders rest that an order could trade with. An order
// crosses when the best key there is not above the key of its limit.
func (b *Books) facing(o *order) *half {
	return &b.halves[int(o.inst)*halvesPerBook+int(o.flags&flagSell^1)]
}

// stopHalf returns where a dormant order waits.
func (b *Books) stopHalf(s uint32, o *order) *half {
	return &b.halves[int(o.inst)*halvesPerBook+b.stopKind(s, o)]
}

// stopKind returns which half of its book a dormant order waits in.
func (b *Books) stopKind(s uint32, o *order) int {
	return buyStops - int(o.flags&flagSell) + (buyMarks-buyStops)*int(b.extras[s].byMark)
}

// at returns the index of the level with a key, whose page must exist.
func (h *half) at(key int32) uint32 {
	return h.pages[uint32(key)>>pageBits]>>8<<pageBits | uint32(key)&(pageTicks-1)
}

// levelAt returns the level with a key, or nil when its page does not exist.
func (b *Books) levelAt(h *half, key int32) *level {
	if h.pages[uint32(key)>>pageBits] == 0 {
		return nil
	}
	return &b.levels[h.at(key)]
}

// room says whether one more order fits the level with a key, and if not, why.
func (b *Books) room(h *half, key int32) venue.Reason {
	l := b.levelAt(h, key)
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

// levelFor returns the level with a key for one more order, and marks it, or says
// why there is no room.
func (b *Books) levelFor(h *half, key int32) (*level, venue.Reason) {
	p := uint32(key) >> pageBits
	if h.pages[p] == 0 {
		if b.freePage == 0 && b.lastPage == b.limits.Pages {
			return nil, venue.MemoryExhausted
		}
		b.takePage(h, p)
	}
	l := &b.levels[h.at(key)]
	if l.agg == 0 {
		b.mark(h, key)
	} else if l.agg>>48 == maxLevelOrders {
		return nil, venue.LevelFull
	}
	return l, venue.OK
}

// append puts an order at the tail of a level that is marked.
func (b *Books) append(l *level, s uint32, o *order) {
	o.next = 0
	if l.agg == 0 {
		l.head = s
		o.prev = 0
	} else {
		b.orders[l.tail].next = s
		o.prev = l.tail
	}
	l.tail = s
	l.agg += oneOrder | uint64(o.qty)
}

// pull takes an order out of the level with a key and returns the level.
func (b *Books) pull(h *half, key int32, o *order) *level {
	l := &b.levels[h.at(key)]
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
		b.unmark(h, key)
	}
	return l
}

// mark notes that the level with a key is no longer empty.
func (b *Books) mark(h *half, key int32) {
	k := uint32(key)
	e := h.pages[k>>pageBits]
	w := k >> 6 & 7
	b.maps[e>>8][w] |= 1 << (k & 63)
	h.pages[k>>pageBits] = e | 1<<w
	h.best = min(h.best, key)
}

// unmark notes that the level with a key is empty; the best level moves on.
func (b *Books) unmark(h *half, key int32) {
	k := uint32(key)
	e := h.pages[k>>pageBits]
	w := k >> 6 & 7
	word := b.maps[e>>8][w] &^ (1 << (k & 63))
	b.maps[e>>8][w] = word
	if word == 0 {
		e &^= 1 << w
		h.pages[k>>pageBits] = e
		if e&0xff == 0 {
			b.dropPage(h, k>>pageBits)
		}
	}
	if key == h.best {
		h.best = b.from(h, key)
	}
}

// takePage gives index p of a half a page of empty levels. The caller has asked
// room.
func (b *Books) takePage(h *half, p uint32) {
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
	h.note(p)
}

// note marks page p as in use in the bitmaps above it.
func (h *half) note(p uint32) {
	h.sums[p>>6] |= 1 << (p & 63)
	h.sums[uint32(h.top)+p>>12] |= 1 << (p >> 6 & 63)
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
		h.sums[uint32(h.top)+p>>12] &^= 1 << (p >> 6 & 63)
	}
}

// from returns the lowest key that holds orders and is not below key, or none.
func (b *Books) from(h *half, key int32) int32 {
	k := uint32(key)
	p := k >> pageBits
	if p >= uint32(len(h.pages)) {
		return none
	}
	if e := h.pages[p]; e != 0 {
		m := &b.maps[e>>8]
		w := k >> 6 & 7
		if rest := m[w] >> (k & 63) << (k & 63); rest != 0 {
			return int32(k&^63 | uint32(bits.TrailingZeros64(rest)))
		}
		if rest := e & 0xff &^ (2<<w - 1); rest != 0 {
			return m.first(p, rest)
		}
	}
	p = h.pageFrom(p + 1)
	if p == none {
		return none
	}
	e := h.pages[p]
	return b.maps[e>>8].first(p, e&0xff)
}

// first returns the lowest key of page p in the words that are named.
func (m *pageMap) first(p, words uint32) int32 {
	w := uint32(bits.TrailingZeros32(words)) & 7
	return int32(p<<pageBits | w<<6 | uint32(bits.TrailingZeros64(m[w])))
}

// pageFrom returns the lowest page in use that is not below p, or none.
func (h *half) pageFrom(p uint32) uint32 {
	sums, tops := h.sums[:h.top], h.sums[h.top:]
	i := p >> 6
	if i >= uint32(len(sums)) {
		return none
	}
	if rest := sums[i] >> (p & 63) << (p & 63); rest != 0 {
		return i<<6 | uint32(bits.TrailingZeros64(rest))
	}
	i++
	t := i >> 6
	if t >= uint32(len(tops)) {
		return none
	}
	rest := tops[t] >> (i & 63) << (i & 63)
	for rest == 0 {
		if t++; t == uint32(len(tops)) {
			return none
		}
		rest = tops[t]
	}
	i = t<<6 | uint32(bits.TrailingZeros64(rest))
	return i<<6 | uint32(bits.TrailingZeros64(sums[i]))
}
