package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/rest"
	"github.com/clearhour/clearhour/venue"
)

// crowd is a venue of many accounts with positions and little money.
type crowd struct {
	t    *testing.T
	core *engine.Engine
	tape venue.Tape
	seen map[venue.AccountID]venue.AccountState // The worst since it was cleared.
}

func (w *crowd) apply(c venue.Command) {
	w.t.Helper()
	w.tape.Reset()
	w.core.Apply(&venue.Envelope{Seq: w.core.Seq() + 1, Time: max(w.core.Now(), 1_800_000_000*venue.Second), Command: c}, &w.tape)
	for i := range w.tape.Entries {
		switch e := w.tape.Entries[i].Event.(type) {
		case *venue.CommandRejected:
			w.t.Fatalf("%+v: %+v", c, e.Refusal)
		case *venue.OrderRejected:
			w.t.Fatalf("%+v: %+v", c, e.Refusal)
		case *venue.AccountStateChanged:
			w.seen[e.Account] = max(w.seen[e.Account], e.State)
		}
	}
}

var crowdLimits = engine.Limits{Orders: 1 << 12, Accounts: 1 << 11, Holdings: 1 << 13, Instruments: 8, Requests: 1 << 14, RequestsPerAccount: 1 << 10}

// newCrowd lets pairs of accounts trade a lot of a perpetual with each other at ten
// percent margin, one of each pair with hardly more money than it needs.
func newCrowd(t *testing.T, pairs int, r *rand.Rand) *crowd {
	t.Helper()
	w := &crowd{t: t, core: engine.New(crowdLimits), seen: map[venue.AccountID]venue.AccountState{}}
	t.Cleanup(w.core.Close)
	w.apply(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 300_000, MaxConsumed: 500_000, FullSize: 4, Cap: 250_000,
		Window: 60 * venue.Second, Step: venue.Second,
	}})
	w.apply(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "F", Kind: venue.Perpetual, Class: "C", Region: "R", Grade: "G", Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 10_000,
		MaxQty: 100, Band: venue.One / 5, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}})
	w.apply(&venue.SetMark{Instrument: 1, Price: 2000})
	w.apply(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	for n := range 2 * pairs {
		a, side := venue.FirstAccount+venue.AccountID(n), venue.Buy
		money := venue.Amount(2_000_000 + r.IntN(4_000_000)) // Ten lots of two dollars need two.
		if n%2 == 1 {
			side, money = venue.Sell, 1_000_000_000
		}
		w.apply(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(n + 1)})
		w.apply(&venue.Deposit{Account: a, Asset: venue.USD, Amount: money, Ref: reference(fmt.Sprint("d-", n))})
		w.apply(&venue.PlaceOrder{
			Account: a, Instrument: 1, ClOrdID: reference(fmt.Sprint("o-", n)), Side: side, Type: venue.Limit, TIF: venue.GTC,
			STP: venue.CancelTaker, Price: 2000, Qty: 10,
		})
	}
	return w
}

// TestReplayOfAChange compares what a replay says with what the change then does, in
// a venue with more positions than one envelope judges.
//
// rules: ADM-10
func TestReplayOfAChange(t *testing.T) {
	for seed := range uint64(3) {
		w := newCrowd(t, 400, rand.New(rand.NewPCG(seed, 3)))
		change := &venue.SetTerms{
			Instrument: 1, MaxQty: 100, Band: venue.One / 5, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 200_000, Maintenance: 150_000}},
		}
		state := w.core.AppendState(nil)
		before := bytes.Clone(state)
		got, err := replayChange(context.Background(), crowdLimits, state, change)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !bytes.Equal(state, before) || got.Seq != w.core.Seq() || got.Accounts != 800 || !got.Complete || got.Refusal.Refused() {
			t.Fatalf("seed %d: %+v", seed, got)
		}
		clear(w.seen)
		w.apply(change)
		for due, ok := w.core.NextDeadline(); ok && due <= w.core.Now(); due, ok = w.core.NextDeadline() {
			w.apply(&venue.Tick{})
		}
		kinds := map[venue.AccountState]int{}
		for _, m := range got.Moved {
			kinds[m.To]++
			if m.From != venue.StateHealthy || w.seen[m.Account] != m.To || len(m.Instruments) != 1 {
				t.Fatalf("seed %d: %+v, and then it is %v", seed, m, w.seen[m.Account])
			}
		}
		if len(got.Moved) != len(w.seen) || kinds[venue.StateReduceOnly] == 0 || len(kinds) < 2 || len(got.Moved) < 50 {
			t.Errorf("seed %d: %d accounts move by the replay, %d do: %v", seed, len(got.Moved), len(w.seen), kinds)
		}
		t.Logf("seed %d: %v", seed, kinds)
	}
}

// TestReplayRefusals wants the refusal of a change that cannot be made, an error for
// bytes that are no state, and an end of work that is cut off.
func TestReplayRefusals(t *testing.T) {
	w := newCrowd(t, 2, rand.New(rand.NewPCG(1, 3)))
	state := w.core.AppendState(nil)
	got, err := replayChange(context.Background(), crowdLimits, state, &venue.SetMark{Instrument: 9, Price: 1})
	if err != nil || got.Refusal.Reason != venue.UnknownInstrument || len(got.Moved) != 0 {
		t.Errorf("a mark of nothing: %+v, %v", got, err)
	}
	if got, err := replayChange(context.Background(), crowdLimits, state[:len(state)-1], &venue.Tick{}); err == nil {
		t.Errorf("half a state: %+v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got, err := replayChange(ctx, crowdLimits, state, &venue.SetMark{Instrument: 1, Price: 1900}); err == nil {
		t.Errorf("without time: %+v", got)
	}
}

// TestImpactIsComputedRarely wants one copy of the state to serve for a while,
// whatever the venue does meanwhile, and one answer for each question.
//
// rules: ADM-10
func TestImpactIsComputedRarely(t *testing.T) {
	ctx := context.Background()
	v, err := openInstance(ctx, settings{dir: t.TempDir(), listen: "127.0.0.1:0", limits: gateway.DefaultLimits(), core: crowdLimits}, newLog(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := v.close(); err != nil {
			t.Error(err)
		}
	}()
	d := newImpactDesk(v)
	ask := func(c venue.Command) *rest.Replay {
		t.Helper()
		r, err := d.Impact(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	fund, list := &venue.FundInsurance{Amount: 5}, &venue.ListAsset{Asset: 2, Symbol: "A"}
	first := ask(fund)
	if err := v.do(ctx, &venue.OpenAccount{Account: venue.FirstAccount, Owner: 1}); err != nil {
		t.Fatal(err)
	}
	if ask(fund) != first || ask(list).Accounts != 0 {
		t.Error("another copy was taken at once")
	}
	d.taken = d.taken.Add(-impactAge)
	if second := ask(fund); second == first || second.Accounts != 1 || second.Seq != 1 {
		t.Errorf("after %v: %+v", impactAge, second)
	}
	d.taken = d.taken.Add(-impactAge)
	if second := ask(list); second.Refusal.Refused() || ask(list) != second || d.taken.IsZero() {
		t.Errorf("in a venue at rest: %+v", second)
	}
}
