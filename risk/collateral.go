package risk

import "github.com/clearhour/clearhour/venue"

// Collateral is what an account has or owes of an asset.
type Collateral struct {
	// Balance is in units of the asset, negative when owed.
	Balance venue.Amount
	// Price is that of an asset, at least 0, so that Balance × Price / Unit is
	// micro-dollars.
	Price int64
	// Unit is above 0: for prices in micro-dollars, how many units of the asset
	// are one of it. Unit is at most MaxUnit.
	Unit int64
	// Rate is the part of the value that counts, at least 0.
	Rate venue.Rate
}

// MaxUnit bounds Collateral.Unit.
const MaxUnit = (1<<63 - 1) / int64(venue.One)

// Value returns what the balance counts for, in micro-dollars, and whether it
// stays within MaxAmount (MAR-04): the haircut lowers what is there and never
// what is owed. It is rounded down, so that a debt counts in full.
func (c *Collateral) Value() (venue.Amount, bool) {
	whole := venue.WideProduct(int64(c.Balance), c.Price, int64(venue.One))
	cut := venue.WideProduct(int64(c.Balance), c.Price, int64(c.Rate))
	if cut.Cmp(whole) < 0 {
		whole = cut
	}
	v, ok := whole.Quo(venue.WideProduct(c.Unit, int64(venue.One)), venue.Down).Int64()
	return inRange(v, ok)
}

// CollateralValue returns the sum of the values, and whether it stays within
// MaxAmount. Equity is this plus what is unrealised.
func CollateralValue(all []Collateral) (venue.Amount, bool) {
	var sum venue.Amount
	for i := range all {
		v, ok := all[i].Value()
		if !ok {
			return 0, false
		}
		if sum, ok = inRange(int64(sum+v), true); !ok {
			return 0, false
		}
	}
	return sum, true
}

// inRange says whether an amount that was computed stays within MaxAmount.
func inRange(v int64, ok bool) (venue.Amount, bool) {
	a := venue.Amount(v)
	return a, ok && a <= venue.MaxAmount && a >= -venue.MaxAmount
}
