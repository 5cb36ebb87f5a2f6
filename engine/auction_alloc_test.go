package engine_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// crowd is a market with a breaker and two accounts that trade in auctions.
type crowd struct {
	core *engine.Engine
	tape venue.Tape
	env  venue.Envelope
	open venue.PlaceOrder
	move venue.SetPhase
	off  venue.MassCancel
	tick venue.Tick
	ids  uint64
	// trades counts those of all rounds.
	trades int
}

func newCrowd(crossed int) *crowd {
	return newCrowdOf(engine.Limits{
		CrossedPerTick: crossed, FillsPerOrder: crossed,
		Orders: 1 << 10, Accounts: 64, Holdings: 64, Instruments: 4, Requests: 1 << 12, RequestsPerAccount: 1 << 10,
	}, 2)
}

func newCrowdOf(l engine.Limits, accounts venue.AccountID) *crowd {
	c := &crowd{core: engine.New(l)}
	c.env.Time = callStart
	c.apply(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "H100", Class: "H100", Region: "NA-E", Grade: "C", Kind: venue.Future, Window: venue.WindowDay,
		Start: callStart + 9000*3600*venue.Second, End: callStart + 9001*3600*venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 5000, MaxQty: 1000,
		Band: 500_000, Maker: 100, Taker: 500, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}})
	c.apply(&venue.SetMark{Instrument: 1, Price: 1000})
	c.apply(&venue.SetProtections{Instrument: 1, Protections: venue.Protections{
		Breaker: 500_000, Window: 600 * venue.Second, Base: 30 * venue.Second, Triggers: []venue.Trigger{{Move: 500_000, Extend: venue.Second}},
	}})
	for a := venue.FirstAccount; a < venue.FirstAccount+accounts; a++ {
		c.apply(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(a)})
		c.apply(&venue.Deposit{Account: a, Asset: venue.USD, Amount: 1_000_000_000_000, Ref: venue.ClOrdID{'d'}})
	}
	return c
}

func (c *crowd) apply(cmd venue.Command) {
	c.tape.Reset()
	c.env.Seq++
	c.env.Command = cmd
	c.core.Apply(&c.env, &c.tape)
	for i := range c.tape.Entries {
		if _, ok := c.tape.Entries[i].Event.(*venue.Traded); ok {
			c.trades++
		}
	}
}

func (c *crowd) order(a venue.AccountID, side venue.Side, p venue.Price) {
	c.ids++
	c.open = venue.PlaceOrder{Account: a, Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Price: p, Qty: 2}
	c.open.ClOrdID[0] = 'x'
	binary.BigEndian.PutUint64(c.open.ClOrdID[1:], c.ids)
	c.apply(&c.open)
}

func (c *crowd) phase(p venue.Phase) {
	c.move = venue.SetPhase{Instrument: 1, Phase: p}
	c.apply(&c.move)
}

// round is an auction and a trade under the breaker.
func (c *crowd) round() {
	c.phase(venue.PreOpen)
	for i := range venue.Price(8) {
		c.order(venue.FirstAccount, venue.Buy, 1000+i)
		c.order(venue.FirstAccount+1, venue.Sell, 1004-i)
	}
	c.phase(venue.Continuous)
	for due, ok := c.core.NextDeadline(); ok && due <= c.env.Time; due, ok = c.core.NextDeadline() {
		c.apply(&c.tick)
	}
	c.order(venue.FirstAccount+1, venue.Sell, 980)
	c.order(venue.FirstAccount, venue.Buy, 1020)
	for a := venue.FirstAccount; a < venue.FirstAccount+2; a++ {
		c.off = venue.MassCancel{Account: a}
		c.apply(&c.off)
	}
}

func TestAuctionAllocs(t *testing.T) {
	for _, crossed := range []int{0, 2} { // At once, and in parts.
		c := newCrowd(crossed)
		defer c.core.Close()
		for range 100 {
			c.round()
		}
		if want := 100 * 6; c.trades < want {
			t.Fatalf("100 rounds made %d trades, want %d at least", c.trades, want)
		}
		if n := testing.AllocsPerRun(20, c.round); n != 0 {
			t.Errorf("a round with an auction of %d trades at a time allocates %v times", crossed, n)
		}
	}
}

// BenchmarkAuction is a round of 22 commands: an auction of 16 orders, two orders
// under a breaker, and mass cancels.
func BenchmarkAuction(b *testing.B) {
	c := newCrowd(0)
	defer c.core.Close()
	b.ReportAllocs()
	for b.Loop() {
		c.round()
	}
}

// BenchmarkUncrossing is an auction of 200,000 orders on 250 levels of each side,
// of which half trade. It reports the time of the first envelope, which finds the
// price and lets the tape grow, of the longest one of the others, and how many
// there are.
func BenchmarkUncrossing(b *testing.B) {
	const accounts, each = 1000, 100
	for b.Loop() {
		b.StopTimer()
		c := newCrowdOf(engine.Limits{
			Orders: 1 << 18, Accounts: 1 << 12, Holdings: 1 << 12, Instruments: 4, Requests: 1 << 18, RequestsPerAccount: 1 << 10,
		}, 2*accounts)
		c.phase(venue.PreOpen)
		for i := range venue.AccountID(accounts * each) {
			c.order(venue.FirstAccount+i%accounts, venue.Buy, 1000+venue.Price(i/each/4))
			c.order(venue.FirstAccount+accounts+i%accounts, venue.Sell, 1250-venue.Price(i/each/4))
		}
		b.StartTimer()
		began, longest, n := time.Now(), time.Duration(0), 1
		c.phase(venue.Continuous)
		first := time.Since(began)
		for due, ok := c.core.NextDeadline(); ok && due <= c.env.Time; due, ok = c.core.NextDeadline() {
			n++
			began = time.Now()
			c.apply(&c.tick)
			longest = max(longest, time.Since(began))
		}
		b.StopTimer()
		b.ReportMetric(float64(first.Microseconds()), "us/first")
		b.ReportMetric(float64(longest.Microseconds()), "us/longest")
		b.ReportMetric(float64(n), "envelopes")
		b.ReportMetric(float64(c.trades), "trades")
		c.core.Close()
		b.StartTimer()
	}
}
