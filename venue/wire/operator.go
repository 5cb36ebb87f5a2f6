package wire

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Lengths of bodies, and of parts of lists.
const (
	tierSize              = 24
	variationPaidSize     = 30
	settleFixedSize       = 10
	valueSize             = 8
	instrumentSettledSize = 23
)

// appendOperator appends the commands by which operators run the venue's fees,
// settlements and parameters.
func appendOperator(dst []byte, session venue.SessionID, c venue.Command) []byte {
	var b []byte
	if c, ok := c.(*venue.SetFeeTiers); ok {
		dst, b = record(dst, session, venue.KindSetFeeTiers, tiersSize(c.Tiers))
		tiers(put, b, &c.Tiers)
		return dst
	}
	if c, ok := c.(*venue.SettleInstrument); ok {
		dst, b = record(dst, session, venue.KindSettleInstrument, settleFixedSize+listSize(len(c.Values), valueSize))
		settle(put, b, c)
		return dst
	}
	assert.That(false, "command without a layout")
	return dst
}

// operator is the part of Decoder.command for those commands.
func (d *Decoder) operator(kind venue.CommandKind, b []byte) (venue.Command, Problem) {
	if kind == venue.KindSetFeeTiers {
		return &d.setFeeTiers, tiers(get, b, &d.setFeeTiers.Tiers)
	}
	if kind == venue.KindSettleInstrument {
		return &d.settleInstrument, settle(get, b, &d.settleInstrument)
	}
	return nil, UnknownKind
}

// operatorSize is the part of commandSize for those commands.
func operatorSize(k venue.CommandKind) int {
	if k == venue.KindSetFeeTiers || k == venue.KindSettleInstrument {
		return variable
	}
	return unknown
}

// operatorFits is the part of Fits for those commands.
func operatorFits(c venue.Command) venue.Refusal {
	if c, ok := c.(*venue.SetFeeTiers); ok && len(c.Tiers) > venue.MaxFeeTiers {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldTiers, Limit: venue.MaxFeeTiers}
	}
	if c, ok := c.(*venue.SettleInstrument); ok && len(c.Values) > venue.MaxSettleValues {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldHours, Limit: venue.MaxSettleValues}
	}
	return venue.Refusal{}
}

// settle moves the values of a settlement; the length of b is right when they are
// written.
func settle(w way, b []byte, m *venue.SettleInstrument) Problem {
	if len(b) < settleFixedSize {
		return WrongLength
	}
	num16(w, b[0:], &m.Instrument)
	num32(w, b[2:], &m.From)
	num32(w, b[6:], &m.MaxCarry)
	return list(w, b[settleFixedSize:], &m.Values, valueSize, func(b []byte, v *venue.HourValue) { num64(w, b, &v.Value) })
}

func instrumentSettled(w way, b []byte, m *venue.InstrumentSettled) Problem {
	b = b[:instrumentSettledSize]
	num16(w, b[0:], &m.Instrument)
	num32(w, b[2:], &m.Known)
	num32(w, b[6:], &m.Carried)
	num32(w, b[10:], &m.Dropped)
	num64(w, b[15:], &m.Price)
	return boolean(w, b[14:], &m.Final)
}

// operatorEventSize is the part of eventSize for the events of those commands.
func operatorEventSize(k venue.EventKind) int {
	switch k {
	case venue.EventFeeTiersSet:
		return variable
	case venue.EventVariationPaid:
		return variationPaidSize
	case venue.EventInstrumentSettled:
		return instrumentSettledSize
	}
	return debtEventSize(k)
}

// operatorListSize is the part of listingSize for those events.
func operatorListSize(e venue.Event) int {
	if e, ok := e.(*venue.FeeTiersSet); ok {
		return tiersSize(e.Tiers)
	}
	return unknown
}

// operatorEvent is the part of EventDecoder.event for those events.
func (d *EventDecoder) operatorEvent(kind venue.EventKind) venue.Event {
	switch kind {
	case venue.EventFeeTiersSet:
		return &d.feeTiersSet
	case venue.EventVariationPaid:
		return &d.variationPaid
	case venue.EventInstrumentSettled:
		return &d.instrumentSettled
	}
	return nil
}

// operatorBody is the part of eventBody for those events.
func operatorBody(w way, b []byte, e venue.Event) Problem {
	switch e := e.(type) {
	case *venue.FeeTiersSet:
		return tiers(w, b, &e.Tiers)
	case *venue.VariationPaid:
		variationPaid(w, b, e)
	case *venue.InstrumentSettled:
		return instrumentSettled(w, b, e)
	}
	return 0
}

func variationPaid(w way, b []byte, m *venue.VariationPaid) {
	b = b[:variationPaidSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Qty)
	num64(w, b[14:], &m.Price)
	num64(w, b[22:], &m.Amount)
}

func tiersSize(t []venue.FeeTier) int { return listSize(len(t), tierSize) }

func tiers(w way, b []byte, p *[]venue.FeeTier) Problem {
	return list(w, b, p, tierSize, func(b []byte, t *venue.FeeTier) {
		num64(w, b[0:], &t.Min)
		num64(w, b[8:], &t.Maker)
		num64(w, b[16:], &t.Taker)
	})
}

// listSize returns the length of a list of n parts with its length byte.
func listSize(n, size int) int {
	assert.That(n <= MaxList, "list longer than a record holds")
	return 1 + n*size
}

// list moves a list that fills b: its length in one byte and its parts. What is
// read is fresh and may be kept.
func list[T any](w way, b []byte, p *[]T, size int, part func([]byte, *T)) Problem {
	if w == put {
		b[0] = uint8(len(*p))
	} else {
		if len(b) == 0 || len(b) != 1+int(b[0])*size {
			return WrongLength
		}
		*p = nil
		if b[0] > 0 {
			*p = make([]T, b[0])
		}
	}
	for i := range *p {
		part(b[1+i*size:][:size], &(*p)[i])
	}
	return 0
}
