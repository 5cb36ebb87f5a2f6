package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// enterQuotes turns a message about quotes into a command. What it says of an
// entry that cannot be read refuses the message as a whole: nothing was entered.
func (l *Link) enterQuotes(now venue.Time, s *Session) {
	id, ok := clOrdID(l.m.Get(TagQuoteID))
	if !ok {
		s.Reject(now, &l.m, problem(rejOutOfRange, TagQuoteID))
		return
	}
	set := int64(1)
	if l.m.Type == MsgQuoteCancel {
		set = 0 // All of them.
	}
	if n, there := l.m.Int(TagQuoteSetID); there {
		if n < 1 || n > maxQuoteSet {
			s.Reject(now, &l.m, problem(rejOutOfRange, TagQuoteSetID))
			return
		}
		set = n
	}
	switch l.m.Type {
	case MsgMassQuote:
		l.massQuote(now, s, id, venue.QuoteSet(set))
	case MsgQuoteCancel:
		l.cancelQuotes(now, s, id, venue.QuoteSet(set))
	case MsgProtectQuotes:
		l.protectQuotes(now, s, id, venue.QuoteSet(set))
	}
}

// maxQuoteSet is the largest number of a set of quotes.
const maxQuoteSet = 1<<16 - 1

// massQuote turns i into MassQuote.
func (l *Link) massQuote(now venue.Time, s *Session, id venue.ClOrdID, set venue.QuoteSet) {
	c := &l.quotes
	*c = venue.MassQuote{Account: s.who.Account, Set: set, ClOrdID: id, Entries: c.Entries[:0]}
	switch f, ok := execInst(l.m.Get(TagExecInst)); {
	case !ok || f&^venue.CancelOnDisconnect != 0:
		s.Reject(now, &l.m, problem(rejOutOfRange, TagExecInst))
		return
	case f != 0 || l.cod:
		c.Flags = venue.CancelOnDisconnect
	}
	if l.m.Entries(TagNoQuoteEntries) > venue.MaxQuotes {
		l.refuseQuotes(now, s, refusal{code: BadGroupCount, tag: TagNoQuoteEntries, text: "A mass quote has at most " + strconv.Itoa(venue.MaxQuotes) + " entries."})
		return
	}
	if r := l.quoteEntries(c); r.code != CodeNone {
		l.refuseQuotes(now, s, r)
		return
	}
	if !l.fresh(now) {
		l.refuseQuotes(now, s, refusal{code: Stale, tag: TagTransactTime})
		return
	}
	l.submitQuotes(now, s, id, c)
}

// submitQuotes hands a command on and remembers what to answer it with.
func (l *Link) submitQuotes(now venue.Time, s *Session, id venue.ClOrdID, c venue.Command) {
	l.hub.waitMass(s.id, id, byte(l.m.Type))
	if err := l.hub.cfg.Submit.Submit(s.id, c); err != nil {
		l.refuseQuotes(now, s, refusal{code: Overloaded})
	}
}

// quoteEntries reads the entries in one walk: their members stand entry by entry.
func (l *Link) quoteEntries(c *venue.MassQuote) refusal {
	var terms *venue.Instrument
	group := dict.id(TagNoQuoteEntries)
	at := -1
	for i := range l.m.groups {
		g := &l.m.groups[i]
		if g.group != group {
			continue
		}
		if int(g.entry) != at {
			at = int(g.entry)
			symbol := l.m.In(TagNoQuoteEntries, at, TagSymbol)
			if terms = l.hub.instrument(symbol); terms == nil {
				return refusal{code: UnknownInstrument, tag: TagSymbol, text: "There is no instrument " + strconv.Quote(string(symbol)) + "."}
			}
			c.Entries = append(c.Entries, venue.QuoteEntry{Instrument: terms.ID})
		}
		if r := quoteField(&c.Entries[len(c.Entries)-1], dict.defs[g.id].Tag, g.value, terms); r.code != CodeNone {
			return r
		}
	}
	return refusal{}
}

// quoteField reads one number of an entry.
func quoteField(q *venue.QuoteEntry, t Tag, v []byte, terms *venue.Instrument) refusal {
	var err *scale.Error
	switch t {
	case TagBidPx:
		q.Bid, err = scale.ParsePrice(v, terms)
	case TagOfferPx:
		q.Ask, err = scale.ParsePrice(v, terms)
	case TagBidSize:
		q.BidQty, err = scale.ParseQty(v)
	case TagOfferSize:
		q.AskQty, err = scale.ParseQty(v)
	}
	if err != nil {
		return numberRefused(err, t)
	}
	return refusal{}
}

// cancelQuotes turns Z into CancelQuotes. A late one does no harm.
func (l *Link) cancelQuotes(now venue.Time, s *Session, id venue.ClOrdID, set venue.QuoteSet) {
	c := &venue.CancelQuotes{Account: s.who.Account, Set: set, ClOrdID: id}
	switch kind, _ := l.m.Int(TagQuoteCancelType); kind {
	case 1:
		terms := l.hub.instrument(l.m.Get(TagSymbol))
		if terms == nil {
			l.refuseQuotes(now, s, refusal{code: UnknownInstrument, tag: TagSymbol})
			return
		}
		c.Instrument = terms.ID
	case 4:
	default:
		s.Reject(now, &l.m, problem(rejOutOfRange, TagQuoteCancelType))
		return
	}
	l.submitQuotes(now, s, id, c)
}

// protectQuotes turns UL into SetQuoteProtection. Without limits it takes the
// protection away.
func (l *Link) protectQuotes(now venue.Time, s *Session, id venue.ClOrdID, set venue.QuoteSet) {
	c := &venue.SetQuoteProtection{Account: s.who.Account, Set: set, ClOrdID: id}
	for _, x := range [2]struct {
		tag Tag
		to  *venue.Time
	}{{TagProtectionWindowMs, &c.Limits.Window}, {TagProtectionFrozenMs, &c.Limits.Frozen}} {
		if ms, ok := l.m.Int(x.tag); ok {
			if ms < 0 || venue.Time(ms) > venue.MaxQuoteTime/millisecond {
				s.Reject(now, &l.m, problem(rejOutOfRange, x.tag))
				return
			}
			*x.to = venue.Time(ms) * millisecond
		}
	}
	for _, x := range [2]struct {
		tag Tag
		to  *venue.Qty
	}{{TagProtectionQty, &c.Limits.Qty}, {TagProtectionDelta, &c.Limits.Delta}} {
		v := l.m.Get(x.tag)
		if v == nil {
			continue
		}
		n, err := scale.ParseQty(v)
		if err != nil {
			l.refuseQuotes(now, s, numberRefused(err, x.tag))
			return
		}
		*x.to = n
	}
	if !l.fresh(now) {
		l.refuseQuotes(now, s, refusal{code: Stale, tag: TagTransactTime})
		return
	}
	l.submitQuotes(now, s, id, c)
}

// refuseQuotes answers a message about quotes that was not entered.
func (l *Link) refuseQuotes(now venue.Time, s *Session, r refusal) {
	w := l.w.Begin()
	l.echo(w, TagQuoteID)
	l.echo(w, TagQuoteSetID)
	w.Uint(TagAccount, uint64(s.who.Account)).Int(TagQuoteStatus, quoteRejected).Int(TagQuoteRejectReason, quoteReason(r.code))
	writeLocal(w, r)
	s.Send(now, quoteAnswer(l.m.Type), w.Time(TagTransactTime, now).End())
}

// quoteAnswer returns the type that answers a message about quotes.
func quoteAnswer(t MsgType) MsgType {
	if t == MsgProtectQuotes {
		return MsgQuoteProtection
	}
	return MsgMassQuoteAck
}

// Values of QuoteStatus(297).
const (
	quoteAccepted = 0
	quoteCanceled = 4
	quoteRejected = 5
	quoteRemoved  = 6 // From the market, by the protection.
)

// quoteReason returns QuoteRejectReason(300).
func quoteReason(c Code) int64 {
	if n := quoteReasons[c]; n != 0 {
		return n
	}
	return 99
}

// quoteReasons are the codes for which FIX has a word.
var quoteReasons = map[Code]int64{
	UnknownInstrument: 1, InstrumentNotOpen: 2, NotionalLimit: 3, DuplicateClOrdID: 6, CrossedQuote: 7, PriceRange: 8, PriceBand: 8,
}
