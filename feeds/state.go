package feeds

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/venue"
)

// ErrState says that bytes are not a state of indices: another format, cut off,
// or with something that would be refused.
var ErrState = errors.New("feeds: not a state")

const stateVersion = 1

// AppendState appends the state to dst: the same bytes for the same content.
// Layout, little-endian, each list after its length in a uint16:
//
//	version byte
//	indices   symbol after its length in a byte, kind in a byte, terms field by
//	          field, time of the next publication, price, time, readings and a
//	          byte (1 valid, 2 stale) of the last one
//	readings  of a price index: source (uint32), price, volume, time
//	fleet     of an availability index: see appendFleet
func (s *Indices) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint16(append(dst, stateVersion), uint16(len(s.all)))
	for i := range s.all {
		x := &s.all[i]
		t := &x.terms
		dst = append(append(append(dst, byte(len(t.Symbol))), t.Symbol...), byte(t.Kind))
		dst = appendInts(dst, int64(t.Clamp), int64(t.Cap), int64(t.Contributors), int64(t.Period), int64(t.Window),
			int64(t.Widest), int64(x.next), int64(x.value.Price), int64(x.value.At), int64(x.count))
		dst = append(dst, bit(x.value.Valid)|bit(x.value.Stale)<<1)
		if t.Kind == venue.AvailabilityIndex {
			dst = x.fleet.append(dst)
			continue
		}
		dst = le.AppendUint16(dst, uint16(len(x.readings)))
		for _, r := range x.readings {
			dst = le.AppendUint32(dst, uint32(r.source))
			dst = appendInts(dst, int64(r.contribution.Price), int64(r.contribution.Volume), int64(r.at))
		}
	}
	return dst
}

func appendInts(dst []byte, all ...int64) []byte {
	for _, v := range all {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// LoadState reads what AppendState wrote into empty Indices and returns what
// follows. After an error, which is ErrState, they must not be used.
func (s *Indices) LoadState(src []byte) ([]byte, error) {
	r := cursor{src: src, ok: len(s.all) == 0}
	r.ok = r.take(1)[0] == stateVersion && r.ok
	for n := r.u16(); n > 0 && r.ok; n-- {
		s.loadIndex(&r)
	}
	s.schedule()
	if !r.ok {
		return nil, ErrState
	}
	return r.src, nil
}

func (s *Indices) loadIndex(r *cursor) {
	t := venue.Index{ID: s.Count() + 1, Symbol: string(r.take(int(r.take(1)[0]))), Kind: venue.IndexKind(r.take(1)[0])}
	t.Clamp, t.Cap = venue.Rate(r.i64()), venue.Rate(r.i64())
	contributors := r.i64()
	t.Contributors = uint16(contributors)
	t.Period, t.Window, t.Widest = venue.Time(r.i64()), venue.Time(r.i64()), venue.Time(r.i64())
	next := venue.Time(r.i64())
	v := Reading{Price: venue.Amount(r.i64()), At: venue.Time(r.i64())}
	count := r.i64()
	flags := r.take(1)[0]
	v.Valid, v.Stale = flags&1 != 0, flags&2 != 0
	r.ok = r.ok && contributors == int64(t.Contributors) && flags <= 3 && count >= 0 && count <= MaxSources && !s.List(&t, 0).Refused()
	if !r.ok {
		return
	}
	x := &s.all[len(s.all)-1]
	x.value, x.count = v, int(count)
	if t.Kind == venue.AvailabilityIndex {
		s.loadFleet(r, x)
		r.ok = r.ok && x.next == next
		return
	}
	x.next = next
	readings := r.u16()
	r.ok = r.ok && readings <= MaxSources
	for n := readings; n > 0 && r.ok; n-- {
		y := reading{source: venue.SourceID(r.u32())}
		y.contribution = Contribution{Price: venue.Amount(r.i64()), Volume: venue.Qty(r.i64())}
		y.at = venue.Time(r.i64())
		before := len(x.readings) == 0 || x.readings[len(x.readings)-1].source < y.source
		r.ok = r.ok && before && !x.check(&y, y.at).Refused()
		x.readings = append(x.readings, y)
	}
}

// cursor takes a state apart. After ok is false it gives zeroes.
type cursor struct {
	src []byte
	ok  bool
}

func (r *cursor) take(n int) []byte {
	if len(r.src) < n {
		r.ok, r.src = false, nil
		return make([]byte, n)
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}

func (r *cursor) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *cursor) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *cursor) i64() int64  { return int64(binary.LittleEndian.Uint64(r.take(8))) }
