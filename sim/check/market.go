package check

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// market is what is known of an instrument.
type market struct {
	terms venue.Instrument
	phase venue.Phase
	now   venue.Price // The mark.
	is    bool        // There is one.
	stale bool
	lower venue.Price // The band around it.
	upper venue.Price
	sum   venue.Qty // Of all positions.
	// counting is how long the mark was fresh while orders traded, since the last
	// funding period ended.
	counting venue.Time
	final    bool
	price    venue.Price
	sides    [2]side
}

func (c *Checker) list(t *venue.Instrument) {
	m := market{terms: *t, phase: venue.Halted}
	m.terms.Brackets = slices.Clone(t.Brackets) // The tape keeps its memory.
	for i := range m.sides {
		m.sides[i] = side{levels: make([]*level, t.High-t.Low+1), best: -1}
	}
	c.markets = append(c.markets, m)
}

// value returns what lots are worth at a price.
func (m *market) value(lots venue.Qty, p venue.Price) venue.Amount {
	return venue.Amount(lots) * venue.Amount(p) * m.terms.Tick * venue.Amount(m.terms.Hours)
}

// maintenance returns the maintenance margin of a notional: what each bracket
// takes of its part, added up exactly and rounded up once (MAR-01).
func (m *market) maintenance(notional venue.Amount) venue.Amount {
	whole, millionths, from := venue.Amount(0), venue.Amount(0), venue.Amount(0)
	for _, b := range m.terms.Brackets {
		part := min(notional, b.Upto) - from
		if part <= 0 {
			break
		}
		whole += part / 1_000_000 * venue.Amount(b.Maintenance)
		millionths += part % 1_000_000 * venue.Amount(b.Maintenance)
		from = b.Upto
	}
	return whole + (millionths+999_999)/1_000_000
}

// pass lets time pass.
func (m *market) pass(d venue.Time) {
	if !m.stale && (m.phase == venue.Continuous || m.phase == venue.CancelOnly) {
		m.counting += d
	}
}

func (c *Checker) phase(e *venue.PhaseChanged) {
	c.rest()
	c.markets[e.Instrument].phase = e.Phase
	switch {
	case e.Phase == venue.ProtectAuction:
		c.tally.ProtectAuctions++
	case e.Phase.Collecting():
		c.tally.Auctions++
	}
	c.touch(e.Instrument, venue.Buy, -1)
}

func (c *Checker) mark(e *venue.MarkChanged) {
	m := &c.markets[e.Instrument]
	m.now, m.is, m.stale = e.Price, true, e.Stale
	if e.Stale {
		c.tally.StaleMarks++
	}
	m.bound()
}

// bound draws the band around the mark (MAT-03).
func (m *market) bound() {
	p, b := int64(m.now), int64(m.terms.Band)
	const one = int64(venue.One)
	if m.capped() { // Of a capped future the band is a part of the cap.
		wide := venue.Price(int64(m.terms.High) * b / one)
		m.lower, m.upper = max(m.terms.Low, m.now-wide), min(m.terms.High, m.now+wide)
		return
	}
	m.lower = max(m.terms.Low, venue.Price((p*(one-b)+one-1)/one))
	m.upper = min(m.terms.High, venue.Price(p*(one+b)/one))
}

// retune hears that terms of a market are others.
func (c *Checker) retune(e *venue.TermsSet) {
	m := &c.markets[e.Instrument]
	t := &m.terms
	(*venue.SetTerms)(e).ApplyTo(t)
	t.Brackets = slices.Clone(e.Brackets)
	m.bound()
}

// fundingClosed wants no time counted in which the mark was stale or orders did
// not trade (R-STALE, FUN-01).
func (c *Checker) fundingClosed(e *venue.FundingClosed) error {
	m := &c.markets[e.Instrument]
	fresh := m.counting
	m.counting = 0
	if e.Counted > fresh {
		return broken(Liquidation, "funding of instrument %d counts %d ns, its mark was fresh for %d", e.Instrument, e.Counted, fresh)
	}
	return nil
}

// Market returns what everybody sees of an instrument: the best prices, 0 for
// none, the mark, 0 before the first one, and the phase.
func (c *Checker) Market(i venue.InstrumentID) (bid, ask, mark venue.Price, p venue.Phase) {
	m := &c.markets[i]
	if b := m.sides[venue.Buy-1].best; b >= 0 {
		bid = m.terms.Low + venue.Price(b)
	}
	if b := m.sides[venue.Sell-1].best; b >= 0 {
		ask = m.terms.Low + venue.Price(b)
	}
	return bid, ask, m.now, m.phase
}
