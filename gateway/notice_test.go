package gateway_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
)

// TestNotices shows what sessions hear that they did not ask for: both sessions of
// an account what the venue does to it, a follower of a market its auction.
// rules: FIX-47, FIX-65, FIX-74, FIX-75, FIX-76
func TestNotices(t *testing.T) {
	var w *world
	script.Fresh(t, "testdata/notices/*.txt", func(t *testing.T) script.Handler {
		w = newWorld(t, gateway.Limits{})
		seq := venue.Seq(1000)
		return func(t *testing.T, d *script.Cmd) string {
			w.out = w.out[:0]
			if d.Name != "venue" {
				w.do(t, d)
				w.pump(t)
				return strings.Join(w.out, "\n")
			}
			seq++
			var tape venue.Tape
			tape.Begin(&venue.Envelope{Seq: seq, Time: w.now})
			happens(&tape, d)
			times := 2 // Hearing it again, as after a restart, reports nothing twice.
			if d.Word(0) == "phase" {
				times = 1 // Market data is not kept.
			}
			for range times {
				if err := w.hub.Apply(slices.Clone(tape.Entries), false); err != nil {
					t.Fatal(err)
				}
			}
			return strings.Join(w.out, "\n")
		}
	})
}

// happens writes what a word of a scenario stands for; everything is about
// account 16.
func happens(tape *venue.Tape, d *script.Cmd) {
	const a = venue.FirstAccount
	switch d.Word(0) {
	case "state":
		*tape.AccountStateChanged() = venue.AccountStateChanged{
			Account: a, State: venue.StateLiquidating, Cash: 1_000_000, Unrealised: -900_000, Initial: 300_000, Maintenance: 150_000,
		}
	case "order":
		*tape.OrderAccepted() = venue.OrderAccepted{
			Account: a, Instrument: 1, Order: 77, ClOrdID: clID("LIQ-1"), Side: venue.Sell, Type: venue.Limit, TIF: venue.IOC, Flags: venue.ReduceOnly, Price: 249, Qty: 2,
		}
		*tape.Traded() = venue.Traded{
			Instrument: 1, Trade: 9, Price: 250, Qty: 1, TakerSide: venue.Sell,
			Maker: venue.Fill{Account: a + 9, Order: 70}, Taker: venue.Fill{Account: a, Order: 77, Leaves: 1},
		}
		*tape.OrderCanceled() = venue.OrderCanceled{Account: a, Instrument: 1, Order: 77, Reason: venue.IOCRemainder}
	case "moved":
		*tape.PositionTransferred() = venue.PositionTransferred{Instrument: 1, From: a, To: venue.Insurance, Qty: 3, Value: 180_000_001}
		*tape.PositionTransferred() = venue.PositionTransferred{Instrument: 1, From: a + 9, To: a, Qty: -2, Value: -120_000_000}
	case "paid":
		*tape.FundingPaid() = venue.FundingPaid{Account: a, Instrument: 1, Qty: -3, Amount: -2_500_000}
		*tape.VariationPaid() = venue.VariationPaid{Account: a, Instrument: 1, Qty: -3, Price: 251, Amount: -720_000}
	case "haircut":
		*tape.PositionChanged() = venue.PositionChanged{Account: a, Instrument: 1, Qty: -3, Cost: -180_000_000}
		*tape.GainsHaircut() = venue.GainsHaircut{Account: a, Instrument: 1, Amount: 1_250_000}
	case "debt":
		*tape.DebtPaid() = venue.DebtPaid{Account: a, From: venue.Insurance, Amount: 3_000_001}
		*tape.CollateralSeized() = venue.CollateralSeized{Account: a, Asset: venue.USD + 1, Amount: 150, Value: 12_000_000}
	case "received":
		*tape.Transferred() = venue.Transferred{Account: a + 1, To: a, Asset: venue.USD, Amount: 12_500_000, Ref: clID("T-1")}
	case "phase":
		*tape.PhaseChanged() = venue.PhaseChanged{Instrument: 1, Phase: venue.ProtectAuction}
		*tape.AuctionIndicative() = venue.AuctionIndicative{Instrument: 1, Price: 252, Volume: 7, Surplus: -4, Ends: tape.Entries[0].Time + 300*venue.Second}
	default:
		d.Fatalf("nothing happens")
	}
}

func clID(s string) venue.ClOrdID {
	id, _ := venue.ParseClOrdID(s)
	return id
}
