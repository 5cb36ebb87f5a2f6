package engine_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// ring is two markets in which two makers quote in two sets each and two others
// trade with them. It hears events only and keeps every fill for ever: the rule
// MAT-07 is asked of all of them each time, word by word.
type ring struct {
	t    *rapid.T
	core *engine.Engine
	tape venue.Tape
	now  venue.Time
	seq  venue.Seq
	ids  int

	quotes map[venue.OrderID]quoteOf
	gone   map[venue.OrderID]quoteOf // Ended in the present envelope.
	guards map[quoteKey]*slowGuard
}

type quoteKey struct {
	account venue.AccountID
	set     venue.QuoteSet
}

type quoteOf struct {
	quoteKey
	inst venue.InstrumentID
	side venue.Side
}

// slowGuard is the protection of a set: its limits and all that filled since they
// were set.
type slowGuard struct {
	limits venue.QuoteLimits
	fills  []slowFill
	until  venue.Time
}

type slowFill struct {
	at     venue.Time
	signed venue.Qty
}

// triggers says whether a fill is one too many.
func (g *slowGuard) triggers(x slowFill) bool {
	g.fills = append(g.fills, x)
	var qty, delta venue.Qty
	for _, f := range g.fills {
		if f.at > x.at-g.limits.Window {
			qty += max(f.signed, -f.signed)
			delta += f.signed
		}
	}
	if qty < g.limits.Qty && max(delta, -delta) < g.limits.Delta {
		return false
	}
	g.fills, g.until = nil, x.at+g.limits.Frozen
	return true
}

func newRing(t *rapid.T) *ring {
	p := &ring{t: t, now: callStart, quotes: map[venue.OrderID]quoteOf{}, guards: map[quoteKey]*slowGuard{}}
	p.core = engine.New(callLimits())
	for i := venue.InstrumentID(1); i <= 2; i++ {
		p.apply(0, &venue.ListInstrument{Terms: venue.Instrument{
			ID: i, Symbol: fmt.Sprint("H", i), Class: "H100", Region: "NA-E", Grade: "C", Kind: venue.Future, Window: venue.WindowDay,
			Start: callStart + 9000*3600*venue.Second, End: callStart + 9001*3600*venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1,
			Low: 1, High: 5000, MaxQty: 1000, Band: 500_000, Maker: 100, Taker: 500,
			Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
		}})
		p.apply(0, &venue.SetMark{Instrument: i, Price: 1000})
		p.apply(0, &venue.SetPhase{Instrument: i, Phase: venue.Continuous})
	}
	for a := range venue.AccountID(4) {
		p.apply(0, &venue.OpenAccount{Account: venue.FirstAccount + a, Owner: venue.OwnerID(a + 1)})
		p.apply(0, &venue.Deposit{Account: venue.FirstAccount + a, Asset: venue.USD, Amount: 1_000_000_000, Ref: p.id()})
	}
	return p
}

func (p *ring) id() venue.ClOrdID {
	p.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("x", p.ids))
	return id
}

func (p *ring) draw(name string, below int) int { return rapid.IntRange(0, below-1).Draw(p.t, name) }

// apply does a command on the venue and on a copy that was restored, and checks
// the events.
func (p *ring) apply(session venue.SessionID, cmd venue.Command) {
	twin := engine.New(callLimits())
	defer twin.Close()
	if p.seq > 0 {
		if err := twin.LoadState(p.core.AppendState(nil)); err != nil {
			p.t.Fatalf("state before %+v does not load: %v", cmd, err)
		}
	}
	p.seq++
	env := venue.Envelope{Seq: p.seq, Time: p.now, Session: session, Command: cmd}
	p.tape.Reset()
	p.core.Apply(&env, &p.tape)
	var other venue.Tape
	twin.Apply(&env, &other)
	if twin.StateHash() != p.core.StateHash() {
		p.t.Fatalf("a restored venue differs after %+v", cmd)
	}
	if !p.core.Conserved() {
		p.t.Fatalf("money or positions are not conserved after %+v", cmd)
	}
	p.hear(cmd)
}

// hear follows the events of a command.
func (p *ring) hear(cmd venue.Command) {
	p.gone = map[venue.OrderID]quoteOf{}
	due, told := map[quoteKey]bool{}, map[quoteKey]bool{}
	for i := range p.tape.Entries {
		switch x := p.tape.Entries[i].Event.(type) {
		case *venue.OrderAccepted:
			if x.Flags.Has(venue.Quote) {
				q := quoteOf{quoteKey{x.Account, cmd.(*venue.MassQuote).Set}, x.Instrument, x.Side}
				if g := p.guards[q.quoteKey]; g != nil && p.now < g.until {
					p.t.Fatalf("%+v is quoted, frozen until %d, at %d", x, g.until, p.now)
				}
				p.quotes[x.Order] = q
			}
		case *venue.OrderCanceled:
			p.over(x.Order)
		case *venue.Traded:
			if _, ok := p.quotes[x.Taker.Order]; ok {
				p.t.Fatalf("a quote takes: %+v", x)
			}
			p.filled(x, due)
		case *venue.QuoteProtectionSet:
			p.guards[quoteKey{x.Account, x.Set}] = &slowGuard{limits: x.Limits}
			if x.Limits == (venue.QuoteLimits{}) {
				delete(p.guards, quoteKey{x.Account, x.Set})
			}
		case *venue.QuoteProtectionTriggered:
			k := quoteKey{x.Account, x.Set}
			if told[k] || !due[k] || x.Until != p.guards[k].until {
				p.t.Fatalf("%+v after %+v, told %v, due %v", x, cmd, told, due)
			}
			told[k] = true
		}
	}
	if len(told) != len(due) {
		p.t.Fatalf("after %+v triggered %v, want %v", cmd, told, due)
	}
	p.stand(cmd, told)
}

func (p *ring) over(id venue.OrderID) {
	if q, ok := p.quotes[id]; ok {
		p.gone[id] = q
		delete(p.quotes, id)
	}
}

// filled asks the rule about the maker of a trade.
func (p *ring) filled(x *venue.Traded, due map[quoteKey]bool) {
	q, ok := p.quotes[x.Maker.Order]
	if !ok {
		return
	}
	if x.Maker.Leaves == 0 {
		p.over(x.Maker.Order)
	}
	if g := p.guards[q.quoteKey]; g != nil && g.triggers(slowFill{p.now, x.TakerSide.Opposite().Sign() * x.Qty}) {
		due[q.quoteKey] = true
	}
}

// stand checks what is quoted after a command: nothing of a set that was hit, one
// order at most on each side, and what the last answer said.
func (p *ring) stand(cmd venue.Command, told map[quoteKey]bool) {
	seen := map[quoteOf]bool{}
	for id, q := range p.quotes {
		if told[q.quoteKey] || seen[q] {
			p.t.Fatalf("order %x %+v stands after %+v", id, q, cmd)
		}
		seen[q] = true
	}
	for i := range p.tape.Entries {
		x, ok := p.tape.Entries[i].Event.(*venue.Quoted)
		if !ok {
			continue
		}
		for _, s := range [2]venue.QuoteSide{x.Bid, x.Ask} {
			if _, stands := p.quotes[s.Order]; s.Order != 0 && !stands && p.gone[s.Order] == (quoteOf{}) {
				p.t.Fatalf("%+v names an order that is none", x)
			}
		}
	}
}

func (p *ring) step() {
	p.now += venue.Time(p.draw("wait", 4)) * venue.Second
	a := venue.FirstAccount + venue.AccountID(p.draw("who", 2))
	switch p.draw("what", 8) {
	case 0, 1, 2:
		p.massQuote(a)
	case 3:
		c := &venue.SetQuoteProtection{Account: a, Set: venue.QuoteSet(1 + p.draw("set", 2)), ClOrdID: p.id()}
		if p.draw("none", 5) > 0 {
			c.Limits = venue.QuoteLimits{
				Window: venue.Time(1+p.draw("window", 8)) * venue.Second, Frozen: venue.Time(1+p.draw("frozen", 8)) * venue.Second,
				Qty: venue.Qty(1 + p.draw("qty", 20)), Delta: venue.Qty(1 + p.draw("delta", 12)),
			}
		}
		p.apply(7, c)
	case 4:
		p.apply(7, &venue.CancelQuotes{Account: a, Set: venue.QuoteSet(p.draw("set", 3)), Instrument: venue.InstrumentID(p.draw("inst", 3)), ClOrdID: p.id()})
	default:
		p.order()
	}
}

func (p *ring) massQuote(a venue.AccountID) {
	c := &venue.MassQuote{Account: a, Set: venue.QuoteSet(1 + p.draw("set", 2)), ClOrdID: p.id()}
	for range 1 + p.draw("entries", 3) {
		bid := venue.Price(994 + p.draw("bid", 8))
		c.Entries = append(c.Entries, venue.QuoteEntry{
			Instrument: venue.InstrumentID(1 + p.draw("inst", 2)), Bid: bid, BidQty: venue.Qty(p.draw("bids", 6)),
			Ask: bid + venue.Price(p.draw("wide", 6)), AskQty: venue.Qty(p.draw("asks", 6)),
		})
	}
	p.apply(venue.SessionID(p.draw("session", 2)), c)
}

// order trades with what is quoted, in either of two accounts, some of it by stops.
func (p *ring) order() {
	c := &venue.PlaceOrder{
		Account: venue.FirstAccount + 2 + venue.AccountID(p.draw("trader", 2)), Instrument: venue.InstrumentID(1 + p.draw("inst", 2)),
		Side: venue.Side(1 + p.draw("side", 2)), Type: venue.Limit, TIF: venue.IOC, STP: venue.CancelMaker,
		Price: venue.Price(990 + p.draw("price", 20)), Qty: venue.Qty(1 + p.draw("qty", 12)), ClOrdID: p.id(),
	}
	if p.draw("rests", 4) == 0 {
		c.TIF = venue.GTC
	}
	if p.draw("stop", 5) == 0 {
		c.Type, c.TIF, c.Stop, c.Price = venue.Stop, venue.GTC, c.Price, 0
	}
	p.apply(7, c)
}

// TestQuotesKeepTheirLimits drives makers, traders and time at random and compares
// what the venue does about protections with the words of the rule.
//
// rules: MAT-07, MAT-08
func TestQuotesKeepTheirLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newRing(t)
		defer p.core.Close()
		for range 30 {
			p.step()
		}
	})
}
