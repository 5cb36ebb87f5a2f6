package engine

import (
	"slices"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// A large uncrossing takes more than one envelope (AUC-07). Its price and its
// volume are those of its start; nothing enters or leaves the book but by its
// trades, so that its parts make the trades that one piece would have made.
//
//	Indicative ─► price, volume ─► trades ─┬► nothing left: the next phase, at once
//	                                       └► uncrossing ─► Tick: trades ─► ...
//	                                             │ waits: reduce-only trims, quotes to be
//	                                             │ withdrawn, cancels by the venue
//	                                             └► done ─► what waited ─► the next phase
//
// The orders of the traders are refused meanwhile. Expiry and the steps of
// liquidations, which would take orders out of any book, wait in all markets;
// accounts are judged, and only queued.

// uncrossing is one that needs further envelopes.
type uncrossing struct {
	inst  venue.InstrumentID
	price venue.Price
	left  venue.Qty
	next  venue.Phase
	// trims are the holdings whose reduce-only orders may be too many, in the order
	// in which they were touched; one may stand more than once.
	trims []venue.HoldingID
	cuts  []lateCut
}

// lateCut are orders of a holding that the venue cancels when the trades are
// made: those of a session, or the quotes of a set. Zero fields take all.
type lateCut struct {
	holding venue.HoldingID
	side    venue.Side
	session venue.SessionID
	set     venue.QuoteSet
	why     venue.Reason
}

// Work of one envelope, in trades, as Limits.CrossedPerTick counts it.
const (
	// enterWork is that of a market that moves by the clock.
	enterWork = 16
	// trimWork is that of looking at the reduce-only orders of a holding.
	trimWork = 4
)

// spent says whether this envelope did as much for auctions as it may.
func (e *Engine) spent() bool { return e.call.work >= e.limits.CrossedPerTick }

// uncross ends the collecting of a market before another phase: all that can
// trade does, at one price (AUC-01 to AUC-03). It says whether it is done; if not,
// the phase comes by itself when it is.
func (e *Engine) uncross(inst venue.InstrumentID, next venue.Phase) bool {
	e.expelCrossing(inst)
	a, _ := e.books.Indicative(inst, e.reference(inst))
	left := e.crossSome(inst, a.Price, a.Volume)
	if left == 0 {
		e.withdrawQuotes()
		return true
	}
	u := e.call.begin()
	u.inst, u.price, u.left, u.next = inst, a.Price, left, next
	e.markets.SetUncrossing(inst, true)
	e.tellUncrossing(u)
	e.withdrawQuotes() // In other markets.
	return false
}

// begin adds an uncrossing, with the memory of one that is over.
func (c *call) begin() *uncrossing {
	n := len(c.uncrossings)
	c.uncrossings = slices.Grow(c.uncrossings, 1)[:n+1]
	u := &c.uncrossings[n]
	u.trims, u.cuts = u.trims[:0], u.cuts[:0]
	return u
}

// end takes the first uncrossing off the list and keeps its memory behind it.
func (c *call) end() {
	first, n := c.uncrossings[0], len(c.uncrossings)-1
	copy(c.uncrossings, c.uncrossings[1:])
	c.uncrossings[n] = first
	c.uncrossings = c.uncrossings[:n]
}

// under returns the uncrossing of a market, nil when there is none.
func (e *Engine) under(inst venue.InstrumentID) *uncrossing {
	for i := range e.call.uncrossings {
		if u := &e.call.uncrossings[i]; u.inst == inst {
			return u
		}
	}
	return nil
}

// crossSome trades up to volume lots at a price, as many as the envelope may, and
// returns what is left.
func (e *Engine) crossSome(inst venue.InstrumentID, at venue.Price, volume venue.Qty) venue.Qty {
	market, c := e.markets.Get(inst), &e.call.crossed
	for volume > 0 && !e.spent() {
		c.Reset()
		volume = e.books.Uncross(inst, at, volume, c)
		for i := range c.Crosses {
			e.cross(market, &c.Crosses[i])
		}
		if len(c.Crosses) > 0 {
			e.markets.SetLast(inst, at)
		}
		e.cuts(&c.Matched)
		e.levels(&c.Matched)
		e.call.work += 1 + len(c.Crosses) + len(c.Cuts)
	}
	return volume
}

// uncrossOn goes on with the uncrossings, the oldest first, and begins the phases
// of those that are done.
func (e *Engine) uncrossOn() {
	for len(e.call.uncrossings) > 0 && !e.spent() {
		u := &e.call.uncrossings[0]
		u.left = e.crossSome(u.inst, u.price, u.left)
		if u.left > 0 || !e.afterTrades(u) {
			e.tellUncrossing(u)
			return
		}
		inst, next := u.inst, u.next
		e.call.end()
		e.markets.SetUncrossing(inst, false)
		if next == venue.ProtectAuction {
			e.protect(inst, markets.Restraint{Length: e.markets.Session(inst).Protections.Base})
			continue
		}
		e.rephase(inst, next)
	}
}

// afterTrades does what waited for the trades, and says whether it is done.
func (e *Engine) afterTrades(u *uncrossing) bool {
	n := 0
	for ; n < len(u.trims) && !e.spent(); n++ {
		e.trimNow(u.trims[n])
		e.call.work += trimWork
	}
	u.trims = u.trims[:copy(u.trims, u.trims[n:])]
	for n = 0; n < len(u.cuts) && !e.spent(); n++ {
		e.call.work += 1 + e.cutLate(&u.cuts[n])
	}
	u.cuts = u.cuts[:copy(u.cuts, u.cuts[n:])]
	return len(u.trims)+len(u.cuts) == 0
}

// cutLate cancels what had to wait, and returns how many orders that were.
func (e *Engine) cutLate(c *lateCut) int {
	if c.set == 0 {
		return int(e.cancelAll(c.holding, &venue.MassCancel{Side: c.side, Session: c.session}, c.why))
	}
	h := e.ledger.Holding(c.holding)
	m, n := e.quoting.maker(h.Account), 0
	at, ok := m.find(h.Instrument, c.set)
	if !ok {
		return 0
	}
	for k := range m.quotes[at].sides {
		if e.dropQuote(m.quotes[at].sides[k].order, c.why, venue.ClOrdID{}) {
			n++
		}
	}
	return n
}

// later has orders canceled when the trades of an uncrossing are made.
func (u *uncrossing) later(c lateCut) {
	if !slices.Contains(u.cuts, c) {
		u.cuts = append(u.cuts, c)
	}
}

// trimLater notes whose reduce-only orders may be too many after the trades of an
// uncrossing that goes on: they are orders of its book.
func (e *Engine) trimLater() {
	for i := range e.watch.holdings {
		h := e.watch.holdings[i].holding
		x := e.ledger.Holding(h)
		if !x.Reduces() {
			continue
		}
		if u := e.under(x.Instrument); u != nil {
			u.trims = append(u.trims, h)
		}
	}
}

// redirect gives an uncrossing another phase to end in, at the operator's word.
func (e *Engine) redirect(u *uncrossing, p venue.Phase) {
	u.next = p
	e.tellUncrossing(u)
}

func (e *Engine) tellUncrossing(u *uncrossing) {
	x := e.tape.AuctionUncrossing()
	x.Instrument, x.Price, x.Left, x.Next = u.inst, u.price, u.left, u.next
}
