package settlement

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// rules: SET-01.
func TestVariation(t *testing.T) {
	// 744 hours in ticks of 1000 micro-dollars. From 2100 to 2150: A has 5 and
	// sells 2 at 2120: 744,000 × (5 × 50 − 2 × 30) = 141,360,000. B is short 5 and
	// buys 1 at 2200: 744,000 × (−250 − 50). C buys the 2 and sells the 1.
	const tv = 744_000
	ps := make([]Position, 3)
	for _, x := range []struct {
		who int
		q   venue.Qty
		at  venue.Price
	}{{0, 5, 2100}, {1, -5, 2100}, {0, -2, 2120}, {2, 2, 2120}, {1, 1, 2200}, {2, -1, 2200}} {
		if !ps[x.who].Trade(x.q, x.at, tv) {
			t.Fatalf("trade %+v refused", x)
		}
	}
	got := make([]venue.Amount, 3)
	residue, ok := Settle(ps, Ticks(2150), tv, got)
	if want := [3]venue.Amount{141_360_000, -223_200_000, 81_840_000}; !ok || residue != 0 || [3]venue.Amount(got) != want {
		t.Errorf("Settle = %v, residue %d, %v, want %v, 0", got, residue, ok, want)
	}
	// At a third of a tick more, each rounds down: tv/3 is whole, tv/7 is not.
	at := venue.Ratio{Num: venue.ToWide(int64(2150*7 + 1)), Den: venue.ToWide(int64(7))}
	if residue, ok := Settle(ps, at, tv, got); !ok || residue != 1 || got[0] != 141_360_000+318_857 {
		t.Errorf("Settle at a seventh = %v, residue %d, %v, want residue 1", got, residue, ok) // 318857.14 − 425142.86 + 106285.71.
	}
}

// TestSettleResidue: amounts and residue sum to zero, at every price.
func TestSettleResidue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tv := venue.Amount(rapid.Int64Range(1, 1_000_000).Draw(t, "tick value"))
		ps := make([]Position, rapid.IntRange(2, 6).Draw(t, "parties"))
		for range rapid.IntRange(0, 20).Draw(t, "trades") {
			q, at := venue.Qty(rapid.Int64Range(1, 1000).Draw(t, "qty")), venue.Price(rapid.Int64Range(-3000, 3000).Draw(t, "price"))
			buyer, seller := rapid.IntRange(0, len(ps)-1).Draw(t, "buyer"), rapid.IntRange(0, len(ps)-1).Draw(t, "seller")
			if !ps[buyer].Trade(q, at, tv) || !ps[seller].Trade(-q, at, tv) {
				t.Fatalf("trade of %d at %d refused", q, at)
			}
		}
		num, den := rapid.Int64Range(-20_000, 20_000).Draw(t, "num"), rapid.Int64Range(1, 9).Draw(t, "den")
		amounts := make([]venue.Amount, len(ps))
		residue, ok := Settle(ps, venue.Ratio{Num: venue.ToWide(num), Den: venue.ToWide(den)}, tv, amounts)
		if !ok || residue < 0 || residue >= venue.Amount(len(ps)) || num%den == 0 && residue != 0 {
			t.Fatalf("residue = %d %v", residue, ok)
		}
		sum := residue
		for i, a := range amounts {
			sum += a
			exact := new(big.Rat).Mul(big.NewRat(num, den), big.NewRat(int64(ps[i].Qty)*int64(tv), 1))
			exact.Sub(exact, big.NewRat(int64(ps[i].Cost), 1))
			if d := exact.Sub(exact, big.NewRat(int64(a), 1)); d.Sign() < 0 || d.Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("amount %d of %+v at %d/%d is not rounded down", a, ps[i], num, den)
			}
		}
		if sum != 0 {
			t.Fatalf("amounts %v and residue %d sum to %d", amounts, residue, sum)
		}
	})
}

func TestVariationRange(t *testing.T) {
	p := Position{Qty: 1, Cost: venue.MaxAmount}
	if before := p; p.Trade(1, 1, 1) || p != before {
		t.Errorf("a cost beyond the limit was taken: %+v", p)
	}
	if p.Trade(venue.MaxQty, venue.MaxPrice, 1<<40) {
		t.Errorf("a value beyond 64 bits was taken")
	}
	big := Position{Qty: venue.MaxQty}
	if _, ok := big.Variation(Ticks(venue.MaxPrice), 1); ok {
		t.Errorf("a variation beyond the limit was taken")
	}
	if _, ok := Settle([]Position{big, {Qty: -venue.MaxQty}}, Ticks(venue.MaxPrice), 1, make([]venue.Amount, 2)); ok {
		t.Errorf("a settlement beyond the limit was taken")
	}
}
