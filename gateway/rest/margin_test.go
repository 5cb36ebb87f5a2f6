package rest

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestPerpetual shows funding, a stale mark, and an account that may only close.
// rules: FUN-01, MRK-01
func TestPerpetual(t *testing.T) {
	b := newBench(t, nil)
	b.apply(func(tape *venue.Tape) {
		tape.InstrumentListed().Terms = venue.Instrument{
			ID: 3, Symbol: "H100P", Kind: venue.Perpetual, Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 10_000, MaxQty: 100,
			Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 200_000, Maintenance: 100_000}},
		}
		*tape.IndexListed() = venue.IndexListed{Terms: venue.Index{ID: 1, Symbol: "PIX"}}
		*tape.ReferenceSet() = venue.ReferenceSet{Instrument: 3, Reference: venue.Reference{Index: 1, Stale: 1_500_000, Funding: 3600 * venue.Second}}
		*tape.MarkChanged() = venue.MarkChanged{Instrument: 3, Price: 2000, Stale: true, Sources: venue.MarkFromBook}
		*tape.PositionChanged() = venue.PositionChanged{Account: alice, Instrument: 3, Qty: 10, Cost: 19_000_000}
		*tape.FundingClosed() = venue.FundingClosed{Instrument: 3, Mark: 2_020_000, Index: 2_000_000, Period: 3600 * venue.Second, Counted: 3600 * venue.Second}
		*tape.FundingPaid() = venue.FundingPaid{Account: alice, Instrument: 3, Qty: 10, Amount: 200_000}
		*tape.FundingPaid() = venue.FundingPaid{Account: alice, Instrument: 3, Qty: 10, Amount: -50_000}
		*tape.AccountStateChanged() = venue.AccountStateChanged{Account: alice, State: venue.StateReduceOnly}
	})
	var positions struct{ Positions []positionText }
	var sum accountText
	for target, into := range map[string]any{"/v1/positions": &positions, "/v1/account": &sum} {
		w := b.get(target, "alice")
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s %v", target, w.Code, w.Body, err)
		}
	}
	p := positions.Positions[1]
	if p.Symbol != "H100P" || p.Kind != "perpetual" || p.Margin != "6.000000" || !p.Stale || p.ADLRank != 0 || p.Liquidation != "" || p.Unrealised != "1.000000" {
		t.Errorf("position %+v: want 1.5 times 4 dollars of margin, no price of liquidation, no place", p)
	}
	next := millis((venue.Time(epoch.UnixNano())/(3600*venue.Second) + 1) * 3600 * venue.Second)
	want := positionFundingText{NextMS: next, LastRate: "0.010000", Paid: "0.150000", LastPaid: "-0.050000", LastMS: epoch.UnixMilli()}
	if *p.Funding != want {
		t.Errorf("funding %+v, want %+v", *p.Funding, want)
	}
	if sum.State != "reduce-only" || !sum.MarkStale {
		t.Errorf("account %+v, want one that may only close, with a stale mark", sum)
	}
}

// TestInsurance shows the fund and the indices to a stranger.
// rules: LIQ-05
func TestInsurance(t *testing.T) {
	b := newBench(t, nil)
	b.wantJSON("/v1/insurance", "", `{"on":false,"balance":"0.000000","unrealised":"0.000000","positions":0,"cap":"0.000000","window_ms":0}`)
	b.wantJSON("/v1/indices", "", `{"indices":[]}`)
	b.apply(func(tape *venue.Tape) {
		*tape.LiquidationSet() = venue.LiquidationSet{Version: 1, Terms: venue.LiquidationTerms{Cap: 250_000, Window: 8 * 3600 * venue.Second, Step: venue.Second}}
		*tape.IndexListed() = venue.IndexListed{Terms: venue.Index{ID: 1, Symbol: "PIX"}}
		*tape.IndexPublished() = venue.IndexPublished{Index: 1, Price: 2_150_000, Contributors: 5, At: venue.Time(epoch.UnixNano())}
		*tape.BalanceChanged() = venue.BalanceChanged{Account: venue.Insurance, Asset: venue.USD, Total: 980_000_000}
		*tape.PositionChanged() = venue.PositionChanged{Account: venue.Insurance, Instrument: 2, Qty: 2, Cost: 100_000_000}
		*tape.MarkChanged() = venue.MarkChanged{Instrument: 2, Price: 200}
		tape.Receipt().Rule = venue.RuleGain // Another rule says nothing of the cap.
		*tape.Receipt() = venue.Receipt{Number: 1, Rule: venue.RuleDrawCap, Inputs: venue.PackInputs(980_000_000, 1_000_000_000, 20_000_000, 250_000, 7, 1)}
	})
	b.wantJSON("/v1/insurance", "", `{"on":true,"balance":"980.000000","unrealised":"-4.000000","positions":1,"cap":"0.250000","window_ms":28800000,
		"last":{"time_ms":1795334400000,"highest":"1000.000000","drawn":"20.000000","remaining":"230.000000"}}`)
	b.wantJSON("/v1/indices", "", `{"indices":[{"symbol":"PIX","kind":"price","price":"2.150000","time_ms":1795334400000,"contributors":5,"stale":false}]}`)
}
