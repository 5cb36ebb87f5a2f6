package markets

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// CheckTerms says whether an instrument may have these terms instead of its own
// (ADM-08). It refuses UnknownInstrument, a market that is over, and what List
// refuses in a listing; a taker rate above that of the listing, because open orders
// have reserved no more; and an order limit below the impact quantity of its mark.
func (s *Markets) CheckTerms(c *venue.SetTerms) venue.Refusal {
	m := s.Get(c.Instrument)
	if m == nil {
		return s.unknown()
	}
	if m.Over {
		return m.Ended()
	}
	next := changed(&m.Terms, c)
	for _, check := range [...]func(*Markets, *venue.Instrument) venue.Refusal{checkPrices, checkRates, checkBrackets, checkPositions} {
		if why := check(s, &next); why.Refused() {
			return why
		}
	}
	if c.Taker > m.Ceiling {
		return refuse(venue.BadField, venue.FieldFee, int64(m.Ceiling))
	}
	if impact := s.follows[c.Instrument].terms.Impact; c.MaxQty < impact {
		return refuse(venue.BadQty, venue.FieldQty, int64(impact))
	}
	return venue.Refusal{}
}

// changed returns the terms with the changes, which it does not copy.
func changed(t *venue.Instrument, c *venue.SetTerms) venue.Instrument {
	next := *t
	c.ApplyTo(&next)
	return next
}

// SetTerms changes the terms of an instrument to what CheckTerms let pass. The
// band moves with them, and the mark gets a new version: what was computed from
// the old terms is out of date.
func (s *Markets) SetTerms(c *venue.SetTerms) {
	m, k := &s.markets[c.Instrument], &s.marks[c.Instrument]
	m.Terms = changed(&m.Terms, c)
	m.Terms.Brackets = slices.Clone(c.Brackets)
	if k.Version == 0 {
		return
	}
	s.renew(c.Instrument)
	m.Lower, m.Upper = m.band(k.Price)
}

// Reserving returns the terms with the taker rate at which open orders reserve.
func (m *Market) Reserving() venue.Instrument {
	t := m.Terms
	t.Taker = m.Ceiling
	return t
}
