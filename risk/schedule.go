package risk

import (
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// step is one bracket of a schedule: what notionals inside it need is whole plus
// (rate·(notional − from) + part) millionths, rounded up once, so that the
// result is the exact sum over all brackets rounded up (MAR-01).
type step struct {
	upto, from, whole venue.Amount
	rate              uint32
	part              uint32 // Millionths of a micro-dollar, below one.
}

// schedule is a margin schedule prepared for lookups.
type schedule struct {
	steps [venue.MaxBrackets]step
}

// fill prepares the brackets with the rate that pick takes of each.
func (s *schedule) fill(brackets []venue.Bracket, pick func(venue.Bracket) venue.Rate) {
	assert.That(len(brackets) <= venue.MaxBrackets, "too many brackets")
	var next step
	for i, b := range brackets {
		next.upto, next.rate = b.Upto, uint32(pick(b))
		s.steps[i] = next
		whole, part := next.split(b.Upto)
		next = step{from: b.Upto, whole: whole, part: part}
	}
}

// split returns what a notional in the step needs as whole micro-dollars and
// millionths of one.
func (t *step) split(notional venue.Amount) (whole venue.Amount, part uint32) {
	hi, lo := bits.Mul64(uint64(notional-t.from), uint64(t.rate))
	lo, carry := bits.Add64(lo, uint64(t.part), 0)
	q, rem := bits.Div64(hi+carry, lo, uint64(venue.One))
	return t.whole + venue.Amount(q), uint32(rem)
}

// of returns what a notional of at least zero and at most venue.MaxAmount needs,
// rounded up.
func (s *schedule) of(notional venue.Amount) venue.Amount {
	t := s.step(notional)
	if in := notional - t.from; in < 1<<43 { // The product fits 64 bits: divide by a constant.
		n := uint64(in)*uint64(t.rate) + uint64(t.part)
		return t.whole + venue.Amount((n+uint64(venue.One)-1)/uint64(venue.One))
	}
	whole, part := t.split(notional)
	if part != 0 {
		whole++
	}
	return whole
}

// step returns the bracket of a notional.
func (s *schedule) step(notional venue.Amount) *step {
	t := &s.steps[0]
	for i := 0; notional > t.upto; t = &s.steps[i] {
		i++
	}
	return t
}

// base is what the notionals below the step need, in millionths of a
// micro-dollar.
func (t *step) base() venue.Wide {
	return venue.WideProduct(int64(t.whole), int64(venue.One)).Add(venue.ToWide(int64(t.part)))
}
