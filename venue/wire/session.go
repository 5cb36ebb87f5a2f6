package wire

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Lengths of the bodies about phases and auctions.
const (
	auctionIndicativeSize = 34
	auctionUncrossingSize = 19
	stepSize              = 9
	triggerSize           = 16
	scheduleFixedSize     = 2
	protectionsFixedSize  = 26
)

// sessionFits refuses lists that are longer than a market may have.
func sessionFits(c venue.Command) venue.Refusal {
	if c, ok := c.(*venue.SetSchedule); ok && len(c.Steps) > venue.MaxSteps {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldSteps, Limit: venue.MaxSteps}
	}
	if c, ok := c.(*venue.SetProtections); ok && len(c.Protections.Triggers) > venue.MaxTriggers {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldTriggers, Limit: venue.MaxTriggers}
	}
	return venue.Refusal{}
}

func scheduleSize(s []venue.Step) int { return scheduleFixedSize + listSize(len(s), stepSize) }

// schedule moves the schedule of a market; the length of b is right when it is
// written.
func schedule(w way, b []byte, m *venue.SetSchedule) Problem {
	if len(b) < scheduleFixedSize {
		return WrongLength
	}
	num16(w, b[0:], &m.Instrument)
	return list(w, b[scheduleFixedSize:], &m.Steps, stepSize, func(b []byte, s *venue.Step) {
		num64(w, b[0:], &s.At)
		num8(w, b[8:], &s.Phase)
	})
}

func protectionsSize(p *venue.Protections) int {
	return protectionsFixedSize + listSize(len(p.Triggers), triggerSize)
}

// protections moves the protections of a market; the length of b is right when
// they are written.
func protections(w way, b []byte, m *venue.SetProtections) Problem {
	if len(b) < protectionsFixedSize {
		return WrongLength
	}
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Protections.Breaker)
	num64(w, b[10:], &m.Protections.Window)
	num64(w, b[18:], &m.Protections.Base)
	return list(w, b[protectionsFixedSize:], &m.Protections.Triggers, triggerSize, func(b []byte, t *venue.Trigger) {
		num64(w, b[0:], &t.Move)
		num64(w, b[8:], &t.Extend)
	})
}

func auctionIndicative(w way, b []byte, m *venue.AuctionIndicative) {
	b = b[:auctionIndicativeSize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Price)
	num64(w, b[10:], &m.Volume)
	num64(w, b[18:], &m.Surplus)
	num64(w, b[26:], &m.Ends)
}

func auctionUncrossing(w way, b []byte, m *venue.AuctionUncrossing) {
	b = b[:auctionUncrossingSize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Price)
	num64(w, b[10:], &m.Left)
	num8(w, b[18:], &m.Next)
}

// appendSession appends the commands about phases and auctions.
func appendSession(dst []byte, session venue.SessionID, c venue.Command) []byte {
	if c, ok := c.(*venue.SetSchedule); ok {
		dst, b := record(dst, session, venue.KindSetSchedule, scheduleSize(c.Steps))
		schedule(put, b, c)
		return dst
	}
	if c, ok := c.(*venue.SetProtections); ok {
		dst, b := record(dst, session, venue.KindSetProtections, protectionsSize(&c.Protections))
		protections(put, b, c)
		return dst
	}
	assert.That(false, "command without a layout")
	return dst
}

// sessions reads the commands about phases and auctions.
func (d *Decoder) sessions(kind venue.CommandKind, b []byte) (venue.Command, Problem) {
	if kind == venue.KindSetSchedule {
		return &d.setSchedule, schedule(get, b, &d.setSchedule)
	}
	return &d.setProtections, protections(get, b, &d.setProtections)
}

// sessionBody moves the body of an event about phases and auctions.
func sessionBody(w way, b []byte, e venue.Event) Problem {
	if e, ok := e.(*venue.AuctionIndicative); ok {
		auctionIndicative(w, b, e)
	}
	if e, ok := e.(*venue.AuctionUncrossing); ok {
		auctionUncrossing(w, b, e)
	}
	if e, ok := e.(*venue.ScheduleSet); ok {
		return schedule(w, b, (*venue.SetSchedule)(e))
	}
	if e, ok := e.(*venue.ProtectionsSet); ok {
		return protections(w, b, (*venue.SetProtections)(e))
	}
	return 0
}
