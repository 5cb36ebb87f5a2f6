package markets

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/venue"
)

var errState = errors.New("markets: malformed state")

// AppendState appends the assets, and of each market the terms, the phase, the
// mark and the last trade. Bands follow from marks.
func (s *Markets) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint16(dst, uint16(s.Assets()))
	for _, a := range s.assets[2:] {
		dst = append(appendText(dst, a.Symbol), a.Decimals)
	}
	dst = le.AppendUint16(dst, uint16(s.Count()))
	for i := range s.markets[1:] {
		m := &s.markets[i+1]
		mark := s.marks[i+1]
		dst = appendTerms(dst, &m.Terms)
		dst = append(dst, byte(m.Phase), flag(m.Traded))
		dst = le.AppendUint64(dst, uint64(m.Last))
		dst = le.AppendUint64(dst, uint64(mark.Price))
		dst = le.AppendUint32(dst, mark.Version)
	}
	return dst
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendText(dst []byte, s string) []byte { return append(append(dst, byte(len(s))), s...) }

func appendTerms(dst []byte, t *venue.Instrument) []byte {
	le := binary.LittleEndian
	for _, s := range []string{t.Symbol, t.Class, t.Region, t.Grade} {
		dst = appendText(dst, s)
	}
	dst = append(dst, byte(t.Kind), byte(t.Window), byte(len(t.Brackets)))
	dst = le.AppendUint16(le.AppendUint16(dst, uint16(t.Base)), uint16(t.Quote))
	for _, v := range []int64{
		int64(t.Start), int64(t.End), int64(t.Tick), t.Hours, int64(t.Low), int64(t.High), int64(t.MaxQty),
		int64(t.Band), int64(t.Maker), int64(t.Taker),
	} {
		dst = le.AppendUint64(dst, uint64(v))
	}
	for _, b := range t.Brackets {
		for _, v := range []int64{int64(b.Upto), int64(b.Initial), int64(b.Maintenance)} {
			dst = le.AppendUint64(dst, uint64(v))
		}
	}
	return dst
}

// cursor takes values off a slice; short says that there were too few bytes.
type cursor struct {
	src   []byte
	short bool
}

func (r *cursor) take(n int) []byte {
	if len(r.src) < n {
		r.short = true
		return make([]byte, n)
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}

func (r *cursor) u8() byte     { return r.take(1)[0] }
func (r *cursor) u16() uint16  { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *cursor) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *cursor) i64() int64   { return int64(binary.LittleEndian.Uint64(r.take(8))) }
func (r *cursor) text() string { return string(r.take(int(r.u8()))) }

// LoadState fills empty markets with what AppendState wrote and returns the
// bytes that follow. What it reads passes the checks of a listing; the markets
// are unusable after an error.
func (s *Markets) LoadState(src []byte) ([]byte, error) {
	r := &cursor{src: src}
	assets := venue.AssetID(r.u16())
	if assets < venue.USD {
		return nil, errState // USD is always there, and not written.
	}
	for id := venue.USD; id < assets; id++ {
		c := venue.ListAsset{Asset: id + 1, Symbol: r.text(), Decimals: r.u8()}
		if r.short || s.ListAsset(&c).Refused() {
			return nil, errState
		}
	}
	for n := int(r.u16()); n > 0; n-- {
		if !s.loadMarket(r) {
			return nil, errState
		}
	}
	if r.short {
		return nil, errState
	}
	return r.src, nil
}

func (s *Markets) loadMarket(r *cursor) bool {
	t := loadTerms(r)
	t.ID = s.Count() + 1
	phase, traded, last := venue.Phase(r.u8()), r.u8(), venue.Price(r.i64())
	mark := venue.Mark{Price: venue.Price(r.i64()), Version: r.u32()}
	if r.short || traded > 1 || s.List(&t).Refused() || s.SetPhase(t.ID, phase).Refused() {
		return false
	}
	if traded == 1 {
		s.SetLast(t.ID, last)
	} else if last != 0 {
		return false
	}
	if mark.Version == 0 {
		return mark.Price == 0
	}
	if s.SetMark(t.ID, mark.Price).Refused() {
		return false
	}
	s.marks[t.ID] = mark
	return true
}

func loadTerms(r *cursor) (t venue.Instrument) {
	t.Symbol, t.Class, t.Region, t.Grade = r.text(), r.text(), r.text(), r.text()
	t.Kind, t.Window = venue.Kind(r.u8()), venue.Window(r.u8())
	brackets := int(r.u8())
	t.Base, t.Quote = venue.AssetID(r.u16()), venue.AssetID(r.u16())
	t.Start, t.End = venue.Time(r.i64()), venue.Time(r.i64())
	t.Tick, t.Hours = venue.Amount(r.i64()), r.i64()
	t.Low, t.High, t.MaxQty = venue.Price(r.i64()), venue.Price(r.i64()), venue.Qty(r.i64())
	t.Band, t.Maker, t.Taker = venue.Rate(r.i64()), venue.Rate(r.i64()), venue.Rate(r.i64())
	if brackets > venue.MaxBrackets {
		r.short = true
		return t
	}
	for range brackets {
		t.Brackets = append(t.Brackets, venue.Bracket{
			Upto: venue.Amount(r.i64()), Initial: venue.Rate(r.i64()), Maintenance: venue.Rate(r.i64()),
		})
	}
	return t
}
