package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// SetStale gives an instrument the factor on its initial margin while its mark
// is stale, from one to two (R-STALE). The mark gets a new version with it, so
// that no requirement stays that was computed with another factor.
func (r *Risk) SetStale(i venue.InstrumentID, factor venue.Rate) {
	assert.That(factor >= venue.One && factor <= 2*venue.One, "factor of a stale mark out of range")
	r.terms[i].stale = factor
}

// Stale returns the initial margin at a stale mark of what needs so much at a
// fresh one, rounded up.
func (t *Terms) Stale(need venue.Amount) venue.Amount { return StaleNeed(need, t.stale) }

// StaleNeed is Terms.Stale with the factor of the instrument's reference.
func StaleNeed(need venue.Amount, factor venue.Rate) venue.Amount { return venue.Fee(need, factor) }
