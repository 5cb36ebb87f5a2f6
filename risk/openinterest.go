package risk

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Interest is between which open interests the initial margin of a market grows
// from its schedule to all of the notional (MAR-03). The zero value is a market
// where it does not.
type Interest struct {
	// Low and High are open interest in one unit, whatever it is; High is above
	// Low by at most MaxInterest.
	Low, High int64
}

func scaleOf(i venue.Interest) Interest { return Interest{Low: int64(i.Low), High: int64(i.High)} }

// MaxInterest bounds High less Low.
const MaxInterest = (1<<63 - 1) / int64(venue.One)

// share is how far the initial margin is on its way from the schedule to all of
// the notional: above of width, from none to all. The zero value is none.
type share struct{ above, width int64 }

// at returns the share at an open interest.
func (s Interest) at(open int64) share {
	if s == (Interest{}) {
		return share{}
	}
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
	return share{above, width}
}

// GrownBrackets returns a margin schedule with the initial rates that are in force
// at an open interest, in lots, rounded up to a millionth.
func GrownBrackets(list []venue.Bracket, scale venue.Interest, open venue.Qty) []venue.Bracket {
	g := scaleOf(scale).at(int64(open))
	if g.above == 0 {
		return list
	}
	grown := slices.Clone(list)
	for i := range grown {
		more, ok := venue.MulDiv(int64(venue.One-grown[i].Initial), g.above, g.width, venue.Up)
		assert.That(ok, "margin rate out of range")
		grown[i].Initial += venue.Rate(more)
	}
	return grown
}

// SetInterest tells the terms of which open interest the initial margin is from
// now on, and says whether that makes a difference. Maintenance margin does not
// depend on it.
func (t *Terms) SetInterest(open int64) bool {
	now := t.interest.at(open)
	if now.above == t.grown.above {
		return false
	}
	t.grown = now
	return true
}

// Rate returns the effective rate of the initial margin of a notional in the first
// bracket, as an exact fraction.
func (t *Terms) Rate() (num, den int64) {
	rate, g := int64(t.initial.steps[0].rate), t.grown
	if g.width == 0 {
		return rate, int64(venue.One)
	}
	return rate*(g.width-g.above) + int64(venue.One)*g.above, int64(venue.One) * g.width
}

// grownTo returns the initial margin of a notional at a share above none: that of
// the schedule and that share of what is missing to the notional, added up exactly
// and rounded up once.
func (s *schedule) grownTo(notional venue.Amount, g share) venue.Amount {
	t := s.step(notional)
	margin := t.base().Add(venue.WideProduct(int64(notional-t.from), int64(t.rate)))
	sum := margin.Mul(venue.ToWide(g.width - g.above)).
		Add(venue.WideProduct(int64(notional), int64(venue.One), g.above))
	v, ok := sum.Quo(venue.WideProduct(int64(venue.One), g.width), venue.Up).Int64()
	assert.That(ok, "initial margin out of range")
	return venue.Amount(v)
}

// Maintained returns the maintenance margin where it is a fraction of the rate of
// initial margin, rounded up. The notional is at least 0, both rates from 0 to
// One.
func Maintained(notional venue.Amount, initial, fraction venue.Rate) venue.Amount {
	m, ok := venue.MulDiv(int64(notional), int64(initial)*int64(fraction), int64(venue.One)*int64(venue.One), venue.Up)
	assert.That(ok, "maintenance margin out of range")
	return venue.Amount(m)
}

// SetInterest tells the open interest of an instrument, in lots, and says whether
// that makes a difference to what positions and orders need. The mark then gets
// a new version, so that no need stays that was computed before.
func (r *Risk) SetInterest(i venue.InstrumentID, open venue.Qty) bool {
	return r.terms[i].SetInterest(int64(open))
}
