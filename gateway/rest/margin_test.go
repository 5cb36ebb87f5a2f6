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
