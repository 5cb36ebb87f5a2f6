package engine_test

import (
	"fmt"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// fallCommands are what one fall of a market is made of: an account buys what it
// can, is reduced in the book, then taken over and deleveraged, and comes back.
func fallCommands(n int) []venue.Command {
	id := func(s string) venue.ClOrdID {
		c, _ := venue.ParseClOrdID(fmt.Sprint(s, n))
		return c
	}
	order := func(k int, side venue.Side, p venue.Price, q venue.Qty, name string) venue.Command {
		return &venue.PlaceOrder{
			Account: venue.FirstAccount + venue.AccountID(k), Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: p, Qty: q, ClOrdID: id(name),
		}
	}
	mark := func(p venue.Price) venue.Command { return &venue.SetMark{Instrument: 1, Price: p} }
	return []venue.Command{
		mark(2000), &venue.Deposit{Account: venue.FirstAccount, Asset: venue.USD, Amount: 29_000_000, Ref: id("d")},
		order(1, venue.Sell, 2000, 100, "s"), order(0, venue.Buy, 2000, 100, "b"), order(2, venue.Buy, 1795, 25, "c"),
		mark(1799), mark(1650), &venue.Tick{}, &venue.Tick{}, order(2, venue.Buy, 1600, 10, "e"), &venue.Tick{},
		&venue.MassCancel{Account: venue.FirstAccount + 1}, &venue.MassCancel{Account: venue.FirstAccount + 2},
	}
}

// TestLiquidationAllocs lets a market fall again and again and counts every
// allocation.
func TestLiquidationAllocs(t *testing.T) {
	core := engine.New(engine.Limits{Orders: 1 << 12, Accounts: 128, Holdings: 1024, Instruments: 16, Requests: 1 << 14, RequestsPerAccount: 1 << 8})
	defer core.Close()
	var tape venue.Tape
	seq, receipts := venue.Seq(0), map[venue.Rule]int{}
	var env venue.Envelope
	apply := func(c venue.Command) {
		seq++
		env = venue.Envelope{Seq: seq, Time: venue.Time(seq) * venue.Second, Command: c}
		tape.Reset()
		core.Apply(&env, &tape)
		for i := range tape.Entries {
			if x, ok := tape.Entries[i].Event.(*venue.Receipt); ok {
				receipts[x.Rule]++
			}
		}
	}
	apply(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 300_000, MaxConsumed: 500_000, FullSize: 4, Cap: 250_000,
		Window: 60 * venue.Second, Step: venue.Second,
	}})
	apply(&venue.FundInsurance{Amount: 20_000_000})
	apply(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "F", Kind: venue.Future, Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Window: venue.WindowDay,
		Start: 1_800_000_000 * venue.Second, End: 1_800_086_400 * venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 20_000,
		MaxQty: 1000, Band: 200_000, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}})
	apply(&venue.SetMark{Instrument: 1, Price: 2000})
	apply(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	for n := range venue.AccountID(3) {
		apply(&venue.OpenAccount{Account: venue.FirstAccount + n, Owner: venue.OwnerID(n + 1)})
		if n > 0 {
			apply(&venue.Deposit{Account: venue.FirstAccount + n, Asset: venue.USD, Amount: 1e12, Ref: venue.ClOrdID{'d'}})
		}
	}
	const warm, counted = 150, 100
	var falls [][]venue.Command
	for n := range warm + 2*counted {
		falls = append(falls, fallCommands(n))
	}
	next := 0
	fall := func(n int) {
		for range n {
			for _, c := range falls[next] {
				apply(c)
			}
			next++
		}
	}
	fall(warm)
	clear(receipts)
	if n := testing.AllocsPerRun(1, func() { fall(counted) }); n != 0 {
		t.Errorf("%d falls allocate %v times, want 0", counted, n)
	}
	t.Logf("receipts while counting: %v", receipts)
	for _, r := range []venue.Rule{venue.RuleTrigger, venue.RulePartial, venue.RuleBankruptcy, venue.RuleDrawCap, venue.RuleDeleverage, venue.RuleDisposal} {
		if receipts[r] == 0 {
			t.Errorf("no receipt of %v while allocations were counted", r)
		}
	}
}
