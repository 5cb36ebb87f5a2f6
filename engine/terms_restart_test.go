package engine_test

import (
	"reflect"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// twins are an engine that runs on and one that is loaded from its state before
// each command.
type twins struct {
	t        *testing.T
	on       *engine.Engine
	seq      venue.Seq
	restarts int
	accounts int
}

// apply has both do a command and wants the same events and states.
func (w *twins) apply(c venue.Command) {
	w.t.Helper()
	again := engine.New(tight())
	if err := again.LoadState(w.on.AppendState(nil)); err != nil {
		w.t.Fatalf("restart before %T: %v", c, err)
	}
	w.seq++
	e := venue.Envelope{Seq: w.seq, Time: 1_800_000_000 * venue.Second, Command: c}
	var a, b venue.Tape
	w.on.Apply(&e, &a)
	again.Apply(&e, &b)
	if !reflect.DeepEqual(a.Entries, b.Entries) {
		w.t.Fatalf("%+v: events %+v, after a restart %+v", c, a.Entries, b.Entries)
	}
	for i := range a.Entries {
		switch x := a.Entries[i].Event.(type) {
		case *venue.CommandRejected:
			w.t.Fatalf("%+v: %+v", c, x.Refusal)
		case *venue.OrderRejected:
			w.t.Fatalf("%+v: %+v", c, x.Refusal)
		}
	}
	if w.on.StateHash() != again.StateHash() {
		w.t.Fatalf("%+v: another state after a restart", c)
	}
	if _, ok := c.(*venue.OpenAccount); ok {
		w.accounts++
	}
	for n := range w.accounts {
		w.same(venue.FirstAccount+venue.AccountID(n), again)
	}
	again.Close()
	w.restarts++
}

// same compares what an account has to have in both, and in a view of a venue that
// was started from the state.
func (w *twins) same(a venue.AccountID, again *engine.Engine) {
	w.t.Helper()
	want, free, _ := w.on.Status(a)
	if got, left, _ := again.Status(a); got != want || left != free {
		w.t.Fatalf("account %d: %+v, free %d; after a restart %+v, free %d", a, want, free, got, left)
	}
	market, blot := marketdata.New(), blotter.New(blotter.Limits{})
	view := margin.New(market, blot, margin.Config{})
	var tape venue.Tape
	again.Image(&tape)
	for i := range tape.Entries {
		market.Apply(&tape.Entries[i])
		blot.Apply(&tape.Entries[i])
	}
	if got, ok := view.Account(a); ok && (got.Status != want || got.Free != free) {
		w.t.Fatalf("account %d: %+v, free %d; the view of the image says %+v, free %d", a, want, free, got.Status, got.Free)
	}
}

// TestTakerRateAndRestarts changes taker rates between orders of a spot instrument
// and a future: orders before and after the change reserve at the rate of the
// listing, and a restart between any two commands makes no difference.
//
// rules: ADM-08, DET-01
func TestTakerRateAndRestarts(t *testing.T) {
	w := &twins{t: t, on: engine.New(tight())}
	defer w.on.Close()
	future := venue.Instrument{
		ID: 1, Symbol: "F", Kind: venue.Perpetual, Class: "C", Region: "R", Grade: "G", Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 10_000,
		MaxQty: 100, Band: venue.One, Maker: 0, Taker: 5000, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}
	spot := future
	const start = 1_800_000_000 / 86400 * 86400 * venue.Second
	spot.ID, spot.Symbol, spot.Kind, spot.Base, spot.Brackets, spot.Window = 2, "S", venue.Spot, 2, nil, venue.WindowDay
	spot.Start, spot.End, spot.Hours = start+2*86400*venue.Second, start+3*86400*venue.Second, 24
	w.apply(&venue.ListAsset{Asset: 2, Symbol: "S"})
	for _, i := range []venue.Instrument{future, spot} {
		w.apply(&venue.ListInstrument{Terms: i})
		w.apply(&venue.SetMark{Instrument: i.ID, Price: 2000})
		w.apply(&venue.SetPhase{Instrument: i.ID, Phase: venue.Continuous})
	}
	for n := range venue.AccountID(2) {
		w.apply(&venue.OpenAccount{Account: venue.FirstAccount + n, Owner: venue.OwnerID(n + 1)})
		w.apply(&venue.Deposit{Account: venue.FirstAccount + n, Asset: venue.USD, Amount: 10_000_000_000, Ref: reference(venue.Seq(n + 1))})
		w.apply(&venue.Deposit{Account: venue.FirstAccount + n, Asset: 2, Amount: 100, Ref: reference(venue.Seq(n + 11))})
	}
	for n, taker := range []venue.Rate{5000, 1000, 0, 4000} {
		for _, i := range []venue.Instrument{future, spot} {
			c := venue.TermsThatChange(&i)
			c.Taker = taker
			w.apply(&c)
			for k, side := range []venue.Side{venue.Buy, venue.Sell} {
				w.apply(&venue.PlaceOrder{
					Account: venue.FirstAccount + venue.AccountID(k), Instrument: i.ID, ClOrdID: reference(venue.Seq(100*n + 10*int(i.ID) + k)),
					Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Price: 1900, Qty: venue.Qty(10 - 3*k),
				})
			}
		}
	}
	if st, _, _ := w.on.Status(venue.FirstAccount); st.Held == 0 || st.Initial == 0 || w.restarts < 30 {
		t.Errorf("%+v after %d restarts: nothing was held", st, w.restarts)
	}
}
