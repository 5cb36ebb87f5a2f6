package rng

import (
	"math/rand/v2"
	"testing"
)

// The generator is that of the standard library, which keeps its output for
// ever; ours is keyed by name.
func TestAgainstStandardLibrary(t *testing.T) {
	s := New(42, "test")
	twin := rand.NewPCG(s.hi, s.lo)
	for i := range 10_000 {
		if got, want := s.Uint64(), twin.Uint64(); got != want {
			t.Fatalf("number %d = %#x, want %#x", i, got, want)
		}
	}
}

func TestGolden(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		name string
		want [3]uint64
	}{
		{1, "a", [3]uint64{0xf6667b17c72e09b4, 0x1fb, 0xffffffffffffffff}},
		{1, "b", [3]uint64{0x83a44b97e3949c42, 0x377, 0x1}},
		{2, "a", [3]uint64{0xea213ca1edc2bca6, 0x16, 0xfffffffffffffffd}},
	} {
		s := New(c.seed, c.name)
		got := [3]uint64{s.Uint64(), s.Below(1000), uint64(s.Between(-5, 5))}
		if got != c.want {
			t.Errorf("New(%d, %q) gives %#v, want %#v", c.seed, c.name, got, c.want)
		}
	}
}

func TestBelowIsEven(t *testing.T) {
	s := New(1, "even")
	var seen [7]int
	for range 70_000 {
		seen[s.Below(7)]++
	}
	for v, n := range seen {
		if n < 9_600 || n > 10_400 { // Four standard deviations.
			t.Errorf("Below(7) gave %d %d times of 70000, want about 10000", v, n)
		}
	}
	if got := s.Below(0); got != 0 {
		t.Errorf("Below(0) = %d, want 0", got)
	}
	for range 1000 {
		if v := s.Between(-2, 2); v < -2 || v > 2 {
			t.Fatalf("Between(-2, 2) = %d", v)
		}
	}
}
