package mutants

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	kill    = flag.Bool("kill", false, "run the mutants, several minutes")
	match   = flag.String("match", "", "only those whose rule and fault hold this")
	workers = flag.Int("workers", max(1, runtime.NumCPU()/2), "how many run at a time")
)

// TestKill prints which test notices each mutant, and fails when one survives.
func TestKill(t *testing.T) {
	if !*kill {
		t.Skip("make mutants runs them")
	}
	var list []Mutant
	for _, m := range append(Rules(), Journal()...) {
		if strings.Contains(m.Rule+" "+m.Fault, *match) {
			list = append(list, m)
		}
	}
	lines := runAll(t.Context(), list, *workers)
	survivors := 0
	for i, m := range list {
		v := <-lines[i]
		fmt.Printf("%3d/%d %-7s %s: %s\n", i+1, len(list), m.Rule, m.Fault, v.line)
		if !v.killed {
			survivors++
		}
	}
	if survivors > 0 {
		t.Fatalf("%d of %d mutants survive", survivors, len(list))
	}
	fmt.Printf("all %d mutants are killed\n", len(list))
}

type verdict struct {
	killed bool
	line   string
}

// runAll runs the mutants, some at a time, and gives each verdict in its place.
func runAll(ctx context.Context, list []Mutant, workers int) []chan verdict {
	out, next := make([]chan verdict, len(list)), make(chan int)
	for i := range out {
		out[i] = make(chan verdict, 1)
	}
	for range workers {
		go func() {
			for i := range next {
				out[i] <- judge(ctx, &list[i])
			}
		}()
	}
	go func() {
		for i := range list {
			next <- i
		}
		close(next)
	}()
	return out
}

func judge(ctx context.Context, m *Mutant) verdict {
	start := time.Now()
	o, err := m.Run(ctx, root)
	switch {
	case err != nil:
		return verdict{false, "DOES NOT RUN: " + err.Error()}
	case o.Test == "":
		return verdict{false, "SURVIVES"}
	}
	const most = 150 // Characters of what a test said.
	if len(o.Said) > most {
		o.Said = o.Said[:most] + "..."
	}
	return verdict{true, fmt.Sprintf("killed by %s in %.1fs\n%16s%s", o.Test, time.Since(start).Seconds(), "", o.Said)}
}
