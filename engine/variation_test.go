package engine_test

import (
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// pit is a venue with one future and many accounts, driven by hand.
type pit struct {
	t    *testing.T
	core *engine.Engine
	tape venue.Tape
	now  venue.Time
	next int
}

const pitDay = 24 * 3600 * venue.Second

func pitLimits() engine.Limits {
	return engine.Limits{Orders: 1 << 10, Accounts: 1200, Holdings: 4096, Instruments: 4, Requests: 1 << 13, RequestsPerAccount: 1 << 10}
}

func newPit(t *testing.T, accounts int) *pit {
	p := &pit{t: t, core: engine.New(pitLimits()), now: 20_000*pitDay + 3600*venue.Second}
	t.Cleanup(func() { p.core.Close() })
	p.do(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "F", Kind: venue.Future, Class: "H", Region: "R", Grade: "C", Window: venue.WindowDay,
		Start: 20_010 * pitDay, End: 20_011 * pitDay, Quote: venue.USD, Tick: 1000, Hours: 24, Low: 1, High: 100_000, MaxQty: 1000, Band: 500_000,
		Maker: 100, Taker: 200, Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}})
	p.do(&venue.SetMark{Instrument: 1, Price: 2000})
	p.do(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	for i := range accounts {
		a := venue.FirstAccount + venue.AccountID(i)
		p.do(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(a)})
		p.do(&venue.Deposit{Account: a, Asset: venue.USD, Amount: 1_000_000_000_000, Ref: p.id()})
	}
	return p
}

func (p *pit) id() venue.ClOrdID {
	p.next++
	id, _ := venue.ParseClOrdID(string(rune('a'+p.next%26)) + string(rune('a'+p.next/26%26)) + string(rune('a'+p.next/676%26)) + string(rune('a'+p.next/17576)))
	return id
}

// do applies a command and wants that no rejection follows and that everything
// adds up.
func (p *pit) do(c venue.Command) []venue.Entry {
	p.t.Helper()
	p.tape.Reset()
	p.core.Apply(&venue.Envelope{Seq: p.core.Seq() + 1, Time: p.now, Command: c}, &p.tape)
	for _, e := range p.tape.Entries {
		if refuses(e.Event) {
			p.t.Fatalf("%T%+v is answered %T%+v", c, c, e.Event, e.Event)
		}
	}
	return p.tape.Entries
}

// trade lets two accounts trade with each other.
func (p *pit) trade(buyer, seller int, qty venue.Qty, at venue.Price) {
	p.t.Helper()
	for _, o := range []struct {
		who  int
		side venue.Side
	}{{buyer, venue.Buy}, {seller, venue.Sell}} {
		p.do(&venue.PlaceOrder{
			Account: venue.FirstAccount + venue.AccountID(o.who), Instrument: 1, Side: o.side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: at, Qty: qty, ClOrdID: p.id(),
		})
	}
}

// costs returns the sum of the costs of all positions.
func (p *pit) costs() (sum venue.Amount) {
	for _, x := range viewOf(p.core).positions {
		sum += x.Cost
	}
	return sum
}

// restart goes on with a venue made from the state of this one.
func (p *pit) restart() {
	p.t.Helper()
	state := p.core.AppendState(nil)
	again := engine.New(pitLimits())
	if err := again.LoadState(state); err != nil {
		p.t.Fatalf("state of %d bytes: %v", len(state), err)
	}
	if got, want := again.StateHash(), p.core.StateHash(); got != want {
		p.t.Fatalf("a restarted venue is %v, want %v", got, want)
	}
	p.core.Close()
	p.core = again
}

// TestVariationInSlices lets accounts trade while a long list is settled: the
// payments are those of the positions at its start, all of them once.
//
// rules: SET-01
func TestVariationInSlices(t *testing.T) {
	for _, restart := range []bool{false, true} {
		const accounts = 1000
		p := newPit(t, accounts+2)
		for i := 0; i < accounts; i += 2 {
			p.trade(i, i+1, 3, 2000+venue.Price(i%7))
		}
		for i := 2; i < accounts; i += 8 {
			p.trade(i+1, i, 1+venue.Qty(i%3), 2010) // Some close a part, some all.
		}
		p.do(&venue.SetMark{Instrument: 1, Price: 2100})
		p.now += pitDay
		owed, paid, count := -p.costs(), venue.Amount(0), map[venue.AccountID]int{}
		for ticks := 0; ; ticks++ {
			due, ok := p.core.NextDeadline()
			if ticks > 0 && (!ok || due > p.now) {
				if ticks < 3 {
					t.Fatalf("%d ticks for %d positions", ticks, accounts)
				}
				break
			}
			entries := p.do(&venue.Tick{})
			hear := func(entries []venue.Entry) {
				for i := range entries {
					if x, ok := entries[i].Event.(*venue.VariationPaid); ok {
						paid += x.Amount
						if count[x.Account]++; x.Price != 2100 || count[x.Account] > 1 {
							t.Fatalf("paid twice or at another price: %+v", *x)
						}
					}
				}
			}
			hear(entries)
			if due, ok := p.core.NextDeadline(); !ok || due > p.now {
				continue
			}
			if restart {
				p.restart()
			}
			p.do(&venue.SetMark{Instrument: 1, Price: 2050}) // A turn keeps its price.
			for _, pair := range [][2]int{{4, 5}, {accounts - 1, 6}, {accounts, 8}, {9, accounts + 1}, {11, 10}} {
				for side, who := range pair {
					s := venue.Buy
					if side == 1 {
						s = venue.Sell
					}
					hear(p.do(&venue.PlaceOrder{
						Account: venue.FirstAccount + venue.AccountID(who), Instrument: 1, Side: s, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
						Price: 2070, Qty: 2, ClOrdID: p.id(),
					}))
				}
			}
			if !p.core.Conserved() {
				t.Fatal("not conserved")
			}
		}
		if paid != owed {
			t.Errorf("restart %v: paid %d in all, want %d", restart, paid, owed)
		}
	}
}
