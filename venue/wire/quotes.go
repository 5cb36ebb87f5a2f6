package wire

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Lengths of the bodies about quotes, and of their parts.
const (
	massQuoteFixedSize           = 27
	quoteEntrySize               = 34
	quoteLimitsSize              = 32
	setQuoteProtectionSize       = 58
	cancelQuotesSize             = 28
	quotedSize                   = 76
	quoteSideSize                = 34
	massQuotedSize               = 34
	quoteProtectionTriggeredSize = 14
)

// quotesSize is the part of commandSize for the commands about quotes.
func quotesSize(k venue.CommandKind) int {
	if k == venue.KindMassQuote {
		return variable
	}
	if k == venue.KindSetQuoteProtection {
		return setQuoteProtectionSize
	}
	return cancelQuotesSize
}

// quotesFit refuses more entries than a command may have.
func quotesFit(c *venue.MassQuote) venue.Refusal {
	if len(c.Entries) > venue.MaxQuotes {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldQuotes, Limit: venue.MaxQuotes}
	}
	return venue.Refusal{}
}

// appendQuotes appends the commands about quotes.
func appendQuotes(dst []byte, session venue.SessionID, c venue.Command) []byte {
	var b []byte
	if c, ok := c.(*venue.MassQuote); ok {
		dst, b = record(dst, session, venue.KindMassQuote, massQuoteFixedSize+listSize(len(c.Entries), quoteEntrySize))
		massQuote(put, b, c)
		return dst
	}
	if c, ok := c.(*venue.SetQuoteProtection); ok {
		dst, b = record(dst, session, venue.KindSetQuoteProtection, setQuoteProtectionSize)
		setQuoteProtection(put, b, c)
		return dst
	}
	if c, ok := c.(*venue.CancelQuotes); ok {
		dst, b = record(dst, session, venue.KindCancelQuotes, cancelQuotesSize)
		cancelQuotes(put, b, c)
		return dst
	}
	assert.That(false, "command without a layout")
	return dst
}

// quotes reads the commands about quotes. The entries of a MassQuote stand in
// memory of the decoder and are valid as long as the command.
func (d *Decoder) quotes(kind venue.CommandKind, b []byte) (venue.Command, Problem) {
	if kind == venue.KindMassQuote {
		return &d.massQuote, massQuote(get, b, &d.massQuote)
	}
	if kind == venue.KindSetQuoteProtection {
		setQuoteProtection(get, b, &d.setQuoteProtection)
		return &d.setQuoteProtection, 0
	}
	cancelQuotes(get, b, &d.cancelQuotes)
	return &d.cancelQuotes, 0
}

// massQuote moves a mass quote; the length of b is right when it is written.
func massQuote(w way, b []byte, m *venue.MassQuote) Problem {
	if len(b) <= massQuoteFixedSize {
		return WrongLength
	}
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Set)
	num8(w, b[6:], &m.Flags)
	clOrdID(w, b[7:], &m.ClOrdID)
	n := len(m.Entries)
	b = b[massQuoteFixedSize:]
	if w == put {
		b[0] = uint8(n)
	} else {
		n = int(b[0])
		if len(b) != 1+n*quoteEntrySize {
			return WrongLength
		}
		if m.Entries = slices.Grow(m.Entries[:0], n)[:n]; n == 0 {
			m.Entries = nil
		}
	}
	for i := range m.Entries {
		quoteEntry(w, b[1+i*quoteEntrySize:], &m.Entries[i])
	}
	return 0
}

func quoteEntry(w way, b []byte, m *venue.QuoteEntry) {
	b = b[:quoteEntrySize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Bid)
	num64(w, b[10:], &m.BidQty)
	num64(w, b[18:], &m.Ask)
	num64(w, b[26:], &m.AskQty)
}

func quoteLimits(w way, b []byte, m *venue.QuoteLimits) {
	b = b[:quoteLimitsSize]
	num64(w, b[0:], &m.Window)
	num64(w, b[8:], &m.Frozen)
	num64(w, b[16:], &m.Qty)
	num64(w, b[24:], &m.Delta)
}

// setQuoteProtection is the layout of the command and of its event: the structs
// are alike, and cease to convert when they are not.
func setQuoteProtection(w way, b []byte, m *venue.SetQuoteProtection) {
	b = b[:setQuoteProtectionSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Set)
	quoteLimits(w, b[6:], &m.Limits)
	clOrdID(w, b[38:], &m.ClOrdID)
}

func cancelQuotes(w way, b []byte, m *venue.CancelQuotes) {
	b = b[:cancelQuotesSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Set)
	num16(w, b[6:], &m.Instrument)
	clOrdID(w, b[8:], &m.ClOrdID)
}

// quoteEventSize is the part of eventSize for the events about quotes.
func quoteEventSize(k venue.EventKind) int {
	if k == venue.EventQuoted {
		return quotedSize
	}
	if k == venue.EventMassQuoted {
		return massQuotedSize
	}
	if k == venue.EventQuoteProtectionSet {
		return setQuoteProtectionSize
	}
	return quoteProtectionTriggeredSize
}

// quoteEvent returns the decoder's struct of a kind about quotes.
func (d *EventDecoder) quoteEvent(kind venue.EventKind) venue.Event {
	if kind == venue.EventQuoted {
		return &d.quoted
	}
	if kind == venue.EventMassQuoted {
		return &d.massQuoted
	}
	if kind == venue.EventQuoteProtectionSet {
		return &d.quoteProtectionSet
	}
	return &d.quoteProtectionTriggered
}

// quoteBody moves the body of an event about quotes.
func quoteBody(w way, b []byte, e venue.Event) {
	if e, ok := e.(*venue.Quoted); ok {
		quoted(w, b, e)
	}
	if e, ok := e.(*venue.MassQuoted); ok {
		massQuoted(w, b, e)
	}
	if e, ok := e.(*venue.QuoteProtectionSet); ok {
		setQuoteProtection(w, b, (*venue.SetQuoteProtection)(e))
	}
	if e, ok := e.(*venue.QuoteProtectionTriggered); ok {
		b = b[:quoteProtectionTriggeredSize]
		num32(w, b[0:], &e.Account)
		num16(w, b[4:], &e.Set)
		num64(w, b[6:], &e.Until)
	}
}

func quoted(w way, b []byte, m *venue.Quoted) {
	b = b[:quotedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Set)
	num16(w, b[6:], &m.Instrument)
	quoteSide(w, b[8:], &m.Bid)
	quoteSide(w, b[8+quoteSideSize:], &m.Ask)
}

func quoteSide(w way, b []byte, m *venue.QuoteSide) {
	b = b[:quoteSideSize]
	num64(w, b[0:], &m.Order)
	num64(w, b[8:], &m.Price)
	num64(w, b[16:], &m.Qty)
	refusal(w, b[24:], &m.Refusal)
}

func massQuoted(w way, b []byte, m *venue.MassQuoted) {
	b = b[:massQuotedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Set)
	clOrdID(w, b[6:], &m.ClOrdID)
	num16(w, b[26:], &m.Entries)
	num16(w, b[28:], &m.Refused)
	num32(w, b[30:], &m.Canceled)
}
