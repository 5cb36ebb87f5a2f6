package engine_test

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// slicer drives two venues with the same commands: one makes its uncrossings in
// one piece, the other a few trades at a time and is restored between any two parts.
type slicer struct {
	t     *rapid.T
	whole *engine.Engine
	parts *engine.Engine
	limit [2]engine.Limits
	seq   [2]venue.Seq
	now   venue.Time
	// trades are those of both venues.
	trades [2][]venue.Traded
	// slices counts the parts of uncrossings that were not the last.
	slices int
	ids    int
}

func (s *slicer) run(k int, c venue.Command) {
	core := []*engine.Engine{s.whole, s.parts}[k]
	var tape venue.Tape
	s.seq[k]++
	core.Apply(&venue.Envelope{Seq: s.seq[k], Time: s.now, Command: c}, &tape)
	for _, e := range tape.Entries {
		if x, ok := e.Event.(*venue.Traded); ok {
			s.trades[k] = append(s.trades[k], *x)
		}
		if _, ok := e.Event.(*venue.AuctionUncrossing); ok {
			s.slices++
		}
	}
}

// restart replaces the venue that works in parts by one that was restored.
func (s *slicer) restart() {
	twin := engine.New(s.limit[1])
	if err := twin.LoadState(s.parts.AppendState(nil)); err != nil {
		s.t.Fatalf("state between two parts does not load: %v", err)
	}
	if twin.StateHash() != s.parts.StateHash() {
		s.t.Fatalf("a restored venue differs between two parts")
	}
	s.parts.Close()
	s.parts = twin
}

// apply does a command on both and lets the parts come to their end.
func (s *slicer) apply(c venue.Command) {
	s.run(0, c)
	s.run(1, c)
	for n := 0; ; n++ {
		due, ok := s.parts.NextDeadline()
		if !ok || due > s.now {
			break
		}
		s.restart()
		s.run(1, &venue.Tick{})
		if n > 1000 {
			s.t.Fatalf("%+v: no end of ticks", c)
		}
	}
	s.run(0, &venue.Tick{})
	s.run(1, &venue.Tick{})
	if !reflect.DeepEqual(s.trades[0], s.trades[1]) {
		s.t.Fatalf("%+v: in one piece the trades are\n%+v\nin parts\n%+v", c, s.trades[0], s.trades[1])
	}
	s.trades[0], s.trades[1] = s.trades[0][:0], s.trades[1][:0]
	if whole, parts := picture(s.whole), picture(s.parts); !reflect.DeepEqual(whole, parts) {
		s.t.Fatalf("%+v: in one piece the venue is\n%v\nin parts\n%v", c, whole, parts)
	}
}

// picture is what an image tells of books, money and orders.
func picture(core *engine.Engine) (lines []string) {
	var tape venue.Tape
	core.Image(&tape)
	for _, e := range tape.Entries {
		if e.Event.Kind() != venue.EventAuctionIndicative {
			lines = append(lines, fmt.Sprintf("%T %+v", e.Event, e.Event))
		}
	}
	return lines
}

func (s *slicer) order() {
	s.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("o", s.ids))
	o := &venue.PlaceOrder{
		Account: venue.FirstAccount + venue.AccountID(rapid.IntRange(0, 4).Draw(s.t, "account")), Instrument: 1, ClOrdID: id,
		Side: venue.Side(rapid.IntRange(1, 2).Draw(s.t, "side")), Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Price: venue.Price(rapid.IntRange(990, 1010).Draw(s.t, "price")), Qty: venue.Qty(rapid.IntRange(1, 9).Draw(s.t, "qty")),
	}
	switch rapid.IntRange(0, 5).Draw(s.t, "kind") {
	case 0:
		o.Flags = venue.ReduceOnly
	case 1:
		o.Display = 1
	case 2:
		o.Type, o.Stop = venue.StopLimit, venue.Price(rapid.IntRange(990, 1010).Draw(s.t, "stop"))
	}
	s.apply(o)
}

func (s *slicer) quote() {
	s.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("q", s.ids))
	bid := venue.Price(rapid.IntRange(990, 1009).Draw(s.t, "bid"))
	s.apply(&venue.MassQuote{
		Account: venue.FirstAccount + 4, Set: venue.QuoteSet(rapid.IntRange(1, 2).Draw(s.t, "set")), ClOrdID: id,
		Entries: []venue.QuoteEntry{{
			Instrument: 1, Bid: bid, BidQty: venue.Qty(rapid.IntRange(0, 9).Draw(s.t, "bids")),
			Ask: bid + venue.Price(rapid.IntRange(1, 9).Draw(s.t, "spread")), AskQty: venue.Qty(rapid.IntRange(0, 9).Draw(s.t, "asks")),
		}},
	})
}

// TestUncrossingInParts compares a venue that uncrosses a few trades at a time,
// restored between any two parts, with one that does it in one piece: both make
// the same trades and come to the same books, orders, money and positions.
//
// rules: AUC-07
func TestUncrossingInParts(t *testing.T) {
	slices := 0
	rapid.Check(t, func(t *rapid.T) {
		// The caller lists the market and funds the accounts of the first venue.
		limits := callLimits()
		limits.CrossedPerTick = 1 << 30
		s := &slicer{t: t, now: callStart, limit: [2]engine.Limits{limits, callLimits()}}
		s.limit[1].CrossedPerTick = rapid.IntRange(1, 12).Draw(t, "part")
		c := newCaller(t, venue.ByTime)
		defer c.core.Close()
		state := c.core.AppendState(nil)
		s.whole, s.parts = engine.New(s.limit[0]), engine.New(s.limit[1])
		for _, core := range []*engine.Engine{s.whole, s.parts} {
			if err := core.LoadState(state); err != nil {
				t.Fatal(err)
			}
		}
		s.seq = [2]venue.Seq{c.core.Seq(), c.core.Seq()}
		defer func() {
			s.whole.Close()
			s.parts.Close()
		}()
		for set := range venue.QuoteSet(2) {
			s.apply(&venue.SetQuoteProtection{Account: venue.FirstAccount + 4, Set: set + 1, Limits: venue.QuoteLimits{
				Window: 3600 * venue.Second, Frozen: venue.Second, Qty: 20, Delta: 10,
			}})
		}
		for range rapid.IntRange(1, 3).Draw(t, "auctions") {
			s.now += 2 * venue.Second
			s.apply(&venue.SetPhase{Instrument: 1, Phase: venue.PreOpen})
			for range rapid.IntRange(1, 40).Draw(t, "orders") {
				if rapid.IntRange(0, 5).Draw(t, "what") == 0 {
					s.quote()
				} else {
					s.order()
				}
			}
			s.apply(&venue.SetPhase{Instrument: 1, Phase: venue.Phase(rapid.IntRange(1, 2).Draw(t, "phase"))})
		}
		slices += s.slices
	})
	if slices == 0 {
		t.Error("no uncrossing needed more than one envelope")
	}
}
