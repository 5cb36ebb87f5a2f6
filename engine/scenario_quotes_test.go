package engine_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// massQuote reads "quote alice H100:5@1.990/7@2.010 L40S:-/2@0.5 set=2 id=q1": what
// is bid and what is asked, "-" for a side that is to go.
func (f *floor) massQuote(d *script.Cmd) string {
	a := f.account(d)
	c := &venue.MassQuote{Account: a, Set: script.NumOr(d, "set", venue.QuoteSet(1)), ClOrdID: f.id(d, "id")}
	if d.Flag("cancel-on-disconnect") {
		c.Flags |= venue.CancelOnDisconnect
	}
	times := int(d.IntOr("times", 1))
	for _, w := range d.Words()[1:] {
		symbol, sides, ok := strings.Cut(w, ":")
		if !ok {
			continue // A flag.
		}
		i := f.instrument(d, symbol)
		bid, ask, _ := strings.Cut(sides, "/")
		q := venue.QuoteEntry{Instrument: i.ID}
		q.Bid, q.BidQty = f.quoteSide(d, bid, i)
		q.Ask, q.AskQty = f.quoteSide(d, ask, i)
		for range times {
			c.Entries = append(c.Entries, q)
		}
	}
	return f.apply(d, script.NumOr(d, "session", session(a)), c)
}

func (f *floor) quoteSide(d *script.Cmd, text string, i *venue.Instrument) (venue.Price, venue.Qty) {
	if text == "-" {
		return 0, 0
	}
	size, px, _ := strings.Cut(text, "@")
	qty, err := scale.ParseQty(size)
	p, err2 := scale.ParsePrice(px, i)
	if err != nil || err2 != nil {
		d.Fatalf("%s: %+v %+v", text, err, err2)
	}
	return p, qty
}

// protectQuotes reads "protect-quotes alice window=1s frozen=5s qty=10 delta=5
// id=p1"; without a window it takes the protection away.
func (f *floor) protectQuotes(d *script.Cmd) string {
	a := f.account(d)
	c := &venue.SetQuoteProtection{Account: a, Set: script.NumOr(d, "set", venue.QuoteSet(1)), ClOrdID: f.id(d, "id")}
	c.Limits = venue.QuoteLimits{
		Window: span(d, d.ArgOr("window", "0s")), Frozen: span(d, d.ArgOr("frozen", "0s")),
		Qty: script.NumOr(d, "qty", venue.Qty(0)), Delta: script.NumOr(d, "delta", venue.Qty(0)),
	}
	return f.apply(d, session(a), c)
}

func (f *floor) cancelQuotes(d *script.Cmd) string {
	a := f.account(d)
	c := &venue.CancelQuotes{Account: a, Set: script.NumOr(d, "set", venue.QuoteSet(0)), ClOrdID: f.id(d, "id")}
	if d.Has("in") {
		c.Instrument = f.instrument(d, d.Arg("in")).ID
	}
	return f.apply(d, session(a), c)
}

func (f *floor) quoteLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.Quoted:
		return fmt.Sprintf("quoted %s: %s set %d, %s / %s", f.name(x.Account), f.symbol(x.Instrument), x.Set,
			f.quoted(x.Instrument, &x.Bid), f.quoted(x.Instrument, &x.Ask)), true
	case *venue.MassQuoted:
		if x.Entries == 0 {
			return fmt.Sprintf("quotes of %s (%v): %d canceled", f.name(x.Account), x.ClOrdID, x.Canceled), true
		}
		return fmt.Sprintf("quotes of %s (%v): %d, %d sides refused", f.name(x.Account), x.ClOrdID, x.Entries, x.Refused), true
	case *venue.QuoteProtectionSet:
		l := &x.Limits
		return fmt.Sprintf("protection of %s set %d: %d lots, delta %d in %v, frozen %v", f.name(x.Account), x.Set, l.Qty, l.Delta,
			time.Duration(l.Window), time.Duration(l.Frozen)), true
	case *venue.QuoteProtectionTriggered:
		return fmt.Sprintf("protection of %s set %d triggered: frozen until %s", f.name(x.Account), x.Set, clock(x.Until)), true
	}
	return "", false
}

func (f *floor) quoted(i venue.InstrumentID, s *venue.QuoteSide) string {
	text := "none"
	if s.Order != 0 {
		text = fmt.Sprintf("%d at %s", s.Qty, f.price(i, s.Price))
	}
	switch {
	case s.Refusal.Reason == venue.QuotesFrozen:
		return text + " (QuotesFrozen until " + clock(venue.Time(s.Refusal.Limit)) + ")"
	case s.Refusal.Refused():
		return text + " (" + f.refusal(i, s.Refusal) + ")"
	}
	return text
}

// quoteName names an order that has no name of its own, such that no two have the
// same: "mike/bid@1.990", and with a stroke more each further one.
func (f *floor) quoteName(x *venue.OrderAccepted) string {
	word := map[venue.Side]string{venue.Buy: "bid", venue.Sell: "ask"}[x.Side]
	name := fmt.Sprintf("%s/%s@%s", f.name(x.Account), word, f.price(x.Instrument, x.Price))
	for used := true; used; {
		used = false
		for id, other := range f.orders {
			used = used || other == name && id != x.Order
		}
		if used {
			name += "'"
		}
	}
	return name
}
