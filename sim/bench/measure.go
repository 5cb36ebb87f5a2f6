package bench

import (
	"fmt"
	"runtime"
	"slices"
	"time"

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

// Apply runs a recording through a core, without timing single commands. With
// ahead above 0 it touches that many commands at a time before it applies them,
// which does something only where there are many orders.
//
// Memory that the core has not used before is part of what is measured: the books
// and the ledger have theirs since the set-up, but each new identifier takes 64
// bytes of fresh memory and a place in an index that grows, as it does in a venue
// until it remembers as many as it may. That is 2 to 3 % of a run.
func (r *Recording) Apply(now Clock, ahead int) Result {
	core := r.Core()
	defer core.Close()
	var tape venue.Tape
	r.warm(&tape)
	return measure(now, len(r.Commands), func() {
		for i := range r.Commands {
			if ahead > 0 && i%ahead == 0 {
				core.Touch(r.Commands[i:min(i+ahead, len(r.Commands))])
			}
			tape.Reset()
			core.Apply(&r.Commands[i], &tape)
		}
	})
}

// Latencies runs a recording through a core and times each command.
func (r *Recording) Latencies(now Clock) Result {
	core := r.Core()
	defer core.Close()
	var tape venue.Tape
	r.warm(&tape)
	all := make([]time.Duration, len(r.Commands))
	out := measure(now, len(r.Commands), func() {
		was := now()
		for i := range r.Commands {
			tape.Reset()
			core.Apply(&r.Commands[i], &tape)
			is := now()
			all[i], was = is-was, is
		}
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
	return measure(now, len(r.Commands), func() {
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

// measure runs f once and counts.
func measure(now Clock, n int, f func()) Result {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := now()
	f()
	took := now() - start
	runtime.ReadMemStats(&after)
	return Result{Commands: n, PerCommand: took / time.Duration(n), Allocs: after.Mallocs - before.Mallocs}
}
