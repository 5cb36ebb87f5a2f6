package matching

import (
	"encoding/binary"
	"math/bits"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// The state, little-endian, everything that decides what happens next, so that
// books that replayed all commands and books that were restored on the way have
// the same bytes:
//
//	version u32
//	books    u32 { low i64, span u32, its highest bit for pro rata | pro rata: TOP orders 2 u64 }
//	orders   u32 free u32 { gen u32, flags u16, released: next u32 | live: fields, links, extra when flagged }
//	pages    u32 free pages u32 { number u32 }
//	halves   { pages u32 { index u32, number u32, map 64 B, levels { head u32, tail u32, agg u64 } } }
//	holdings u32 { oldest u32, youngest u32 }
//	expiries u32 { slot u32 }
const (
	stateVersion = 2
	sharedBit    = 1 << 31 // Of a span.
)

// AppendState appends the whole state to dst.
func (b *Books) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, stateVersion)
	dst = le.AppendUint32(dst, uint32(len(b.books)))
	for i, k := range b.books {
		dst = le.AppendUint64(dst, uint64(k.low))
		if !b.halves[i*halvesPerBook].shared {
			dst = le.AppendUint32(dst, uint32(k.span))
			continue
		}
		dst = le.AppendUint32(dst, uint32(k.span)|sharedBit)
		for _, id := range b.asides[i].tops {
			dst = le.AppendUint64(dst, uint64(id))
		}
	}
	dst = b.appendOrders(dst)
	dst = b.appendFreePages(dst)
	for i := range b.halves {
		dst = b.appendHalf(dst, &b.halves[i])
	}
	dst = le.AppendUint32(dst, uint32(len(b.holdings)))
	for _, e := range b.holdings {
		dst = appendWords(dst, e.oldest, e.youngest)
	}
	dst = le.AppendUint32(dst, uint32(len(b.expiries)))
	for _, e := range b.expiries {
		dst = le.AppendUint32(dst, e.slot)
	}
	return dst
}

func appendWords(dst []byte, words ...uint32) []byte {
	for _, w := range words {
		dst = binary.LittleEndian.AppendUint32(dst, w)
	}
	return dst
}

func (b *Books) appendOrders(dst []byte) []byte {
	le := binary.LittleEndian
	dst = appendWords(dst, b.lastSlot, b.free)
	for s := uint32(1); s <= b.lastSlot; s++ {
		o, l := &b.orders[s], &b.links[s]
		dst = le.AppendUint32(dst, o.gen)
		dst = le.AppendUint16(dst, o.flags)
		if o.state() == 0 {
			dst = le.AppendUint32(dst, o.next)
			continue
		}
		prev, next, older, younger := o.prev, o.next, l.older, l.younger
		// What an order has left over from a queue that it is not in is not state.
		if o.state() == stateIdle {
			prev, next = 0, 0
		}
		if !o.has(flagListed) {
			older, younger = 0, 0
		}
		dst = le.AppendUint16(dst, o.inst)
		dst = appendWords(dst, uint32(o.price), o.qty, prev, next, o.holding, o.owner, older, younger, l.tag, l.filled)
		if o.has(flagExtended) {
			x := &b.extras[s]
			dst = le.AppendUint64(dst, uint64(x.expire))
			dst = appendWords(dst, uint32(x.stop), x.reserve, x.display, x.minQty, x.byMark)
		}
	}
	return dst
}

func (b *Books) appendFreePages(dst []byte) []byte {
	at := len(dst) + 4
	dst = appendWords(dst, b.lastPage, 0)
	n := uint32(0)
	for p := b.freePage; p != 0; p = b.levels[p<<pageBits].tail {
		dst = appendWords(dst, p)
		n++
	}
	binary.LittleEndian.PutUint32(dst[at:], n)
	return dst
}

func (b *Books) appendHalf(dst []byte, h *half) []byte {
	le := binary.LittleEndian
	n := 0
	for _, sum := range h.sums[:h.top] {
		n += bits.OnesCount64(sum)
	}
	dst = le.AppendUint32(dst, uint32(n))
	if n == 0 {
		return dst
	}
	for p, e := range h.pages {
		if e == 0 {
			continue
		}
		page := e >> 8
		dst = appendWords(dst, uint32(p), page)
		for w, word := range b.maps[page] {
			dst = le.AppendUint64(dst, word)
			for ; word != 0; word &= word - 1 {
				l := &b.levels[page<<pageBits+uint32(w<<6+bits.TrailingZeros64(word))]
				dst = appendWords(dst, l.head, l.tail)
				dst = le.AppendUint64(dst, l.agg)
			}
		}
	}
	return dst
}

// reader takes a state apart, list by list.
type reader struct{ *state.Reader }

// count returns a number of things of which each takes at least size bytes.
func (r *reader) count(size int) uint32 {
	n := r.U32()
	if uint64(n)*uint64(size) > uint64(len(r.Src)) {
		r.Src, r.OK = nil, false
		return 0
	}
	return n
}

func (b *Books) readBooks(r *reader) string {
	n := r.count(12)
	if n > 1<<16 {
		return "number of instruments"
	}
	for i := range n {
		low, span := int64(r.U64()), r.U32()
		shared := span&sharedBit != 0
		span &^= sharedBit
		if span == 0 && low == 0 && !shared {
			continue
		}
		p := venue.Price(low)
		if span == 0 || span > maxSpan || p < -venue.MaxPrice || p > venue.MaxPrice || p+venue.Price(span)-1 > venue.MaxPrice {
			return "range of an instrument"
		}
		b.Open(venue.InstrumentID(i), p, p+venue.Price(span)-1)
		if shared {
			b.ShareProRata(venue.InstrumentID(i))
			b.asides[i].tops = [2]venue.OrderID{venue.OrderID(r.U64()), venue.OrderID(r.U64())}
		}
	}
	closed := half{best: none}
	for uint32(len(b.books)) < n {
		b.books = append(b.books, book{})
		b.asides = append(b.asides, aside{})
		for range halvesPerBook {
			b.halves = append(b.halves, closed)
		}
	}
	return ""
}

func (b *Books) readOrders(r *reader) string {
	n := r.count(10)
	if n > b.limits.Orders {
		return "more orders than the limit"
	}
	b.lastSlot, b.free = n, r.U32()
	for s := uint32(1); s <= n; s++ {
		o, l := &b.orders[s], &b.links[s]
		o.gen, o.flags = r.U32(), r.U16()
		if o.state() == 0 {
			o.next = r.U32()
			continue
		}
		b.live++
		o.inst = r.U16()
		o.price, o.qty, o.prev, o.next = int32(r.U32()), r.U32(), r.U32(), r.U32()
		o.holding, o.owner = r.U32(), r.U32()
		*l = link{older: r.U32(), younger: r.U32(), tag: r.U32(), filled: r.U32()}
		if o.state() == stateIdle && o.prev|o.next != 0 || !o.has(flagListed) && l.older|l.younger != 0 {
			return "neighbour of an order that is in no queue"
		}
		if o.has(flagExtended) {
			b.extras[s] = extra{
				expire: venue.Time(r.U64()), stop: int32(r.U32()), reserve: r.U32(), display: r.U32(), minQty: r.U32(), byMark: r.U32(),
			}
			if o.state() == stateResting && b.extras[s].display != 0 && int(o.inst) < len(b.asides) {
				b.asides[o.inst].icebergs++
			}
		}
	}
	return ""
}

func (b *Books) readFreePages(r *reader) string {
	b.lastPage = r.U32()
	if b.lastPage > b.limits.Pages {
		return "more pages than the limit"
	}
	last := uint32(0)
	for range r.count(4) {
		p := r.U32()
		if p == 0 || p > b.lastPage {
			return "number of a free page"
		}
		if last == 0 {
			b.freePage = p
		} else {
			b.levels[last<<pageBits].tail = p
		}
		last = p
	}
	return ""
}

func (b *Books) readHalf(r *reader, h *half) string {
	lowest := uint32(0)
	for range r.count(72) {
		p, page := r.U32(), r.U32()
		if p < lowest || p >= uint32(len(h.pages)) || page == 0 || page > b.lastPage || b.maps[page] != (pageMap{}) {
			return "place of a page"
		}
		e := page << 8
		for w := range b.maps[page] {
			word := r.U64()
			b.maps[page][w] = word
			if word != 0 {
				e |= 1 << w
			}
			for ; word != 0; word &= word - 1 {
				l := &b.levels[page<<pageBits+uint32(w<<6+bits.TrailingZeros64(word))]
				*l = level{head: r.U32(), tail: r.U32(), agg: r.U64()}
			}
		}
		if e&0xff == 0 {
			return "page without a level"
		}
		lowest = p + 1
		h.pages[p] = e
		h.note(p)
	}
	h.best = b.from(h, 0)
	return ""
}

func (b *Books) readLists(r *reader) string {
	b.holdings = make([]ends, r.count(8))
	for i := range b.holdings {
		b.holdings[i] = ends{r.U32(), r.U32()}
	}
	for i := range r.count(4) {
		s := r.U32()
		if s == 0 || s > b.lastSlot || b.orders[s].state() == 0 || !b.orders[s].has(flagExtended) || b.extras[s].due != 0 {
			return "order in the expiry queue"
		}
		b.extras[s].due = i + 1
		b.expiries = append(b.expiries, expiry{b.extras[s].expire, s})
	}
	return ""
}
