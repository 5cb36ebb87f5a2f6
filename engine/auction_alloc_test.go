package engine_test

import (
	"encoding/binary"
	"testing"

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
	ids  uint64
	// trades counts those of all rounds.
	trades int
}

func newCrowd() *crowd {
	c := &crowd{core: engine.New(engine.Limits{Orders: 1 << 10, Accounts: 64, Holdings: 64, Instruments: 4, Requests: 1 << 12, RequestsPerAccount: 1 << 10})}
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
	for a := venue.FirstAccount; a < venue.FirstAccount+2; a++ {
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
	c.order(venue.FirstAccount+1, venue.Sell, 980)
	c.order(venue.FirstAccount, venue.Buy, 1020)
	for a := venue.FirstAccount; a < venue.FirstAccount+2; a++ {
		c.off = venue.MassCancel{Account: a}
		c.apply(&c.off)
	}
}

func TestAuctionAllocs(t *testing.T) {
	c := newCrowd()
	defer c.core.Close()
	for range 100 {
		c.round()
	}
	if want := 100 * 6; c.trades < want {
		t.Fatalf("100 rounds made %d trades, want %d at least", c.trades, want)
	}
	if n := testing.AllocsPerRun(20, c.round); n != 0 {
		t.Errorf("a round with an auction allocates %v times", n)
	}
}

// BenchmarkAuction is a round of 22 commands: an auction of 16 orders, two orders
// under a breaker, and mass cancels.
func BenchmarkAuction(b *testing.B) {
	c := newCrowd()
	defer c.core.Close()
	b.ReportAllocs()
	for b.Loop() {
		c.round()
	}
}
