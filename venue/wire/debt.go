package wire

import "github.com/clearhour/clearhour/venue"

// Lengths of the bodies of the events of the end of the waterfall.
const (
	gainsHaircutSize = 14
	debtPaidSize     = 16
)

// debtEventSize is the part of eventSize for those events.
func debtEventSize(k venue.EventKind) int {
	switch k {
	case venue.EventGainsHaircut:
		return gainsHaircutSize
	case venue.EventDebtPaid:
		return debtPaidSize
	}
	return changeEventSize(k)
}

// debtEvent is the part of EventDecoder.event for those events.
func (d *EventDecoder) debtEvent(kind venue.EventKind) venue.Event {
	switch kind {
	case venue.EventGainsHaircut:
		return &d.gainsHaircut
	case venue.EventDebtPaid:
		return &d.debtPaid
	}
	return nil
}

func gainsHaircut(w way, b []byte, m *venue.GainsHaircut) {
	b = b[:gainsHaircutSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Amount)
}

func debtPaid(w way, b []byte, m *venue.DebtPaid) {
	b = b[:debtPaidSize]
	num32(w, b[0:], &m.Account)
	num32(w, b[4:], &m.From)
	num64(w, b[8:], &m.Amount)
}

// debtBody is the part of eventBody for those events.
func debtBody(w way, b []byte, e venue.Event) {
	if e, ok := e.(*venue.GainsHaircut); ok {
		gainsHaircut(w, b, e)
	}
	if e, ok := e.(*venue.DebtPaid); ok {
		debtPaid(w, b, e)
	}
}
