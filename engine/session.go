package engine

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// setPhase moves a market at the operator's word.
func (e *Engine) setPhase(c *venue.SetPhase) {
	m := e.markets.Get(c.Instrument)
	if m != nil && m.Over {
		e.rejectCommand(c, 0, venue.ClOrdID{}, m.Ended())
		return
	}
	if u := e.under(c.Instrument); u != nil && c.Phase.Valid() {
		e.redirect(u, c.Phase)
		return
	}
	if m != nil && c.Phase == venue.ProtectAuction && m.Phase != venue.ProtectAuction {
		e.protect(c.Instrument, markets.Restraint{Length: e.markets.Session(c.Instrument).Protections.Base})
		return
	}
	if m != nil && c.Phase.Uncrosses() && !e.uncross(c.Instrument, c.Phase) {
		return
	}
	if why := e.markets.SetPhase(c.Instrument, c.Phase); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.entered(c.Instrument)
}

// enter moves a market to another phase by the clock.
func (e *Engine) enter(inst venue.InstrumentID, p venue.Phase) {
	if !p.Uncrosses() || e.uncross(inst, p) {
		e.rephase(inst, p)
	}
}

// rephase moves a market whose book may be in the phase.
func (e *Engine) rephase(inst venue.InstrumentID, p venue.Phase) {
	why := e.markets.SetPhase(inst, p)
	assert.That(!why.Refused(), "scheduled phase refused")
	e.entered(inst)
}

// entered tells that a market is in another phase, and does what follows. The
// trades of an uncrossing have been told before: they belong to the phase that
// collected the orders.
func (e *Engine) entered(inst venue.InstrumentID) {
	m := e.markets.Get(inst)
	x := e.tape.PhaseChanged()
	x.Instrument, x.Phase = inst, m.Phase
	e.call.work += enterWork
	switch {
	case m.Phase.Collecting():
		e.note(inst)
		e.call.tell = e.now
	case m.Phase == venue.Continuous:
		e.markets.Arm(inst)
		e.elect(inst) // What one command could not elect before the market closed.
	}
}

// protect begins a protective auction; one of length 0 ends by the operator.
func (e *Engine) protect(inst venue.InstrumentID, why markets.Restraint) {
	ends := venue.Time(0)
	if why.Length > 0 {
		ends = e.now + why.Length
	}
	e.markets.Protect(inst, ends, why)
	e.entered(inst)
}

func (e *Engine) setSchedule(c *venue.SetSchedule) {
	if why := e.markets.SetSchedule(c.Instrument, c.Steps, e.now); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.tellSchedule(c.Instrument, e.markets.Session(c.Instrument))
}

func (e *Engine) setProtections(c *venue.SetProtections) {
	if why := e.markets.SetProtections(c.Instrument, &c.Protections); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.tellProtections(c.Instrument, e.markets.Session(c.Instrument))
}

// sessions moves the markets whose time has come, as many as one envelope may. One
// that is being uncrossed waits.
func (e *Engine) sessions() {
	if due, ok := e.markets.Due(e.now); !ok || due > e.now {
		return
	}
	for inst := venue.InstrumentID(1); inst <= e.markets.Count(); inst++ {
		m := e.markets.Get(inst)
		if e.spent() {
			return
		}
		if m.Uncrossing {
			continue
		}
		e.endAuction(inst)
		for !m.Uncrossing {
			p, at, ok := e.markets.Step(inst, e.now)
			if !ok {
				break
			}
			e.step(inst, p, at)
		}
	}
}

// endAuction ends the protective auction of a market whose time is over, unless
// the price that it comes to breaches another trigger (MAT-05).
func (e *Engine) endAuction(inst venue.InstrumentID) {
	x := e.markets.Session(inst)
	for x.Ends != 0 && x.Ends <= e.now {
		e.expelCrossing(inst)
		a, ok := e.books.Indicative(inst, e.reference(inst))
		if !ok || !e.markets.Prolong(inst, a.Price) {
			e.enter(inst, venue.Continuous)
			return
		}
		e.note(inst)
	}
}

// step makes a scheduled change of phase. A market that the operator halted stays
// halted; a protective auction opens the market itself when it ends; and a market
// that should have opened long ago opens by auction.
func (e *Engine) step(inst venue.InstrumentID, p venue.Phase, at venue.Time) {
	m, x := e.markets.Get(inst), e.markets.Session(inst)
	late := e.now-at >= markets.Outage && x.Protections.Base > 0
	switch {
	case m.Phase == venue.Halted || m.Phase == venue.Settled || m.Phase == p:
	case p == venue.Continuous && m.Phase == venue.ProtectAuction:
	case p == venue.Continuous && late:
		e.protect(inst, markets.Restraint{Length: x.Protections.Base})
	default:
		e.enter(inst, p)
	}
}

// missed says whether the venue was silent for so long that markets reopen by
// auction.
func (e *Engine) missed(before venue.Time) bool {
	return e.markets.Missed(before, e.now) || len(e.call.uncrossings) > 0 && e.now-before >= markets.Outage
}

// reopen puts the markets that traded when the venue fell silent into auctions
// (rulebook 3.10), and those that were about to when they are uncrossed.
func (e *Engine) reopen() {
	for i := range e.call.uncrossings {
		u := &e.call.uncrossings[i]
		if u.next == venue.Continuous && e.markets.Session(u.inst).Protections.Base > 0 {
			e.redirect(u, venue.ProtectAuction)
		}
	}
	for inst := venue.InstrumentID(1); inst <= e.markets.Count(); inst++ {
		if e.markets.Watched(inst) {
			e.protect(inst, markets.Restraint{Length: e.markets.Session(inst).Protections.Base})
		}
	}
}

// sessionsDue returns the earlier of a time and of when a market moves by itself.
func (e *Engine) sessionsDue(at venue.Time, ok bool) (venue.Time, bool) {
	if t, is := e.markets.Due(e.now); is && (!ok || t < at) {
		return t, true
	}
	return at, ok
}
