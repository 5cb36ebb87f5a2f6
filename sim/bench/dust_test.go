package bench

import (
	"testing"
	"time"

	"github.com/clearhour/clearhour/venue"
)

// TestDustDelaysNobody lets a mark fall under 10,000 accounts of one lot and one of
// 5,000 lots, which is the last one to be looked at, and says in which command the
// large one is handled: it waits till all have been looked at once, 256 a command,
// and for nobody's liquidation. That holds, too, when the mark falls further with
// each command, and without a fund, when every lot has to be deleveraged.
//
// rules: LIQ-01, LIQ-02, LIM-02
func TestDustDelaysNobody(t *testing.T) {
	const (
		dust  = 10_000
		pass  = (dust + 2 + 255) / 256 // Commands that look at everybody once.
		large = 0
		rich  = 1
	)
	for _, c := range []struct {
		name string
		fund venue.Amount
		fast bool
		most int
	}{
		{"fund", 1_000_000_000_000, false, pass},
		{"fund, a mark with each command", 1_000_000_000_000, true, pass},
		{"no fund", 0, false, 2 * pass},
		{"no fund, a mark with each command", 0, true, 2 * pass},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newCrowd(dust+2, func() time.Duration { return 0 })
			defer f.core.Close()
			f.do(&venue.SetLiquidation{Terms: fallTerms()})
			if c.fund > 0 {
				f.do(&venue.FundInsurance{Amount: c.fund})
			}
			f.deposit(rich, 1_000_000_000_000)
			f.deposit(large, worth(crowdPrice, 5000, 105_000))
			f.trade(rich, large, 5000)
			for i := range dust {
				f.deposit(rich+1+i, worth(crowdPrice, 1, 105_000))
				f.trade(rich, rich+1+i, 1)
			}
			f.finish()
			count, first, dusty := 0, 0, 0
			f.look = func(entries []venue.Entry) {
				count++
				for i := range entries {
					if x, ok := entries[i].Event.(*venue.PositionTransferred); ok {
						if x.From == crowdAccount(large) && first == 0 {
							first = count
						}
						if first == 0 {
							dusty++
						}
					}
				}
			}
			p := crowdPrice - crowdPrice*96/1000
			f.mark(p)
			for f.pending() {
				if p--; c.fast && first == 0 {
					f.mark(p)
				} else {
					f.do(&venue.Tick{})
				}
			}
			t.Logf("the large one is handled in command %d of %d, after %d small ones; one pass is %d commands", first, count, dusty, pass)
			if first == 0 || first > c.most {
				t.Errorf("the large account is handled in command %d, want at most %d", first, c.most)
			}
		})
	}
}
