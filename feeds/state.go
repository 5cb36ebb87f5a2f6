package feeds

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/internal/state"
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
	r := state.NewReader(src)
	r.OK = len(s.all) == 0
	r.OK = r.U8() == stateVersion && r.OK
	for n := r.U16(); n > 0 && r.OK; n-- {
		s.loadIndex(r)
	}
	s.schedule()
	if !r.OK {
		return nil, ErrState
	}
	return r.Src, nil
}

func (s *Indices) loadIndex(r *state.Reader) {
	t := venue.Index{ID: s.Count() + 1, Symbol: string(r.Take(int(r.U8()))), Kind: venue.IndexKind(r.U8())}
	t.Clamp, t.Cap = venue.Rate(r.I64()), venue.Rate(r.I64())
	contributors := r.I64()
	t.Contributors = uint16(contributors)
	t.Period, t.Window, t.Widest = venue.Time(r.I64()), venue.Time(r.I64()), venue.Time(r.I64())
	next := venue.Time(r.I64())
	v := Reading{Price: venue.Amount(r.I64()), At: venue.Time(r.I64())}
	count := r.I64()
	flags := r.U8()
	v.Valid, v.Stale = flags&1 != 0, flags&2 != 0
	r.OK = r.OK && contributors == int64(t.Contributors) && flags <= 3 && count >= 0 && count <= MaxSources && !s.List(&t, 0).Refused()
	if !r.OK {
		return
	}
	x := &s.all[len(s.all)-1]
	x.value, x.count = v, int(count)
	if t.Kind == venue.AvailabilityIndex {
		s.loadFleet(r, x)
		r.OK = r.OK && x.next == next
		return
	}
	x.next = next
	readings := r.U16()
	r.OK = r.OK && readings <= MaxSources
	for n := readings; n > 0 && r.OK; n-- {
		y := reading{source: venue.SourceID(r.U32())}
		y.contribution = Contribution{Price: venue.Amount(r.I64()), Volume: venue.Qty(r.I64())}
		y.at = venue.Time(r.I64())
		before := len(x.readings) == 0 || x.readings[len(x.readings)-1].source < y.source
		r.OK = r.OK && before && !x.check(&y, y.at).Refused()
		x.readings = append(x.readings, y)
	}
}
