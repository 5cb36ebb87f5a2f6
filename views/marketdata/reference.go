package marketdata

import (
	"strings"

	"github.com/clearhour/clearhour/venue"
)

// Index is an index at a glance.
type Index struct {
	ID venue.IndexID
	// Kind is what it is made of.
	Kind venue.IndexKind
	// Symbol is its name.
	Symbol string
	// Price is in micro-dollars per GPU-hour, or millionths of a point, 0 before the first publication; At
	// is when it was computed.
	Price venue.Amount
	At    venue.Time
	// Contributors is how many readings or providers the last publication had.
	Contributors uint16
	// Stale says that they were too few, or that nothing was contracted.
	Stale bool
	// Metered is what the fleet of an availability index came to in the last period
	// in which something was contracted; its End is 0 before the first one.
	Metered venue.IndexMetered
}

// Funding is what a funding period came to.
type Funding struct {
	// Mark and Index are its means in micro-dollars per GPU-hour.
	Mark, Index venue.Amount
	// Period is how long it was, Counted the part that counted.
	Period, Counted venue.Time
	// Method is how it was paid.
	Method venue.FundingMethod
	// Samples is how often the premium was sampled and Premium their mean; Rate8h
	// is what ImpactPremium made of it for eight hours, 0 by TimeWeighted.
	Samples         uint32
	Premium, Rate8h venue.FineRate
}

// Rate returns what a long paid for each GPU-hour as a share of the index, for the
// whole period: by ImpactPremium of the index at its end, else of the mean one. It
// is rounded half-even, and 0 when no time counted.
func (f *Funding) Rate() venue.Rate {
	if f.Method == venue.ImpactPremium {
		const unit = venue.Time(venue.FineOne) / venue.Time(venue.One) // Of a FineRate in a Rate.
		rate, _ := venue.MulDiv(int64(f.Rate8h), int64(f.Counted), int64(8*3600*venue.Second*unit), venue.HalfEven)
		return venue.Rate(rate)
	}
	if f.Period == 0 || f.Index <= 0 {
		return 0
	}
	perUnit, ok := venue.MulDiv(int64(f.Mark-f.Index), int64(f.Counted), int64(f.Period), venue.HalfEven)
	rate, fits := venue.MulDiv(perUnit, int64(venue.One), int64(f.Index), venue.HalfEven)
	if !ok || !fits {
		return 0
	}
	return venue.Rate(rate)
}

// referred is how a market follows an index.
type referred struct {
	to      venue.Reference // Its Index is 0 for a market that follows none.
	funding Funding
}

func (v *View) reference(ev *venue.ReferenceSet) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.refers.to = ev.Reference
	return Change{Instrument: ev.Instrument, Feed: FeedState}
}

func (v *View) fundingClosed(ev *venue.FundingClosed) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.refers.funding = Funding{
		Mark: ev.Mark, Index: ev.Index, Period: ev.Period, Counted: ev.Counted,
		Method: ev.Method, Samples: ev.Samples, Premium: ev.Premium, Rate8h: ev.Rate,
	}
	return Change{Instrument: ev.Instrument, Feed: FeedState}
}

func (v *View) publishIndex(ev *venue.IndexPublished) {
	if int(ev.Index) < len(v.indices) {
		x := &v.indices[ev.Index]
		x.Price, x.At, x.Contributors, x.Stale = ev.Price, ev.At, ev.Contributors, ev.Stale
	}
}

func (v *View) meterIndex(ev *venue.IndexMetered) {
	if int(ev.Index) < len(v.indices) {
		v.indices[ev.Index].Metered = *ev
	}
}

func (v *View) listIndex(ev *venue.IndexListed) {
	for int(ev.Terms.ID) >= len(v.indices) {
		v.indices = append(v.indices, Index{})
	}
	if x := &v.indices[ev.Terms.ID]; x.ID == 0 {
		*x = Index{ID: ev.Terms.ID, Kind: ev.Terms.Kind, Symbol: strings.Clone(ev.Terms.Symbol)}
	}
}

// Marking is what values positions in an instrument.
type Marking struct {
	// Terms are those of the instrument; what is shown here never changes.
	Terms *venue.Instrument
	// Reserves is the taker rate at which open orders reserve: that of the listing,
	// whatever the fee is now (ADM-08).
	Reserves venue.Rate
	// Marked says whether there is a mark; Price is in ticks.
	Marked bool
	Price  venue.Price
	// Stale says that no fresh source stands behind the mark; Sources is what it
	// was made of. Factor is that on initial margin while the mark is stale.
	Stale   bool
	Sources venue.MarkSources
	Factor  venue.Rate
	// Funding is the last funding period of a perpetual, its Period 0 before there
	// was one. NextFunding is when the present one ends, 0 for never.
	Funding     Funding
	NextFunding venue.Time
}

// Marking returns what values positions in an instrument, and whether it is
// listed.
func (v *View) Marking(id venue.InstrumentID) (Marking, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.market(id)
	if m == nil {
		return Marking{}, false
	}
	k := Marking{
		Terms: m.terms, Reserves: m.holds, Marked: m.marked, Price: m.mark, Stale: m.stale, Sources: m.from, Factor: venue.One,
		Funding: m.refers.funding, NextFunding: v.nextFunding(m),
	}
	if r := &m.refers.to; r.Index != 0 {
		k.Factor = r.Stale
	}
	return k, true
}

// nextFunding is when the present funding period of a market ends, 0 for never.
func (v *View) nextFunding(m *market) venue.Time {
	r := &m.refers.to
	if r.Index == 0 || r.Funding <= 0 {
		return 0
	}
	return (v.time/r.Funding + 1) * r.Funding
}

// Indices appends the indices to dst, by rising id.
func (v *View) Indices(dst []Index) []Index {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range v.indices {
		if v.indices[i].ID != 0 {
			dst = append(dst, v.indices[i])
		}
	}
	return dst
}

func (v *View) readReference(m *market, t *Ticker) {
	t.Stale, t.Sources, t.Funding = m.stale, m.from, m.refers.funding
	r := &m.refers.to
	if r.Index == 0 || int(r.Index) >= len(v.indices) {
		return
	}
	t.Referred, t.Index, t.NextFunding = true, v.indices[r.Index], v.nextFunding(m)
}
