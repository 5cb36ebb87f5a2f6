package markets

import (
	"github.com/clearhour/clearhour/venue"
)

// appendFollows appends what the markets that follow an index remember, and the
// times of the last trades:
//
//	times of last trades, one per instrument
//	followers (uint16), in their order: instrument (uint16), reference field by
//	field, basis, sources byte, next, closing, staleness byte, and funding,
//	premiums and the last period where there is funding
func (s *Markets) appendFollows(dst []byte) []byte {
	for i := 1; i < len(s.markets); i++ {
		dst = appendInts(dst, int64(s.markets[i].LastAt))
	}
	dst = appendShort(dst, len(s.followers))
	for _, id := range s.followers {
		f := &s.follows[id]
		dst = appendShort(dst, int(id))
		dst = appendReference(dst, &f.terms)
		dst = append(f.basis.AppendState(dst), byte(f.sources))
		dst = appendInts(dst, int64(f.next), int64(f.closing))
		stale := byte(0)
		if s.marks[id].Stale {
			stale = 1
		}
		dst = append(dst, stale)
		if f.terms.Funding > 0 {
			dst = f.last.AppendState(f.premiums.AppendState(f.funding.AppendState(dst)))
		}
	}
	return dst
}

func appendShort(dst []byte, n int) []byte { return append(dst, byte(n), byte(n>>8)) }

func appendReference(dst []byte, r *venue.Reference) []byte {
	return appendInts(appendShort(dst, int(r.Index)), int64(r.Impact), int64(r.Band), int64(r.Span), int64(r.Every),
		int64(r.IndexAge), int64(r.LastAge), int64(r.Stale), int64(r.Funding), int64(r.Method), int64(r.Default), int64(r.Factor))
}

func (r *reader) reference() venue.Reference {
	x := venue.Reference{
		Index: venue.IndexID(r.U16()), Impact: venue.Qty(r.I64()), Band: venue.Rate(r.I64()), Span: venue.Time(r.I64()),
		Every: venue.Time(r.I64()), IndexAge: venue.Time(r.I64()), LastAge: venue.Time(r.I64()), Stale: venue.Rate(r.I64()),
		Funding: venue.Time(r.I64()),
	}
	x.Method = r.method()
	x.Default, x.Factor = venue.Rate(r.I64()), venue.Rate(r.I64())
	return x
}

func (r *reader) method() venue.FundingMethod {
	v := r.I64()
	r.OK = r.OK && v >= 0 && v <= int64(venue.ImpactPremium)
	return venue.FundingMethod(v)
}

// loadFollows reads what appendFollows wrote, after all markets.
func (s *Markets) loadFollows(r *reader) {
	for i := 1; i < len(s.markets); i++ {
		m := &s.markets[i]
		m.LastAt = venue.Time(r.I64())
		r.OK = r.OK && (m.Traded || m.LastAt == 0)
	}
	for n := r.U16(); n > 0 && r.OK; n-- {
		s.loadFollower(r)
	}
	s.schedule()
}

func (s *Markets) loadFollower(r *reader) {
	id, terms := venue.InstrumentID(r.U16()), r.reference()
	m := s.Get(id)
	if !r.OK || m == nil || s.follows[id].terms.Index != 0 {
		r.OK = false
		return
	}
	phase := m.Phase
	m.Phase = venue.Halted
	r.OK = !s.CheckReference(id, &terms).Refused()
	m.Phase = phase
	f := &s.follows[id]
	f.terms = terms
	s.followers = append(s.followers, id)
	r.part(f.basis.LoadState)
	f.sources = Source(r.U8())
	f.next, f.closing = venue.Time(r.I64()), venue.Time(r.I64())
	stale := r.U8()
	s.marks[id].Stale = stale == 1
	r.OK = r.OK && stale <= 1 && f.sources&^(FromIndex|FromBook|FromLast) == 0 && (f.closing != 0) == (terms.Funding != 0)
	if terms.Funding > 0 {
		r.part(f.funding.LoadState)
		r.part(f.premiums.LoadState)
		r.part(f.last.LoadState)
	}
}

// part reads what has a LoadState of its own.
func (r *reader) part(load func([]byte) ([]byte, error)) {
	if !r.OK {
		return
	}
	rest, err := load(r.Src)
	r.Src, r.OK = rest, err == nil
}

// AppendState appends the state to dst: length, time that counted, method, index
// and rates, the two sums of 16 bytes, and the premiums.
func (p *FundingPeriod) AppendState(dst []byte) []byte {
	t := &p.terms
	dst = appendInts(dst, int64(p.Period), int64(p.Counted), int64(p.Method), int64(p.index),
		int64(t.Default), int64(t.Factor), int64(t.Initial), int64(t.Maintenance))
	return p.premiums.AppendState(appendSum(appendSum(dst, p.sumMark), p.sumIndex))
}

// LoadState reads what AppendState wrote. After an error p is unchanged.
func (p *FundingPeriod) LoadState(src []byte) ([]byte, error) {
	r := newReader(src)
	x := FundingPeriod{Period: venue.Time(r.I64()), Counted: venue.Time(r.I64()), Method: r.method(), index: venue.Amount(r.I64())}
	t := &x.terms
	t.Default, t.Factor, t.Initial, t.Maintenance = venue.Rate(r.I64()), venue.Rate(r.I64()), venue.Rate(r.I64()), venue.Rate(r.I64())
	x.sumMark, x.sumIndex = r.sum(), r.sum()
	r.part(x.premiums.LoadState)
	r.OK = r.OK && x.Counted >= 0 && x.Counted <= x.Period && x.index >= 0 && x.index <= venue.MaxAmount &&
		t.Default >= -MaxDefault && t.Default <= MaxDefault && t.Factor >= 0 && t.Factor <= MaxFactor &&
		t.Maintenance >= 0 && t.Maintenance <= t.Initial && t.Initial <= venue.One
	if r.OK {
		*p = x
	}
	return r.end()
}
