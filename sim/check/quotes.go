package check

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// quoteSet is a set of the quotes of an account.
type quoteSet struct {
	account venue.AccountID
	set     venue.QuoteSet
}

// guard is what was asked for the quotes of a set, and what happened to them
// (MAT-07).
type guard struct {
	limits venue.QuoteLimits
	fills  []quoteFill
	frozen venue.Time // Until when.
}

type quoteFill struct {
	at     venue.Time
	signed venue.Qty
}

// quotes hears of answers to mass quotes and of protections.
func (c *Checker) quotes(e venue.Event) error {
	switch e := e.(type) { //nolint:gochecksumtype // The kinds that event sends here.
	case *venue.Quoted:
		for k, s := range [...]*venue.QuoteSide{&e.Bid, &e.Ask} {
			if err := c.stands(e, venue.Side(k+1), s); err != nil {
				return err
			}
		}
	case *venue.MassQuoted:
		c.answers++
		if int(e.Canceled) != c.canceled && e.Entries == 0 {
			return broken(Quotes, "%d quotes were withdrawn, %d are told", c.canceled, e.Canceled)
		}
	case *venue.QuoteProtectionSet:
		c.answers++
		delete(c.guards, quoteSet{e.Account, e.Set})
		if e.Limits != (venue.QuoteLimits{}) {
			c.guards[quoteSet{e.Account, e.Set}] = &guard{limits: e.Limits}
		}
	case *venue.QuoteProtectionTriggered:
		at := quoteSet{e.Account, e.Set}
		n := slices.Index(c.untold, at)
		if n < 0 {
			return broken(Quotes, "set %d of account %d is withdrawn without reason", e.Set, e.Account)
		}
		c.untold = slices.Delete(c.untold, n, n+1)
		if g := c.guards[at]; e.Until != g.frozen {
			return broken(Quotes, "set %d of account %d is frozen until %d, told as %d", e.Set, e.Account, g.frozen, e.Until)
		}
	}
	return nil
}

// quoted hears of an order that is a side of a quote: of a set that is not frozen.
func (c *Checker) quoted(o *order) error {
	x, ok := c.env.Command.(*venue.MassQuote)
	if !ok || x.Account != o.account {
		return broken(Quotes, "order %d is a quote that nobody sent", o.id)
	}
	o.set = x.Set
	if g := c.guards[quoteSet{o.account, o.set}]; g != nil && c.now < g.frozen {
		return broken(Quotes, "order %d quotes in set %d of account %d, which is frozen until %d", o.id, o.set, o.account, g.frozen)
	}
	return c.allowed(o, 0)
}

// stands compares a side of a quote with the orders: it has at most the one that is
// told.
func (c *Checker) stands(e *venue.Quoted, s venue.Side, q *venue.QuoteSide) error {
	if q.Refusal.Reason == venue.QuotesFrozen {
		c.tally.Frozen++
	}
	found := q.Order == 0
	for _, o := range c.orders {
		if o.account != e.Account || o.instrument != e.Instrument || o.set != e.Set || o.side != s {
			continue
		}
		if o.id != q.Order || o.leaves != q.Qty || o.price != q.Price {
			return broken(Quotes, "the quote has order %d with %d at %d, told is %+v", o.id, o.leaves, o.price, *q)
		}
		found = true
	}
	if !found {
		return broken(Quotes, "order %d is no quote", q.Order)
	}
	return nil
}

// quoteFilled counts a fill of a quote: when it is one too many, the next thing
// that is told is that.
func (c *Checker) quoteFilled(o *order, qty venue.Qty) {
	at := quoteSet{o.account, o.set}
	g := c.guards[at]
	if o.set == 0 || g == nil {
		return
	}
	g.fills = slices.DeleteFunc(append(g.fills, quoteFill{c.now, qty * o.side.Sign()}), func(f quoteFill) bool {
		return f.at <= c.now-g.limits.Window
	})
	sum, delta := venue.Qty(0), venue.Qty(0)
	for _, f := range g.fills {
		sum += max(f.signed, -f.signed)
		delta += f.signed
	}
	if sum < g.limits.Qty && max(delta, -delta) < g.limits.Delta {
		return
	}
	g.fills, g.frozen = g.fills[:0], c.now+g.limits.Frozen
	if !slices.Contains(c.hits, at) {
		c.hits, c.untold = append(c.hits, at), append(c.untold, at)
	}
}

// withdrawn wants the quotes of the sets that were hit to be gone when the command
// is over, and each to have been told.
func (c *Checker) withdrawn() error {
	if len(c.untold) > 0 {
		return broken(Quotes, "set %+v had too many fills, and nothing was told", c.untold[0])
	}
	for _, at := range c.hits {
		for _, o := range c.orders {
			if o.account == at.account && o.set == at.set {
				return broken(Quotes, "quote %d of set %+v is left after a trigger", o.id, at)
			}
		}
	}
	c.hits = c.hits[:0]
	return nil
}
