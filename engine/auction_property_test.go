package engine_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// caller drives one market through phases with orders of few accounts and few
// prices, so that books cross, owners meet themselves and auctions begin.
type caller struct {
	t     *rapid.T
	core  *engine.Engine
	tape  venue.Tape
	now   venue.Time
	seq   venue.Seq
	ids   int
	live  []venue.OrderID
	owner map[venue.OrderID]venue.AccountID
	phase venue.Phase
}

const callStart = venue.Time(1_796_115_600) * venue.Second // 2026-12-01T09:00:00Z.

func newCaller(t *rapid.T, match venue.Matching) *caller {
	c := &caller{t: t, now: callStart, owner: map[venue.OrderID]venue.AccountID{}}
	c.core = engine.New(callLimits())
	terms := venue.Instrument{
		ID: 1, Symbol: "H100", Class: "H100", Region: "NA-E", Grade: "C", Kind: venue.Future, Window: venue.WindowDay,
		Start: callStart + 9000*3600*venue.Second, End: callStart + 9001*3600*venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 5000, MaxQty: 1000,
		Band: 500_000, Maker: 100, Taker: 500, Match: match,
		Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}
	c.apply(&venue.ListInstrument{Terms: terms})
	c.apply(&venue.SetMark{Instrument: 1, Price: 1000})
	c.apply(&venue.SetProtections{Instrument: 1, Protections: venue.Protections{
		Breaker: 5_000, Window: 60 * venue.Second, Base: 30 * venue.Second,
		Triggers: []venue.Trigger{{Move: 6_000, Extend: 10 * venue.Second}, {Move: 8_000, Extend: 20 * venue.Second}},
	}})
	for a := range venue.AccountID(5) {
		ref, _ := venue.ParseClOrdID(fmt.Sprint("d", a))
		c.apply(&venue.OpenAccount{Account: venue.FirstAccount + a, Owner: venue.OwnerID(a/2 + 1)})
		c.apply(&venue.Deposit{Account: venue.FirstAccount + a, Asset: venue.USD, Amount: 1_000_000_000, Ref: ref})
	}
	return c
}

func callLimits() engine.Limits {
	return engine.Limits{
		Orders: 1 << 10, Accounts: 64, Holdings: 64, Instruments: 4, FillsPerOrder: 6, CrossedPerTick: 3, Requests: 1 << 10, RequestsPerAccount: 1 << 9,
	}
}

// apply does a command on the venue and on a copy of it, and checks what holds
// after any command.
func (c *caller) apply(cmd venue.Command) {
	twin := engine.New(callLimits())
	defer twin.Close()
	if c.seq > 0 {
		if err := twin.LoadState(c.core.AppendState(nil)); err != nil {
			c.t.Fatalf("state before %+v does not load: %v", cmd, err)
		}
	}
	c.seq++
	env := venue.Envelope{Seq: c.seq, Time: c.now, Command: cmd}
	c.tape.Reset()
	before := c.phase
	c.core.Apply(&env, &c.tape)
	var other venue.Tape
	twin.Apply(&env, &other)
	if c.seq > 1 && twin.StateHash() != c.core.StateHash() {
		c.t.Fatalf("a restored venue differs after %+v", cmd)
	}
	c.check(cmd, before)
}

func (c *caller) check(cmd venue.Command, before venue.Phase) {
	price, collecting := venue.Price(0), before.Collecting()
	for _, e := range c.tape.Entries {
		switch x := e.Event.(type) {
		case *venue.OrderAccepted:
			c.live = append(c.live, x.Order)
			c.owner[x.Order] = x.Account
		case *venue.PhaseChanged:
			c.phase, collecting = x.Phase, x.Phase.Collecting()
			price = 0
		case *venue.Traded:
			if collecting && price != 0 && x.Price != price {
				c.t.Fatalf("%+v: an uncrossing trades at %d and %d", cmd, price, x.Price)
			}
			if owner(x.Maker.Account) == owner(x.Taker.Account) {
				c.t.Fatalf("%+v: an owner traded with himself: %+v", cmd, x)
			}
			price = x.Price
		}
	}
	if !c.core.Conserved() {
		c.t.Fatalf("%+v: money or positions are not conserved", cmd)
	}
	var image venue.Tape
	c.core.Image(&image)
	bid, ask := venue.Price(0), venue.Price(1<<30)
	for _, e := range image.Entries {
		if l, ok := e.Event.(*venue.LevelChanged); ok {
			if l.Side == venue.Buy {
				bid = max(bid, l.Price)
			} else {
				ask = min(ask, l.Price)
			}
		}
	}
	if bid >= ask && (c.phase == venue.Continuous || c.phase == venue.CancelOnly) {
		c.t.Fatalf("%+v: crossed in %v: bid %d, ask %d", cmd, c.phase, bid, ask)
	}
}

func owner(a venue.AccountID) venue.AccountID { return (a - venue.FirstAccount) / 2 }

// order enters an order, of which most are limits near the mark.
func (c *caller) order() {
	c.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("o", c.ids))
	o := &venue.PlaceOrder{
		Account: venue.FirstAccount + venue.AccountID(rapid.IntRange(0, 4).Draw(c.t, "account")), Instrument: 1, ClOrdID: id,
		Side: venue.Side(rapid.IntRange(1, 2).Draw(c.t, "side")), Type: venue.Limit,
		TIF:   rapid.SampledFrom([]venue.TimeInForce{venue.GTC, venue.GTC, venue.GTC, venue.IOC, venue.FOK}).Draw(c.t, "tif"),
		STP:   venue.SelfTrade(rapid.IntRange(1, 4).Draw(c.t, "stp")),
		Price: venue.Price(rapid.IntRange(990, 1010).Draw(c.t, "price")), Qty: venue.Qty(rapid.IntRange(1, 9).Draw(c.t, "qty")),
	}
	switch rapid.IntRange(0, 7).Draw(c.t, "kind") {
	case 0:
		o.Type, o.TIF, o.Stop = venue.StopLimit, venue.GTC, venue.Price(rapid.IntRange(990, 1010).Draw(c.t, "stop"))
	case 1:
		o.Type, o.TIF, o.Price, o.Stop = venue.Stop, venue.GTC, 0, venue.Price(rapid.IntRange(990, 1010).Draw(c.t, "stop"))
	case 2:
		o.Flags = venue.ReduceOnly
	case 3:
		if o.TIF == venue.GTC {
			o.Display = 1
		}
	}
	c.apply(o)
}

func (c *caller) change() {
	if len(c.live) == 0 {
		return
	}
	id := rapid.SampledFrom(c.live).Draw(c.t, "order")
	if rapid.Bool().Draw(c.t, "cancel") {
		c.apply(&venue.CancelOrder{Account: c.owner[id], Order: id})
		return
	}
	c.ids++
	name, _ := venue.ParseClOrdID(fmt.Sprint("m", c.ids))
	c.apply(&venue.AmendOrder{
		Account: c.owner[id], Order: id, ClOrdID: name,
		Price: venue.Price(rapid.IntRange(990, 1010).Draw(c.t, "price")), Qty: venue.Qty(rapid.IntRange(1, 9).Draw(c.t, "qty")),
	})
}

// TestAuctionsHold drives a market through its phases and asks after every
// command what always holds: a book is crossed only while orders are collected or
// the market is halted, all trades of an uncrossing have one price, nobody trades
// with himself, money and positions are conserved, and a venue that was restored
// before the command is the same after it.
//
// rules: AUC-01, AUC-03, AUC-04
func TestAuctionsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCaller(t, venue.Matching(rapid.IntRange(0, 1).Draw(t, "match")))
		defer c.core.Close()
		for range rapid.IntRange(10, 80).Draw(t, "commands") {
			c.now += venue.Time(rapid.IntRange(0, 3).Draw(t, "pause")) * venue.Second
			switch rapid.IntRange(0, 11).Draw(t, "what") {
			case 0:
				c.apply(&venue.SetPhase{Instrument: 1, Phase: venue.Phase(rapid.IntRange(1, 7).Draw(t, "phase"))})
			case 1:
				c.apply(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
			case 2:
				if due, ok := c.core.NextDeadline(); ok {
					c.now = max(c.now, due)
				}
				c.apply(&venue.Tick{})
			case 3:
				c.now += venue.Time(rapid.IntRange(0, 90).Draw(t, "silence")) * venue.Second
			case 4, 5:
				c.change()
			default:
				c.order()
			}
		}
	})
}
