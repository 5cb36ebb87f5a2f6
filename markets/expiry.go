package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Ends returns when a market ends by its terms: that of a spot instrument when
// its window starts, that of a future when it is over (SET-03); false for what
// has no end.
func (m *Market) Ends() (venue.Time, bool) {
	switch m.Terms.Kind {
	case venue.Spot:
		return m.Terms.Start, true
	case venue.Future, venue.Capped:
		return m.Terms.End, true
	case venue.Perpetual:
	}
	return 0, false
}

// Close ends the trading of a market that exists: it is halted, for good, and has
// no schedule and no protections any more.
func (s *Markets) Close(id venue.InstrumentID) {
	s.over(id, venue.Halted)
}

// Settle says that nothing is left of a market that was closed.
func (s *Markets) Settle(id venue.InstrumentID) {
	assert.That(s.markets[id].Over, "settled before it was closed")
	s.over(id, venue.Settled)
}

func (s *Markets) over(id venue.InstrumentID, p venue.Phase) {
	m := &s.markets[id]
	m.Over, m.Phase = true, p
	s.sessions[id] = Session{Noted: s.sessions[id].Noted}
	s.resume()
}

// loadPhase gives a loaded market its phase.
func (s *Markets) loadPhase(id venue.InstrumentID, p venue.Phase) bool {
	if p == venue.Settled {
		s.over(id, p)
		return true
	}
	return !s.SetPhase(id, p).Refused()
}

// Ended is the refusal of whatever would open a market that is over.
func (m *Market) Ended() venue.Refusal {
	return refuse(venue.NotOpen, venue.FieldPhase, int64(m.Phase))
}
