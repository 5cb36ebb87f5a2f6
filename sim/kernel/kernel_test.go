package kernel

import (
	"fmt"
	"slices"
	"testing"

	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// agents lets agents of these names wake 50 times each and returns who woke when,
// without those that are left out. Every wake is at one of few times, so that
// most of them are at the same nanosecond.
func agents(seed uint64, names []string, leave string) []string {
	k := New(seed, 0)
	type state struct {
		name  string
		from  Source
		draws rng.Source
		left  int
	}
	var all []*state
	for i, n := range names {
		all = append(all, &state{n, k.Source(n), rng.New(seed, n), 50})
		k.Schedule(0, Wake, all[i].from, uint64(i))
	}
	var log []string
	for e, ok := k.Next(); ok; e, ok = k.Next() {
		a := all[e.Payload]
		if a.name != leave {
			log = append(log, fmt.Sprint(e.Time, a.name))
		}
		if a.left--; a.left > 0 {
			k.Schedule(e.Time+venue.Time(a.draws.Below(3)), Wake, a.from, e.Payload)
		}
	}
	return log
}

// TestStrangers adds an agent, and puts agents in another order: the others do
// what they did, in the order in which they did it.
func TestStrangers(t *testing.T) {
	names := []string{"maker/1", "maker/2", "taker/1", "taker/2", "taker/3"}
	for seed := uint64(1); seed <= 20; seed++ {
		want := agents(seed, names, "")
		if got := agents(seed, append([]string{"newcomer"}, names...), "newcomer"); !slices.Equal(got, want) {
			t.Errorf("seed %d: with a newcomer the others act as %v, want %v", seed, got, want)
		}
		turned := slices.Clone(names)
		slices.Reverse(turned)
		if got := agents(seed, turned, ""); !slices.Equal(got, want) {
			t.Errorf("seed %d: put in from the last to the first they act as %v, want %v", seed, got, want)
		}
	}
}

// TestFair wants each of two agents that always act at the same time to be first
// about as often.
func TestFair(t *testing.T) {
	k := New(1, 0)
	a, b := k.Source("a"), k.Source("b")
	first := 0
	for at := range venue.Time(10_000) {
		k.Schedule(at, Wake, a, 0)
		k.Schedule(at, Wake, b, 1)
		e, _ := k.Next()
		first += int(e.Payload)
		k.Next()
	}
	if first < 4_800 || first > 5_200 { // Four standard deviations.
		t.Errorf("b was first %d times of 10000, want about 5000", first)
	}
}

// TestClasses wants the world before timers, those before commands and so on.
func TestClasses(t *testing.T) {
	k := New(1, 0)
	s := k.Source("s")
	for c := Measure; ; c-- {
		k.Schedule(7, c, s, uint64(c))
		if c == World {
			break
		}
	}
	for want := World; want <= Measure; want++ {
		if at, class, ok := k.Peek(); at != 7 || class != want || !ok {
			t.Errorf("Peek() = %d, %d, %v, want 7, %d, true", at, class, ok, want)
		}
		if e, _ := k.Next(); e.Class != want || e.Payload != uint64(want) || k.Now() != 7 {
			t.Errorf("Next() = %+v, want class %d", e, want)
		}
	}
	if _, ok := k.Next(); ok {
		t.Error("an empty queue gave an event")
	}
}

// TestAgainstSorting compares the heap with sorting.
func TestAgainstSorting(t *testing.T) {
	k, r := New(3, 0), rng.New(3, "times")
	var from []Source
	for i := range 7 {
		from = append(from, k.Source(fmt.Sprint(i)))
	}
	var all []item
	for range 5_000 {
		k.Schedule(venue.Time(r.Below(200)), Class(r.Below(6)), from[r.Below(7)], r.Uint64())
	}
	all = append(all, k.heap...)
	slices.SortFunc(all, func(a, b item) int {
		if k.before(&a, &b) {
			return -1
		}
		return 1
	})
	for i := range all {
		if e, ok := k.Next(); !ok || e.Payload != all[i].payload {
			t.Fatalf("event %d is %+v, want %+v", i, e, all[i])
		}
	}
}

func TestAllocs(t *testing.T) {
	k := New(1, 0)
	s := k.Source("s")
	for range 100 {
		k.Schedule(1, Wake, s, 0)
	}
	if n := testing.AllocsPerRun(1000, func() {
		e, _ := k.Next()
		k.Schedule(e.Time+5, Wake, s, 0)
	}); n != 0 {
		t.Errorf("an event allocates %v times, want 0", n)
	}
}

// BenchmarkHold takes an event and schedules the next one of the same agent.
func BenchmarkHold(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k, r := New(1, 0), rng.New(1, "gaps")
			for i := range n {
				k.Schedule(venue.Time(r.Below(1_000_000)), Wake, k.Source(fmt.Sprint("agent/", i)), uint64(i))
			}
			b.ReportAllocs()
			for b.Loop() {
				e, _ := k.Next()
				k.Schedule(e.Time+venue.Time(r.Below(2_000_000)), Wake, e.Source, e.Payload)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
		})
	}
}
