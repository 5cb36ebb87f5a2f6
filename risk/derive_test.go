package risk

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// TestLimit compares the limit of a liquidation with the words of R-LIQ-LIMIT in
// rational arithmetic.
//
// rules: LIQ-07
func TestLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Stake{
			Qty: venue.Qty(rapid.IntRange(1, 1000).Draw(t, "size")), Mark: venue.Price(rapid.IntRange(1, 10_000).Draw(t, "mark")),
			TickValue: venue.Amount(rapid.IntRange(1, 5000).Draw(t, "tick value")),
			Total:     venue.Amount(rapid.IntRange(1, 1_000_000).Draw(t, "total")),
		}
		s.Maintenance = venue.Amount(rapid.IntRange(1, int(s.Total)).Draw(t, "maintenance"))
		s.Equity = venue.Amount(rapid.IntRange(-1_000_000, int(s.Total)-1).Draw(t, "equity"))
		spread := venue.Rate(rapid.IntRange(0, 10_000_000).Draw(t, "spread"))
		size := int64(s.Qty)
		if rapid.Bool().Draw(t, "short") {
			s.Qty = -s.Qty
		}
		rat := func(v int64) *big.Rat { return new(big.Rat).SetInt64(v) }
		lots := rat(size * int64(s.TickValue))
		share := new(big.Rat).Quo(new(big.Rat).Mul(rat(int64(s.Equity)), big.NewRat(int64(s.Maintenance), int64(s.Total))), lots)
		part := new(big.Rat).Sub(rat(1), big.NewRat(int64(s.Equity), int64(s.Total)))
		if part.Cmp(rat(1)) > 0 {
			part = rat(1)
		}
		cost := new(big.Rat).Quo(new(big.Rat).Mul(part, big.NewRat(int64(spread)*int64(s.Maintenance), int64(venue.One))), lots)
		mark := rat(int64(s.Mark))
		bankrupt, fillable := new(big.Rat).Sub(mark, share), new(big.Rat).Sub(mark, cost)
		worse := func(a, b *big.Rat) bool { return a.Cmp(b) < 0 }
		if s.Qty < 0 {
			bankrupt, fillable = new(big.Rat).Add(mark, share), new(big.Rat).Add(mark, cost)
			worse = func(a, b *big.Rat) bool { return a.Cmp(b) > 0 }
		}
		want := bankrupt
		if worse(fillable, bankrupt) {
			want = fillable
		}
		check := func(got venue.Price, want *big.Rat) {
			off := new(big.Rat).Sub(rat(int64(got)), want)
			if s.Qty < 0 {
				off.Neg(off)
			}
			if off.Sign() < 0 || off.Cmp(rat(1)) >= 0 {
				t.Fatalf("limit of %+v is %d, want %s in favour of the account", s, got, want.FloatString(4))
			}
		}
		check(s.Limit(spread, false), want)
		check(s.Limit(spread, true), bankrupt)
	})
}

// TestTermsOfLiquidation wants each field refused by name on both ends.
func TestTermsOfLiquidation(t *testing.T) {
	good := venue.LiquidationTerms{
		Target: venue.One, Spread: venue.One, Fraction: 1, MaxConsumed: 1, FullSize: 1, Cap: venue.One, Window: venue.Second, Step: venue.Second,
	}
	if why := AcceptTerms(&good); why.Refused() {
		t.Errorf("AcceptTerms(%+v) = %+v", good, why)
	}
	for name, c := range map[string]struct {
		change func(*venue.LiquidationTerms)
		want   venue.Refusal
	}{
		"target":   {func(m *venue.LiquidationTerms) { m.Target-- }, venue.Refusal{Reason: venue.BadField, Field: venue.FieldTarget, Limit: int64(venue.One)}},
		"fee":      {func(m *venue.LiquidationTerms) { m.Fee = 100_001 }, venue.Refusal{Reason: venue.BadField, Field: venue.FieldFee, Limit: 100_000}},
		"fraction": {func(m *venue.LiquidationTerms) { m.Fraction = 0 }, venue.Refusal{Reason: venue.BadField, Field: venue.FieldFraction, Limit: 1}},
		"size":     {func(m *venue.LiquidationTerms) { m.FullSize = 0 }, venue.Refusal{Reason: venue.BadField, Field: venue.FieldFullSize, Limit: 1}},
		"cap":      {func(m *venue.LiquidationTerms) { m.Cap++ }, venue.Refusal{Reason: venue.BadField, Field: venue.FieldCap, Limit: int64(venue.One)}},
		"step":     {func(m *venue.LiquidationTerms) { m.Step = 0 }, venue.Refusal{Reason: venue.BadField, Field: venue.FieldStep, Limit: 1_000_000}},
	} {
		bad := good
		c.change(&bad)
		if got := AcceptTerms(&bad); got != c.want {
			t.Errorf("%s: AcceptTerms = %+v, want %+v", name, got, c.want)
		}
	}
}
