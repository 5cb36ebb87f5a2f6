package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Interest is how the initial margin of a market grows with its open interest
// (MAR-03): at Low and below it is the rate Initial, from there it grows in a
// straight line to all of the notional at High.
type Interest struct {
	// Initial is the rate of initial margin at little open interest and
	// Maintenance the fraction of it that must be maintained, both from 0 to One.
	Initial, Maintenance venue.Rate
	// Low and High are open interest in one unit, whatever it is; High is above
	// Low by at most MaxInterest.
	Low, High int64
}

// MaxInterest bounds High less Low.
const MaxInterest = (1<<63 - 1) / int64(venue.One)

// Rate returns the effective rate of initial margin at an open interest, as an
// exact fraction from Initial to one.
func (s *Interest) Rate(open int64) (num, den int64) {
	width := s.High - s.Low
	assert.That(width > 0 && width <= MaxInterest, "open interest scale out of range")
	// Compared before they are subtracted, so that nothing overflows.
	above := int64(0)
	switch {
	case open >= s.High:
		above = width
	case open > s.Low:
		above = open - s.Low
	}
	return int64(s.Initial)*(width-above) + int64(venue.One)*above, int64(venue.One) * width
}

// Margin returns the initial margin of a notional at an open interest, and the
// maintenance margin, which does not depend on it; both are rounded up. The
// notional is at least 0.
func (s *Interest) Margin(notional venue.Amount, open int64) (initial, maintenance venue.Amount) {
	num, den := s.Rate(open)
	i, ok := venue.MulDiv(int64(notional), num, den, venue.Up)
	assert.That(ok, "initial margin out of range")
	part := int64(s.Initial) * int64(s.Maintenance)
	m, ok := venue.MulDiv(int64(notional), part, int64(venue.One)*int64(venue.One), venue.Up)
	assert.That(ok, "maintenance margin out of range")
	return venue.Amount(i), venue.Amount(m)
}
