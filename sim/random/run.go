package random

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/check"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// Result is what a run came to.
type Result struct {
	// Seed is that of the run.
	Seed uint64
	// State is the hash of the venue in the end, Events that of all its events.
	State  engine.Hash
	Events uint64
	// Tally counts what happened.
	Tally check.Tally
	// Lasted is the time that passed in the run.
	Lasted venue.Time
	// Restarts and Shocks count what was done to the venue.
	Restarts int
	Shocks   [shocks]int
	// Fund is what the insurance fund has in the end.
	Fund venue.Amount
	// Broken is the property that did not hold, nil when all did.
	Broken *Failure
}

// Failure is a property that did not hold, with the commands that led there.
type Failure struct {
	// Seed and Command are where it happened.
	Seed    uint64
	Command int
	// Err names the property and the numbers.
	Err error
	// Last are the last commands, one a line.
	Last []string
	log  *log
	// plant is that of the run.
	plant func(*venue.Envelope, []venue.Entry)
}

// Error returns all of it.
func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d, command %d: %v\nthe last commands were\n  %s", f.Seed, f.Command, f.Err, strings.Join(f.Last, "\n  "))
}

// shown is how many commands a failure shows.
const shown = 20

// Run runs a venue and replays what was done to it. The error is one of the
// environment; a property that does not hold is in the result.
func Run(c Config) (*Result, error) {
	s := newSim(c)
	defer func() { s.core.Close() }()
	s.begin()
	for s.err == nil && !s.log.full() {
		s.step()
	}
	r := s.result()
	if s.err == nil {
		s.err = s.check.Whole()
	}
	if s.err == nil && c.Plant == nil {
		s.err = s.log.again(r.State)
	}
	if s.err == nil {
		return r, nil
	}
	if _, broken := errors.AsType[*check.Violation](s.err); !broken {
		return nil, s.err
	}
	r.Broken = s.failure()
	return r, nil
}

func (s *Sim) result() *Result {
	r := &Result{
		Seed: s.seed, State: s.core.StateHash(), Tally: *s.check.Tally(), Lasted: s.now - Start, Restarts: s.restarts, Shocks: s.shocks,
	}
	for _, h := range s.log.hashes {
		r.Events = r.Events*0x9e3779b97f4a7c15 + h
	}
	r.Fund, _ = s.check.Equity(venue.Insurance)
	return r
}

func (s *Sim) failure() *Failure {
	n := len(s.log.ends)
	f := &Failure{Seed: s.seed, Command: n, Err: s.err, log: s.log, plant: s.config.Plant}
	var d wire.Decoder
	var env venue.Envelope
	for i := max(0, n-shown); i < n; i++ {
		if err := s.log.command(&d, i, &env); err != nil {
			f.Last = append(f.Last, err.Error())
			continue
		}
		f.Last = append(f.Last, line(&env))
	}
	return f
}

// line writes a command down so that it can be read.
func line(e *venue.Envelope) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", e.Command), "*venue.")
	return fmt.Sprintf("%d +%d.%09d session %d %s%+v", e.Seq, (e.Time-Start)/second, (e.Time-Start)%second, e.Session,
		name, strings.TrimPrefix(fmt.Sprintf("%+v", e.Command), "&"))
}

// Minimise returns the shortest stream that it found by leaving commands out, in
// parts that become smaller, after which the same property still does not hold;
// tries bounds how many streams it runs. Each line is a command.
func (f *Failure) Minimise(tries int) []string {
	want, _ := errors.AsType[*check.Violation](f.Err)
	keep := make([]int, f.Command)
	for i := range keep {
		keep[i] = i
	}
	for part := len(keep) / 2; part > 0 && tries > 0; part /= 2 {
		for from := 0; from < len(keep) && tries > 0; tries-- {
			less := append(append([]int(nil), keep[:from]...), keep[min(from+part, len(keep)):]...)
			if n, same := f.fails(less, want.Property); same {
				keep = less[:n]
				continue
			}
			from += part
		}
	}
	return f.lines(keep)
}

// fails runs some of the commands and says whether the property breaks, and after
// how many of them.
func (f *Failure) fails(some []int, p check.Property) (n int, same bool) {
	core, c := engine.New(Limits()), check.New()
	defer core.Close()
	defer func() {
		if recover() != nil { // An assertion of the venue is another failure.
			same = false
		}
	}()
	var d wire.Decoder
	var env venue.Envelope
	var tape venue.Tape
	for i, at := range some {
		if f.log.command(&d, at, &env) != nil {
			return 0, false
		}
		env.Seq = core.Seq() + 1
		tape.Reset()
		core.Apply(&env, &tape)
		if f.plant != nil {
			f.plant(&env, tape.Entries)
		}
		err := c.Apply(&env, tape.Entries)
		if err == nil && env.Seq%every == 0 {
			err = c.Whole()
		}
		if v, ok := errors.AsType[*check.Violation](err); ok {
			return i + 1, v.Property == p
		}
	}
	return 0, false
}

func (f *Failure) lines(some []int) (all []string) {
	var d wire.Decoder
	var env venue.Envelope
	for _, at := range some {
		if f.log.command(&d, at, &env) == nil {
			all = append(all, line(&env))
		}
	}
	return all
}
