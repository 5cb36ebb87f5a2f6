package bench

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// Clock tells the time since some fixed moment.
type Clock func() time.Duration

// Result is what a run of a recording took.
type Result struct {
	// Commands is how many were applied.
	Commands int
	// PerCommand is the mean of the run.
	PerCommand time.Duration
	// Allocs is how many times the run allocated, all commands together.
	Allocs uint64
	// P50, P99, P999 and Max are of single commands; 0 when they were not timed.
	// They include what reading the clock costs.
	P50, P99, P999, Max time.Duration
}

// Rate returns commands per second.
func (r Result) Rate() int64 {
	if r.PerCommand <= 0 {
		return 0
	}
	return int64(time.Second / r.PerCommand)
}

// String returns the result in one line.
func (r Result) String() string {
	s := fmt.Sprintf("%d commands, %v each (%d/s), %d allocations", r.Commands, r.PerCommand, r.Rate(), r.Allocs)
	if r.Max > 0 {
		s += fmt.Sprintf("; p50 %v, p99 %v, p99.9 %v, max %v", r.P50, r.P99, r.P999, r.Max)
	}
	return s
}

// round is how many commands are decoded before they are applied and timed
// together: so few that they are in the cache, as in a venue.
const round = 256

// Apply runs a recording through a core as a venue applies a frame: commands that
// were decoded a moment ago, touched in groups before they are applied. Decoding
// is not timed; Replay times both.
//
// Memory that the core has not used before is part of what is measured: the books
// and the ledger have theirs since the set-up, but each new identifier takes 64
// bytes of fresh memory and a place in an index that grows, as it does in a venue
// until it remembers as many as it may. That is 2 to 3 % of a run.
func (r *Recording) Apply(now Clock) Result {
	core := r.Core()
	defer core.Close()
	var tape venue.Tape
	r.warm(&tape)
	hot := make([]venue.Envelope, round)
	kept := newKeeper(round)
	return measure(len(r.Commands), func() time.Duration {
		took := time.Duration(0)
		for at := 0; at < len(r.Commands); at += round {
			next := hot[:min(round, len(r.Commands)-at)]
			kept.forget()
			for i := range next {
				next[i] = kept.keep(&r.Commands[at+i])
			}
			start := now()
			tape.Reset()
			for g := 0; g < len(next); g += engine.MaxTouch {
				group := next[g:min(g+engine.MaxTouch, len(next))]
				core.Touch(group)
				for i := range group {
					core.Apply(&group[i], &tape)
				}
			}
			took += now() - start
		}
		return took
	})
}

// Latencies runs a recording through a core and times each command.
func (r *Recording) Latencies(now Clock) Result {
	core := r.Core()
	defer core.Close()
	var tape venue.Tape
	r.warm(&tape)
	all := make([]time.Duration, len(r.Commands))
	out := measure(len(r.Commands), func() time.Duration {
		start := now()
		was := start
		for i := range r.Commands {
			tape.Reset()
			core.Apply(&r.Commands[i], &tape)
			is := now()
			all[i], was = is-was, is
		}
		return was - start
	})
	slices.Sort(all)
	at := func(permille int) time.Duration { return all[min(len(all)-1, len(all)*permille/1000)] }
	out.P50, out.P99, out.P999, out.Max = at(500), at(990), at(999), all[len(all)-1]
	return out
}

// Replay decodes the frames of a recording and applies them, as a restart does.
func (r *Recording) Replay(now Clock) Result {
	core := r.Core()
	defer core.Close()
	var tape venue.Tape
	r.warm(&tape)
	var dec wire.Decoder
	return measure(len(r.Commands), func() time.Duration {
		start := now()
		for _, frame := range r.Frames {
			if err := dec.Reset(frame); err != nil {
				panic(err)
			}
			for {
				group, err := dec.NextGroup()
				if err != nil {
					panic(err)
				}
				if len(group) == 0 {
					break
				}
				core.Touch(group)
				for i := range group {
					tape.Reset()
					core.Apply(&group[i], &tape)
				}
			}
		}
		return now() - start
	})
}

// warm lets a tape have the memory for any command.
func (r *Recording) warm(tape *venue.Tape) {
	tape.Begin(&venue.Envelope{})
	for range 2048 {
		tape.Traded()
		tape.LevelChanged()
		tape.BalanceChanged()
		tape.PositionChanged()
		tape.OrderCanceled()
		tape.OrderReduced()
	}
	for range 64 {
		tape.OrderAccepted()
		tape.OrderRejected()
		tape.OrderAmended()
		tape.CancelRejected()
		tape.RequestRepeated()
	}
}

// measure runs f once, which says how long n commands took, and counts.
func measure(n int, f func() time.Duration) Result {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	took := f()
	runtime.ReadMemStats(&after)
	return Result{Commands: n, PerCommand: took / time.Duration(n), Allocs: after.Mallocs - before.Mallocs}
}
