package main

import (
	"fmt"
	"io"
	"time"

	"github.com/clearhour/clearhour/sim/bench"
)

// Sizes of the measurements of risk.
const (
	markedAccounts  = 10_000
	fallingAccounts = 5_000
)

// benchMarks measures how long it takes to judge everybody after a mark moved.
func benchMarks(out io.Writer, o *benchOptions) error {
	got := bench.MoveMark(markedAccounts, 10*o.runs, benchClock())
	fmt.Fprintf(out, "%9s %9s %9s %12s %8s\n", "accounts", "commands", "total ms", "longest us", "allocs")
	_, err := fmt.Fprintf(out, "%9d %9d %9.2f %12.1f %8d\n", got.Accounts, got.Count, milliseconds(got.Took), microseconds(got.Longest), got.Allocs)
	return err
}

// benchLiquidation measures a market whose whole open interest is liquidated.
func benchLiquidation(out io.Writer, o *benchOptions) error {
	var best []bench.FallPart
	for range o.runs {
		f := bench.NewFall(fallingAccounts, benchClock())
		parts := f.Run(nil)
		f.Close()
		if best == nil {
			best = parts
		}
		for i := range parts {
			if parts[i].Took < best[i].Took {
				best[i] = parts[i]
			}
		}
	}
	fmt.Fprintf(out, "%d accounts\n%-54s %9s %9s %10s %11s %10s %9s %9s %6s %7s %7s\n", fallingAccounts, "what happens", "commands", "total ms", "longest us",
		"most events", "most steps", "accounts", "takeovers", "ADL", "debts", "cuts")
	for _, p := range best {
		fmt.Fprintf(out, "%-54s %9d %9.1f %10.1f %11d %10d %9d %9d %6d %7d %7d\n", p.Name, p.Count, milliseconds(p.Took), microseconds(p.Longest),
			p.MostEvents, p.MostReceipts, p.Liquidated, p.Taken, p.Deleveraged, p.Debtors, p.Cuts)
	}
	_, err := fmt.Fprintln(out, "(until nothing is left to be done; longest, events and steps are of one command; a step leaves a receipt)")
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
