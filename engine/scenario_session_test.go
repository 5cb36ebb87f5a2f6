package engine_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
)

// phaseOf returns the phase of that name, one that there is not for others.
func phaseOf(word string) venue.Phase {
	for p := venue.Continuous; p <= venue.ProtectAuction; p++ {
		if p.String() == word {
			return p
		}
	}
	return 99
}

// span reads "10m" or "08:30".
func span(d *script.Cmd, text string) venue.Time {
	if t, err := time.Parse("15:04", text); err == nil {
		return venue.Time(t.Sub(t.Truncate(24 * time.Hour)))
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		d.Fatalf("%v", err)
	}
	return venue.Time(v)
}

// setSchedule reads "schedule L40S 08:00=pre-open,08:30=open-auction".
func (f *floor) setSchedule(d *script.Cmd) string {
	c := &venue.SetSchedule{Instrument: f.instrument(d, d.Word(0)).ID}
	for text := range strings.SplitSeq(d.ArgOr("at", ""), ",") {
		if at, phase, ok := strings.Cut(text, "/"); ok {
			c.Steps = append(c.Steps, venue.Step{At: span(d, at), Phase: phaseOf(phase)})
		}
	}
	return f.apply(d, 0, c)
}

// setProtections reads "protections L40S breaker=0.05 window=10m base=5m
// triggers=0.02/1m,0.1/5m".
func (f *floor) setProtections(d *script.Cmd) string {
	c := &venue.SetProtections{Instrument: f.instrument(d, d.Word(0)).ID}
	p := &c.Protections
	p.Breaker, p.Window, p.Base = f.rate(d, "breaker", "0"), span(d, d.ArgOr("window", "0s")), span(d, d.ArgOr("base", "0s"))
	for text := range strings.SplitSeq(d.ArgOr("triggers", ""), ",") {
		if move, extend, ok := strings.Cut(text, "/"); ok {
			p.Triggers = append(p.Triggers, venue.Trigger{Move: f.parseRate(d, move), Extend: span(d, extend)})
		}
	}
	return f.apply(d, 0, c)
}

func (f *floor) sessionLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.AuctionIndicative:
		s := fmt.Sprintf("auction %s: ", f.symbol(x.Instrument))
		if x.Volume == 0 {
			s += "nothing"
		} else {
			s += fmt.Sprintf("%d at %s, surplus %+d", x.Volume, f.price(x.Instrument, x.Price), x.Surplus)
		}
		if x.Ends != 0 {
			s += ", ends " + clock(x.Ends)
		}
		return s, true
	case *venue.AuctionUncrossing:
		return fmt.Sprintf("uncrossing %s: %d left at %s, then %v", f.symbol(x.Instrument), x.Left, f.price(x.Instrument, x.Price), x.Next), true
	case *venue.ScheduleSet:
		s := "schedule " + f.symbol(x.Instrument) + ":"
		for _, step := range x.Steps {
			s += fmt.Sprintf(" %v %v", time.Duration(step.At), step.Phase)
		}
		return s, true
	case *venue.ProtectionsSet:
		p := &x.Protections
		s := fmt.Sprintf("protections %s: breaker %d ppm in %v, base %v", f.symbol(x.Instrument), p.Breaker, time.Duration(p.Window), time.Duration(p.Base))
		for _, t := range p.Triggers {
			s += fmt.Sprintf(", %d ppm for %v", t.Move, time.Duration(t.Extend))
		}
		return s, true
	}
	return "", false
}
