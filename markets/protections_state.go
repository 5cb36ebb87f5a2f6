package markets

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// The states of protections, little-endian, lists after their length in a uint32
// and from the oldest entry on, so that a ring that was restored and one that
// went round have the same bytes:
//
//	breaker     variant, last, now; highs, lows { at, price }
//	protection  breached uint16
//	quotes      now, frozen; fills { at, qty, delta }
//
// Windows, limits and sizes of rings are terms and not state. What Load reads it
// checks: false says that the bytes are no state of this protection, which must
// not be used then.

// AppendState appends the state to dst.
func (b *Breaker) AppendState(dst []byte) []byte {
	for _, v := range [...]int64{int64(b.variant), int64(b.last), int64(b.now)} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return b.lows.append(b.highs.append(dst))
}

func (e *extremes) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(e.n))
	for i := range e.n {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.at(i).at))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.at(i).price))
	}
	return dst
}

// LoadState reads what AppendState wrote into a new breaker of the same window
// and size, and returns what follows.
func (b *Breaker) LoadState(src []byte) ([]byte, bool) {
	r := newReader(src)
	b.variant, b.last, b.now = venue.Price(r.I64()), venue.Price(r.I64()), venue.Time(r.I64())
	ok := b.highs.load(&r, b.now) && b.lows.load(&r, b.now)
	return r.Src, ok && r.OK && b.variant >= 0 && (b.highs.n == 0) == (b.lows.n == 0)
}

func (e *extremes) load(r *reader, now venue.Time) bool {
	n := r.U32()
	if !r.OK || n > uint32(len(e.ring)) {
		return false
	}
	e.from, e.n = 0, int(n)
	for i := range e.n {
		x := extreme{venue.Time(r.I64()), venue.Price(r.I64())}
		if x.at > now || i > 0 && (x.at < e.at(i-1).at || x.price >= e.at(i-1).price) {
			return false
		}
		*e.at(i) = x
	}
	return r.OK
}

// AppendState appends the state to dst.
func (c *Protection) AppendState(dst []byte) []byte {
	return binary.LittleEndian.AppendUint16(dst, c.breached)
}

// LoadState reads what AppendState wrote and returns what follows.
func (c *Protection) LoadState(src []byte) ([]byte, bool) {
	r := newReader(src)
	c.breached = r.U16()
	return r.Src, r.OK
}

// AppendState appends the state to dst.
func (q *Quotes) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint64(dst, uint64(q.now))
	dst = le.AppendUint64(dst, uint64(q.frozen))
	dst = le.AppendUint32(dst, uint32(q.n))
	for i := range q.n {
		x := q.at(i)
		for _, v := range [...]int64{int64(x.at), int64(x.qty), int64(x.delta)} {
			dst = le.AppendUint64(dst, uint64(v))
		}
	}
	return dst
}

// LoadState reads what AppendState wrote into new quotes of the same limits and
// size, and returns what follows.
func (q *Quotes) LoadState(src []byte) ([]byte, bool) {
	r := newReader(src)
	q.now, q.frozen = venue.Time(r.I64()), venue.Time(r.I64())
	n := r.U32()
	if !r.OK || n > uint32(len(q.ring)) {
		return nil, false
	}
	before := venue.Time(-1)
	for range n {
		x := quoteFill{venue.Time(r.I64()), venue.Qty(r.I64()), venue.Qty(r.I64())}
		sound := x.at > before && x.at <= q.now && x.qty > 0 && x.qty < q.limits.Qty-q.qty && x.delta <= x.qty && -x.delta <= x.qty
		if !r.OK || !sound {
			return nil, false
		}
		before = x.at
		q.push(x)
	}
	return r.Src, true
}
