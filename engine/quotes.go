package engine

import (
	"slices"

	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// Quotes are ordinary orders with the flag venue.Quote, good till canceled. What
// makes them quotes is kept here: which order is which side of which quote, so
// that the next MassQuote finds what it replaces and a fill finds its set.
//
//	MassQuote ─► entry ─► side ─► the same order, or a smaller one in its place
//	                           ├► the former order canceled, a new one entered
//	                           └► a refusal: the former order stands
//
//	fill of a quote ─► its set has limits ─► markets.Quotes ─► too much: the set is hit
//	end of the match ─► the quotes of sets that were hit are withdrawn

// quoting is what makers quote.
type quoting struct {
	makers []maker // By account, as far as one quotes.
	guards int     // Protections of all makers.
	// hits are sets whose quotes are to be withdrawn: what one envelope does not
	// do the next Tick does.
	hits []hit

	// What follows is scratch.
	place     venue.PlaceOrder
	amend     venue.AmendOrder
	view      matching.View
	order     matching.Order
	matched   matching.Matched
	withdrawn int // In this envelope.
}

// maker is what one account quotes.
type maker struct {
	quotes []quote // By instrument, then by set.
	guards []guard // By set.
}

// quote is the two sides of a quote; the order of a side may be over.
type quote struct {
	instrument venue.InstrumentID
	set        venue.QuoteSet
	sides      [2]quoteOrder // Bid, ask.
}

type quoteOrder struct {
	order   venue.OrderID
	session venue.SessionID
}

// guard is the protection of a set.
type guard struct {
	set   venue.QuoteSet
	fills *markets.Quotes
}

// hit is a set whose quotes are to be withdrawn.
type hit struct {
	account venue.AccountID
	set     venue.QuoteSet
}

// Bounds of protections.
const (
	maxGuards      = 16   // Of an account.
	maxGuardsInAll = 4096 // Of all accounts.
	guardMemory    = 256  // Times of fills that a guard keeps apart.
	maxWithdrawn   = 4096 // Orders that one envelope withdraws.
)

// anyQuoteFlags are those that a MassQuote may set.
const anyQuoteFlags = venue.CancelOnDisconnect

// Sides of a quote.
const (
	bidSide = iota
	askSide
)

// maker returns what an account quotes, made if need be.
func (q *quoting) maker(a venue.AccountID) *maker {
	for int(a) >= len(q.makers) {
		q.makers = append(q.makers, maker{})
	}
	return &q.makers[a]
}

// find returns the place of a quote in the list of its maker.
func (m *maker) find(i venue.InstrumentID, set venue.QuoteSet) (int, bool) {
	return slices.BinarySearchFunc(m.quotes, quote{instrument: i, set: set}, func(x, y quote) int {
		if x.instrument != y.instrument {
			return int(x.instrument) - int(y.instrument)
		}
		return int(x.set) - int(y.set)
	})
}

// guard returns the protection of a set, nil when it has none.
func (m *maker) guard(set venue.QuoteSet) *guard {
	for i := range m.guards {
		if m.guards[i].set == set {
			return &m.guards[i]
		}
	}
	return nil
}

// of returns the side that an order is, nil when it is no quote any more.
func (q *quoting) of(a venue.AccountID, i venue.InstrumentID, id venue.OrderID) (*quote, *quoteOrder) {
	if int(a) >= len(q.makers) {
		return nil, nil
	}
	m := &q.makers[a]
	for at, _ := m.find(i, 0); at < len(m.quotes) && m.quotes[at].instrument == i; at++ {
		for k := range m.quotes[at].sides {
			if m.quotes[at].sides[k].order == id {
				return &m.quotes[at], &m.quotes[at].sides[k]
			}
		}
	}
	return nil, nil
}

// sessionOf returns the session that sent an order. The request of a quote made
// many orders, so that the quote knows it and not the memory of requests.
func (e *Engine) sessionOf(v *matching.View) venue.SessionID {
	if !v.Flags.Has(venue.Quote) {
		return e.seen.At(seen.Tag(v.Tag)).Session
	}
	h := e.ledger.Holding(v.Holding)
	if _, s := e.quoting.of(h.Account, h.Instrument, v.Order); s != nil {
		return s.session
	}
	return 0
}

// massQuote replaces quotes, each side of each entry for itself (MAT-07).
func (e *Engine) massQuote(c *venue.MassQuote) {
	r := request{seen.KeyOf(c.Account, &c.ClOrdID), quotePrint(c)}
	isNew, why := e.first(r)
	if isNew {
		why = admitQuotes(c)
		e.remember(r, 0, why)
	}
	if why.Refused() {
		e.rejectCommand(c, c.Account, c.ClOrdID, why)
	}
	if !isNew || why.Refused() {
		return
	}
	refused := uint16(0)
	for i := range c.Entries {
		refused += e.quote(c, &c.Entries[i])
	}
	x := e.tape.MassQuoted()
	x.Account, x.Set, x.ClOrdID, x.Entries, x.Refused = c.Account, c.Set, c.ClOrdID, uint16(len(c.Entries)), refused
}

// admitQuotes refuses a mass quote as a whole.
func admitQuotes(c *venue.MassQuote) venue.Refusal {
	switch {
	case c.Set == 0:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldQuoteSet, Limit: 1}
	case c.Flags&^anyQuoteFlags != 0:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldFlags, Limit: int64(anyQuoteFlags)}
	case len(c.Entries) == 0:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldQuotes, Limit: 1}
	case len(c.Entries) > venue.MaxQuotes:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldQuotes, Limit: venue.MaxQuotes}
	}
	return venue.Refusal{}
}

// quote deals with an entry and returns how many of its sides were refused. Of a
// quote that moves, the side goes first that gets out of the way of the other.
func (e *Engine) quote(c *venue.MassQuote, q *venue.QuoteEntry) (refused uint16) {
	why := e.admitQuote(c, q)
	var sides [2]venue.QuoteSide
	m := e.quoting.maker(c.Account)
	at, known := m.find(q.Instrument, c.Set)
	if !known {
		at = e.addQuote(m, q.Instrument, c.Set)
	}
	order := [2]int{bidSide, askSide}
	if e.sideOf(&m.quotes[at], askSide) && (!asks(q, askSide) || q.Bid >= e.quoting.view.Price) {
		order = [2]int{askSide, bidSide}
	}
	for _, k := range order {
		switch {
		case !why.Refused():
			sides[k] = e.quoteSide(c, q, &m.quotes[at], k)
		case e.sideOf(&m.quotes[at], k):
			sides[k] = e.standing(why)
		case asks(q, k) || !asks(q, 1-k):
			sides[k].Refusal = why
		}
		if sides[k].Refusal.Refused() {
			refused++
		}
	}
	if !e.standsAt(&m.quotes[at]) {
		m.quotes = slices.Delete(m.quotes, at, at+1)
	}
	x := e.tape.Quoted()
	x.Account, x.Set, x.Instrument, x.Bid, x.Ask = c.Account, c.Set, q.Instrument, sides[bidSide], sides[askSide]
	return refused
}

// asks says whether an entry has a side.
func asks(q *venue.QuoteEntry, k int) bool { return [2]venue.Qty{q.BidQty, q.AskQty}[k] != 0 }

// admitQuote refuses both sides of an entry.
func (e *Engine) admitQuote(c *venue.MassQuote, q *venue.QuoteEntry) venue.Refusal {
	if e.markets.Get(q.Instrument) == nil {
		return venue.Refusal{Reason: venue.UnknownInstrument, Field: venue.FieldInstrument, Limit: int64(e.markets.Count())}
	}
	if asks(q, bidSide) && asks(q, askSide) && q.Bid >= q.Ask {
		return venue.Refusal{Reason: venue.CrossedQuote, Field: venue.FieldPrice, Limit: int64(q.Ask)}
	}
	if !asks(q, bidSide) && !asks(q, askSide) {
		return venue.Refusal{} // Frozen or not, a maker may leave.
	}
	if g := e.quoting.maker(c.Account).guard(c.Set); g != nil {
		if until, frozen := g.fills.Frozen(e.now); frozen {
			return venue.Refusal{Reason: venue.QuotesFrozen, Field: venue.FieldQuoteSet, Limit: int64(until)}
		}
	}
	return venue.Refusal{}
}

// addQuote makes room for a quote and returns its place. A maker has no more
// quotes than orders, once those that are over made way.
func (e *Engine) addQuote(m *maker, i venue.InstrumentID, set venue.QuoteSet) int {
	if len(m.quotes) >= int(e.limits.OrdersPerAccount) {
		e.sweepQuotes(m)
	}
	at, _ := m.find(i, set)
	m.quotes = slices.Insert(m.quotes, at, quote{instrument: i, set: set})
	return at
}

// sweepQuotes forgets the quotes of which no side is live.
func (e *Engine) sweepQuotes(m *maker) {
	m.quotes = slices.DeleteFunc(m.quotes, func(q quote) bool { return !e.standsAt(&q) })
}

// standsAt says whether a side of a quote is live.
func (e *Engine) standsAt(q *quote) bool {
	return e.lives(q.sides[bidSide].order) || e.lives(q.sides[askSide].order)
}

// sideOf looks at the order of a side and says whether it is live.
func (e *Engine) sideOf(q *quote, k int) bool { return e.books.Get(q.sides[k].order, &e.quoting.view) }

// standing returns the side that sideOf looked at, with what was refused.
func (e *Engine) standing(why venue.Refusal) venue.QuoteSide {
	v := &e.quoting.view
	return venue.QuoteSide{Order: v.Order, Price: v.Price, Qty: v.Leaves, Refusal: why}
}

// quoteSide makes one side of a quote what was asked for.
func (e *Engine) quoteSide(c *venue.MassQuote, q *venue.QuoteEntry, at *quote, k int) venue.QuoteSide {
	p := &e.quoting.place
	*p = venue.PlaceOrder{
		Account: c.Account, Instrument: q.Instrument, Side: venue.Buy, Type: venue.Limit, TIF: venue.GTC,
		STP: venue.CancelTaker, Flags: c.Flags, Price: q.Bid, Qty: q.BidQty,
	}
	if k == askSide {
		p.Side, p.Price, p.Qty = venue.Sell, q.Ask, q.AskQty
	}
	v := &e.quoting.view
	live := e.sideOf(at, k)
	switch {
	case p.Qty == 0 && !live:
		return venue.QuoteSide{}
	case p.Qty == 0:
		return e.removeQuote(at, k)
	case live && p.Price == v.Price && p.Qty == v.Leaves && v.Flags&anyQuoteFlags == c.Flags:
		return e.standing(venue.Refusal{})
	case live && p.Price == v.Price && p.Qty > 0 && p.Qty < v.Leaves && v.Flags&anyQuoteFlags == c.Flags:
		return e.reduceQuote(p)
	}
	old := risk.Order{}
	if live {
		old.Old = heldBy(v)
	} else {
		*v = matching.View{}
	}
	if why := e.admitSide(p, &old); why.Refused() {
		return e.standing(why)
	}
	if live {
		e.dropQuote(v.Order, venue.Replaced, venue.ClOrdID{})
	}
	return e.enterQuote(p, &at.sides[k])
}

// removeQuote ends a side of size 0.
func (e *Engine) removeQuote(at *quote, k int) venue.QuoteSide {
	if why := e.markets.Get(at.instrument).Admits(markets.Cancel); why.Refused() {
		return e.standing(why)
	}
	e.dropQuote(at.sides[k].order, venue.Replaced, venue.ClOrdID{})
	at.sides[k] = quoteOrder{}
	return venue.QuoteSide{}
}

// reduceQuote makes a side smaller in its place, as an amendment does.
func (e *Engine) reduceQuote(p *venue.PlaceOrder) venue.QuoteSide {
	v, a := &e.quoting.view, &e.quoting.amend
	*a = venue.AmendOrder{Account: p.Account, Order: v.Order, Price: p.Price, Qty: v.Filled + p.Qty}
	why := e.admitAmend(a, v)
	if !why.Refused() {
		e.change(a, v.Order, v)
		v.Leaves = p.Qty
	}
	return e.standing(why)
}

// admitSide asks every owner whether a side may enter in the place of the one
// before it.
func (e *Engine) admitSide(p *venue.PlaceOrder, r *risk.Order) venue.Refusal {
	m, price, why := e.markets.Admit(p, e.now)
	if why.Refused() {
		return why
	}
	h, _ := e.ledger.Find(p.Account, p.Instrument)
	if r.Old.Qty == 0 {
		why = e.crowded(h)
	} else {
		why = m.Admits(markets.Amend)
	}
	if why.Refused() {
		return why
	}
	if !m.Phase.Collecting() && e.books.WouldTake(p.Instrument, p.Side, price) {
		return venue.Refusal{Reason: venue.WouldTake, Field: venue.FieldPrice}
	}
	o := &e.quoting.order
	*o = matching.Order{}
	e.draft(p, o, price)
	o.Flags |= venue.Quote
	r.Account, r.Instrument, r.Open, r.Bounded = p.Account, p.Instrument, openOf(o), e.liq.on()
	_, why = e.risk.Check(h, e.marks(), r)
	return why
}

// enterQuote enters the order that admitSide drafted.
func (e *Engine) enterQuote(p *venue.PlaceOrder, side *quoteOrder) venue.QuoteSide {
	o := &e.quoting.order
	h, ok := e.ledger.Hold(p.Account, p.Instrument)
	assert.That(ok, "no holding after admission")
	o.Holding = h
	id, ok := e.books.Add(o)
	assert.That(ok, "book full after admission")
	*side = quoteOrder{id, e.session}
	p.Flags |= venue.Quote
	e.accepted(p, o, id)
	e.risk.Reserve(h, e.marks(), openOf(o))
	e.match(id, o)
	if !e.lives(id) { // Its level is full.
		return venue.QuoteSide{Refusal: venue.Refusal{Reason: e.matched.End, Field: venue.FieldPrice}}
	}
	return venue.QuoteSide{Order: id, Price: o.Price, Qty: o.Qty}
}

// dropQuote ends an order of a quote, if it is live, and says whether it was.
func (e *Engine) dropQuote(id venue.OrderID, why venue.Reason, by venue.ClOrdID) bool {
	m := &e.quoting.matched
	m.Reset()
	if !e.books.Cancel(id, why, m) {
		return false
	}
	e.cut(&m.Cuts[0], by)
	e.levels(m)
	return true
}

// cancelQuotes withdraws quotes at their maker's request. Markets that take no
// cancels keep theirs.
func (e *Engine) cancelQuotes(c *venue.CancelQuotes) {
	if !e.ledger.Trades(c.Account) {
		e.rejectCommand(c, c.Account, c.ClOrdID, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount})
		return
	}
	count := uint32(0)
	if int(c.Account) < len(e.quoting.makers) {
		m := &e.quoting.makers[c.Account]
		for i := range m.quotes {
			q := &m.quotes[i]
			wanted := (c.Set == 0 || c.Set == q.set) && (c.Instrument == 0 || c.Instrument == q.instrument)
			if !wanted || e.markets.Get(q.instrument).Admits(markets.Cancel).Refused() {
				continue
			}
			for k := range q.sides {
				if e.dropQuote(q.sides[k].order, venue.CanceledByMass, c.ClOrdID) {
					count++
				}
			}
		}
		e.sweepQuotes(m)
	}
	x := e.tape.MassQuoted()
	x.Account, x.Set, x.ClOrdID, x.Canceled = c.Account, c.Set, c.ClOrdID, count
}

func quotePrint(c *venue.MassQuote) uint64 {
	p := printer(venue.KindMassQuote).add(uint64(c.Set)<<8 | uint64(c.Flags))
	for i := range c.Entries {
		q := &c.Entries[i]
		p = p.add(uint64(q.Instrument)).add(uint64(q.Bid)).add(uint64(q.BidQty)).add(uint64(q.Ask)).add(uint64(q.AskQty))
	}
	return uint64(p)
}
