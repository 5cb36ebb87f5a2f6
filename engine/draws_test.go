package engine

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// TestDraws draws all that the cap leaves, at any times, and looks at every span
// of the length of the window: two accounts that work together get no more than
// the cap out of the fund, wherever a span begins.
//
// rules: LIQ-05
func TestDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type payment struct {
			at     venue.Time
			amount venue.Amount
			most   venue.Amount // The highest balance that may count.
		}
		var d draws
		var all []payment
		window := venue.Time(rapid.Int64Range(1, 100).Draw(t, "window"))
		balance := venue.Amount(rapid.Int64Range(0, 1000).Draw(t, "balance"))
		now := venue.Time(rapid.Int64Range(0, 1000).Draw(t, "start"))
		var highest []payment
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += venue.Time(rapid.Int64Range(0, int64(window)).Draw(t, "wait"))
			d.roll(now, window)
			d.saw(balance)
			highest = append(highest, payment{now, 0, balance})
			if rapid.IntRange(0, 9).Draw(t, "refill") == 0 {
				balance += venue.Amount(rapid.Int64Range(0, 500).Draw(t, "more"))
				d.saw(balance)
			}
			highest = append(highest, payment{now, 0, balance})
			drawn, most := d.sum()
			left := max(0, most/4-drawn)
			paid := min(balance, venue.Amount(rapid.Int64Range(0, int64(left)).Draw(t, "paid")))
			d.add(paid)
			balance -= paid
			all = append(all, payment{now, paid, most})
		}
		length := (window + drawParts - 1) / drawParts
		for i := range all {
			var sum, limit venue.Amount
			for _, p := range all[i:] {
				if p.at-all[i].at <= window {
					sum += p.amount
					limit = p.most / 4 // Of the last one, from which the span looks back.
					if p.amount > 0 && sum > limit {
						t.Fatalf("%d drawn from %d to %d, at most %d", sum, all[i].at, p.at, limit)
					}
				}
			}
		}
		_, most := d.sum()
		var seen venue.Amount
		for _, p := range highest {
			if p.at > now-(drawParts+1)*length {
				seen = max(seen, p.most)
			}
		}
		if most > seen {
			t.Fatalf("highest balance %d, there was none above %d for a window and a part of it", most, seen)
		}
	})
}

// TestDrawsOfAnotherWindow changes the length: nothing that was drawn is forgotten.
//
// rules: LIQ-05
func TestDrawsOfAnotherWindow(t *testing.T) {
	var d draws
	d.roll(1000, 80)
	d.saw(100)
	d.add(20)
	d.roll(1030, 8)
	if drawn, most := d.sum(); drawn != 20 || most != 100 {
		t.Errorf("after the change %d of %d are drawn, want 20 of 100", drawn, most)
	}
	d.roll(1038, 8)
	if drawn, _ := d.sum(); drawn != 20 {
		t.Errorf("a window later %d are drawn, want 20", drawn)
	}
	d.roll(1039, 8)
	if drawn, most := d.sum(); drawn != 0 || most != 0 {
		t.Errorf("after that %d of %d are drawn, want nothing", drawn, most)
	}
}
