package engine

import (
	"slices"

	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// setQuoteProtection takes the limits that a maker sets for the quotes of a set.
// New limits begin with an empty window and end a frozen time.
func (e *Engine) setQuoteProtection(c *venue.SetQuoteProtection) {
	r := request{seen.KeyOf(c.Account, &c.ClOrdID), protectionPrint(c)}
	isNew, why := e.first(r)
	if isNew {
		why = e.admitProtection(c)
		e.remember(r, 0, why)
	}
	if why.Refused() {
		e.rejectCommand(c, c.Account, c.ClOrdID, why)
	}
	if !isNew || why.Refused() {
		return
	}
	e.quoting.protect(c)
	*e.tape.QuoteProtectionSet() = venue.QuoteProtectionSet(*c)
}

// checkQuoteLimits refuses limits that are none.
func checkQuoteLimits(c *venue.SetQuoteProtection) venue.Refusal {
	bad := func(f venue.Field, limit int64) venue.Refusal {
		return venue.Refusal{Reason: venue.BadField, Field: f, Limit: limit}
	}
	switch l := &c.Limits; {
	case c.Set == 0:
		return bad(venue.FieldQuoteSet, 1)
	case *l == venue.QuoteLimits{}: // Takes them away.
	case l.Window <= 0 || l.Window > venue.MaxQuoteTime:
		return bad(venue.FieldWindow, int64(venue.MaxQuoteTime))
	case l.Frozen <= 0 || l.Frozen > venue.MaxQuoteTime:
		return bad(venue.FieldFrozen, int64(venue.MaxQuoteTime))
	case l.Qty <= 0 || l.Qty > venue.MaxQty:
		return bad(venue.FieldQty, int64(venue.MaxQty))
	case l.Delta <= 0 || l.Delta > venue.MaxQty:
		return bad(venue.FieldDelta, int64(venue.MaxQty))
	}
	return venue.Refusal{}
}

// admitProtection says whether a maker may have these limits.
func (e *Engine) admitProtection(c *venue.SetQuoteProtection) venue.Refusal {
	if why := checkQuoteLimits(c); why.Refused() || c.Limits == (venue.QuoteLimits{}) {
		return why
	}
	m := e.quoting.maker(c.Account)
	switch {
	case m.guard(c.Set) != nil:
		return venue.Refusal{}
	case len(m.guards) == maxGuards:
		return venue.Refusal{Reason: venue.TooManyProtections, Field: venue.FieldQuoteSet, Limit: maxGuards}
	case e.quoting.guards == maxGuardsInAll:
		return venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldQuoteSet, Limit: maxGuardsInAll}
	}
	return venue.Refusal{}
}

// protect gives a set its limits, or takes them away.
func (q *quoting) protect(c *venue.SetQuoteProtection) {
	m := q.maker(c.Account)
	at, known := slices.BinarySearchFunc(m.guards, c.Set, func(g guard, set venue.QuoteSet) int { return int(g.set) - int(set) })
	switch none := c.Limits == (venue.QuoteLimits{}); {
	case none && known:
		m.guards = slices.Delete(m.guards, at, at+1)
		q.guards--
	case none:
	case known:
		m.guards[at].fills = markets.NewQuotes(c.Limits, guardMemory)
	default:
		m.guards = slices.Insert(m.guards, at, guard{c.Set, markets.NewQuotes(c.Limits, guardMemory)})
		q.guards++
	}
}

// quoteFilled counts a fill of a quote, positive when it bought. One that is too
// many is told at once; the quotes are withdrawn when the order that traded with
// them is done, because it meets what stood when it came.
func (e *Engine) quoteFilled(h venue.HoldingID, id venue.OrderID, signed venue.Qty) {
	x := e.ledger.Holding(h)
	q, _ := e.quoting.of(x.Account, x.Instrument, id)
	if q == nil {
		return
	}
	g := e.quoting.makers[x.Account].guard(q.set)
	if g == nil || !g.fills.Filled(signed, e.now) {
		return
	}
	if at := (hit{x.Account, q.set}); !slices.Contains(e.quoting.hits, at) {
		e.quoting.hits = append(e.quoting.hits, at)
		t := e.tape.QuoteProtectionTriggered()
		t.Account, t.Set = x.Account, q.set
		t.Until, _ = g.fills.Frozen(e.now)
	}
}

// withdrawQuotes ends the quotes of the sets that were hit, in the order in which
// they were. They are frozen, so that none is added meanwhile.
func (e *Engine) withdrawQuotes() {
	q := &e.quoting
	for len(q.hits) > 0 && q.withdrawn < maxWithdrawn {
		m := &q.makers[q.hits[0].account]
		for i := range m.quotes {
			if m.quotes[i].set != q.hits[0].set {
				continue
			}
			if u := e.under(m.quotes[i].instrument); u != nil {
				h, _ := e.ledger.Find(q.hits[0].account, u.inst)
				u.later(lateCut{holding: h, set: q.hits[0].set, why: venue.CanceledByProtection})
				continue
			}
			for k := range m.quotes[i].sides {
				if e.dropQuote(m.quotes[i].sides[k].order, venue.CanceledByProtection, venue.ClOrdID{}) {
					q.withdrawn++
				}
			}
		}
		q.hits = q.hits[:copy(q.hits, q.hits[1:])]
	}
}

// imageQuotes tells the protections of an account.
func (e *Engine) imageQuotes(a venue.AccountID) {
	if int(a) >= len(e.quoting.makers) {
		return
	}
	for i := range e.quoting.makers[a].guards {
		g := &e.quoting.makers[a].guards[i]
		x := e.tape.QuoteProtectionSet()
		x.Account, x.Set, x.Limits = a, g.set, g.fills.Limits()
		if until, frozen := g.fills.Frozen(e.now); frozen {
			t := e.tape.QuoteProtectionTriggered()
			t.Account, t.Set, t.Until = a, g.set, until
		}
	}
}

func protectionPrint(c *venue.SetQuoteProtection) uint64 {
	l := &c.Limits
	p := printer(venue.KindSetQuoteProtection).add(uint64(c.Set)).add(uint64(l.Window)).add(uint64(l.Frozen))
	return uint64(p.add(uint64(l.Qty)).add(uint64(l.Delta)))
}
