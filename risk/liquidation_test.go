package risk

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// exactMargin is MAR-01 before rounding, in micro-dollars.
func exactMargin(brackets []venue.Bracket, notional *big.Rat) *big.Rat {
	sum, from := rat(0), rat(0)
	for i, b := range brackets {
		upto := rat(int64(b.Upto))
		if notional.Cmp(upto) < 0 || i == len(brackets)-1 {
			upto = notional
		}
		if part := new(big.Rat).Sub(upto, from); part.Sign() > 0 || i == 0 {
			sum.Add(sum, mul(part, ppm(b.Maintenance)))
		}
		from = rat(int64(b.Upto))
	}
	return sum
}

func toRat(t interface{ Fatalf(string, ...any) }, w venue.Wide) *big.Rat {
	// Two parts of an int64 each are enough here.
	high := w.Quo(venue.ToWide(int64(1)<<62), venue.Down)
	low, ok := w.Sub(high.Mul(venue.ToWide(int64(1) << 62))).Int64()
	h, fits := high.Int64()
	if !ok || !fits {
		t.Fatalf("%v has more than 125 bits", w)
	}
	return new(big.Rat).Add(mul(rat(h), rat(1<<62)), rat(low))
}

// rules: LIQ-01
func TestStates(t *testing.T) {
	for _, c := range []struct {
		equity, initial, maintenance venue.Amount
		want                         State
	}{
		{100, 100, 50, Healthy},
		{99, 100, 50, ReduceOnly},
		{50, 100, 50, ReduceOnly}, // Equality is safe.
		{49, 100, 50, Liquidating},
		{-1, 0, 0, ReduceOnly}, // It owes and has nothing to liquidate.
		{0, 0, 0, Healthy},
	} {
		if got := StateOf(c.equity, c.initial, c.maintenance); got != c.want {
			t.Errorf("StateOf(%d, %d, %d) = %v, want %v", c.equity, c.initial, c.maintenance, got, c.want)
		}
	}
}

// TestLiquidationPrice puts the price back: equity and margin are equal there,
// whatever bracket it is in.
//
// rules: LIQ-01
func TestLiquidationPrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(testTerms()[:3]).Draw(t, "terms")
		terms := TermsOf(&i)
		q := venue.Qty(rapid.Int64Range(-5000, 5000).Draw(t, "q"))
		cost := venue.Amount(q) * venue.Amount(rapid.Int64Range(1, 5000).Draw(t, "entry")) * i.TickValue()
		backing := venue.Amount(rapid.Int64Range(-100_000, 900_000).Draw(t, "backing")) * dollar
		price, ok := terms.LiquidationPrice(q, cost, backing)
		if ok != (q != 0) {
			t.Fatalf("LiquidationPrice(%d, %d, %d) = %v", q, cost, backing, ok)
		}
		if !ok {
			return
		}
		at := new(big.Rat).Quo(toRat(t, price.Num), toRat(t, price.Den))
		value := mul(at, rat(int64(q)), rat(int64(i.TickValue())))
		equity := new(big.Rat).Add(new(big.Rat).Sub(value, rat(int64(cost))), rat(int64(backing)))
		size := new(big.Rat).Abs(value)
		if at.Sign() < 0 {
			size.Neg(size) // Beyond zero the first bracket goes on.
		}
		if margin := exactMargin(i.Brackets, size); equity.Cmp(margin) != 0 {
			t.Fatalf("LiquidationPrice(%d, %d, %d) = %v: equity %v, margin %v", q, cost, backing, at, equity, margin)
		}
	})
}

func TestLiquidationPriceOfFullMargin(t *testing.T) {
	i := testTerms()[0]
	i.Brackets = []venue.Bracket{{Upto: venue.MaxAmount, Initial: venue.One, Maintenance: venue.One}}
	if price, ok := TermsOf(&i).LiquidationPrice(10, 5, 3); ok {
		t.Errorf("a long that needs all of its value has the liquidation price %v", price)
	}
	if _, ok := TermsOf(&i).LiquidationPrice(-10, -5, 3); !ok {
		t.Error("a short that needs all of its value has no liquidation price")
	}
}

// TestLeastClose tries one number of lots after another.
//
// rules: LIQ-02
func TestLeastClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(testTerms()[:3]).Draw(t, "terms")
		i.Brackets = append([]venue.Bracket(nil), i.Brackets...)
		if rapid.Bool().Draw(t, "falling") { // A schedule may fall, too.
			i.Brackets[0].Maintenance = 200_000
		}
		terms := TermsOf(&i)
		p := Partial{
			Qty:  venue.Qty(rapid.Int64Range(-400, 400).Draw(t, "q")),
			Mark: venue.Price(rapid.Int64Range(1, 5000).Draw(t, "mark")),
			Fee:  venue.Rate(rapid.Int64Range(0, 50_000).Draw(t, "fee")), Target: venue.Rate(rapid.Int64Range(0, 2_000_000).Draw(t, "target")),
			Others: venue.Amount(rapid.Int64Range(0, 1000).Draw(t, "others")) * dollar,
		}
		p.Exec = max(0, p.Mark+venue.Price(rapid.Int64Range(-50, 50).Draw(t, "slip")))
		size := max(p.Qty, -p.Qty)
		need := terms.Maintenance(venue.Amount(size) * venue.Amount(p.Mark) * i.TickValue())
		p.Equity = venue.Amount(rapid.Int64Range(-10, 300).Draw(t, "equity")) * (need + p.Others) / 100
		want := size
		for x := range size {
			if restores(&p, &i, x) {
				want = x
				break
			}
		}
		if got := terms.LeastClose(&p); got != want {
			t.Fatalf("LeastClose(%+v) of %v = %d, want %d", p, i.Brackets, got, want)
		}
	})
}

// restores is the condition of LIQ-02, before rounding.
func restores(p *Partial, i *venue.Instrument, x venue.Qty) bool {
	lots, tv, size := rat(int64(x)), rat(int64(i.TickValue())), max(p.Qty, -p.Qty)
	slip := max(p.Mark-p.Exec, p.Exec-p.Mark)
	equity := rat(int64(p.Equity))
	equity.Sub(equity, mul(lots, tv, rat(int64(slip))))
	equity.Sub(equity, mul(lots, tv, rat(int64(p.Exec)), ppm(p.Fee)))
	margin := exactMargin(i.Brackets, mul(rat(int64(size-x)), rat(int64(p.Mark)), tv))
	margin.Add(margin, rat(int64(p.Others)))
	return equity.Cmp(mul(margin, ppm(p.Target))) >= 0
}

func TestReliefOrder(t *testing.T) {
	// 10 lots of 720 × $20 at 5 %: a lot frees $720; it costs 720 × $0.5 and 1 % of 720 × $19.5.
	i := testTerms()[0]
	p := Partial{Qty: -10, Mark: 2000, Exec: 1950, Fee: 10_000}
	if got, want := TermsOf(&i).Relief(future, &p), (Relief{future, 720 * dollar, 360*dollar + 140_400_000}); got != want {
		t.Errorf("Relief(%+v) = %+v, want %+v", p, got, want)
	}
	a := Relief{Instrument: 1, Freed: 30, Cost: 10}
	for _, c := range []struct {
		b    Relief
		want bool
	}{
		{Relief{2, 29, 10}, true},
		{Relief{2, 31, 10}, false},
		{Relief{2, 6, 2}, true},  // 3 per cost as well: the smaller id.
		{Relief{2, 1, 0}, false}, // Frees for nothing.
	} {
		if got := a.Before(c.b); got != c.want || c.b.Before(a) == got {
			t.Errorf("%+v before %+v = %v, want %v", a, c.b, got, c.want)
		}
	}
}

// TestBankruptcyExhaustsTheAccount closes every position at its bankruptcy
// value: what is left of the equity is nothing but what rounding took.
//
// rules: LIQ-03
func TestBankruptcyExhaustsTheAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		equity := venue.Amount(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "equity"))
		n := rapid.IntRange(1, 6).Draw(t, "positions")
		stakes := make([]Stake, n)
		var total venue.Amount
		for k := range stakes {
			stakes[k] = Stake{
				Qty:  venue.Qty(rapid.Int64Range(1, 1000).Draw(t, "q") * rapid.SampledFrom([]int64{-1, 1}).Draw(t, "sign")),
				Mark: venue.Price(rapid.Int64Range(1, 5000).Draw(t, "mark")), TickValue: 7200,
				Equity: equity, Maintenance: venue.Amount(rapid.Int64Range(1, 1<<40).Draw(t, "margin")),
			}
			total += stakes[k].Maintenance
		}
		left := equity
		for k := range stakes {
			s := &stakes[k]
			s.Total = total
			left += s.BankruptcyValue(s.size()) - venue.Amount(s.Qty)*venue.Amount(s.Mark)*s.TickValue
			// The value of a part is at least its part of the value.
			if s.size() > 1 && s.BankruptcyValue(1)+s.BankruptcyValue(s.size()-1) < s.BankruptcyValue(s.size()) {
				t.Fatalf("the parts of %+v bring less than the whole", *s)
			}
		}
		if left < 0 || left >= venue.Amount(n) {
			t.Fatalf("after closing all of %+v %d is left, want 0 to %d", stakes, left, n-1)
		}
	})
}

// rules: LIQ-03
func TestFundDelta(t *testing.T) {
	for _, c := range []struct {
		proceeds, bankruptcy venue.Amount
		most                 venue.Rate
		want                 venue.Amount
	}{
		{1000, 1000, 10_000, 0},
		{1050, 1000, 10_000, 10},       // 1 % of 1050 is 10.5, down.
		{1005, 1000, 10_000, 5},        // All of it is below the limit.
		{990, 1000, 10_000, -10},       // The fund pays in full.
		{-1000, -1050, 10_000, 10},     // A short that pays 1000 could have paid 1050.
		{-1060, -1050, 10_000, -10},    // And here more than it could.
		{1050, 1000, 0, 0},             // No fee, no receipt.
		{1 << 59, 0, 1 << 40, 1 << 59}, // A limit that fits no amount.
	} {
		if got := FundDelta(c.proceeds, c.bankruptcy, c.most); got != c.want {
			t.Errorf("FundDelta(%d, %d, %d) = %d, want %d", c.proceeds, c.bankruptcy, c.most, got, c.want)
		}
	}
}
