package markets

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// rules: FEE-01.
func TestTradeFees(t *testing.T) {
	for _, c := range []struct {
		notional     venue.Amount
		maker, taker venue.Rate
		wantM, wantT venue.Amount
	}{
		{11_212_824_000, 200, 500, 2_242_565, 5_606_412},   // 2,242,564.8 rounds up.
		{11_212_824_000, -100, 400, -1_121_282, 4_485_130}, // 1,121,282.4 of rebate rounds down.
		{11_212_824_000, -400, 250, -2_803_206, 2_803_206}, // The rebate is at most the fee.
		{1, 1, 1, 1, 1},  // One millionth is one unit.
		{1, -1, 1, 0, 1}, // And no rebate.
		{0, -1000, 1000, 0, 0},
		{venue.MaxAmount, -venue.One, venue.One, -venue.MaxAmount, venue.MaxAmount},
	} {
		if m, k := TradeFees(c.notional, c.maker, c.taker); m != c.wantM || k != c.wantT {
			t.Errorf("TradeFees(%d, %d, %d) = %d, %d, want %d, %d", c.notional, c.maker, c.taker, m, k, c.wantM, c.wantT)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := venue.Amount(rapid.Int64Range(0, int64(venue.MaxAmount)).Draw(t, "notional"))
		m, k := TradeFees(n, venue.Rate(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "maker")), venue.Rate(rapid.Int64Range(0, 1_000_000).Draw(t, "taker")))
		if m+k < 0 || k < 0 {
			t.Fatalf("fees of %d are %d and %d, below zero together", n, m, k)
		}
	})
}

func TestTiers(t *testing.T) {
	tiers := []Tier{{0, 200, 500}, {1000, 0, 400}, {5000, -100, 300}}
	if why := CheckTiers(tiers); why.Refused() {
		t.Fatalf("CheckTiers refused %+v", why)
	}
	for _, c := range []struct {
		volume venue.Amount
		want   int
	}{{0, 0}, {999, 0}, {1000, 1}, {4999, 1}, {5000, 2}, {venue.MaxAmount, 2}} {
		if got := TierOf(tiers, c.volume); got != tiers[c.want] {
			t.Errorf("TierOf(%d) = %+v, want %+v", c.volume, got, tiers[c.want])
		}
	}
	for _, c := range []struct {
		tiers []Tier
		want  venue.Refusal
	}{
		{nil, refuse(venue.BadField, venue.FieldFee, MaxTiers)},
		{make([]Tier, MaxTiers+1), refuse(venue.BadField, venue.FieldFee, MaxTiers)},
		{[]Tier{{1, 0, 0}}, refuse(venue.BadField, venue.FieldAmount, 0)},
		{[]Tier{{0, 0, 0}, {0, 0, 0}}, refuse(venue.BadField, venue.FieldAmount, 1)},
		{[]Tier{{0, 0, -1}}, refuse(venue.BadField, venue.FieldFee, 0)},
		{[]Tier{{0, 0, MaxFee + 1}}, refuse(venue.BadField, venue.FieldFee, int64(MaxFee))},
		{[]Tier{{0, MaxFee + 1, 0}}, refuse(venue.BadField, venue.FieldFee, int64(MaxFee))},
		{[]Tier{{0, -MaxFee - 1, 0}}, refuse(venue.BadField, venue.FieldFee, -int64(MaxFee))},
	} {
		if got := CheckTiers(c.tiers); got != c.want {
			t.Errorf("CheckTiers(%+v) = %+v, want %+v", c.tiers, got, c.want)
		}
	}
}

// TestVolumeAgainstTwin compares the days with a list of all trades.
func TestVolumeAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v Volume
		type trade struct {
			at    venue.Time
			value venue.Amount
		}
		var all []trade
		now := venue.Time(rapid.Int64Range(0, 3).Draw(t, "start")) * day
		for range rapid.IntRange(0, 60).Draw(t, "trades") {
			hours := rapid.OneOf(rapid.Int64Range(0, 12), rapid.Int64Range(0, 24*70)).Draw(t, "hours")
			now += venue.Time(hours) * 3600 * venue.Second
			var window, exact venue.Amount
			for _, x := range all {
				if x.at >= (now/day-30)*day {
					window += x.value
				}
				if x.at > now-30*day {
					exact += x.value
				}
			}
			if got := v.Trailing(now); got != window || got < exact {
				t.Fatalf("Trailing(%d) = %d, want %d, at least %d", now, got, window, exact)
			}
			x := trade{now, venue.Amount(rapid.Int64Range(0, 1000).Draw(t, "value"))}
			all = append(all, x)
			v.Add(now, x.value)
		}
	})
}

func TestVolumeLimit(t *testing.T) {
	var v Volume
	for range 40 {
		v.Add(day, venue.MaxAmount)
	}
	if got, want := v.Trailing(day), venue.MaxAmount/volumeDays; got != want {
		t.Errorf("Trailing = %d, want %d", got, want)
	}
	for d := range venue.Time(40) {
		v.Add((2+d)*day, venue.MaxAmount)
		if got := v.Trailing((2 + d) * day); got < 0 || got > venue.MaxAmount {
			t.Fatalf("Trailing on day %d = %d", d, got)
		}
	}
	if got := v.Trailing(200 * day); got != 0 {
		t.Errorf("Trailing after half a year = %d, want 0", got)
	}
	if n := testing.AllocsPerRun(100, func() { v.Add(300*day, 1); v.Trailing(300 * day) }); n != 0 {
		t.Errorf("a volume allocates %v times, want 0", n)
	}
}
