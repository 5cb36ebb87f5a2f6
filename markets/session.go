package markets

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// breakerEntries bounds the memory of a breaker.
const breakerEntries = 64

// Bounds of protections.
const (
	// MaxAuction bounds the length of one auction and the window of a breaker.
	MaxAuction = day
	// Heartbeat is how often a venue that nobody talks to shows that it is there,
	// while a market would reopen by auction after an outage.
	Heartbeat = 20 * venue.Second
	// Outage is the least silence that counts as one (rulebook 3.10).
	Outage = 40 * venue.Second
)

// Session is what a market does by the clock and what protects its prices.
type Session struct {
	// Steps is the schedule of its day; Protections what was set. Neither is
	// written once it is set.
	Steps       []venue.Step
	Protections venue.Protections
	// Told is what the last AuctionIndicative said, without the instrument; Noted says that the book
	// changed since.
	Told  venue.AuctionIndicative
	Noted bool
	// Ends is when the present protective auction ends, 0 for none.
	Ends venue.Time

	due       venue.Time // Of the next step, 0 for none.
	triggers  []Trigger
	breaker   *Breaker
	armed     bool // The breaker knows a settlement price.
	chain     Protection
	reference venue.Price // Of the chain, and
	referred  bool        // whether there is one.
}

// Session returns what an instrument that exists does by the clock.
func (s *Markets) Session(id venue.InstrumentID) *Session { return &s.sessions[id] }

// Collecting returns how many markets collect orders.
func (s *Markets) Collecting() int { return s.collecting }

// Due returns when the next market has something to do by the clock: a step of a
// schedule, the end of a protective auction, or a heartbeat after now.
func (s *Markets) Due(now venue.Time) (venue.Time, bool) {
	at, ok := s.deadline, s.deadline != 0
	if s.watched > 0 && (!ok || now+Heartbeat < at) {
		return now + Heartbeat, true
	}
	return at, ok
}

// Missed says whether there is a market that reopens by auction when the venue
// was silent from one time to the other.
func (s *Markets) Missed(from, to venue.Time) bool { return to-from >= Outage && s.watched > 0 }

// Watched says whether a market trades and reopens by auction after an outage.
func (s *Markets) Watched(id venue.InstrumentID) bool {
	return s.markets[id].Phase == venue.Continuous && s.sessions[id].Protections.Base > 0
}

// resume brings what is derived from phases and sessions up to date. It walks all
// markets, and happens when phases change.
func (s *Markets) resume() {
	s.collecting, s.watched, s.deadline = 0, 0, 0
	for i := 1; i < len(s.markets); i++ {
		m, x := &s.markets[i], &s.sessions[i]
		if m.Guarded = x.breaker != nil || len(x.triggers) > 0; m.Phase.Collecting() {
			m.Guarded = true
			s.collecting++
		}
		if s.Watched(venue.InstrumentID(i)) {
			s.watched++
		}
		for _, at := range [...]venue.Time{x.due, x.Ends} {
			if at != 0 && (s.deadline == 0 || at < s.deadline) {
				s.deadline = at
			}
		}
	}
}

// SetSchedule gives a market its day. It refuses UnknownInstrument, and BadField
// for more than venue.MaxSteps steps, times that do not rise or lie beyond a day,
// and phases that only protections or the operator begin. The first step is the
// next one after now.
func (s *Markets) SetSchedule(id venue.InstrumentID, steps []venue.Step, now venue.Time) venue.Refusal {
	if s.Get(id) == nil {
		return s.unknown()
	}
	if m := s.Get(id); m.Over {
		return m.Ended()
	}
	if why := checkSteps(steps); why.Refused() {
		return why
	}
	x := &s.sessions[id]
	x.Steps = slices.Clone(steps)
	x.due = x.after(now)
	s.resume()
	return venue.Refusal{}
}

func checkSteps(steps []venue.Step) venue.Refusal {
	if len(steps) > venue.MaxSteps {
		return refuse(venue.BadField, venue.FieldSteps, venue.MaxSteps)
	}
	before := venue.Time(-1)
	for _, step := range steps {
		if step.At <= before || step.At >= day {
			return refuse(venue.BadField, venue.FieldSteps, int64(day))
		}
		p := step.Phase
		if p < venue.Continuous || p > venue.ClosingAuction || p == venue.Halted { // Of the operator, of protections, or none.
			return refuse(venue.BadField, venue.FieldPhase, int64(venue.ClosingAuction))
		}
		before = step.At
	}
	return venue.Refusal{}
}

// after returns the time of the first step after now, 0 without a schedule.
func (x *Session) after(now venue.Time) venue.Time {
	if len(x.Steps) == 0 {
		return 0
	}
	midnight := now / day * day
	for _, step := range x.Steps {
		if midnight+step.At > now {
			return midnight + step.At
		}
	}
	return midnight + day + x.Steps[0].At
}

// Step returns the next step of a market that is due by now, and when it was due,
// and moves on. Steps missed for longer than a day are left out.
func (s *Markets) Step(id venue.InstrumentID, now venue.Time) (venue.Phase, venue.Time, bool) {
	x := &s.sessions[id]
	if x.due == 0 || x.due > now {
		return 0, 0, false
	}
	if now-x.due >= day {
		x.due = x.after(now - day)
	}
	at, of := x.due, x.due%day
	i := slices.IndexFunc(x.Steps, func(p venue.Step) bool { return p.At == of })
	assert.That(i >= 0, "step at a time of no step")
	x.due = x.after(at)
	s.resume()
	return x.Steps[i].Phase, at, true
}

// SetProtections gives a halted market its breaker and triggers. It refuses
// UnknownInstrument, NotHalted, and BadField for rates and times out of range and
// a breaker without window or base length.
func (s *Markets) SetProtections(id venue.InstrumentID, p *venue.Protections) venue.Refusal {
	m := s.Get(id)
	if m == nil {
		return s.unknown()
	}
	if m.Over {
		return m.Ended()
	}
	if m.Phase != venue.Halted {
		return refuse(venue.NotHalted, venue.FieldPhase, int64(m.Phase))
	}
	if why := checkProtections(p); why.Refused() {
		return why
	}
	x := &s.sessions[id]
	x.Protections = *p
	x.Protections.Triggers = slices.Clone(p.Triggers)
	x.protect()
	s.resume()
	return venue.Refusal{}
}

func checkProtections(p *venue.Protections) venue.Refusal {
	switch {
	case p.Breaker < 0 || p.Breaker > venue.One:
		return refuse(venue.BadField, venue.FieldBreaker, int64(venue.One))
	case p.Base < 0 || p.Base > MaxAuction || p.Breaker > 0 && p.Base == 0:
		return refuse(venue.BadField, venue.FieldBase, int64(MaxAuction))
	case p.Window < 0 || p.Window > MaxAuction || (p.Breaker > 0) != (p.Window > 0):
		return refuse(venue.BadField, venue.FieldWindow, int64(MaxAuction))
	case len(p.Triggers) > MaxTriggers:
		return refuse(venue.BadField, venue.FieldTriggers, MaxTriggers)
	}
	for _, t := range p.Triggers {
		if t.Move < 1 || t.Move > venue.One || t.Extend <= 0 || t.Extend > MaxAuction {
			return refuse(venue.BadField, venue.FieldTriggers, int64(venue.One))
		}
	}
	return venue.Refusal{}
}

// protect makes the breaker and the triggers of the protections, which know no
// prices yet.
func (x *Session) protect() {
	x.triggers, x.breaker, x.armed = nil, nil, false
	for _, t := range x.Protections.Triggers {
		x.triggers = append(x.triggers, Trigger(t))
	}
	if p := &x.Protections; p.Breaker > 0 {
		x.breaker = NewBreaker(p.Window, breakerEntries, 0, 0)
	}
}

// price returns the mark of a market, or its last trade when it has none.
func (s *Markets) price(id venue.InstrumentID) (venue.Price, bool) {
	if k := s.marks[id]; k.Version > 0 {
		return k.Price, true
	}
	return s.markets[id].Last, s.markets[id].Traded
}

// Arm gives the breaker of a market that opens the price of now as that of the
// last settlement, and forgets the trades before; the last trade stands for the
// empty window.
func (s *Markets) Arm(id venue.InstrumentID) {
	x, m := &s.sessions[id], &s.markets[id]
	if x.breaker == nil {
		return
	}
	settle, known := s.price(id)
	variant, ok := Variant(int64(settle), 1, x.Protections.Breaker)
	if x.armed = known && ok; !x.armed {
		return
	}
	last := settle
	if m.Traded {
		last = m.Last
	}
	x.breaker.Settle(last, variant)
}

// Restraint is why an order may not trade and what it starts instead.
type Restraint struct {
	// Length is how long the auction is.
	Length venue.Time
	// Trigger is the price that breached a trigger; ByTrigger is false when it was
	// the breaker.
	Trigger   venue.Price
	ByTrigger bool
}

// Restrained says whether trades from a first to a last price, and between, may
// not be made in a guarded market that trades (MAT-04, MAT-05).
func (s *Markets) Restrained(id venue.InstrumentID, first, last venue.Price, now venue.Time) (Restraint, bool) {
	x := &s.sessions[id]
	if x.armed && !x.breaker.Allows(first, last, now) {
		return Restraint{Length: x.Protections.Base}, true
	}
	reference, known := s.price(id)
	if !known {
		return Restraint{}, false
	}
	chain := x.chain
	for _, p := range [...]venue.Price{first, last} {
		if length, hit := chain.Check(x.triggers, reference, p); hit {
			return Restraint{Length: length, Trigger: p, ByTrigger: true}, true
		}
	}
	return Restraint{}, false
}

// Protect moves a market into a protective auction until a time, 0 for one that
// the operator ends. A trigger that was breached is used up.
func (s *Markets) Protect(id venue.InstrumentID, ends venue.Time, why Restraint) {
	x := &s.sessions[id]
	x.chain.Reset()
	x.reference, x.referred = s.price(id)
	if why.ByTrigger {
		x.chain.Check(x.triggers, x.reference, why.Trigger)
	}
	x.Ends = ends
	s.markets[id].Phase = venue.ProtectAuction
	s.rephase(id)
	s.resume()
}

// Prolong says that the protective auction of a market goes on, because the
// price that it would come to breaches another trigger (MAT-05).
func (s *Markets) Prolong(id venue.InstrumentID, indicative venue.Price) bool {
	x := &s.sessions[id]
	if !x.referred {
		return false
	}
	more, hit := x.chain.Check(x.triggers, x.reference, indicative)
	if hit {
		x.Ends += more
		s.resume()
	}
	return hit
}

// Traded takes a trade of a guarded market into its window.
func (s *Markets) Traded(id venue.InstrumentID, p venue.Price, now venue.Time) {
	if x := &s.sessions[id]; x.armed {
		x.breaker.Traded(p, now)
	}
}
