package engine_test

import (
	"testing"
	"time"

	"github.com/clearhour/clearhour/sim/bench"
	"github.com/clearhour/clearhour/venue"
)

// TestWholeMarketFalls liquidates everybody who is long in a market of thousands:
// the fund is emptied, positions are deleveraged, debts are shared among gains. It
// ends, conserves after every command, and no command does more than its bound.
//
// rules: LIQ-05, LIQ-06, LIM-02
func TestWholeMarketFalls(t *testing.T) {
	accounts := 5000
	if testing.Short() {
		accounts = 500
	}
	start := time.Now()
	f := bench.NewFall(accounts, func() time.Duration { return time.Since(start) })
	defer f.Close()
	long := map[venue.AccountID]venue.Qty{}
	envelopes := 0
	look := func(entries []venue.Entry) {
		envelopes++
		now := cutsOf(entries)
		if now.gave != now.paid {
			t.Fatalf("gains give %d, debts are paid %d", now.gave, now.paid)
		}
		for a := range now.givers {
			if f.Core().Below(a) {
				t.Fatalf("account %d gave of its gains and is below its maintenance margin", a)
			}
		}
		for i := range entries {
			if x, ok := entries[i].Event.(*venue.PositionChanged); ok && x.Account >= venue.FirstAccount {
				long[x.Account] = max(0, x.Qty)
			}
		}
		if envelopes%16 == 0 && !f.Core().Conserved() {
			t.Fatalf("money or positions are not conserved")
		}
	}
	var all bench.FallPart
	for _, p := range f.Run(look) {
		t.Logf("%s: %d commands, longest %v; at most %d events and %d steps of one; %d accounts, %d takeovers, %d deleveraged, %d debts, %d gains cut",
			p.Name, p.Count, p.Longest, p.MostEvents, p.MostReceipts, p.Liquidated, p.Taken, p.Deleveraged, p.Debtors, p.Cuts)
		all.MostEvents, all.MostReceipts = max(all.MostEvents, p.MostEvents), max(all.MostReceipts, p.MostReceipts)
		all.Count += p.Count
		all.Taken, all.Deleveraged, all.Debtors, all.Cuts = all.Taken+p.Taken, all.Deleveraged+p.Deleveraged, all.Debtors+p.Debtors, all.Cuts+p.Cuts
	}
	if all.Taken == 0 || all.Deleveraged == 0 || all.Debtors == 0 || all.Cuts == 0 {
		t.Errorf("%+v does not reach every step of the waterfall", all)
	}
	// A command may let 8 accounts be closed against 32 others each, and 256 debts be
	// shared among 256 gains.
	if all.MostEvents > 4000 || all.MostReceipts > 1000 || all.Count > 2*accounts {
		t.Errorf("%d commands, at most %d events and %d receipts of one", all.Count, all.MostEvents, all.MostReceipts)
	}
	if n := f.Core().Owing(); n > 0 || !f.Core().Conserved() {
		t.Errorf("%d accounts owe, conserved %v", n, f.Core().Conserved())
	}
	first, last := f.Accounts()
	for a := first; a <= last; a++ {
		if f.Core().Below(a) || long[a] > 0 {
			t.Errorf("account %d is below its maintenance margin, or long %d", a, long[a])
		}
	}
	cash, worth := f.Core().Fund()
	t.Logf("the fund has %d and is worth %d", cash, worth)
}
