package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// fairValues is the world outside of the demo: what each class is worth, moving
// at random around where it began.
type fairValues struct {
	mu     sync.Mutex
	rng    *rand.Rand
	names  []string
	class  map[string]int     // By symbol.
	carry  map[string]float64 // By symbol: what the window adds to the class.
	index  map[string]int     // Class by symbol of an index.
	start  []float64          // By class, in ticks.
	values []float64
	fleet  string  // Symbol of the future on availability.
	points float64 // What its fleet is expected to come to.
}

// newFairValues knows the windows that the demo lists on a day.
func newFairValues(today time.Time) *fairValues {
	f := &fairValues{rng: rand.New(rand.NewPCG(uint64(today.UnixNano()), 1)), class: map[string]int{}, carry: map[string]float64{}, index: map[string]int{}}
	for n, c := range demoClasses {
		mark, err := strconv.ParseFloat(c.mark, 64)
		if err != nil {
			panic("clearhour: demo class " + c.short)
		}
		f.start = append(f.start, mark*1000)
		windows := 0
		for _, l := range demoListings(today) {
			if l.Class != c.class || l.Kind == "capped" {
				continue
			}
			f.names = append(f.names, l.Symbol)
			f.class[l.Symbol], f.carry[l.Symbol] = n, 1+0.004*float64(windows)
			windows++
			if l.Reference != nil {
				f.index[l.Reference.Index] = n
				f.carry[l.Symbol] = 1 // It has no window.
			}
		}
	}
	f.values = append(f.values, f.start...)
	for _, l := range demoListings(today) {
		if l.Kind == "capped" {
			f.names = append(f.names, l.Symbol)
			f.fleet, f.points = l.Symbol, fleetStart
		}
	}
	return f
}

// symbols are the windows, class by class.
func (f *fairValues) symbols() []string { return f.names }

// move lets all values drift: a little noise, and a pull back to the start.
func (f *fairValues) move() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := range f.values {
		pull := 0.01 * math.Log(f.start[n]/f.values[n])
		f.values[n] *= math.Exp(pull + 0.0015*f.rng.NormFloat64())
	}
}

// expect lets the fleet's value follow what it came to.
func (f *fairValues) expect(points float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.points = max(1, min(f.points+fleetMemory*(points-f.points), fleetMost))
}

// resume goes on where an earlier run of the venue stopped: each class is worth
// what its index last said.
func (f *fairValues) resume(indices []marketdata.Index) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range indices {
		if n, ok := f.index[x.Symbol]; ok && x.Price > 0 {
			f.values[n] = float64(x.Price) / 1000
		}
	}
}

// crash takes a part of all values off; they come back by and by.
func (f *fairValues) crash(part float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := range f.values {
		f.values[n] *= 1 - part
	}
}

// ofIndex is what an index is about, in dollars per GPU-hour.
func (f *fairValues) ofIndex(symbol string) (float64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.index[symbol]
	if !ok {
		return 0, false
	}
	return f.values[n] / 1000, true
}

// perpetual is the symbol of the first class's perpetual.
func (f *fairValues) perpetual() string { return demoClasses[0].perpetual().Symbol }

// price is what a symbol is worth in ticks, 0 when it is not one of the demo's.
func (f *fairValues) price(symbol string) venue.Price {
	f.mu.Lock()
	defer f.mu.Unlock()
	if symbol == f.fleet {
		return venue.Price(math.Round(100 * f.points))
	}
	n, ok := f.class[symbol]
	if !ok {
		return 0
	}
	return venue.Price(math.Round(f.values[n] * f.carry[symbol]))
}

// text is a multiple of a symbol's value in dollars.
func (f *fairValues) text(symbol string, times float64) string {
	return fmt.Sprintf("%.3f", float64(f.price(symbol))*times/1000)
}
