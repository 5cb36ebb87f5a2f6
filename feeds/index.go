package feeds

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// PublicationStep is the step of a published price index: 4 decimals of a
// dollar, in micro-dollars.
const PublicationStep venue.Amount = 100

// MaxContributors bounds the contributors of one index.
const MaxContributors = 4096

// Contribution is what one contributor traded in the window of the index, and
// what was delivered of it.
type Contribution struct {
	// Price is its volume-weighted mean price in micro-dollars per GPU-hour,
	// above 0.
	Price venue.Amount
	// Volume is what it traded in lots, above 0. Who traded nothing contributes
	// no price.
	Volume venue.Qty
}

// Check refuses a price and a volume that are not above zero.
func (c *Contribution) Check() venue.Refusal {
	if c.Price < 1 {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldPrice, Limit: 1}
	}
	if c.Volume < 1 {
		return venue.Refusal{Reason: venue.BadQty, Field: venue.FieldQty, Limit: 1}
	}
	return venue.Refusal{}
}

// Terms are the parameters of a price index.
type Terms struct {
	// Clamp is how far from the median a price may count, from 0 to one.
	Clamp venue.Rate
	// Cap is the largest weight of one contributor, above 0 and at most one.
	Cap venue.Rate
	// Contributors is the least number of them, from 1. That many at the cap
	// must make at least one, else the weights could not sum to one.
	Contributors int
}

// Check refuses terms that are out of range (BadField): the clamp with
// FieldBand, cap and number with FieldRange and the least cap that would do.
func (t *Terms) Check() venue.Refusal {
	if t.Clamp < 0 || t.Clamp > venue.One {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldBand, Limit: int64(venue.One)}
	}
	if t.Contributors < 1 || t.Contributors > MaxContributors {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldRange, Limit: MaxContributors}
	}
	least := (int64(venue.One) + int64(t.Contributors) - 1) / int64(t.Contributors)
	if int64(t.Cap) < least || t.Cap > venue.One {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldRange, Limit: least}
	}
	return venue.Refusal{}
}

// Value is an index before publication. All quotients are exact; prices are in
// the unit of the contributions.
type Value struct {
	// Median is the unweighted median of the prices, of an even number the mean
	// of the two in the middle.
	Median venue.Ratio
	// Weights are those of the contributions, in their order, after the cap.
	Weights []venue.Ratio
	// Raw is the sum of weight times clamped price.
	Raw venue.Ratio
}

// Publish returns the value rounded half up to a multiple of step, and whether
// it fits.
func (v *Value) Publish(step venue.Amount) (venue.Amount, bool) {
	n, ok := venue.Ratio{Num: v.Raw.Num, Den: v.Raw.Den.Mul(venue.ToWide(step))}.At(1, venue.HalfUp)
	if !ok {
		return 0, false
	}
	p, ok := venue.Mul(n, int64(step))
	return venue.Amount(p), ok
}

// Compute returns the index of the contributions (IDX-01), each of which passes
// Check. Fewer than Contributors give none: false. It allocates; an index is
// computed a few times an hour.
//
// A price counts within median × (1 ± Clamp). The weight of a contributor is its
// share of the volume; what is above the cap is spread over those below it in
// proportion to their weights, until none is above.
func Compute(cs []Contribution, t *Terms) (Value, bool) {
	assert.That(!t.Check().Refused(), "terms of an index out of range")
	assert.That(len(cs) <= MaxContributors, "too many contributors")
	if len(cs) < t.Contributors {
		return Value{}, false
	}
	twice := twiceMedian(cs) // A half has to stay exact.
	w := weigh(cs, t.Cap)
	v := Value{
		Median:  venue.Ratio{Num: twice, Den: venue.ToWide(int64(2))},
		Weights: make([]venue.Ratio, len(cs)),
	}
	// Clamped prices are in units of 1/(2·One), weights over One·left.
	lower := twice.Mul(venue.ToWide(venue.One - t.Clamp))
	upper := twice.Mul(venue.ToWide(venue.One + t.Clamp))
	unit := venue.WideProduct(2, int64(venue.One))
	den := w.left.Mul(venue.ToWide(venue.One))
	var sum venue.Wide
	for i := range cs {
		p := clamp(venue.ToWide(cs[i].Price).Mul(unit), lower, upper)
		v.Weights[i] = venue.Ratio{Num: w.of(i), Den: den}
		sum = sum.Add(p.Mul(w.of(i)))
	}
	v.Raw = venue.Ratio{Num: sum, Den: den.Mul(unit)}
	return v, true
}

func twiceMedian(cs []Contribution) venue.Wide {
	prices := make([]venue.Amount, len(cs))
	for i := range cs {
		assert.That(!cs[i].Check().Refused(), "contribution without price or volume")
		prices[i] = cs[i].Price
	}
	slices.Sort(prices)
	n := len(prices)
	return venue.ToWide(prices[(n-1)/2]).Add(venue.ToWide(prices[n/2]))
}

func clamp(p, lower, upper venue.Wide) venue.Wide {
	if p.Cmp(lower) < 0 {
		return lower
	}
	if p.Cmp(upper) > 0 {
		return upper
	}
	return p
}

// weights are those of an index with a common denominator One·left.
type weights struct {
	cs     []Contribution
	cap    venue.Rate
	capped []bool
	rest   venue.Wide // One less the cap of each that is capped.
	left   venue.Wide // Volume of those that are not.
}

// weigh finds who is at the cap. Those below keep the proportions of their
// volumes in every round, so that a round has only to compare volume × rest with
// cap × left. Every round but the last caps somebody.
func weigh(cs []Contribution, limit venue.Rate) *weights {
	w := &weights{cs: cs, cap: limit, capped: make([]bool, len(cs)), rest: venue.ToWide(venue.One)}
	for i := range cs {
		w.left = w.left.Add(venue.ToWide(cs[i].Volume))
	}
	for w.round() {
	}
	assert.That(w.left.Sign() > 0, "no contributor below the cap")
	return w
}

func (w *weights) round() bool {
	rest, left, more := w.rest, w.left, false
	most := left.Mul(venue.ToWide(w.cap))
	for i := range w.cs {
		volume := venue.ToWide(w.cs[i].Volume)
		if w.capped[i] || volume.Mul(rest).Cmp(most) <= 0 {
			continue
		}
		w.capped[i], more = true, true
		w.rest = w.rest.Sub(venue.ToWide(w.cap))
		w.left = w.left.Sub(volume)
	}
	return more
}

// of returns the numerator of a weight.
func (w *weights) of(i int) venue.Wide {
	if w.capped[i] {
		return w.left.Mul(venue.ToWide(w.cap))
	}
	return venue.ToWide(w.cs[i].Volume).Mul(w.rest)
}

// Reading is what an index says.
type Reading struct {
	// Price is the last published value in micro-dollars per GPU-hour; it means
	// nothing until Valid.
	Price venue.Amount
	// At is when it was computed.
	At venue.Time
	// Valid says that there is a price.
	Valid bool
	// Stale says that the price is an old one, because the last attempt had too
	// few contributors. Positions are not liquidated, funded or deleveraged by
	// it, and an hour with it counts as missing at settlement (R-STALE, SET-03).
	Stale bool
}

// Publish returns the next reading of an index: that of the contributions, or
// the reading before, marked stale, when they are too few.
func (r Reading) Publish(cs []Contribution, t *Terms, now venue.Time) Reading {
	v, ok := Compute(cs, t)
	if ok {
		var p venue.Amount
		if p, ok = v.Publish(PublicationStep); ok {
			return Reading{Price: p, At: now, Valid: true}
		}
	}
	r.Stale = true
	return r
}

// Fresh says whether the reading may be used at a time: there is one, it is not
// stale, and it is at most age old.
func (r Reading) Fresh(now, age venue.Time) bool {
	return r.Valid && !r.Stale && now-r.At <= age
}
