package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// find returns the live order that a request means, and its holding: by the venue's id, or by
// the client's. Somebody else's order is as unknown as one that never was.
func (e *Engine) find(a venue.AccountID, id venue.OrderID, orig *venue.ClOrdID) (venue.OrderID, *ledger.Holding, venue.Refusal) {
	unknown := venue.Refusal{Reason: venue.UnknownOrder, Field: venue.FieldOrder}
	if !e.ledger.Trades(a) {
		return 0, nil, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount}
	}
	if id == 0 {
		was, ok := e.seen.Find(seen.KeyOf(a, orig))
		if !ok {
			return 0, nil, unknown
		}
		id = was.Order()
	}
	at, ok := e.books.Holding(id)
	if !ok {
		return 0, nil, unknown
	}
	h := e.ledger.Holding(at)
	if h.Account != a {
		return 0, nil, unknown
	}
	return id, h, venue.Refusal{}
}

// cancel ends an order at its owner's request. It needs no memory of requests:
// doing it twice is not different from doing it once.
func (e *Engine) cancel(c *venue.CancelOrder) {
	id, h, why := e.find(c.Account, c.Order, &c.Orig)
	if !why.Refused() {
		why = e.markets.Get(h.Instrument).Admits(markets.Cancel)
	}
	if why.Refused() {
		r := e.tape.CancelRejected()
		r.Account, r.Order, r.Orig, r.ClOrdID, r.Refusal = c.Account, c.Order, c.Orig, c.ClOrdID, why
		return
	}
	e.cancelLive(id, venue.CanceledByUser, c.ClOrdID)
}

// massCancel ends all orders of an account that match the filters. Markets that
// take no cancels keep theirs unless the venue itself asks; those that are being
// uncrossed then cancel what their trades leave, which is not counted.
func (e *Engine) massCancel(c *venue.MassCancel) {
	if !e.ledger.Exists(c.Account) || c.Account < venue.FirstAccount {
		e.rejectCommand(c, c.Account, venue.ClOrdID{}, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount})
		return
	}
	why := venue.CanceledByMass
	switch {
	case c.Session != 0:
		why = venue.CanceledByDisconnect
	case e.session == 0:
		why = venue.CanceledByVenue
	}
	count := uint32(0)
	for h := e.ledger.Account(c.Account).First; h != 0; h = e.ledger.Holding(h).Next {
		holding := e.ledger.Holding(h)
		if c.Instrument != 0 && holding.Instrument != c.Instrument || holding.Orders == 0 {
			continue
		}
		if e.session != 0 && e.markets.Get(holding.Instrument).Admits(markets.Cancel).Refused() {
			continue
		}
		if u := e.under(holding.Instrument); u != nil {
			u.later(lateCut{holding: h, side: c.Side, session: c.Session, why: why})
			continue
		}
		count += e.cancelAll(h, c, why)
	}
	m := e.tape.MassCanceled()
	m.Account, m.ClOrdID, m.Count = c.Account, c.ClOrdID, count
}

// cancelAll ends the orders of a holding that match the filters, oldest first.
func (e *Engine) cancelAll(h venue.HoldingID, c *venue.MassCancel, why venue.Reason) (count uint32) {
	id, ok := e.books.Oldest(h)
	for ok {
		next, more := e.books.After(id)
		if e.matches(id, c) && e.cancelLive(id, why, c.ClOrdID) {
			count++
		}
		id, ok = next, more
	}
	return count
}

// matches says whether a live order is meant by a mass cancel.
func (e *Engine) matches(id venue.OrderID, c *venue.MassCancel) bool {
	if c.Side == 0 && c.Session == 0 {
		return true
	}
	v := &e.view
	e.books.Get(id, v)
	if c.Side != 0 && v.Side != c.Side {
		return false
	}
	return c.Session == 0 ||
		(v.Flags.Has(venue.CancelOnDisconnect) && e.sessionOf(v) == c.Session)
}
