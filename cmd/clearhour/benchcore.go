package main

import (
	"fmt"
	"io"
	"time"

	"github.com/clearhour/clearhour/sim/bench"
	"github.com/clearhour/clearhour/sim/orders"
)

// benchClock is the clock of the measurements of the core.
func benchClock() bench.Clock {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// coreFlows are what the core is measured under.
var coreFlows = []struct {
	name string
	mix  orders.Mix
}{
	{"spot, 1,000 accounts, 10 orders each", orders.SpotTrading(1000, 1, 10)},
	{"futures, 1,000 accounts, 5 positions and 10 orders each", orders.Trading(1000, 5, 10)},
}

// coreCommands is how many commands a recording of the core holds.
const coreCommands = 1_000_000

func benchApply(out io.Writer, o *benchOptions) error {
	return overFlows(out, o, (*bench.Recording).Apply)
}

func benchReplay(out io.Writer, o *benchOptions) error {
	return overFlows(out, o, (*bench.Recording).Replay)
}

// overFlows measures each flow and prints the best of some runs.
func overFlows(out io.Writer, o *benchOptions, measure func(*bench.Recording, bench.Clock) bench.Result) error {
	fmt.Fprintf(out, "%-58s %9s %12s %8s %9s %9s %9s\n", "flow", "ns/cmd", "commands/s", "allocs", "p50 ns", "p99 ns", "p99.9 ns")
	for _, f := range coreFlows {
		r := bench.Record(1, f.mix, coreCommands, coreCommands/4)
		best := measure(r, benchClock())
		for range o.runs - 1 {
			if again := measure(r, benchClock()); again.PerCommand < best.PerCommand {
				best = again
			}
		}
		single := r.Latencies(benchClock())
		fmt.Fprintf(out, "%-58s %9d %12d %8d %9d %9d %9d\n", f.name, best.PerCommand.Nanoseconds(), best.Rate(), best.Allocs,
			single.P50.Nanoseconds(), single.P99.Nanoseconds(), single.P999.Nanoseconds())
	}
	_, err := fmt.Fprintln(out, "(percentiles are of single Apply calls and include about 45 ns of reading the clock)")
	return err
}
