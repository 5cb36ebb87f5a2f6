package risk

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// TestLiquidationPriceOfAnAccount moves the mark to the ticks beside the
// liquidation price: on the one the account is safe, on the other it is not.
//
// rules: LIQ-01
func TestLiquidationPriceOfAnAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(2)
		w.l.Deposit(alice, venue.USD, venue.Amount(rapid.Int64Range(10_000, 900_000).Draw(t, "cash"))*dollar)
		for _, i := range []venue.InstrumentID{future, second} {
			w.mark(i, 2000)
			side := rapid.SampledFrom([]int64{-1, 1}).Draw(t, "side")
			w.position(alice, i, venue.Price(rapid.Int64Range(1900, 2100).Draw(t, "entry")), venue.Qty(side*rapid.Int64Range(1, 90).Draw(t, "q")))
		}
		h, _ := w.l.Find(alice, second)
		st := w.r.Status(alice, w.marks)
		price, ok := w.r.LiquidationPrice(h, &st, w.marks)
		if !ok {
			t.Fatalf("no liquidation price of %+v", *w.l.Holding(h))
		}
		floor, ok := price.At(1, venue.Down)
		if !ok || floor < 2 || floor >= 99_999 {
			return // Beyond the range of the instrument.
		}
		exact := price.Cmp(venue.Ratio{Num: venue.ToWide(floor), Den: venue.ToWide(int64(1))}) == 0
		long := w.l.Holding(h).Qty > 0
		for _, c := range []struct {
			tick venue.Price
			want bool
		}{{venue.Price(floor), long && !exact}, {venue.Price(floor) + 1, !long}, {venue.Price(floor) - 1, long}} {
			w.mark(second, c.tick)
			st := w.r.Status(alice, w.marks)
			// One micro-dollar of rounding in the margins can matter at the price.
			near := st.Equity()-st.Maintenance > -3 && st.Equity()-st.Maintenance < 3
			if got := w.r.State(alice, w.marks) == Liquidating; got != c.want && !near {
				t.Fatalf("at %d, beside the liquidation price %d (exact %v), liquidating is %v: equity %d, margin %d",
					c.tick, floor, exact, got, st.Equity(), st.Maintenance)
			}
		}
	})
}

// TestPositionsOfAnAccount shows that what is read of the holdings adds up to
// the status of the account.
func TestPositionsOfAnAccount(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 30_000*dollar)
	w.mark(future, 2000)
	w.mark(second, 3000)
	w.position(alice, future, 2100, 3)   // 3 × 720 × $20 = $43,200, margin 5 %: $2,160.
	w.position(alice, second, 3300, -10) // 10 × 744 × $3 = $22,320, margin 2.5 %: $558.
	a, _ := w.l.Find(alice, future)
	b, _ := w.l.Find(alice, second)
	st := w.r.Status(alice, w.marks)
	long, short := w.r.Stake(a, &st, w.marks), w.r.Stake(b, &st, w.marks)
	if long.Maintenance != 2160*dollar || short.Maintenance != 558*dollar || long.Total != 2718*dollar || short.Total != long.Total {
		t.Errorf("stakes are %+v and %+v", long, short)
	}
	// Cash 30,000, the long lost 3 × 720 × $1 = 2,160, the short gained 10 × 744 × $0.3 = 2,232.
	if long.Equity != 30_072*dollar {
		t.Errorf("equity is %d", long.Equity)
	}
	p := w.r.Partial(b, &st, w.marks)
	if p.Others != 2160*dollar || p.Qty != -10 || p.Mark != 3000 || p.Equity != long.Equity {
		t.Errorf("partial is %+v", p)
	}
	c := w.r.Candidate(b, &st, w.marks)
	// 2,232 / 24,552 of profit, leverage 22,320 / 30,072: 0.0674744..
	if ppm, ok := c.Score.At(1_000_000, venue.Down); ppm != 67_474 || !ok || c.Notional != 22_320*dollar {
		t.Errorf("candidate is %+v with a score of %d", c, ppm)
	}
	if w.r.State(alice, w.marks) != Healthy || w.r.Terms(second).Maintenance(22_320*dollar) != 558*dollar {
		t.Error("state or terms are not those of the account")
	}
}

// TestRequirementIsTheNeed: the parts that are shown add up to what Check asks.
//
// rules: MAR-02
func TestRequirementIsTheNeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(testTerms()[:3]).Draw(t, "terms")
		terms := TermsOf(&i)
		q, mark := venue.Qty(rapid.Int64Range(-500, 500).Draw(t, "q")), venue.Price(rapid.Int64Range(1, 5000).Draw(t, "mark"))
		var e Extent
		var orders []ledger.Open
		for range rapid.IntRange(0, 5).Draw(t, "orders") {
			o := ledger.Open{
				Side:       rapid.SampledFrom([]venue.Side{venue.Buy, venue.Sell}).Draw(t, "side"),
				ReduceOnly: rapid.Bool().Draw(t, "reduce"),
				Price:      venue.Price(rapid.Int64Range(1, 5000).Draw(t, "price")), Qty: venue.Qty(rapid.Int64Range(1, 99).Draw(t, "lots")),
			}
			orders = append(orders, o)
			e = e.With(o, mark, i.TickValue())
		}
		r := terms.Requirement(q, e, mark)
		if want := slowNeed(i, q, 0, mark, orders); r.Total() != want || terms.need(q, e, mark) != want {
			t.Fatalf("Requirement(%d, %+v at %d) = %+v, need %d, want %d", q, orders, mark, r, terms.need(q, e, mark), want)
		}
	})
}
