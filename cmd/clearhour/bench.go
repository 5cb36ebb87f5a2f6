package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/sim/flow"
)

// benchOptions say what bench measures and for how long.
type benchOptions struct {
	only   []string
	runs   int
	dir    string
	orders int
}

// benches are the parts of bench, in the order in which they run.
var benches = []struct {
	name, title string
	run         func(context.Context, io.Writer, *benchOptions) error
}{
	{"book", "Raw book: matching alone, integers ready, one goroutine, nothing durable", alone(benchBook)},
	{"apply", "Core: Apply with idempotency, admission, margin, book, ledger, fees and events, one goroutine, nothing durable", alone(benchApply)},
	{"replay", "Replay: decode and Apply frames from memory, one goroutine", alone(benchReplay)},
	{"marks", "Marks: a mark moves, and everybody with a position in the market is judged, in slices of 256 accounts", alone(benchMarks)},
	{"liquidation", "Liquidation: the whole long side of a market falls; insurance fund, deleveraging, haircut of gains", alone(benchLiquidation)},
	{"wire", "Network: WebSocket, FIX-JSON, logged on, client and venue on this machine", benchWire},
}

// alone lets Ctrl-C end a measurement that only computes.
func alone(run func(io.Writer, *benchOptions) error) func(context.Context, io.Writer, *benchOptions) error {
	return func(ctx context.Context, out io.Writer, o *benchOptions) error {
		return orInterrupted(ctx, func() error { return run(out, o) })
	}
}

func benchCommand() *cobra.Command {
	var o benchOptions
	names := make([]string, len(benches))
	for i, b := range benches {
		names[i] = b.name
	}
	c := &cobra.Command{
		Use:   "bench [" + strings.Join(names, "|") + "]...",
		Short: "Measure matching, the core, replay, marks, liquidation and the way over the network",
		Long: "bench measures on this machine and says what it measured: the window, what is durable before an answer, and how\n" +
			"busy the machine was. Times are the least of several runs, because whatever else runs only adds.",
		ValidArgs: names,
		Args:      cobra.OnlyValidArgs,
		RunE: func(c *cobra.Command, args []string) error {
			o.only = args
			return failed(runBenches(c.Context(), c.OutOrStdout(), &o))
		},
	}
	c.Flags().IntVar(&o.runs, "runs", 5, "runs of each measurement; the best is shown")
	c.Flags().StringVar(&o.dir, "dir", "", "directory for the journal of the network part (default: a temporary one)")
	c.Flags().IntVar(&o.orders, "orders", 1_000_000, "orders of the network part's peak run")
	return c
}

func runBenches(ctx context.Context, out io.Writer, o *benchOptions) error {
	fmt.Fprintln(out, machine())
	for _, b := range benches {
		if len(o.only) > 0 && !slices.Contains(o.only, b.name) {
			continue
		}
		fmt.Fprintf(out, "\n%s\n(load before: %s)\n", b.title, loadAverage())
		if err := b.run(ctx, out, o); err != nil {
			return fmt.Errorf("bench %s: %w", b.name, err)
		}
	}
	return nil
}

// machine describes where the figures come from.
func machine() string {
	return fmt.Sprintf("machine: %s, %d cores, GOMAXPROCS %d, %s %s/%s",
		cpuModel(), runtime.NumCPU(), runtime.GOMAXPROCS(0), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, " \t:\n")
		}
	}
	return "unknown CPU"
}

// loadAverage is how many others wanted a core during the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

func benchBook(out io.Writer, o *benchOptions) error {
	fmt.Fprintf(out, "%-22s %9s %9s %9s %9s %8s %8s %10s\n", "workload", "ns/op", "p50 ns", "p99 ns", "p99.9 ns", "allocs", "B/order", "trades")
	for _, make := range []func() *flow.Workload{flow.W1, flow.W2, flow.W3} {
		w := make()
		best := w.Run(false)
		for range o.runs - 1 {
			if r := w.Run(false); r.PerOp < best.PerOp {
				best = r
			}
		}
		if best.Hash != w.Hash {
			return fmt.Errorf("%s: trades hash %x, want %x", w.Name, best.Hash, w.Hash)
		}
		single := w.Run(true)
		fmt.Fprintf(out, "%-22s %9.1f %9d %9d %9d %8d %8d %10d\n", w.Name, float64(best.PerOp)/1000,
			single.P50, single.P99, single.P999, best.Allocs, best.BytesPerOrder, best.Trades)
	}
	fmt.Fprintln(out, "(percentiles are of single operations and include about 45 ns of reading the clock)")
	return nil
}
