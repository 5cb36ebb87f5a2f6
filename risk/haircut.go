package risk

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Haircut shares what was collected among gains that it does not cover (LIQ-06):
// to each its part rounded down, and the units that are missing one each to the
// largest remainders, of equals to the one that stands earlier in gains. Gains
// are in the order of the accounts' ids, at least 0, with a sum of at most
// MaxAmount that is at least collected. What is paid sums to collected exactly.
func Haircut(gains []venue.Amount, collected venue.Amount) []venue.Amount {
	var owed venue.Amount
	for _, g := range gains {
		assert.That(g >= 0 && g <= venue.MaxAmount-owed, "gain out of range")
		owed += g
	}
	assert.That(collected >= 0 && collected <= owed, "collected more than is owed")
	paid := make([]venue.Amount, len(gains))
	if owed == 0 {
		return paid
	}
	type claim struct {
		at   int
		rest venue.Wide // The remainder times owed.
	}
	claims := make([]claim, len(gains))
	missing := collected
	for i, g := range gains {
		v, _ := venue.MulDiv(int64(g), int64(collected), int64(owed), venue.Down) // At most g.
		paid[i] = venue.Amount(v)
		missing -= paid[i]
		rest := venue.WideProduct(int64(g), int64(collected)).Sub(venue.WideProduct(v, int64(owed)))
		claims[i] = claim{i, rest}
	}
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(b.rest.Cmp(a.rest), cmp.Compare(a.at, b.at))
	})
	for _, c := range claims[:missing] {
		paid[c.at]++
	}
	return paid
}
