package rule

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/clearhour/clearhour/venue"
)

// longestEnd is how many decimals of a quotient that ends are written.
const longestEnd = 40

// ratio writes an exact quotient of units of 10^-places: all of it when its
// decimals end, else 12 of them, half-even.
func ratio(q venue.Ratio, places int) Decimal {
	r := new(big.Rat).SetFrac(bigOf(q.Num), bigOf(q.Den.Mul(venue.ToWide(pow10(places)))))
	n, ends := r.FloatPrec()
	if !ends || n > longestEnd {
		n = quotientPlaces // No tie is possible here, so that all ways to round to the nearest agree.
	}
	return Decimal{value: decimal.RequireFromString(r.FloatString(n))}
}

// bigOf takes 62 bits at a time.
func bigOf(w venue.Wide) *big.Int {
	const chunk = 62
	base := venue.ToWide(int64(1 << chunk))
	v, neg := new(big.Int), w.Sign() < 0
	if neg {
		w = w.Neg()
	}
	for shift := uint(0); w.Sign() != 0; shift += chunk {
		q := w.Quo(base, venue.Down)
		low, _ := w.Sub(q.Mul(base)).Int64()
		v.Or(v, new(big.Int).Lsh(big.NewInt(low), shift))
		w = q
	}
	if neg {
		v.Neg(v)
	}
	return v
}

// scaled turns a quotient of units of 10^-places into micro-dollars.
func scaled(q venue.Ratio, places int) venue.Ratio {
	return venue.Ratio{
		Num: q.Num.Mul(venue.ToWide(pow10(moneyPlaces))),
		Den: q.Den.Mul(venue.ToWide(pow10(places))),
	}
}
