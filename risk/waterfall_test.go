package risk

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// rules: LIQ-05
func TestDraw(t *testing.T) {
	for _, c := range []struct {
		draw   Draw
		lots   venue.Qty
		perLot venue.Amount
		want   venue.Qty
	}{
		{Draw{Fund: 1000, WindowMax: 2000, Cap: 250_000}, 10, 100, 5},             // 500 may be drawn.
		{Draw{Fund: 1000, WindowMax: 2000, Cap: 250_000, Drawn: 250}, 10, 100, 2}, // Of it 250 are left.
		{Draw{Fund: 1000, WindowMax: 2000, Cap: 250_000, Drawn: 501}, 10, 100, 0}, // More was drawn under an older cap.
		{Draw{Fund: 99, WindowMax: 2000, Cap: 250_000}, 10, 100, 0},               // Not above the balance.
		{Draw{Fund: 100, WindowMax: 2000, Cap: 250_000}, 10, 100, 1},              // Exactly.
		{Draw{Fund: 0, WindowMax: 0, Cap: 0}, 10, 0, 10},                          // Nothing to pay.
		{Draw{Fund: 0, WindowMax: 0, Cap: 0}, 10, -5, 10},                         // Better than bankruptcy.
		{Draw{Fund: -5, WindowMax: 100, Cap: 1_000_000}, 10, 1, 0},                // An empty fund.
		{Draw{Fund: 1000, WindowMax: venue.MaxAmount, Cap: 1 << 40}, 10, 100, 10}, // A cap that fits no amount.
	} {
		got, pays := c.draw.Cover(c.lots, c.perLot)
		if got != c.want || pays != venue.Amount(got)*max(0, c.perLot) {
			t.Errorf("%+v.Cover(%d, %d) = %d, %d, want %d", c.draw, c.lots, c.perLot, got, pays, c.want)
		}
	}
}

// TestRankSides mirrors a set of shorts into longs with the same profit, cost,
// notional and equity: their rank is the same.
//
// rules: LIQ-05
func TestRankSides(t *testing.T) {
	shorts := []Candidate{
		{Account: 20, Qty: -10, Cost: -1000, Notional: 900, Equity: 300},  // 10 % × 3.
		{Account: 21, Qty: -10, Cost: -1000, Notional: 900, Equity: 100},  // 10 % × 9.
		{Account: 22, Qty: -10, Cost: -1000, Notional: 1100, Equity: 100}, // -10 % / 11.
		{Account: 23, Qty: -10, Cost: -1000, Notional: 1100, Equity: 900}, // -10 % / 1.2.
		{Account: 24, Qty: -30, Cost: -3000, Notional: 2700, Equity: 900}, // 10 % × 3, larger.
		{Account: 19, Qty: -10, Cost: -1000, Notional: 900, Equity: 300},  // As 20, smaller id.
		{Account: 25, Qty: -10, Cost: -1000, Notional: 990, Equity: -7},   // No equity: above all.
		{Account: 26, Qty: -10, Cost: -1000, Notional: 1000, Equity: 10},  // No profit: between.
	}
	want := []venue.AccountID{25, 21, 24, 19, 20, 26, 22, 23}
	longs := slices.Clone(shorts)
	for i := range longs {
		x := &longs[i]
		x.Qty, x.Cost = -x.Qty, 2*x.Notional+x.Cost // The profit of the short, as that of a long.
	}
	Rank(shorts)
	if got := accounts(shorts); !slices.Equal(got, want) {
		t.Errorf("Rank = %v, want %v", got, want)
	}
	for i := range longs {
		x, profit := &longs[i], longs[i].Notional-longs[i].Cost
		if s := find(shorts, x.Account); profit != -s.Notional-s.Cost {
			t.Fatalf("the long of %d gains %d, the short %d", x.Account, profit, -s.Notional-s.Cost)
		}
	}
	Rank(longs)
	for i := 1; i < len(longs); i++ {
		if longs[i-1].Score.Cmp(longs[i].Score) < 0 {
			t.Errorf("longs are not in the order of their scores: %v", accounts(longs))
		}
	}
	if longs[0].Account != 25 || longs[len(longs)-1].Account != 23 {
		t.Errorf("Rank of longs = %v", accounts(longs))
	}
}

func accounts(all []Candidate) []venue.AccountID {
	ids := make([]venue.AccountID, len(all))
	for i := range all {
		ids[i] = all[i].Account
	}
	return ids
}

func find(all []Candidate, id venue.AccountID) *Candidate {
	return &all[slices.IndexFunc(all, func(c Candidate) bool { return c.Account == id })]
}

// TestRankDoesNotDependOnOrder shuffles the candidates, among them equals, at
// the limits of what the units hold.
func TestRankDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "candidates")
		all := make([]Candidate, n)
		amount := rapid.SampledFrom([]int64{0, 1, 2, 1000, int64(venue.MaxAmount)})
		for i := range all {
			sign := rapid.SampledFrom([]int64{-1, 1}).Draw(t, "sign")
			all[i] = Candidate{
				Account: venue.FirstAccount + venue.AccountID(i), Qty: venue.Qty(sign * rapid.Int64Range(1, 3).Draw(t, "q")),
				Cost: venue.Amount(sign * amount.Draw(t, "cost")), Notional: venue.Amount(amount.Draw(t, "notional")),
				Equity: venue.Amount(sign * amount.Draw(t, "equity")),
			}
		}
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		Rank(all)
		Rank(shuffled)
		best := make([]Candidate, 0, rapid.IntRange(1, 12).Draw(t, "kept"))
		for _, c := range rapid.Permutation(all).Draw(t, "inserted") {
			best = Insert(best, c)
		}
		if !slices.Equal(accounts(best), accounts(all[:min(n, cap(best))])) {
			t.Fatalf("Insert keeps %v of %v", accounts(best), accounts(all))
		}
		if !slices.Equal(accounts(all), accounts(shuffled)) {
			t.Fatalf("Rank = %v and %v for the same candidates", accounts(all), accounts(shuffled))
		}
		var closed venue.Qty
		left := venue.Qty(7)
		for i := range all {
			var lots venue.Qty
			lots, left = all[i].Deleverage(left)
			closed += lots
		}
		if closed+left != 7 {
			t.Fatalf("%d lots were closed and %d are left of 7", closed, left)
		}
	})
}

// TestRealisedIsTheLedgers closes part of a position against another account at
// a price and compares the change of its cash.
func TestRealisedIsTheLedgers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(2)
		side := rapid.SampledFrom([]venue.Side{venue.Buy, venue.Sell}).Draw(t, "side")
		a, _ := w.l.Hold(alice, future)
		b, _ := w.l.Hold(bob, future)
		trade := func(side venue.Side, price venue.Price, q venue.Qty) {
			w.l.Trade(a, side, price, q, 0)
			w.l.Trade(b, side.Opposite(), price, q, 0)
		}
		lot := rapid.Int64Range(1, 9)
		price := rapid.Int64Range(1, 3000)
		for range 3 {
			trade(side, venue.Price(price.Draw(t, "price")), venue.Qty(lot.Draw(t, "q")))
		}
		x := *w.l.Holding(a)
		c := Candidate{Account: alice, Qty: x.Qty, Cost: x.Cost}
		at, before := venue.Price(price.Draw(t, "at")), w.l.Account(alice).Cash
		lots, _ := c.Deleverage(venue.Qty(lot.Draw(t, "closed")))
		terms := testTerms()[0]
		got := c.Realised(lots, venue.Amount(at)*venue.Amount(lots)*terms.TickValue())
		trade(side.Opposite(), at, lots)
		if want := w.l.Account(alice).Cash - before; got != want {
			t.Fatalf("%+v.Realised(%d at %d) = %d, the ledger says %d", c, lots, at, got, want)
		}
	})
}

// rules: LIQ-06
func TestHaircut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gains := rapid.SliceOfN(rapid.Int64Range(0, int64(venue.MaxAmount)/8), 0, 8).Draw(t, "gains")
		var owed int64
		amounts := make([]venue.Amount, len(gains))
		for i, g := range gains {
			amounts[i] = venue.Amount(g)
			owed += g
		}
		collected := rapid.Int64Range(0, owed).Draw(t, "collected")
		var sum venue.Amount
		for i, v := range Haircut(amounts, venue.Amount(collected)) {
			sum += v
			low, _ := venue.MulDiv(gains[i], collected, max(owed, 1), venue.Down)
			if v < venue.Amount(low) || v > venue.Amount(low)+1 || v > amounts[i] {
				t.Fatalf("Haircut(%v, %d) pays %d to %d, want %d or one more", gains, collected, v, i, low)
			}
		}
		if sum != venue.Amount(collected) {
			t.Fatalf("Haircut(%v, %d) pays %d", gains, collected, sum)
		}
	})
}

// TestOrdersOfCappedAllocatesNothing: the margin of an order is asked at entry.
//
// rules: MAR-08
func TestOrdersOfCappedAllocatesNothing(t *testing.T) {
	c := Capped{Cap: 100, TickValue: 1}
	orders := []ledger.Open{
		{Side: venue.Buy, Price: 40, Qty: 3},
		{Side: venue.Sell, Price: 60, Qty: 4},
		{Side: venue.Buy, Price: 50, Qty: 2},
		{Side: venue.Sell, Price: 70, Qty: 5},
		{Side: venue.Buy, ReduceOnly: true, Price: 90, Qty: 9},
	}
	// Short 4: the buys at 50 (2 lots) and 2 at 40 close; 1 at 40 is left. Sells: 4 × 40 + 5 × 30.
	if got := c.Orders(-4, orders); got != 310 {
		t.Errorf("Orders(-4) = %d, want 310", got)
	}
	// Long 9 closes all sells; buys: 3 × 40 + 2 × 50.
	if got := c.Orders(9, orders); got != 220 {
		t.Errorf("Orders(9) = %d, want 220", got)
	}
	if n := testing.AllocsPerRun(100, func() { c.Orders(-4, orders) }); n != 0 {
		t.Errorf("Orders allocates %v times", n)
	}
	if c.Position(-4, -4*30) != 4*70 || c.Position(4, 4*30) != 4*30 || c.Position(0, 0) != 0 {
		t.Error("a position is not worth the most that it can lose")
	}
}

// rules: MAR-09
func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		qty, reducible      venue.Qty
		reduceOnly, covered bool
		want                venue.Qty
	}{
		{5, 5, false, false, 5},
		{6, 5, false, false, 0},
		{6, 5, false, true, 6},
		{6, 5, true, false, 5},
		{6, 0, true, true, 0},
		{6, -3, true, false, 0},
		{1, -3, false, false, 0},
	} {
		if got := Accepts(c.qty, c.reducible, c.reduceOnly, c.covered); got != c.want {
			t.Errorf("Accepts(%d, %d, %v, %v) = %d, want %d", c.qty, c.reducible, c.reduceOnly, c.covered, got, c.want)
		}
	}
	if Reducible(10, 3, venue.Sell) != 7 || Reducible(10, 3, venue.Buy) != -3 || Reducible(-10, 12, venue.Buy) != -2 {
		t.Error("Reducible does not count the closing side less what is open on it")
	}
}
