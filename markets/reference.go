package markets

import (
	"github.com/clearhour/clearhour/venue"
)

// Bounds of a reference.
const (
	// MaxEvery is the longest time between two computations of a mark.
	MaxEvery = 3600 * venue.Second
	// MaxStale is the largest factor on initial margin while a mark is stale: sums
	// of requirements over an account stay in range.
	MaxStale = 2 * venue.One
	// MinFunding and MaxFunding bound the funding period of a perpetual.
	MinFunding = 60 * venue.Second
	MaxFunding = day
	// MaxDefault bounds the size of the default rate of ImpactPremium: ten percent.
	MaxDefault venue.Rate = 100_000
	// MaxFactor bounds its clamp factor: a payment of a day is then at most thirty
	// times what a position is worth, which is in range.
	MaxFactor = 10 * venue.One
)

// following is how a market follows an index, and what that needs to remember.
type following struct {
	terms   venue.Reference // Its Index is 0 while the market follows none.
	basis   Basis
	sources Source
	next    venue.Time // When the mark is computed next.
	planned venue.Time // When it should have been computed this time.
	funding Funding
	// premiums are sampled whatever the method is, so that a period can be paid by
	// the one at its end.
	premiums Premiums
	closing  venue.Time    // When the funding period ends, 0 for never.
	last     FundingPeriod // Its Period is 0 before the first one ended.
}

// Advance tells what time it is: the time of every trade and of every change of
// a phase until the next call.
func (s *Markets) Advance(now venue.Time) { s.now = now }

// Reference returns how the mark of a listed instrument is made; its Index is 0
// for a mark that is given by SetMark.
func (s *Markets) Reference(id venue.InstrumentID) *venue.Reference { return &s.follows[id].terms }

// Sources returns what the mark of a listed instrument was made of.
func (s *Markets) Sources(id venue.InstrumentID) venue.MarkSources {
	return venue.MarkSources(s.follows[id].sources)
}

// CheckReference says whether the mark of an instrument may be made so, if there
// is such an index. It refuses UnknownInstrument, NotHalted, UnknownIndex for
// index 0, and BadField or BadQty with the bound that was passed; a funding
// period is for perpetuals only, which must have one.
func (s *Markets) CheckReference(id venue.InstrumentID, r *venue.Reference) venue.Refusal {
	m := s.Get(id)
	switch {
	case m == nil:
		return s.unknown()
	case m.Phase != venue.Halted:
		return refuse(venue.NotHalted, venue.FieldPhase, int64(m.Phase))
	case r.Index == 0:
		return refuse(venue.UnknownIndex, venue.FieldIndex, 0)
	case r.Impact < 1:
		return refuse(venue.BadQty, venue.FieldQty, 1)
	case r.Impact > m.Terms.MaxQty:
		return refuse(venue.BadQty, venue.FieldQty, int64(m.Terms.MaxQty))
	case r.Band < 1 || r.Band > venue.One:
		return refuse(venue.BadField, venue.FieldBand, int64(venue.One))
	case r.Stale < venue.One:
		return refuse(venue.BadField, venue.FieldFactor, int64(venue.One))
	case r.Stale > MaxStale:
		return refuse(venue.BadField, venue.FieldFactor, int64(MaxStale))
	}
	return checkTimes(m.Terms.Kind, r)
}

func checkTimes(k venue.Kind, r *venue.Reference) venue.Refusal {
	within := func(t, least, most venue.Time, f venue.Field) venue.Refusal {
		switch {
		case t < least:
			return refuse(venue.BadField, f, int64(least))
		case t > most:
			return refuse(venue.BadField, f, int64(most))
		}
		return venue.Refusal{}
	}
	for _, why := range [...]venue.Refusal{
		within(r.Span, venue.Second, day, venue.FieldAge),
		within(r.Every, venue.Second, MaxEvery, venue.FieldAge),
		within(r.IndexAge, venue.Second, 45*day, venue.FieldAge),
		within(r.LastAge, venue.Second, 45*day, venue.FieldAge),
	} {
		if why.Refused() {
			return why
		}
	}
	if k != venue.Perpetual {
		if why := within(r.Funding, 0, 0, venue.FieldWindow); why.Refused() {
			return why
		}
		return checkMethod(r, venue.TimeWeighted)
	}
	if why := within(r.Funding, MinFunding, MaxFunding, venue.FieldWindow); why.Refused() {
		return why
	}
	return checkMethod(r, venue.ImpactPremium)
}

// checkMethod refuses a method beyond the last one, and rates that do not belong
// to it.
func checkMethod(r *venue.Reference, last venue.FundingMethod) venue.Refusal {
	least, most, factor := -MaxDefault, MaxDefault, MaxFactor
	if r.Method == venue.TimeWeighted {
		least, most, factor = 0, 0, 0
	}
	switch {
	case r.Method > last:
		return refuse(venue.BadField, venue.FieldMethod, int64(last))
	case r.Default < least:
		return refuse(venue.BadField, venue.FieldDefault, int64(least))
	case r.Default > most:
		return refuse(venue.BadField, venue.FieldDefault, int64(most))
	case r.Factor < min(1, factor):
		return refuse(venue.BadField, venue.FieldFactor, int64(min(1, factor)))
	case r.Factor > factor:
		return refuse(venue.BadField, venue.FieldFactor, int64(factor))
	}
	return venue.Refusal{}
}

// SetReference makes the mark follow an index from now on; CheckReference was
// asked. The basis starts anew. The first funding period of a perpetual lasts at
// least one whole period, so that nobody pays a full premium for a short time.
func (s *Markets) SetReference(id venue.InstrumentID, r *venue.Reference, now venue.Time) {
	f := &s.follows[id]
	if f.terms.Index == 0 {
		s.followers = append(s.followers, id)
		f.funding = StartFunding(now, 0, 0)
		f.funding.Pause(now, StaleMark|StaleIndex|s.interrupted(id))
	}
	if r.Funding != f.terms.Funding && r.Funding > 0 {
		f.closing = next(now+r.Funding-1, r.Funding)
	}
	f.terms, f.basis, f.next = *r, Basis{}, next(now, r.Every)
	s.Renew(id)
	s.schedule()
}

// next returns the next multiple of a period after a time.
func next(now, period venue.Time) venue.Time { return (now/period + 1) * period }

// interrupted returns InAuction while nobody trades continuously: in auctions and
// halts time does not count towards funding.
func (s *Markets) interrupted(id venue.InstrumentID) Pause {
	if p := s.markets[id].Phase; p != venue.Continuous && p != venue.CancelOnly {
		return InAuction
	}
	return 0
}

// rephase tells funding that the phase of a market changed.
func (s *Markets) rephase(id venue.InstrumentID) {
	f := &s.follows[id]
	switch {
	case f.terms.Funding == 0:
	case s.interrupted(id) != 0:
		f.funding.Pause(s.now, InAuction)
	default:
		f.funding.Resume(s.now, InAuction)
	}
}

// MarksDue returns when a mark is to be computed or a funding period ends next, and
// whether there is such a time.
func (s *Markets) MarksDue() (venue.Time, bool) { return s.due, len(s.followers) > 0 }

func (s *Markets) schedule() {
	for i, id := range s.followers {
		f := &s.follows[id]
		at := f.next
		if f.closing != 0 {
			at = min(at, f.closing)
		}
		if i == 0 || at < s.due {
			s.due = at
		}
	}
}

// Moved makes the marks that follow an index due now.
func (s *Markets) Moved(x venue.IndexID, now venue.Time) {
	for _, id := range s.followers {
		if f := &s.follows[id]; f.terms.Index == x {
			f.next = min(f.next, now)
		}
	}
	s.schedule()
}

// DueMarks appends at most limit instruments whose mark is to be computed, and
// plans their next time. The caller calls Compute for each.
func (s *Markets) DueMarks(now venue.Time, limit int, dst []venue.InstrumentID) []venue.InstrumentID {
	if s.due > now {
		return dst
	}
	for _, id := range s.followers {
		if f := &s.follows[id]; f.next <= now && len(dst) < limit {
			f.planned, f.next = f.next, next(now, f.terms.Every)
			dst = append(dst, id)
		}
	}
	s.schedule()
	return dst
}

// Observed is what the mark of a market is computed from.
type Observed struct {
	// Index is the last value of its index in micro-dollars per GPU-hour, 0 while
	// there is none; Fresh says that it is young enough.
	Index venue.Amount
	Fresh bool
	// Bid and Ask are the sides of the book, both with the impact quantity as
	// Want.
	Bid, Ask Impact
}

// Compute computes the mark of a market that follows an index (MRK-01) and lets
// its funding observe it (FUN-01, FUN-02). It says whether the mark, its staleness or its
// sources changed. The basis moves only while index and book are both fresh, the
// book is fresh while orders trade in it, and a mark beyond the range of the
// terms is at its bound. Without any source and without a mark before nothing
// happens.
func (s *Markets) Compute(id venue.InstrumentID, o *Observed, now venue.Time) bool {
	m, f, k := &s.markets[id], &s.follows[id], &s.marks[id]
	in := Marking{Index: o.Index, Bid: o.Bid, Ask: o.Ask, Tick: m.Terms.Tick, Band: f.terms.Band}
	if o.Fresh {
		in.Fresh |= FromIndex
	}
	if m.Phase == venue.Continuous {
		in.Fresh |= FromBook
	}
	if m.Traded {
		in.Last = m.Last
		if now-m.LastAt <= f.terms.LastAge {
			in.Fresh |= FromLast
		}
	}
	if k.Version != 0 {
		in.Previous = k.Price
	}
	f.observe(&in, now)
	marked, ok := in.Mark()
	if !ok {
		return false
	}
	changed := s.reprice(id, m.ticks(&marked), marked.Stale) || f.sources != marked.Used
	f.sources = marked.Used
	if f.terms.Funding > 0 {
		f.lapse(now)
		f.accrue(now, m.money(k.Price), m.bounded(o.Index), marked.Stale, !o.Fresh)
		if m.Phase == venue.Continuous && f.funding.paused == 0 {
			f.premiums.Add(in.Bid.money(in.Tick, venue.Down, 0), in.Ask.money(in.Tick, venue.Up, venue.MaxAmount), m.bounded(o.Index))
		}
	}
	return changed
}

// observe takes a sample of the basis and uses what it is then.
func (f *following) observe(in *Marking, now venue.Time) {
	if mid, ok := in.middle(); ok && in.Fresh.Has(FromIndex|FromBook) {
		if v, ok := mid.At(1, venue.HalfEven); ok {
			d := venue.Amount(v) - in.Index
			f.basis.Observe(now, max(-MaxBasis, min(MaxBasis, d)), f.terms.Span)
		}
	}
	in.Basis = f.basis.Value()
}

// lapse leaves out of funding the time in which the venue stood still: nobody
// knows what the mark was after it should have been computed.
func (f *following) lapse(now venue.Time) {
	if late := max(f.planned+f.terms.Every, f.funding.at); late < now {
		f.funding.Pause(late, StaleMark)
	}
}

// accrue lets funding observe mark and index. What is stale does not count.
func (f *following) accrue(now venue.Time, mark, index venue.Amount, staleMark, staleIndex bool) {
	f.funding.Mark(now, mark)
	f.funding.Index(now, index)
	for _, p := range [...]struct {
		why  Pause
		stop bool
	}{{StaleMark, staleMark}, {StaleIndex, staleIndex}} {
		if p.stop {
			f.funding.Pause(now, p.why)
		} else {
			f.funding.Resume(now, p.why)
		}
	}
}

// ticks returns a mark in ticks within the range of the terms.
func (m *Market) ticks(k *Marked) venue.Price {
	if p, ok := k.Ticks(m.Terms.Tick); ok {
		return max(m.Terms.Low, min(m.Terms.High, p))
	}
	if k.Price.Num.Sign() < 0 {
		return m.Terms.Low
	}
	return m.Terms.High
}

func (m *Market) money(p venue.Price) venue.Amount { return venue.Amount(p) * m.Terms.Tick }

// bounded brings an index within the range of the terms for funding, so that no
// reading makes a payment larger than a position could be worth.
func (m *Market) bounded(index venue.Amount) venue.Amount {
	return max(m.money(m.Terms.Low), min(m.money(m.Terms.High), index))
}

// reprice gives an instrument a mark within the range of its terms and moves its
// band. It says whether price or staleness changed.
func (s *Markets) reprice(id venue.InstrumentID, p venue.Price, stale bool) bool {
	k, m := &s.marks[id], &s.markets[id]
	if k.Version != 0 && k.Price == p && k.Stale == stale {
		return false
	}
	k.Price, k.Stale = p, stale
	s.renew(id)
	m.Lower, m.Upper = m.band(p)
	return true
}

// Renew gives the mark of an instrument a new version: something else than its
// price changed what positions need. Without a mark nothing happens.
func (s *Markets) Renew(id venue.InstrumentID) {
	if s.marks[id].Version != 0 {
		s.renew(id)
	}
}

// renew counts a change of a mark. Version 0 means that there is none, so the
// count goes from its end to 1.
func (s *Markets) renew(id venue.InstrumentID) {
	k := &s.marks[id]
	k.Version = max(1, k.Version+1)
	s.marks[0].Price++
}

// LastFunding returns what the last funding period came to and whether there was
// one.
func (s *Markets) LastFunding(id venue.InstrumentID) (FundingPeriod, bool) {
	f := &s.follows[id]
	return f.last, f.last.Period > 0
}

// CloseFunding ends the period of the first perpetual whose period is over and
// says whether there is one. The next period ends at the next multiple of its
// length.
func (s *Markets) CloseFunding(now venue.Time) (venue.InstrumentID, FundingPeriod, bool) {
	for _, id := range s.followers {
		f := &s.follows[id]
		if f.closing == 0 || f.closing > now {
			continue
		}
		p := f.closePeriod(now, &s.markets[id].Terms)
		f.last = p
		f.closing = next(now, f.terms.Funding)
		s.schedule()
		return id, p, true
	}
	return 0, FundingPeriod{}, false
}

// closePeriod ends the period by the method in force, and begins the next one.
func (f *following) closePeriod(now venue.Time, t *venue.Instrument) FundingPeriod {
	p := f.funding.Close(now)
	p.Method, p.premiums, p.index = f.terms.Method, f.premiums, f.funding.index
	p.terms = PremiumTerms{
		Default: f.terms.Default, Factor: f.terms.Factor,
		Initial: t.Brackets[0].Initial, Maintenance: t.Brackets[0].Maintenance,
	}
	f.premiums = Premiums{}
	return p
}
