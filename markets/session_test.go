package markets

import (
	"bytes"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

func TestSetSchedule(t *testing.T) {
	const hour = 3600 * venue.Second
	long := make([]venue.Step, venue.MaxSteps+1)
	for i := range long {
		long[i] = venue.Step{At: venue.Time(i) * hour, Phase: venue.CancelOnly}
	}
	for name, c := range map[string]struct {
		id    venue.InstrumentID
		steps []venue.Step
		want  venue.Refusal
	}{
		"none":       {1, nil, venue.Refusal{}},
		"most":       {1, long[1:], venue.Refusal{}},
		"too many":   {1, long, refuse(venue.BadField, venue.FieldSteps, venue.MaxSteps)},
		"unknown":    {9, nil, refuse(venue.UnknownInstrument, venue.FieldInstrument, 3)},
		"twice":      {1, []venue.Step{{At: hour, Phase: venue.PreOpen}, {At: hour, Phase: venue.Continuous}}, refuse(venue.BadField, venue.FieldSteps, int64(day))},
		"before":     {1, []venue.Step{{At: -1, Phase: venue.PreOpen}}, refuse(venue.BadField, venue.FieldSteps, int64(day))},
		"after":      {1, []venue.Step{{At: day, Phase: venue.PreOpen}}, refuse(venue.BadField, venue.FieldSteps, int64(day))},
		"halted":     {1, []venue.Step{{At: 0, Phase: venue.Halted}}, refuse(venue.BadField, venue.FieldPhase, int64(venue.ClosingAuction))},
		"protective": {1, []venue.Step{{At: 0, Phase: venue.ProtectAuction}}, refuse(venue.BadField, venue.FieldPhase, int64(venue.ClosingAuction))},
		"no phase":   {1, []venue.Step{{At: 0, Phase: 0}}, refuse(venue.BadField, venue.FieldPhase, int64(venue.ClosingAuction))},
	} {
		if got := open(t).SetSchedule(c.id, c.steps, now); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestSteps(t *testing.T) {
	const hour = 3600 * venue.Second
	s := open(t)
	steps := []venue.Step{{At: 8 * hour, Phase: venue.PreOpen}, {At: 9 * hour, Phase: venue.Continuous}, {At: 17 * hour, Phase: venue.CancelOnly}}
	today := 20_000 * day
	s.SetSchedule(1, steps, today+9*hour)
	for i, c := range []struct {
		now, at venue.Time
		phase   venue.Phase
	}{
		{17*hour - 1, 0, 0},
		{17 * hour, 17 * hour, venue.CancelOnly},
		{17 * hour, 0, 0},
		{day + 10*hour, day + 8*hour, venue.PreOpen},
		{day + 10*hour, day + 9*hour, venue.Continuous},
		{day + 10*hour, 0, 0},
		{9*day + 8*hour, 8*day + 9*hour, venue.Continuous}, // A day is made up for, not a week.
		{9*day + 8*hour, 8*day + 17*hour, venue.CancelOnly},
		{9*day + 8*hour, 9*day + 8*hour, venue.PreOpen},
		{9*day + 8*hour, 0, 0},
	} {
		p, at, ok := s.Step(1, today+c.now)
		if p != c.phase || ok != (c.phase != 0) || ok && at != today+c.at {
			t.Errorf("step %d: Step = %v, %v, %v; want %v at %v", i, p, at-today, ok, c.phase, c.at)
		}
	}
	if due, ok := s.Due(today + 9*day + 8*hour); !ok || due != today+9*day+9*hour {
		t.Errorf("Due = %v, %v; want %v", due-today, ok, 9*day+9*hour)
	}
}

func TestSetProtections(t *testing.T) {
	good := venue.Protections{Breaker: 1, Window: 1, Base: 1}
	for name, c := range map[string]struct {
		p     venue.Protections
		field venue.Field
	}{
		"none":                 {venue.Protections{}, 0},
		"good":                 {good, 0},
		"triggers alone":       {venue.Protections{Triggers: []venue.Trigger{{Move: 1, Extend: 1}}}, 0},
		"base alone":           {venue.Protections{Base: MaxAuction}, 0},
		"below zero":           {venue.Protections{Breaker: -1, Window: 1, Base: 1}, venue.FieldBreaker},
		"above one":            {venue.Protections{Breaker: venue.One + 1, Window: 1, Base: 1}, venue.FieldBreaker},
		"no length":            {venue.Protections{Breaker: 1, Window: 1}, venue.FieldBase},
		"too long":             {venue.Protections{Base: MaxAuction + 1}, venue.FieldBase},
		"no window":            {venue.Protections{Breaker: 1, Base: 1}, venue.FieldWindow},
		"window of no breaker": {venue.Protections{Window: 1, Base: 1}, venue.FieldWindow},
		"no move":              {venue.Protections{Triggers: []venue.Trigger{{Move: 0, Extend: 1}}}, venue.FieldTriggers},
		"no extension":         {venue.Protections{Triggers: []venue.Trigger{{Move: 1}}}, venue.FieldTriggers},
		"too many triggers":    {venue.Protections{Triggers: make([]venue.Trigger, MaxTriggers+1)}, venue.FieldTriggers},
	} {
		s := open(t)
		s.SetPhase(1, venue.Halted)
		if got := s.SetProtections(1, &c.p); got.Field != c.field || got.Refused() != (c.field != 0) {
			t.Errorf("%s: %+v, want field %v", name, got, c.field)
		}
	}
	s := open(t)
	if got, want := s.SetProtections(1, &good), refuse(venue.NotHalted, venue.FieldPhase, int64(venue.Continuous)); got != want {
		t.Errorf("while open: %+v, want %+v", got, want)
	}
	if got, want := s.SetProtections(9, &good), s.unknown(); got != want {
		t.Errorf("unknown: %+v, want %+v", got, want)
	}
}

// Every state that was cut off is refused, and a whole one is the same again.
func TestSessionsState(t *testing.T) {
	s := open(t)
	s.SetPhase(1, venue.Halted)
	s.SetProtections(1, &venue.Protections{Breaker: 50_000, Window: 60, Base: 30, Triggers: []venue.Trigger{{Move: 10, Extend: 20}}})
	s.SetSchedule(1, []venue.Step{{At: 10, Phase: venue.PreOpen}, {At: 20, Phase: venue.Continuous}}, now)
	s.SetPhase(1, venue.Continuous)
	s.Arm(1)
	s.Traded(1, 2000, now)
	s.Protect(1, now+30, Restraint{Length: 30, ByTrigger: true, Trigger: 3000})
	whole := s.AppendSessions(nil)
	fresh := open(t)
	fresh.SetPhase(1, venue.ProtectAuction)
	if rest, err := fresh.LoadSessions(whole); err != nil || len(rest) != 0 {
		t.Fatalf("LoadSessions: %d bytes left, %v", len(rest), err)
	}
	if got := fresh.AppendSessions(nil); !bytes.Equal(got, whole) {
		t.Errorf("a state came back as %x, want %x", got, whole)
	}
	if due, _ := fresh.Due(now); due != now+30 {
		t.Errorf("Due = %v, want %v", due, now+30)
	}
	for n := range whole {
		if _, err := open(t).LoadSessions(whole[:n]); err == nil {
			t.Errorf("a state of %d bytes of %d was taken", n, len(whole))
		}
	}
}
