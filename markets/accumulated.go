package markets

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// The states of what accumulates, for whoever keeps it: the same bytes for the
// same content, little-endian. LoadState returns what follows, and ErrState for
// bytes that AppendState could not have written.

func appendInts(dst []byte, all ...int64) []byte {
	for _, v := range all {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}

func appendSum(dst []byte, s venue.Sum) []byte { return appendInts(dst, s.Hi, int64(s.Lo)) }

func (r *reader) sum() venue.Sum { return venue.Sum{Hi: r.I64(), Lo: uint64(r.I64())} }

func (r *reader) end() ([]byte, error) {
	if !r.OK {
		return nil, ErrState
	}
	return r.Src, nil
}

// AppendState appends the state to dst: start, time, time counted, mark, index,
// the two sums of 16 bytes, and a byte of the reasons to pause.
func (f *Funding) AppendState(dst []byte) []byte {
	dst = appendInts(dst, int64(f.start), int64(f.at), int64(f.counted), int64(f.mark), int64(f.index))
	return append(appendSum(appendSum(dst, f.sumMark), f.sumIndex), byte(f.paused))
}

// LoadState reads what AppendState wrote. After an error f is unchanged.
func (f *Funding) LoadState(src []byte) ([]byte, error) {
	r := newReader(src)
	x := Funding{
		start: venue.Time(r.I64()), at: venue.Time(r.I64()), counted: venue.Time(r.I64()),
		mark: venue.Amount(r.I64()), index: venue.Amount(r.I64()),
		sumMark: r.sum(), sumIndex: r.sum(), paused: Pause(r.U8()),
	}
	known := InAuction | StaleMark | StaleIndex
	r.OK = r.OK && x.at >= x.start && x.counted >= 0 && x.counted <= x.at-x.start && x.paused&^known == 0
	if r.OK {
		*f = x
	}
	return r.end()
}

// AppendState appends the state to dst: two sums of 16 bytes and the number of
// samples.
func (p *Premiums) AppendState(dst []byte) []byte {
	return appendInts(appendSum(appendSum(dst, p.excess), p.index), p.samples)
}

// LoadState reads what AppendState wrote. After an error p is unchanged.
func (p *Premiums) LoadState(src []byte) ([]byte, error) {
	r := newReader(src)
	x := Premiums{excess: r.sum(), index: r.sum(), samples: r.I64()}
	// Every sample adds at least 1 to the index.
	r.OK = r.OK && x.samples >= 0 && x.index.Wide().Cmp(venue.ToWide(x.samples)) >= 0 && (x.samples > 0 || x == Premiums{})
	if r.OK {
		*p = x
	}
	return r.end()
}

// AppendState appends the state to dst: the last day, a set of the days that
// have a volume in 4 bytes, and those volumes. An account that never traded has
// 12 bytes.
func (v *Volume) AppendState(dst []byte) []byte {
	dst = appendInts(dst, v.today)
	var set uint32
	for i, d := range v.days {
		if d != 0 {
			set |= 1 << i
		}
	}
	dst = binary.LittleEndian.AppendUint32(dst, set)
	for _, d := range v.days {
		if d != 0 {
			dst = appendInts(dst, int64(d))
		}
	}
	return dst
}

// LoadState reads what AppendState wrote. After an error v is unchanged.
func (v *Volume) LoadState(src []byte) ([]byte, error) {
	r := newReader(src)
	x := Volume{today: r.I64()}
	set := r.U32()
	r.OK = r.OK && x.today >= 0 && set < 1<<volumeDays
	for i := range x.days {
		if set>>i&1 == 0 {
			continue
		}
		d := venue.Amount(r.I64())
		r.OK = r.OK && d > 0 && d <= venue.MaxAmount/volumeDays
		x.days[i] = d
		x.total += d
	}
	if r.OK {
		*v = x
	}
	return r.end()
}
