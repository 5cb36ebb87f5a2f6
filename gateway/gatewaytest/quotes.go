package gatewaytest

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// quoteKey names a side of a quote.
type quoteKey struct {
	account venue.AccountID
	set     venue.QuoteSet
	inst    venue.InstrumentID
	side    venue.Side
}

type guardKey struct {
	account venue.AccountID
	set     venue.QuoteSet
}

// massQuote replaces each side that is asked for, whatever stood before.
func (v *Venue) massQuote(session venue.SessionID, c *venue.MassQuote) {
	if v.again(c.Account, c.ClOrdID) {
		return
	}
	if len(c.Entries) == 0 {
		r := venue.Refusal{Reason: venue.BadField, Field: venue.FieldQuotes, Limit: 1}
		v.remember(c.Account, c.ClOrdID, outcome{refusal: r})
		v.emit(&venue.CommandRejected{Command: c.Kind(), Account: c.Account, Ref: c.ClOrdID, Refusal: r})
		return
	}
	v.remember(c.Account, c.ClOrdID, outcome{})
	done := &venue.MassQuoted{Account: c.Account, Set: c.Set, ClOrdID: c.ClOrdID, Entries: uint16(len(c.Entries))}
	for _, q := range c.Entries {
		x := &venue.Quoted{Account: c.Account, Set: c.Set, Instrument: q.Instrument}
		x.Bid = v.quoteSide(session, c, quoteKey{c.Account, c.Set, q.Instrument, venue.Buy}, q.Bid, q.BidQty)
		x.Ask = v.quoteSide(session, c, quoteKey{c.Account, c.Set, q.Instrument, venue.Sell}, q.Ask, q.AskQty)
		for _, r := range [2]venue.Refusal{x.Bid.Refusal, x.Ask.Refusal} {
			if r.Refused() {
				done.Refused++
			}
		}
		v.emit(x)
	}
	v.emit(done)
}

func (v *Venue) quoteSide(session venue.SessionID, c *venue.MassQuote, k quoteKey, p venue.Price, qty venue.Qty) venue.QuoteSide {
	o := &order{PlaceOrder: venue.PlaceOrder{
		Account: c.Account, Instrument: k.inst, Side: k.side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Flags: c.Flags | venue.Quote, Price: p, Qty: qty,
	}, session: session, leaves: qty}
	if qty != 0 {
		if r := v.refusal(&o.PlaceOrder); r.Refused() {
			return v.stands(k, r)
		}
		levels, _ := v.books[k.inst].side(k.side.Opposite(), p)
		if len(*levels) > 0 && crosses(o, (*levels)[0].price) {
			return v.stands(k, venue.Refusal{Reason: venue.WouldTake, Field: venue.FieldPrice})
		}
	}
	v.drop(k, venue.ClOrdID{}, venue.Replaced)
	if qty == 0 {
		return venue.QuoteSide{}
	}
	v.nextID++
	o.id = v.nextID
	v.orders[o.id], v.quotes[k] = o, o
	v.emit(&venue.OrderAccepted{
		Session: session, Account: c.Account, Instrument: k.inst, Order: o.id, Side: k.side, Type: o.Type, TIF: o.TIF, STP: o.STP,
		Flags: o.Flags, Price: p, Qty: qty,
	})
	v.rest(v.books[k.inst], o)
	return v.stands(k, venue.Refusal{})
}

// stands returns a side as it is.
func (v *Venue) stands(k quoteKey, why venue.Refusal) venue.QuoteSide {
	o := v.quotes[k]
	if o == nil || v.orders[o.id] != o {
		return venue.QuoteSide{Refusal: why}
	}
	return venue.QuoteSide{Order: o.id, Price: o.Price, Qty: o.leaves, Refusal: why}
}

// drop ends a side if it is live.
func (v *Venue) drop(k quoteKey, by venue.ClOrdID, why venue.Reason) bool {
	o := v.quotes[k]
	delete(v.quotes, k)
	if o == nil || v.orders[o.id] != o {
		return false
	}
	v.unrest(o)
	v.end(o, by, why)
	v.level(o.Instrument, o.Side, o.Price)
	return true
}

// keys returns the sides of an account that match, in a fixed order.
func (v *Venue) keys(match func(quoteKey) bool) []quoteKey {
	var all []quoteKey
	for k := range v.quotes {
		if match(k) {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b quoteKey) int {
		return cmp.Or(cmp.Compare(a.inst, b.inst), cmp.Compare(a.set, b.set), cmp.Compare(a.side, b.side))
	})
	return all
}

func (v *Venue) cancelQuotes(c *venue.CancelQuotes) {
	done := &venue.MassQuoted{Account: c.Account, Set: c.Set, ClOrdID: c.ClOrdID}
	for _, k := range v.keys(func(k quoteKey) bool {
		return k.account == c.Account && (c.Set == 0 || c.Set == k.set) && (c.Instrument == 0 || c.Instrument == k.inst)
	}) {
		if v.drop(k, c.ClOrdID, venue.CanceledByMass) {
			done.Canceled++
		}
	}
	v.emit(done)
}

func (v *Venue) protect(c *venue.SetQuoteProtection) {
	if v.again(c.Account, c.ClOrdID) {
		return
	}
	v.remember(c.Account, c.ClOrdID, outcome{})
	v.guards[guardKey{c.Account, c.Set}] = c.Limits
	set := venue.QuoteProtectionSet(*c)
	v.emit(&set)
}

// guard withdraws the quotes of a set after a single fill that is too large.
func (v *Venue) guard(m *order, filled venue.Qty) {
	for k, o := range v.quotes {
		l := v.guards[guardKey{k.account, k.set}]
		if o != m || l.Qty == 0 || filled < l.Qty {
			continue
		}
		v.emit(&venue.QuoteProtectionTriggered{Account: k.account, Set: k.set, Until: v.time + l.Frozen})
		for _, other := range v.keys(func(x quoteKey) bool { return x.account == k.account && x.set == k.set }) {
			if v.quotes[other] != m {
				v.drop(other, venue.ClOrdID{}, venue.CanceledByProtection)
			}
		}
		return
	}
}
