package wire

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Lengths of the bodies about indices, marks and funding.
const (
	publishReadingSize = 30
	referenceSize      = 85 // An instrument and its reference.
	indexPublishedSize = 21
	fundingClosedSize  = 63
	fundingPaidSize    = 22
	fundingSettledSize = 14

	publishMeterSize  = 46
	windowMeteredSize = 20
	indexMeteredSize  = 36

	indexFixedSize = 45 // What precedes the symbol of an index.
)

func indexSize(symbol string) int { return indexFixedSize + 1 + len(symbol) }

func indexFixed(w way, b []byte, t *venue.Index) {
	b = b[:indexFixedSize]
	num16(w, b[0:], &t.ID)
	num8(w, b[2:], &t.Kind)
	num64(w, b[3:], &t.Clamp)
	num64(w, b[11:], &t.Cap)
	num16(w, b[19:], &t.Contributors)
	num64(w, b[21:], &t.Period)
	num64(w, b[29:], &t.Window)
	num64(w, b[37:], &t.Widest)
}

// index moves the terms of an index; the length of b is right when they are
// written.
func index(w way, b []byte, t *venue.Index) Problem {
	if w == put {
		indexFixed(put, b, t)
		putString(b[indexFixedSize:], t.Symbol)
		return 0
	}
	if len(b) < indexFixedSize {
		return WrongLength
	}
	indexFixed(get, b, t)
	rest, ok := getString(b[indexFixedSize:], &t.Symbol)
	if !ok || len(rest) != 0 {
		return WrongLength
	}
	return 0
}

func publishReading(w way, b []byte, m *venue.PublishReading) {
	b = b[:publishReadingSize]
	num16(w, b[0:], &m.Index)
	num32(w, b[2:], &m.Source)
	num64(w, b[6:], &m.Price)
	num64(w, b[14:], &m.Volume)
	num64(w, b[22:], &m.At)
}

func publishMeter(w way, b []byte, m *venue.PublishMeter) {
	b = b[:publishMeterSize]
	num16(w, b[0:], &m.Index)
	num32(w, b[2:], &m.Source)
	num64(w, b[6:], &m.Start)
	num64(w, b[14:], &m.Contracted)
	num64(w, b[22:], &m.Delivered)
	num64(w, b[30:], &m.Unattested)
	num64(w, b[38:], &m.At)
}

func indexMetered(w way, b []byte, m *venue.IndexMetered) {
	b = b[:indexMeteredSize]
	num16(w, b[0:], &m.Index)
	num64(w, b[2:], &m.Start)
	num64(w, b[10:], &m.End)
	num64(w, b[18:], &m.Contracted)
	num64(w, b[26:], &m.Counted)
	num16(w, b[34:], &m.Providers)
}

func windowMetered(w way, b []byte, m *venue.WindowMetered) {
	b = b[:windowMeteredSize]
	num16(w, b[0:], &m.Instrument)
	num16(w, b[2:], &m.Index)
	num64(w, b[4:], &m.Contracted)
	num64(w, b[12:], &m.Counted)
}

func setReference(w way, b []byte, m *venue.SetReference) {
	b = b[:referenceSize]
	num16(w, b[0:], &m.Instrument)
	num16(w, b[2:], &m.Reference.Index)
	num64(w, b[4:], &m.Reference.Impact)
	num64(w, b[12:], &m.Reference.Band)
	num64(w, b[20:], &m.Reference.Span)
	num64(w, b[28:], &m.Reference.Every)
	num64(w, b[36:], &m.Reference.IndexAge)
	num64(w, b[44:], &m.Reference.LastAge)
	num64(w, b[52:], &m.Reference.Stale)
	num64(w, b[60:], &m.Reference.Funding)
	num8(w, b[68:], &m.Reference.Method)
	num64(w, b[69:], &m.Reference.Default)
	num64(w, b[77:], &m.Reference.Factor)
}

// appendIndexing appends the commands about indices and references.
func appendIndexing(dst []byte, session venue.SessionID, c venue.Command) []byte {
	switch c := c.(type) {
	case *venue.ListIndex:
		dst, b := record(dst, session, venue.KindListIndex, indexSize(c.Terms.Symbol))
		index(put, b, &c.Terms)
		return dst
	case *venue.PublishReading:
		dst, b := record(dst, session, venue.KindPublishReading, publishReadingSize)
		publishReading(put, b, c)
		return dst
	case *venue.PublishMeter:
		dst, b := record(dst, session, venue.KindPublishMeter, publishMeterSize)
		publishMeter(put, b, c)
		return dst
	case *venue.SetReference:
		dst, b := record(dst, session, venue.KindSetReference, referenceSize)
		setReference(put, b, c)
		return dst
	}
	assert.That(false, "command without a layout")
	return dst
}

// indexEventSize is the part of eventSize for the events about indices, marks and
// funding.
func indexEventSize(k venue.EventKind) int {
	switch k {
	case venue.EventIndexPublished:
		return indexPublishedSize
	case venue.EventIndexMetered:
		return indexMeteredSize
	case venue.EventWindowMetered:
		return windowMeteredSize
	case venue.EventReferenceSet:
		return referenceSize
	case venue.EventFundingClosed:
		return fundingClosedSize
	case venue.EventFundingPaid:
		return fundingPaidSize
	case venue.EventFundingSettled:
		return fundingSettledSize
	}
	return operatorEventSize(k)
}

// indexEvent moves the body of an event about indices, marks and funding.
func indexEvent(w way, b []byte, e venue.Event) Problem {
	switch e := e.(type) {
	case *venue.MarkChanged:
		return markChanged(w, b, e)
	case *venue.IndexListed:
		return index(w, b, &e.Terms)
	case *venue.IndexPublished:
		return indexPublished(w, b, e)
	case *venue.IndexMetered:
		indexMetered(w, b, e)
	case *venue.WindowMetered:
		windowMetered(w, b, e)
	case *venue.ReferenceSet:
		setReference(w, b, (*venue.SetReference)(e))
	case *venue.FundingClosed:
		fundingClosed(w, b, e)
	case *venue.FundingPaid:
		fundingPaid(w, b, e)
	case *venue.FundingSettled:
		fundingSettled(w, b, e)
	}
	return 0
}

func markChanged(w way, b []byte, m *venue.MarkChanged) Problem {
	b = b[:markChangedSize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Price)
	num8(w, b[11:], &m.Sources)
	return boolean(w, b[10:], &m.Stale)
}

func indexPublished(w way, b []byte, m *venue.IndexPublished) Problem {
	b = b[:indexPublishedSize]
	num16(w, b[0:], &m.Index)
	num64(w, b[2:], &m.Price)
	num64(w, b[10:], &m.At)
	num16(w, b[18:], &m.Contributors)
	return boolean(w, b[20:], &m.Stale)
}

func fundingClosed(w way, b []byte, m *venue.FundingClosed) {
	b = b[:fundingClosedSize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Mark)
	num64(w, b[10:], &m.Index)
	num64(w, b[18:], &m.Period)
	num64(w, b[26:], &m.Counted)
	num8(w, b[34:], &m.Method)
	num32(w, b[35:], &m.Samples)
	num64(w, b[39:], &m.Premium)
	num64(w, b[47:], &m.Rate)
	num64(w, b[55:], &m.Last)
}

func fundingPaid(w way, b []byte, m *venue.FundingPaid) {
	b = b[:fundingPaidSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Qty)
	num64(w, b[14:], &m.Amount)
}

func fundingSettled(w way, b []byte, m *venue.FundingSettled) {
	b = b[:fundingSettledSize]
	num16(w, b[0:], &m.Instrument)
	num32(w, b[2:], &m.Positions)
	num64(w, b[6:], &m.Residue)
}
