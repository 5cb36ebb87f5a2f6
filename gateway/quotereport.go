package gateway

import "github.com/clearhour/clearhour/venue"

// quoteEvent reports what became of quotes. The sides of an entry are gathered
// until the acknowledgement that ends them.
func (h *Hub) quoteEvent(e *venue.Entry) {
	h.learn(e)
	if ev, ok := e.Event.(*venue.Quoted); ok {
		h.quoted = append(h.quoted, *ev)
	}
	if ev, ok := e.Event.(*venue.MassQuoted); ok {
		h.massQuoted(e, ev)
		h.quoted = h.quoted[:0]
	}
	if ev, ok := e.Event.(*venue.QuoteProtectionSet); ok {
		h.protectionSet(e, ev)
	}
	if ev, ok := e.Event.(*venue.QuoteProtectionTriggered); ok {
		h.protectionTriggered(e, ev)
	}
}

// silent says whether an event of an order is told by the acknowledgement of a
// mass quote instead of by a report of its own.
func silent(e venue.Event, flags venue.OrderFlags) bool {
	if !flags.Has(venue.Quote) {
		return false
	}
	if ev, ok := e.(*venue.OrderAmended); ok {
		return ev.ClOrdID.IsZero()
	}
	if ev, ok := e.(*venue.OrderCanceled); ok {
		return ev.Reason == venue.Replaced
	}
	return true // Accepted.
}

// answered forgets what a request waits for and returns it, 0 when that was asked
// before a restart.
func (h *Hub) answered(e *venue.Entry, id venue.ClOrdID) byte {
	at := massKey{e.Session, id}
	kind := h.masses[at]
	delete(h.masses, at)
	return kind
}

func (h *Hub) massQuoted(e *venue.Entry, ev *venue.MassQuoted) {
	h.answered(e, ev.ClOrdID)
	s := h.session(e.Session)
	if s == nil {
		return
	}
	w := h.w.Begin().ID(TagQuoteID, &ev.ClOrdID)
	if ev.Set != 0 {
		w.Uint(TagQuoteSetID, uint64(ev.Set))
	}
	w.Uint(TagAccount, uint64(ev.Account))
	if ev.Entries == 0 {
		w.Int(TagQuoteStatus, quoteCanceled).Uint(TagTotalAffectedOrders, uint64(ev.Canceled))
		h.send(s, e, MsgMassQuoteAck, key(e, false), h.end(e))
		return
	}
	w.Int(TagQuoteStatus, quoteAccepted).Group(TagNoQuoteEntries)
	for i := range h.quoted {
		h.writeQuote(w, &h.quoted[i])
	}
	w.EndGroup()
	h.send(s, e, MsgMassQuoteAck, key(e, false), h.end(e))
}

// writeQuote writes a quote as it stands, and why it does not stand as asked for.
func (h *Hub) writeQuote(w *Writer, q *venue.Quoted) {
	terms, _ := h.cfg.Market.Instrument(q.Instrument)
	w.Entry()
	if terms != nil {
		w.Text(TagSymbol, terms.Symbol)
	} else {
		w.Text(TagSymbol, none)
	}
	for _, x := range [2]struct {
		*venue.QuoteSide
		px, size, order, code, text Tag
	}{
		{&q.Bid, TagBidPx, TagBidSize, TagBidOrderID, TagBidErrorCode, TagBidText},
		{&q.Ask, TagOfferPx, TagOfferSize, TagOfferOrderID, TagOfferErrorCode, TagOfferText},
	} {
		if x.Order != 0 && terms != nil {
			w.Price(x.px, x.Price, terms)
		}
		w.Qty(x.size, x.Qty)
		if x.Order != 0 {
			w.Uint(x.order, uint64(x.Order))
		}
		if x.Refusal.Refused() {
			code := CodeOf(x.Refusal.Reason)
			w.Int(x.code, int64(code)).Text(x.text, refusalText(code, x.Refusal, terms))
		}
	}
	w.EndEntry()
}

// quotesRefused answers a request about quotes that the venue refused as a whole.
func (h *Hub) quotesRefused(e *venue.Entry, ev *venue.CommandRejected) {
	h.answered(e, ev.Ref)
	s := h.session(e.Session)
	if s == nil {
		return
	}
	t := MsgMassQuoteAck
	if ev.Command == venue.KindSetQuoteProtection {
		t = MsgQuoteProtection
	}
	h.sendQuotesRefused(s, e, t, ev.Account, ev.Ref, ev.Refusal)
}

func (h *Hub) sendQuotesRefused(s *Session, e *venue.Entry, t MsgType, a venue.AccountID, id venue.ClOrdID, r venue.Refusal) {
	code := CodeOf(r.Reason)
	w := h.w.Begin().ID(TagQuoteID, &id).Uint(TagAccount, uint64(a))
	w.Int(TagQuoteStatus, quoteRejected).Int(TagQuoteRejectReason, quoteReason(code))
	writeRefusal(w, code, r, nil)
	h.send(s, e, t, key(e, false), h.end(e))
}

// quotesRepeated answers a retry of a request about quotes, and says whether it
// was one.
func (h *Hub) quotesRepeated(s *Session, e *venue.Entry, ev *venue.RequestRepeated) bool {
	t := MsgMassQuoteAck
	switch h.answered(e, ev.ClOrdID) {
	case byte(MsgMassQuote):
	case byte(MsgProtectQuotes & 0xff):
		t = MsgQuoteProtection
	default:
		return false
	}
	if ev.Refusal.Refused() {
		h.sendQuotesRefused(s, e, t, ev.Account, ev.ClOrdID, ev.Refusal)
		return true
	}
	w := h.w.Begin().ID(TagQuoteID, &ev.ClOrdID).Uint(TagAccount, uint64(ev.Account))
	w.Int(TagQuoteStatus, quoteAccepted).Text(TagText, "The request was done before; nothing changed.")
	h.send(s, e, t, key(e, false), h.end(e))
	return true
}

func (h *Hub) protectionSet(e *venue.Entry, ev *venue.QuoteProtectionSet) {
	h.answered(e, ev.ClOrdID)
	s := h.session(e.Session)
	if s == nil {
		return
	}
	l := &ev.Limits
	w := h.w.Begin().ID(TagQuoteID, &ev.ClOrdID).Uint(TagQuoteSetID, uint64(ev.Set)).Uint(TagAccount, uint64(ev.Account))
	w.Int(TagQuoteStatus, quoteAccepted)
	if l.Window > 0 {
		w.Int(TagProtectionWindowMs, int64(l.Window/millisecond)).Int(TagProtectionFrozenMs, int64(l.Frozen/millisecond))
		w.Qty(TagProtectionQty, l.Qty).Qty(TagProtectionDelta, l.Delta)
	}
	h.send(s, e, MsgQuoteProtection, key(e, false), h.end(e))
}

// protectionTriggered tells every session of the maker: the quotes may be those of
// more than one.
func (h *Hub) protectionTriggered(e *venue.Entry, ev *venue.QuoteProtectionTriggered) {
	w := h.w.Begin().Uint(TagQuoteSetID, uint64(ev.Set)).Uint(TagAccount, uint64(ev.Account))
	w.Int(TagQuoteStatus, quoteRemoved).Time(TagFrozenUntil, ev.Until)
	body := h.end(e)
	for _, s := range h.sessions {
		if s != nil && s.who.Account == ev.Account {
			h.send(s, e, MsgQuoteProtection, key(e, false), body)
		}
	}
}
