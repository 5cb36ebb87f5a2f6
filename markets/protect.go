package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Trigger starts or extends a price-protection auction when a price is further
// than Move from the reference.
type Trigger struct {
	Move venue.Rate
	// Extend is how long the auction lasts, or lasts longer, by this trigger.
	Extend venue.Time
}

// Breaches says whether a price lies outside reference*(1-move) to
// reference*(1+move); a price on a bound does not (MAT-05). The bounds are not
// rounded, so that both prices may be in any unit, up to 1<<60 of it. Reference is
// not negative.
func (t Trigger) Breaches(reference, p venue.Price) bool {
	off := max(p-reference, reference-p)
	most := venue.WideProduct(int64(reference), int64(t.Move))
	return venue.WideProduct(int64(off), int64(venue.One)).Cmp(most) > 0
}

// MaxTriggers is how many triggers a market may have.
const MaxTriggers = 16

// Protection is where a market stands in its chain of triggers, which are sorted
// by their horizon: which of them were breached since the last uncrossing. The
// zero value is none. The caller keeps the reference that held when the auction
// began.
type Protection struct {
	breached uint16
}

// Check asks the triggers that were not breached yet, in order, about a price:
// before a trade the price of the trade, and at the end of the auction the
// indicative price. The first that is breached is used up, and Check returns its
// length, by which the auction begins or goes on; 0 and false say that there is
// none and the trade may be made, or the auction uncrosses and Reset follows
// (MAT-05).
func (c *Protection) Check(triggers []Trigger, reference, p venue.Price) (venue.Time, bool) {
	assert.That(len(triggers) <= MaxTriggers, "too many triggers of a market")
	for i, t := range triggers {
		if c.breached>>i&1 == 0 && t.Breaches(reference, p) {
			c.breached |= 1 << i
			return t.Extend, true
		}
	}
	return 0, false
}

// Reset makes all triggers ready again.
func (c *Protection) Reset() { c.breached = 0 }
