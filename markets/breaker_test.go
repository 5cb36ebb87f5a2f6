package markets

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func TestVariantRoundsDownToATick(t *testing.T) {
	for _, c := range []struct {
		settle, perTick int64
		rate            venue.Rate
		want            venue.Price
		ok              bool
	}{
		{215, 1, 50_000, 10, true},   // 10.75
		{220, 1, 50_000, 11, true},   // Exactly 11.
		{2157, 10, 50_000, 10, true}, // 107.85 units are 10.785 ticks.
		{0, 1, 50_000, 0, true},
		{1 << 40, 1, venue.One, 0, false},
		{-215, 1, 50_000, 0, false},
	} {
		got, ok := Variant(c.settle, c.perTick, c.rate)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("Variant(%d, %d, %d) = %d %v, want %d %v", c.settle, c.perTick, c.rate, got, ok, c.want, c.ok)
		}
	}
}

func TestBandBetweenTicks(t *testing.T) {
	for _, c := range []struct {
		price, perTick int64
		rate           venue.Rate
		lower, upper   venue.Price
	}{
		{2137, 10, 50_000, 204, 224},  // 203.015 and 224.385 ticks.
		{2000, 10, 50_000, 190, 210},  // Bounds that are ticks.
		{2005, 10, 1000, 201, 200},    // 200.2995 and 200.7005: no tick is within.
		{2000, 10, venue.One, 0, 400}, // Up to twice the price.
	} {
		lower, upper, ok := Band(c.price, c.perTick, c.rate)
		if lower != c.lower || upper != c.upper || !ok {
			t.Errorf("Band(%d, %d, %d) = %d, %d %v, want %d, %d", c.price, c.perTick, c.rate, lower, upper, ok, c.lower, c.upper)
		}
	}
	if _, _, ok := Band(int64(venue.MaxPrice), 1, venue.One); ok {
		t.Error("a band beyond the highest price is accepted")
	}
}

// TestBreakerLimits shows MAT-04.
func TestBreakerLimits(t *testing.T) {
	b := NewBreaker(10, 8, 215, 10)
	limits := func(now venue.Time, lower, upper venue.Price) {
		t.Helper()
		if l, u := b.Limits(now); l != lower || u != upper {
			t.Errorf("Limits(%d) = %d, %d, want %d, %d", now, l, u, lower, upper)
		}
	}
	limits(0, 205, 225) // No trade: around the settlement price.
	b.Traded(214, 1)
	b.Traded(220, 2)
	b.Traded(216, 3)
	limits(3, 210, 224)
	for _, c := range []struct {
		first, last venue.Price
		want        bool
	}{{210, 224, true}, {224, 210, true}, {220, 225, false}, {209, 220, false}, {209, 209, false}} {
		if got := b.Allows(c.first, c.last, 3); got != c.want {
			t.Errorf("Allows(%d, %d) = %v, want %v", c.first, c.last, got, c.want)
		}
	}
	limits(10, 210, 224)
	limits(11, 210, 226) // 214 at 1 is out of (1, 11].
	limits(12, 206, 226)
	limits(13, 206, 226) // All are out: around the last, 216.
	b.Settle(300, 15)
	limits(13, 285, 315)
}

func TestBreakerAgreesWithAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const window = 50
		entries := rapid.SampledFrom([]int{4, 5, 8, 1000}).Draw(t, "entries")
		b := NewBreaker(window, entries, 500, 40)
		last, now := venue.Price(500), venue.Time(1)
		trend := venue.Price(rapid.IntRange(-1, 1).Draw(t, "trend"))
		pace := rapid.SampledFrom([]int{2, 4, 12}).Draw(t, "pace")
		type trade struct {
			price venue.Price
			at    venue.Time
		}
		var all []trade
		within := func(span venue.Time) (lower, upper venue.Price) {
			low, high := last, last
			some := false
			for _, x := range all {
				if x.at > now-span {
					if !some {
						low, high, some = x.price, x.price, true
					}
					low, high = min(low, x.price), max(high, x.price)
				}
			}
			return high - 40, low + 40
		}
		for range rapid.IntRange(0, 250).Draw(t, "trades") {
			now += venue.Time(rapid.IntRange(0, pace).Draw(t, "step"))
			if rapid.Bool().Draw(t, "trade") {
				if trend == 0 {
					last = venue.Price(rapid.IntRange(480, 520).Draw(t, "price"))
				}
				last += trend // Every trade is an extreme.
				b.Traded(last, now)
				all = append(all, trade{last, now})
			}
			lower, upper := b.Limits(now)
			low, up := within(window)
			// Never too wide, and not narrower than a window that is a little longer.
			slack := 2*(window/venue.Time(entries/2)+1) - 1
			if entries == 1000 {
				slack = 0
			}
			lowest, highest := within(window + slack)
			if lower < low || upper > up || lower > max(low, lowest) || upper < min(up, highest) {
				t.Fatalf("at %d with %d entries, Limits = %d, %d, want %d, %d or at most %d, %d; trades %v", now, entries, lower, upper, low, up, lowest, highest, all)
			}
		}
	})
}

func TestTriggerBoundsAreInclusive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.Int64Range(0, int64(venue.MaxPrice)).Draw(t, "reference")
		p := rapid.Int64Range(-10, int64(venue.MaxPrice)).Draw(t, "price")
		if rapid.Bool().Draw(t, "near") {
			p = ref + rapid.Int64Range(-100, 100).Draw(t, "off")
		}
		move := rapid.Int64Range(0, 2_000_000).Draw(t, "move")
		part := big.NewRat(move, 1_000_000)
		r := new(big.Rat).SetInt64(ref)
		low := new(big.Rat).Mul(r, new(big.Rat).Sub(big.NewRat(1, 1), part))
		high := new(big.Rat).Mul(r, new(big.Rat).Add(big.NewRat(1, 1), part))
		x := new(big.Rat).SetInt64(p)
		want := x.Cmp(low) < 0 || x.Cmp(high) > 0
		if got := (Trigger{Move: venue.Rate(move)}).Breaches(venue.Price(ref), venue.Price(p)); got != want {
			t.Fatalf("Breaches(%d, %d) by %d = %v, want %v", ref, p, move, got, want)
		}
	})
}

// TestProtectionChain shows MAT-05: each trigger extends once.
func TestProtectionChain(t *testing.T) {
	triggers := []Trigger{{20_000, 60}, {50_000, 120}, {100_000, 300}}
	var c Protection
	for i, step := range []struct {
		price  venue.Price
		extend venue.Time
		hit    bool
	}{
		{10_200, 0, false},
		{9800, 0, false},
		{10_201, 60, true},
		{10_300, 0, false},
		{11_001, 120, true},
		{11_001, 300, true},
		{20_000, 0, false},
	} {
		if got, hit := c.Check(triggers, 10_000, step.price); got != step.extend || hit != step.hit {
			t.Errorf("step %d: Check(%d) = %d %v, want %d %v", i, step.price, got, hit, step.extend, step.hit)
		}
	}
	c.Reset()
	if got, hit := c.Check(triggers, 10_000, 9000); got != 60 || !hit {
		t.Errorf("after Reset Check = %d %v, want 60 true", got, hit)
	}
}

// TestTriggerThatWasJumpedIsLeft asks a narrower trigger after a wider one.
func TestTriggerThatWasJumpedIsLeft(t *testing.T) {
	triggers := []Trigger{{100_000, 300}, {20_000, 60}}
	var c Protection
	if got, _ := c.Check(triggers, 10_000, 10_500); got != 60 {
		t.Errorf("first Check = %d, want 60", got)
	}
	if got, _ := c.Check(triggers, 10_000, 11_500); got != 300 {
		t.Errorf("second Check = %d, want 300", got)
	}
}

// TestQuotesFreeze shows MAT-07.
func TestQuotesFreeze(t *testing.T) {
	q := NewQuotes(venue.QuoteLimits{Window: 10, Frozen: 5, Qty: 100, Delta: 60}, 64)
	for i, f := range []struct {
		qty  venue.Qty
		at   venue.Time
		want bool
	}{
		{59, 1, false}, {-40, 3, false}, {-59, 11, true}, // 59 at 1 is out of (1, 11]: 99 lots, but all sold.
	} {
		if got := q.Filled(f.qty, f.at); got != f.want {
			t.Errorf("fill %d: Filled(%d, %d) = %v, want %v", i, f.qty, f.at, got, f.want)
		}
	}
	if until, frozen := q.Frozen(15); until != 16 || !frozen {
		t.Errorf("Frozen(15) = %d %v, want 16 true", until, frozen)
	}
	if _, frozen := q.Frozen(16); frozen {
		t.Error("still frozen at its end")
	}
	if q.Filled(59, 16) {
		t.Error("fills before a trigger count after it")
	}
	if !q.Filled(-41, 17) {
		t.Error("100 lots do not trigger")
	}
}

func TestQuotesAgreeWithAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := venue.QuoteLimits{Window: 30, Frozen: 7, Qty: venue.Qty(rapid.IntRange(1, 40).Draw(t, "qty")), Delta: venue.Qty(rapid.IntRange(1, 30).Draw(t, "delta"))}
		q := NewQuotes(l, 1000)
		type fill struct {
			qty venue.Qty
			at  venue.Time
		}
		var all []fill
		now, until := venue.Time(0), venue.Time(0)
		for range rapid.IntRange(0, 60).Draw(t, "fills") {
			now += venue.Time(rapid.IntRange(0, 9).Draw(t, "step"))
			f := fill{venue.Qty(rapid.IntRange(1, 9).Draw(t, "lots")), now}
			if rapid.Bool().Draw(t, "sold") {
				f.qty = -f.qty
			}
			all = append(all, f)
			var sum, net venue.Qty
			for _, x := range all {
				if x.at > now-l.Window {
					sum, net = sum+max(x.qty, -x.qty), net+x.qty
				}
			}
			want := sum >= l.Qty || net >= l.Delta || -net >= l.Delta
			if got := q.Filled(f.qty, now); got != want {
				t.Fatalf("Filled(%d, %d) = %v, want %v; %+v; fills %v", f.qty, now, got, want, l, all)
			}
			if want {
				all, until = nil, now+l.Frozen
			}
			if got, frozen := q.Frozen(now); got != until || frozen != (now < until) {
				t.Fatalf("Frozen(%d) = %d %v, want %d", now, got, frozen, until)
			}
		}
	})
}

// TestQuotesWithLittleMemory has room for four fills: none is forgotten too early.
func TestQuotesWithLittleMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := venue.QuoteLimits{Window: 30, Frozen: 1, Qty: 30, Delta: 1000}
		q := NewQuotes(l, 4)
		var at []venue.Time
		now := venue.Time(1)
		pace := rapid.IntRange(1, 6).Draw(t, "pace")
		for range 200 {
			now += venue.Time(rapid.IntRange(0, pace).Draw(t, "step"))
			at = append(at, now)
			in, longer := venue.Qty(0), venue.Qty(0)
			for _, x := range at {
				if x > now-l.Window {
					in++
				}
				if x > now-2*l.Window-1 {
					longer++
				}
			}
			got := q.Filled(1, now)
			if in >= l.Qty && !got || got && longer < l.Qty {
				t.Fatalf("Filled at %d = %v with %d fills in the window, %d in a longer one", now, got, in, longer)
			}
			if got {
				at = nil
			}
		}
	})
}

// TestProtectionsComeBackFromTheirState restores in the middle of a stream and
// compares the bytes of both ways at its end.
func TestProtectionsComeBackFromTheirState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := venue.QuoteLimits{Window: 30, Frozen: 7, Qty: 40, Delta: 30}
		b, q := NewBreaker(30, 4, 100, 10), NewQuotes(l, 4)
		c, r := NewBreaker(30, 4, 100, 10), NewQuotes(l, 4)
		now := venue.Time(0)
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			now += venue.Time(rapid.IntRange(0, 9).Draw(t, "step"))
			p, qty := venue.Price(rapid.IntRange(90, 110).Draw(t, "price")), venue.Qty(rapid.IntRange(1, 5).Draw(t, "qty"))
			if rapid.IntRange(0, 9).Draw(t, "restore") == 0 {
				state := q.AppendState(b.AppendState(nil))
				c, r = NewBreaker(30, 4, 1, 1), NewQuotes(l, 4)
				rest, ok := c.LoadState(append(state, "rest"...))
				if ok {
					rest, ok = r.LoadState(rest)
				}
				if !ok || string(rest) != "rest" {
					t.Fatalf("LoadState leaves %q, %v", rest, ok)
				}
				for n := range state {
					x, y := NewBreaker(30, 4, 1, 1), NewQuotes(l, 4)
					if rest, ok := x.LoadState(state[:n]); ok {
						if _, ok = y.LoadState(rest); ok {
							t.Fatalf("%d of %d bytes are taken for a state", n, len(state))
						}
					}
				}
			}
			b.Traded(p, now)
			c.Traded(p, now)
			if q.Filled(qty, now) != r.Filled(qty, now) {
				t.Fatal("restored quotes trigger at another fill")
			}
		}
		one, other := q.AppendState(b.AppendState(nil)), r.AppendState(c.AppendState(nil))
		if string(one) != string(other) {
			t.Fatalf("states differ:\n%x\n%x", one, other)
		}
	})
}
