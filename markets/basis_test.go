package markets

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func TestBasis(t *testing.T) {
	var b Basis
	if b.Value() != 0 {
		t.Errorf("basis without a sample = %d", b.Value())
	}
	const span = 30 * venue.Second
	// 1000 whole; after 30 s half the way to 2000; after 90 s three quarters of the
	// rest of the way to 0; at once nothing.
	for _, c := range []struct {
		after venue.Time
		at    venue.Amount
		want  venue.Amount
	}{{0, 1000, 1000}, {30, 2000, 1500}, {90, 0, 375}, {0, 5000, 375}} {
		b.Observe(b.at+c.after*venue.Second, c.at, span)
		if got := b.Value(); got != c.want {
			t.Errorf("basis %d s later at %d = %d, want %d", c.after, c.at, got, c.want)
		}
	}
	for range 100_000 { // A step a millisecond gets there, too.
		b.Observe(b.at+venue.Second/1000, 380, span)
	}
	if got := b.Value(); got != 380 {
		t.Errorf("basis after 100 s at 380 = %d", got)
	}
}

// TestBasisAgainstTwin compares with rationals: every sample rounds by at most
// half a fraction, and old roundings shrink.
func TestBasisAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Basis
		span := rapid.Int64Range(1, 1e12).Draw(t, "span")
		var slow *big.Rat
		now := int64(0)
		low, high := MaxBasis, -MaxBasis
		n := rapid.IntRange(1, 15).Draw(t, "samples")
		for range n {
			dt := rapid.Int64Range(0, 1e12).Draw(t, "dt")
			v := rapid.Int64Range(-int64(MaxBasis), int64(MaxBasis)).Draw(t, "sample")
			now += dt
			b.Observe(venue.Time(now), venue.Amount(v), venue.Time(span))
			low, high = min(low, venue.Amount(v)), max(high, venue.Amount(v))
			if slow == nil {
				slow = big.NewRat(v, 1)
				continue
			}
			step := new(big.Rat).Sub(big.NewRat(v, 1), slow)
			slow = new(big.Rat).Add(slow, step.Mul(step, big.NewRat(dt, dt+span)))
		}
		off := new(big.Rat).Sub(slow, big.NewRat(b.scaled, 1<<basisBits))
		if off.Abs(off).Cmp(big.NewRat(int64(n), 1<<basisBits)) > 0 || b.Value() < low || b.Value() > high {
			t.Fatalf("basis = %d, want %v, within %d and %d", b.Value(), slow, low, high)
		}
		var c Basis
		reload(t, &b, &c)
		if b != c {
			t.Fatalf("loaded %+v, want %+v", c, b)
		}
	})
}
