package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/orders"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// watched is a venue with falling marks, stale ones and liquidations, and a view
// of what its accounts must have.
type watched struct {
	core    *engine.Engine
	stream  *orders.Stream
	world   rng.Source
	tape    venue.Tape
	env     venue.Envelope
	seq     venue.Seq
	now     venue.Time
	market  *marketdata.View
	blotter *blotter.View
	margin  *margin.View
	kinds   map[venue.EventKind]int
	states  map[venue.AccountState]int
	stale   int
	pledged int

	referred bool
	ranked   int
}

func newWatched(seed uint64) *watched {
	mix := orders.Mixed()
	mix.Shares.Malformed, mix.Leaps = 20, 0
	w := &watched{
		core: engine.New(tight()), stream: orders.New(seed, mix), world: rng.New(seed, "margin"), now: orders.Start,
		market: marketdata.New(), blotter: blotter.New(blotter.Limits{}), kinds: map[venue.EventKind]int{}, states: map[venue.AccountState]int{},
	}
	w.margin = margin.New(w.market, w.blotter, margin.Config{})
	w.apply(0, &venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 300_000, MaxConsumed: 500_000, FullSize: 4, Cap: 250_000,
		Window: 60 * venue.Second, Step: venue.Second,
	}})
	w.apply(0, &venue.FundInsurance{Amount: 500_000_000})
	w.apply(0, &venue.ListIndex{Terms: venue.Index{
		ID: 1, Symbol: "PIX", Cap: venue.One, Contributors: 1, Period: venue.Second, Window: venue.Second, Widest: venue.Second,
	}})
	return w
}

func (w *watched) apply(by venue.SessionID, c venue.Command) {
	w.seq++
	w.tape.Reset()
	w.core.Apply(&venue.Envelope{Seq: w.seq, Time: w.now, Session: by, Command: c}, &w.tape)
	for i := range w.tape.Entries {
		e := &w.tape.Entries[i]
		w.kinds[e.Event.Kind()]++
		w.market.Apply(e)
		w.blotter.Apply(e)
	}
}

// step applies one command of the stream, or one of a world that is worse.
func (w *watched) step() {
	if w.seq > 200 && w.world.OneIn(20) {
		w.worse()
		return
	}
	w.stream.Next(&w.env)
	w.now = max(w.now, w.env.Time)
	c := w.env.Command
	w.apply(w.env.Session, c)
	w.stream.Observe(w.tape.Entries)
}

// worse moves a mark far, lets an account be poor, or lets a mark come from an
// index that is not always there.
func (w *watched) worse() {
	const following, pledged = venue.InstrumentID(7), venue.AssetID(5)
	switch id := venue.InstrumentID(w.world.Between(4, 7)); w.world.Below(8) {
	case 0, 1:
		_, was, _ := w.market.State(id)
		w.apply(0, &venue.SetMark{Instrument: id, Price: max(100, was+venue.Price(w.world.Between(-900, 900)))})
	case 2:
		a := venue.FirstAccount + venue.AccountID(w.world.Between(0, 39))
		if v, ok := w.margin.Account(a); ok {
			leaves := v.Free - 1000
			for i := range v.Positions {
				leaves -= max(0, v.Positions[i].Unrealised) // Profit cannot leave.
			}
			w.apply(0, &venue.Withdraw{Account: a, Asset: venue.USD, Amount: max(1, leaves), Ref: reference(w.seq)})
		}
	case 3:
		if w.referred && !w.world.OneIn(20) {
			return
		}
		w.referred = true
		w.apply(0, &venue.SetPhase{Instrument: following, Phase: venue.Halted})
		w.apply(0, &venue.SetReference{Instrument: following, Reference: venue.Reference{
			Index: 1, Impact: 100_000, Band: 100_000, Span: 10 * venue.Second, Every: venue.Second, IndexAge: venue.Second, LastAge: venue.Second,
			Stale: venue.One + venue.Rate(w.world.Between(0, 1_000_000)),
		}})
		w.apply(0, &venue.SetPhase{Instrument: following, Phase: venue.Continuous})
	case 4:
		price := venue.Amount(w.world.Between(2_300_000, 2_700_000))
		w.apply(0, &venue.PublishReading{Index: 1, Source: 1, Price: price, Volume: 1, At: w.now})
	case 5:
		if len(w.market.Assets()) < int(pledged) {
			w.apply(0, &venue.ListAsset{Asset: pledged, Symbol: "GOLD", Decimals: 3})
		}
		w.apply(0, &venue.SetCollateral{Asset: pledged, Price: venue.Amount(w.world.Between(0, 3_000_000)), Rate: venue.Rate(w.world.Between(0, 1_000_000))})
		a := venue.FirstAccount + venue.AccountID(w.world.Between(0, 39))
		w.apply(0, &venue.Deposit{Account: a, Asset: pledged, Amount: venue.Amount(w.world.Between(1, 100_000)), Ref: reference(w.seq)})
	case 6:
		w.retune(venue.InstrumentID(w.world.Between(1, 7)))
	default:
		w.now += venue.Time(w.world.Between(1, int64(3*venue.Second)))
		w.apply(0, &venue.Tick{})
	}
}

// retune gives an instrument another taker rate, and a future another schedule
// and a scale with the open interest.
func (w *watched) retune(id venue.InstrumentID) {
	m, ok := w.market.Marking(id)
	if !ok {
		return
	}
	i := m.Terms
	c := venue.TermsThatChange(i)
	c.Taker = max(c.Maker, venue.Rate(w.world.Between(0, 1000)))
	if i.Kind.Held() == venue.Future {
		initial := venue.Rate(w.world.Between(50_000, 150_000))
		c.Brackets = []venue.Bracket{{Upto: venue.MaxAmount, Initial: initial, Maintenance: initial / 2}}
		c.Interest = venue.Interest{}
		if low := venue.Qty(w.world.Between(0, 500)); w.world.OneIn(2) {
			c.Interest = venue.Interest{Low: low, High: low + 20_000}
		}
	}
	w.apply(0, &c)
}

func reference(n venue.Seq) (id venue.ClOrdID) {
	id, _ = venue.ParseClOrdID(fmt.Sprintf("w-%d", n))
	return id
}

// same compares what the view says of an account with what the engine says.
func (w *watched) same(a venue.AccountID) error {
	got, ok := w.margin.Account(a)
	if !ok {
		return nil
	}
	st, free, state := w.core.Status(a)
	if got.Status != st || got.Free != free || got.State != state {
		return fmt.Errorf("account %d is %+v, free %d, %v; want %+v, free %d, %v", a, got.Status, got.Free, got.State, st, free, state)
	}
	w.states[state]++
	if got.Collateral > 0 {
		w.pledged++
	}
	if got.Stale {
		w.stale++
	}
	for i := range got.Positions {
		p := &got.Positions[i]
		want := w.core.Stand(a, p.Instrument)
		if p.Qty != want.Qty || p.Cost != want.Cost || p.Initial != want.Need ||
			p.Liquidation != want.Liquidation || p.HasLiquidation != want.Liquidates {
			return fmt.Errorf("account %d: position %+v, want %+v", a, p, want)
		}
		if p.Qty == 0 {
			continue
		}
		order := w.core.Ranked(p.Instrument, p.Qty > 0)
		if rank := slices.Index(order, a) + 1; p.Rank != rank || rank > 0 && p.Of != len(order) {
			return fmt.Errorf("account %d: rank in %d is %d of %d, want %d of %d", a, p.Instrument, p.Rank, p.Of, rank, len(order))
		}
		if p.Rank > 1 {
			w.ranked++
		}
	}
	return nil
}

// TestMarginViewIsTheEngine compares a view of events with the engine's own risk,
// which is its slow twin, for one account after every command and for all of
// them every so often.
// rules: MAR-02, LIQ-01, LIQ-05
func TestMarginViewIsTheEngine(t *testing.T) {
	for _, seed := range seeds(t, 4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			w := newWatched(seed)
			defer w.core.Close()
			for n := 1; n <= 10_000; n++ {
				w.step()
				if w.core.Deleveraging() {
					continue // The twin would disturb a search that is going on.
				}
				from, to := n%40, n%40
				if n%500 == 0 {
					from, to = 0, 39
				}
				for k := from; k <= to; k++ {
					if err := w.same(venue.FirstAccount + venue.AccountID(k)); err != nil {
						t.Fatalf("seed %d, after command %d: %v", seed, n, err)
					}
				}
			}
			for _, k := range []venue.EventKind{venue.EventAccountStateChanged, venue.EventReceipt, venue.EventMarkChanged, venue.EventTermsSet} {
				if w.kinds[k] == 0 {
					t.Errorf("seed %d: no event of kind %d", seed, k)
				}
			}
			if w.states[venue.StateReduceOnly] == 0 || w.stale == 0 || w.ranked == 0 || w.pledged == 0 {
				t.Errorf("seed %d: states %v, %d stale, %d ranked, %d pledged: the stream does not reach all", seed, w.states, w.stale, w.ranked, w.pledged)
			}
		})
	}
}
