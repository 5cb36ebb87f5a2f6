// Command kill runs every mutant, prints which test noticed each, and fails when
// one survives. Words on its command line choose mutants whose rule or fault has
// one of them.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/clearhour/clearhour/internal/mutants"
)

func main() {
	workers := flag.Int("p", max(1, runtime.NumCPU()/2), "how many run at a time")
	flag.Parse()
	list := choose(append(mutants.Rules(), mutants.Journal()...), flag.Args())
	if survivors := kill(list, *workers); survivors > 0 {
		fmt.Printf("%d of %d mutants survive\n", survivors, len(list))
		os.Exit(1)
	}
	fmt.Printf("all %d mutants are killed\n", len(list))
}

func choose(list []mutants.Mutant, words []string) []mutants.Mutant {
	if len(words) == 0 {
		return list
	}
	var chosen []mutants.Mutant
	for _, m := range list {
		for _, w := range words {
			if strings.Contains(m.Rule+" "+m.Fault, w) {
				chosen = append(chosen, m)
				break
			}
		}
	}
	return chosen
}

// kill runs the mutants, prints a line for each in the order of the list, and
// returns how many no test noticed.
func kill(list []mutants.Mutant, workers int) (survivors int) {
	lines := make([]chan string, len(list))
	next := make(chan int)
	var alive sync.Mutex
	for i := range lines {
		lines[i] = make(chan string, 1)
	}
	for range workers {
		go func() {
			for i := range next {
				start := time.Now()
				out, err := list[i].Run(".")
				line := fmt.Sprintf("killed by %s in %.1fs\n%10s%s", out.Test, time.Since(start).Seconds(), "", cut(out.Said))
				if err != nil || out.Test == "" {
					alive.Lock()
					survivors++
					alive.Unlock()
					line = "SURVIVES"
				}
				if err != nil {
					line = "DOES NOT RUN: " + err.Error()
				}
				lines[i] <- line
			}
		}()
	}
	go func() {
		for i := range list {
			next <- i
		}
		close(next)
	}()
	for i, m := range list {
		fmt.Printf("%3d/%d %-7s %s: %s\n", i+1, len(list), m.Rule, m.Fault, <-lines[i])
	}
	alive.Lock()
	defer alive.Unlock()
	return survivors
}

// cut keeps what fits on a line.
func cut(s string) string {
	const most = 150
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
