package markets

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// ErrState says that bytes are not a state of markets: another format, cut off,
// beyond the limits, or with a listing that would be refused.
var ErrState = errors.New("markets: not a state")

const stateVersion = 3

// AppendState appends the state to dst: the same bytes for the same content.
// Layout, little-endian, each list after its length:
//
//	version byte
//	assets (uint16)       symbol, decimals byte; USD is left out
//	instruments (uint16)  terms field by field, brackets after a byte,
//	                      phase byte, traded byte, last, mark price and version,
//	                      taker rate of the listing
//	what follows an index, as appendFollows says
//
// A string is its length in a byte and its bytes.
func (s *Markets) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, stateVersion)
	dst = le.AppendUint16(dst, uint16(len(s.assets)-2))
	for _, a := range s.assets[2:] {
		dst = append(appendString(dst, a.Symbol), a.Decimals)
	}
	dst = le.AppendUint16(dst, uint16(s.Count()))
	for i := 1; i < len(s.markets); i++ {
		m := &s.markets[i]
		dst = appendTerms(dst, &m.Terms)
		traded := byte(0)
		if m.Traded {
			traded = 1
		}
		dst = append(dst, byte(m.Phase), traded)
		dst = le.AppendUint64(dst, uint64(m.Last))
		dst = le.AppendUint64(dst, uint64(s.marks[i].Price))
		dst = le.AppendUint32(dst, s.marks[i].Version)
		dst = le.AppendUint64(dst, uint64(m.Ceiling))
	}
	return s.appendFollows(dst)
}

func appendString(dst []byte, s string) []byte { return append(append(dst, byte(len(s))), s...) }

func appendTerms(dst []byte, t *venue.Instrument) []byte {
	le := binary.LittleEndian
	for _, s := range [...]string{t.Symbol, t.Class, t.Region, t.Grade} {
		dst = appendString(dst, s)
	}
	dst = append(dst, byte(t.Kind), byte(t.Window), byte(t.Match))
	dst = le.AppendUint16(dst, uint16(t.Base))
	dst = le.AppendUint16(dst, uint16(t.Quote))
	for _, v := range [...]int64{
		int64(t.Start), int64(t.End), int64(t.Tick), t.Hours, int64(t.Low), int64(t.High),
		int64(t.MaxQty), int64(t.Band), int64(t.Maker), int64(t.Taker),
		int64(t.Interest.Low), int64(t.Interest.High), int64(t.MaxPosition),
	} {
		dst = le.AppendUint64(dst, uint64(v))
	}
	dst = append(dst, byte(len(t.Brackets)))
	for _, b := range t.Brackets {
		dst = le.AppendUint64(dst, uint64(b.Upto))
		dst = le.AppendUint64(dst, uint64(b.Initial))
		dst = le.AppendUint64(dst, uint64(b.Maintenance))
	}
	return dst
}

// LoadState reads what AppendState wrote into new markets and returns what
// follows. Every listing is checked as List does. After an error, which is
// ErrState, the markets must not be used.
func (s *Markets) LoadState(src []byte) ([]byte, error) {
	r := newReader(src)
	r.OK = len(s.markets) == 1 && len(s.assets) == 2
	r.OK = r.U8() == stateVersion && r.OK
	for n := r.U16(); n > 0 && r.OK; n-- {
		c := venue.ListAsset{Asset: venue.AssetID(len(s.assets)), Symbol: r.text(), Decimals: r.U8()}
		r.OK = r.OK && !s.ListAsset(&c).Refused()
	}
	for n := r.U16(); n > 0 && r.OK; n-- {
		t := r.terms(venue.InstrumentID(len(s.markets)))
		r.OK = r.OK && !s.List(&t).Refused() && s.loadMarket(&r)
	}
	if r.OK {
		s.loadFollows(&r)
	}
	if !r.OK {
		return nil, ErrState
	}
	return r.Src, nil
}

// loadMarket reads what changes of the market that was listed last.
func (s *Markets) loadMarket(r *reader) bool {
	id := s.Count()
	m := s.Get(id)
	phase, traded := venue.Phase(r.U8()), r.U8()
	m.Traded, m.Last = traded == 1, venue.Price(r.I64())
	price, version := venue.Price(r.I64()), r.U32()
	m.Ceiling = venue.Rate(r.I64())
	if m.Ceiling < m.Terms.Taker || m.Ceiling > MaxFee {
		return false
	}
	if !r.OK || traded > 1 || !s.loadPhase(id, phase) {
		return false
	}
	if m.Traded && m.inRange(m.Last, venue.FieldPrice).Refused() || !m.Traded && m.Last != 0 {
		return false
	}
	if version == 0 {
		return price == 0
	}
	if s.SetMark(id, price).Refused() {
		return false
	}
	s.marks[id].Version = version
	s.marks[0].Price += venue.Price(version - 1) // SetMark has counted one.
	return true
}

// reader takes a state apart, record by record.
type reader struct{ *state.Reader }

func newReader(src []byte) reader { return reader{state.NewReader(src)} }

func (r *reader) text() string { return string(r.Take(int(r.U8()))) }

func (r *reader) terms(id venue.InstrumentID) venue.Instrument {
	t := venue.Instrument{
		ID:     id,
		Symbol: r.text(), Class: r.text(), Region: r.text(), Grade: r.text(),
		Kind: venue.Kind(r.U8()), Window: venue.Window(r.U8()), Match: venue.Matching(r.U8()),
		Base: venue.AssetID(r.U16()), Quote: venue.AssetID(r.U16()),
		Start: venue.Time(r.I64()), End: venue.Time(r.I64()),
		Tick: venue.Amount(r.I64()), Hours: r.I64(),
		Low: venue.Price(r.I64()), High: venue.Price(r.I64()),
		MaxQty: venue.Qty(r.I64()), Band: venue.Rate(r.I64()),
		Maker: venue.Rate(r.I64()), Taker: venue.Rate(r.I64()),
		Interest:    venue.Interest{Low: venue.Qty(r.I64()), High: venue.Qty(r.I64())},
		MaxPosition: venue.Qty(r.I64()),
	}
	for n := r.U8(); n > 0 && r.OK; n-- {
		t.Brackets = append(t.Brackets, venue.Bracket{
			Upto: venue.Amount(r.I64()), Initial: venue.Rate(r.I64()), Maintenance: venue.Rate(r.I64()),
		})
	}
	return t
}
