package markets

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// slowFunding is FUN-01 second by second, with every reason to pause apart.
type slowFunding struct {
	mark, index, counted int64
	markNow, indexNow    int64
	why                  map[Pause]bool
}

func (s *slowFunding) second() {
	if s.why[InAuction] || s.why[StaleMark] || s.why[StaleIndex] {
		return
	}
	s.mark += s.markNow
	s.index += s.indexNow
	s.counted++
}

// rules: FUN-01.
func TestFundingAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slow := slowFunding{markNow: 2000, indexNow: 1990, why: map[Pause]bool{}}
		fast := StartFunding(50, 2000, 1990)
		now := int64(50)
		for range rapid.IntRange(1, 2).Draw(t, "periods") { // What is in force goes on in the next.
			slow.mark, slow.index, slow.counted = 0, 0, 0
			start := now
			for range rapid.IntRange(0, 20).Draw(t, "steps") {
				for range rapid.IntRange(0, 5).Draw(t, "seconds") {
					slow.second()
					now++
				}
				at, v := venue.Time(now), rapid.Int64Range(1000, 3000).Draw(t, "value")
				why := rapid.SampledFrom([]Pause{InAuction, StaleMark, StaleIndex}).Draw(t, "why")
				switch rapid.IntRange(0, 3).Draw(t, "step") {
				case 0:
					fast.Mark(at, venue.Amount(v))
					slow.markNow = v
				case 1:
					fast.Index(at, venue.Amount(v))
					slow.indexNow = v
				case 2:
					fast.Pause(at, why)
					slow.why[why] = true
				case 3:
					fast.Resume(at, why)
					slow.why[why] = false
				}
			}
			p := fast.Close(venue.Time(now))
			mark, index, ok := p.Means()
			if int64(p.Counted) != slow.counted || int64(p.Period) != now-start || ok != (slow.counted > 0) {
				t.Fatalf("counted %d of %d, %v, want %d of %d", p.Counted, p.Period, ok, slow.counted, now-start)
			}
			unit := p.PerUnit()
			exact := func(q venue.Ratio, num, den int64) bool {
				return q.Cmp(venue.Ratio{Num: venue.ToWide(num), Den: venue.ToWide(den)}) == 0
			}
			if ok && (!exact(mark, slow.mark, slow.counted) || !exact(index, slow.index, slow.counted) || !exact(unit, slow.mark-slow.index, now-start)) {
				t.Fatalf("means or payment differ from %d and %d over %d of %d", slow.mark, slow.index, slow.counted, now-start)
			}
			if !ok && unit.Num.Sign() != 0 {
				t.Fatalf("a payment without a second that counts")
			}
		}
	})
}

// TestFundingResidue: what is paid covers what is received, and what is left is
// below one unit per position (R-ROUND).
func TestFundingResidue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := StartFunding(0, venue.Amount(rapid.Int64Range(1, 5_000_000).Draw(t, "mark")), venue.Amount(rapid.Int64Range(1, 5_000_000).Draw(t, "index")))
		f.Pause(venue.Time(rapid.Int64Range(0, 28_800).Draw(t, "from")), StaleMark)
		p := f.Close(28_800)
		positions := rapid.SliceOfN(rapid.Int64Range(-1000, 1000), 1, 10).Draw(t, "positions")
		var sum, last int64
		for _, q := range positions {
			last -= q
		}
		for _, q := range append(positions, last) {
			a, ok := FundingAmount(p.Pays(venue.Qty(q), 744))
			if !ok {
				t.Fatalf("payment of %d out of range", q)
			}
			sum += int64(a)
		}
		if sum < 0 || sum > int64(len(positions)) {
			t.Fatalf("payments of %v and %d sum to %d", positions, last, sum)
		}
	})
}

// TestFundingAllocs: an observation costs the same whatever came before.
func TestFundingAllocs(t *testing.T) {
	f := StartFunding(0, 1, 1)
	at := venue.Time(0)
	if n := testing.AllocsPerRun(1000, func() {
		at += venue.Second
		f.Mark(at, venue.Amount(at))
		f.Index(at, venue.MaxAmount)
	}); n != 0 {
		t.Errorf("an observation allocates %v times, want 0", n)
	}
}

// rules: FUN-02.
func TestPremiumRate(t *testing.T) {
	terms := PremiumTerms{Default: 100, Factor: 6 * venue.One, Initial: 50_000, Maintenance: 30_000}
	var p Premiums
	if _, ok := p.Rate(terms); ok || p.Samples() != 0 {
		t.Errorf("a rate of no samples")
	}
	// (10 + 0 - 20 + 40)/2000 over 4 samples is 0.00375; with the default 0.00385.
	for _, s := range [][2]venue.Amount{{2010, 2020}, {1990, 2010}, {1970, 1980}, {2040, 2050}} {
		p.Add(s[0], s[1], 2000)
	}
	r, ok := p.Rate(terms)
	if !ok || !ratIs(t, r.Unclamped, 385, 100_000) || !ratIs(t, r.Rate, 385, 100_000) {
		t.Errorf("rate = %+v %v, want 0.00385", r, ok)
	}
	// 10 lots of 744 hours at 2000, one hour of eight: 14,880,000 × 0.00385 / 8.
	pays := r.Pays(10, 744, 2000, 3600*venue.Second, FundingPeriodOfRate)
	if a, ok := FundingAmount(pays); !ok || a != 7161 {
		t.Errorf("10 lots pay %d %v, want 7161", a, ok)
	}
	// The bound is 6 × 0.02 = 0.12, on both sides.
	for _, c := range []struct {
		bid, ask venue.Amount
		num      int64
	}{{3000, 3001, 12}, {1, 2, -12}, {0, venue.MaxAmount, 0}} {
		var p Premiums
		p.Add(c.bid, c.ask, 2000)
		if r, _ := p.Rate(PremiumTerms{Factor: 6 * venue.One, Initial: 50_000, Maintenance: 30_000}); !ratIs(t, r.Rate, c.num, 100) {
			t.Errorf("rate of %d/%d at 2000 is not %d percent", c.bid, c.ask, c.num)
		}
	}
	// Where the index moves, a sample weighs by its index: (10+30)/(1000+3000).
	var moving Premiums
	moving.Add(1010, 1020, 1000)
	moving.Add(3030, 3040, 3000)
	if r, _ := moving.Rate(PremiumTerms{Factor: 1000 * venue.One, Initial: venue.One}); !ratIs(t, r.Rate, 1, 100) {
		t.Errorf("rate of two samples of one percent is not one percent")
	}
}
