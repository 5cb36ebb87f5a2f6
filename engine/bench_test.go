package engine_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/clearhour/clearhour/sim/bench"
	"github.com/clearhour/clearhour/sim/orders"
)

// mixes are the flows that are measured: 1,000 accounts with 5 positions, or 5
// assets, and about 10 open orders each.
func mixes() []flow {
	return []flow{{"Futures", orders.Trading(1000, 5, 10)}, {"Spot", orders.SpotTrading(1000, 5, 10)}}
}

type flow struct {
	name string
	mix  orders.Mix
}

const benchCommands = 300_000

// stopwatch tells the time.
func stopwatch() bench.Clock {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// processor tells the processor time of this process, which neighbours on the
// machine do not lengthen as they do the time on the clock.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkApply measures a command through the whole core: idempotency,
// admission, margin, book, ledger and the events on the tape.
func BenchmarkApply(b *testing.B) {
	for _, f := range mixes() {
		b.Run(f.name, func(b *testing.B) {
			r := bench.Record(1, f.mix, benchCommands, 50_000)
			b.ReportMetric(float64(r.Trades)/benchCommands, "trades/op")
			b.ReportMetric(float64(r.Events)/benchCommands, "events/op")
			report(b, r, func() bench.Result { return r.Apply(processor) })
			l := r.Latencies(stopwatch())
			b.ReportMetric(float64(l.P50), "p50-ns")
			b.ReportMetric(float64(l.P99), "p99-ns")
			b.ReportMetric(float64(l.P999), "p99.9-ns")
		})
	}
}

// BenchmarkReplay measures decoding and applying frames as a restart does, and as
// a live round does. The deep flow has 100,000 open orders, so that commands are
// touched before they are applied.
func BenchmarkReplay(b *testing.B) {
	deep := flow{"Deep", orders.Trading(10_000, 5, 10)}
	for _, f := range append(mixes(), deep) {
		b.Run(f.name, func(b *testing.B) {
			r := bench.Record(1, f.mix, benchCommands, 50*f.mix.Accounts)
			report(b, r, func() bench.Result { return r.Replay(processor) })
		})
	}
}

// report runs b.N rounds of a recording. An operation is one command, so the time
// of a round is divided by their number.
func report(b *testing.B, r *bench.Recording, round func() bench.Result) {
	var best time.Duration
	var sum, allocs float64
	for range b.N {
		out := round()
		if best == 0 || out.PerCommand < best {
			best = out.PerCommand
		}
		sum += float64(out.PerCommand)
		allocs += float64(out.Allocs)
	}
	b.ReportMetric(0, "ns/op") // Of a round, which says nothing.
	b.ReportMetric(sum/float64(b.N), "ns/command")
	b.ReportMetric(float64(best), "min-ns/command")
	b.ReportMetric(allocs/float64(b.N)/float64(len(r.Commands)), "allocs/command")
}
