package markets

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// drawTiers returns a schedule that is well formed.
func drawTiers(t *rapid.T) []venue.FeeTier {
	tiers := make([]venue.FeeTier, rapid.IntRange(1, 4).Draw(t, "tiers"))
	for i := range tiers {
		tiers[i] = venue.FeeTier{
			Maker: venue.Rate(rapid.Int64Range(-2000, 2000).Draw(t, "maker")), Taker: venue.Rate(rapid.Int64Range(0, 2000).Draw(t, "taker")),
		}
		if i > 0 {
			tiers[i].Min = tiers[i-1].Min + venue.Amount(rapid.Int64Range(1, 1_000_000).Draw(t, "step"))
		}
	}
	return tiers
}

// TestFeeBook compares with a list of all trades, and charges nobody more than
// the terms say.
//
// rules: FEE-01
func TestFeeBook(t *testing.T) {
	type trade struct {
		day   int64
		by    Parties
		value venue.Amount
	}
	rapid.Check(t, func(t *rapid.T) {
		tiers := drawTiers(t)
		b := NewFeeBook(24)
		if why := b.Set(tiers); why.Refused() {
			t.Fatalf("Set(%v) = %+v", tiers, why)
		}
		m := &Market{TickValue: 7, Terms: venue.Instrument{Maker: 800, Taker: 1500}}
		var trades []trade
		now := 20_000 * day
		for range rapid.IntRange(1, 40).Draw(t, "trades") {
			now += venue.Time(rapid.Int64Range(0, int64(9*day)).Draw(t, "later"))
			by := Parties{venue.AccountID(rapid.IntRange(16, 19).Draw(t, "maker")), venue.AccountID(rapid.IntRange(16, 19).Draw(t, "taker"))}
			p, q := venue.Price(rapid.Int64Range(1, 5000).Draw(t, "price")), venue.Qty(rapid.Int64Range(1, 50).Draw(t, "qty"))
			value := venue.Amount(p) * venue.Amount(q) * 7
			rates := func(a venue.AccountID) (maker, taker venue.Rate) {
				var volume venue.Amount
				for _, x := range trades {
					for _, party := range [2]venue.AccountID{x.by.Maker, x.by.Taker} {
						if party == a && x.day >= int64(now/day)-30 {
							volume += x.value
						}
					}
				}
				for _, x := range tiers {
					if x.Min <= volume {
						maker, taker = x.Maker, x.Taker
					}
				}
				return min(maker, 800), min(taker, 1500)
			}
			makes, _ := rates(by.Maker)
			_, takes := rates(by.Taker)
			wantMaker, wantTaker := TradeFees(value, makes, takes)
			maker, taker := b.Charge(m, by, p, q, now)
			if maker != wantMaker || taker != wantTaker || maker+taker < 0 || max(maker, taker) > venue.Fee(value, 1500) {
				t.Fatalf("Charge(%+v, %d, %d) = %d, %d, want %d, %d", by, p, q, maker, taker, wantMaker, wantTaker)
			}
			trades = append(trades, trade{int64(now / day), by, value})
		}
		checkFeeBookState(t, b, now)
	})
}

func checkFeeBookState(t *rapid.T, b *FeeBook, now venue.Time) {
	state := b.AppendState(nil)
	got := NewFeeBook(24)
	rest, err := got.LoadState(append(bytes.Clone(state), 9), now)
	if again := got.AppendState(nil); err != nil || len(rest) != 1 || !bytes.Equal(again, state) {
		t.Fatalf("state %x loads as %x, rest %x, %v", state, again, rest, err)
	}
	if _, err := NewFeeBook(24).LoadState(state[:len(state)-1], now); err == nil {
		t.Fatalf("a cut state was taken")
	}
	if _, err := NewFeeBook(24).LoadState(state, now-day); err == nil {
		t.Fatalf("a state of the future was taken")
	}
}

func FuzzLoadFeeBook(f *testing.F) {
	b := NewFeeBook(24)
	b.Set([]venue.FeeTier{{}, {Min: 100, Maker: -10, Taker: 20}})
	b.Charge(&Market{TickValue: 1}, Parties{16, 17}, 10, 5, 20_000*day)
	f.Add(b.AppendState(nil))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, src []byte) {
		const now = 20_001 * day
		b := NewFeeBook(24)
		rest, err := b.LoadState(src, now)
		if err != nil {
			return
		}
		if got := append(b.AppendState(nil), rest...); !bytes.Equal(got, src) {
			t.Fatalf("%x writes %x", src, got)
		}
		b.Charge(&Market{TickValue: 1}, Parties{22, 23}, 1, 1, now) // Whatever was taken can be used.
	})
}
