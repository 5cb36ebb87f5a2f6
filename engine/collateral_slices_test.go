package engine_test

import (
	"fmt"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// TestCollateralSlices lets the price of an asset fall that more accounts have than
// one command judges: the Ticks that follow judge the rest, with a restart in
// between, and each account once.
//
// rules: MAR-04, DET-01
func TestCollateralSlices(t *testing.T) {
	const many = 700
	limits := engine.Limits{Orders: 1 << 11, Accounts: 1 << 10, Holdings: 1 << 12, Instruments: 4, Requests: 1 << 13, RequestsPerAccount: 16}
	core := engine.New(limits)
	defer func() { core.Close() }()
	var tape venue.Tape
	changed := map[venue.AccountID]int{}
	do := func(c venue.Command) {
		tape.Reset()
		core.Apply(&venue.Envelope{Seq: core.Seq() + 1, Time: venue.Second, Command: c}, &tape)
		for i := range tape.Entries {
			switch x := tape.Entries[i].Event.(type) {
			case *venue.AccountStateChanged:
				changed[x.Account]++
			case *venue.CommandRejected, *venue.OrderRejected:
				t.Fatalf("%+v: %+v", c, x)
			}
		}
	}
	do(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 500_000, MaxConsumed: 500_000, FullSize: 5, Cap: 500_000,
		Window: 3600 * venue.Second, Step: 10 * venue.Second,
	}})
	do(&venue.ListAsset{Asset: 2, Symbol: "BTC", Decimals: 8})
	do(&venue.SetCollateral{Asset: 2, Price: 50_000_000_000, Rate: 800_000})
	do(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "F", Kind: venue.Perpetual, Class: "H100-SXM-80", Region: "EU-N", Grade: "C", Quote: venue.USD, Tick: 1000, Hours: 1,
		Low: 1, High: 20_000, MaxQty: 1000, Band: 500_000, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}})
	do(&venue.SetMark{Instrument: 1, Price: 2000})
	do(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	for k := range many {
		a := venue.FirstAccount + venue.AccountID(k)
		id, _ := venue.ParseClOrdID(fmt.Sprint("x", k))
		dep, _ := venue.ParseClOrdID("d")
		do(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(k + 1)})
		do(&venue.Deposit{Account: a, Asset: 2, Amount: 50_000, Ref: dep}) // Counts for 20 dollars.
		do(&venue.PlaceOrder{
			Account: a, Instrument: 1, Side: venue.Buy, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Qty: 100, Price: 1900, ClOrdID: id,
		})
	}
	do(&venue.SetCollateral{Asset: 2, Price: 49_999_000_000, Rate: 800_000})
	slices := 1
	for ; ; slices++ {
		if at, ok := core.NextDeadline(); !ok || at > venue.Second {
			break
		}
		if slices == 2 {
			fresh := engine.New(limits)
			if err := fresh.LoadState(core.AppendState(nil)); err != nil {
				t.Fatal(err)
			}
			core.Close()
			core = fresh
		}
		do(&venue.Tick{})
	}
	if len(changed) != many || slices != 3 {
		t.Errorf("%d accounts in %d commands, want %d in 3", len(changed), slices, many)
	}
	for a, n := range changed {
		if n != 1 {
			t.Errorf("account %d changed its state %d times", a, n)
		}
	}
}
