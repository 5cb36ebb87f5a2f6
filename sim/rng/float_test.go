package rng

import (
	"math"
	"testing"
)

// TestFloatGolden keeps the samplers as they are: what a seed and a name give is
// for ever.
func TestFloatGolden(t *testing.T) {
	s := New(1, "floats")
	got := []float64{
		s.Float(), s.Exp(), s.Normal(), s.LogNormal(20.4, 2.5), s.Pareto(3, 2.2), float64(s.Poisson(4)), Ln(3), ExpOf(-1.25),
	}
	want := [...]uint64{
		0x3fc033bab68456a8, 0x3ff21911cc3652b4, 0xbfe59ee00fc7cad2, 0x40110da4dc89698c,
		0x4010752d9b7498b3, 0x4014000000000000, 0x3ff193ea7aad030a, 0x3fd25618372a584f,
	}
	for i, w := range want {
		if math.Float64bits(got[i]) != w {
			t.Errorf("sampler %d gave %v (%#x), want %#x", i, got[i], math.Float64bits(got[i]), w)
		}
	}
}

func TestLnAndExp(t *testing.T) {
	s := New(1, "near")
	for range 20_000 {
		x := ExpOf(float64(s.Float()*200) - 100)
		for name, c := range map[string][2]float64{
			"Ln": {Ln(x), math.Log(x)}, "ExpOf": {ExpOf(Ln(x) / 3), math.Exp(Ln(x) / 3)},
		} {
			if math.Abs(c[0]-c[1]) > 1e-14*max(1, math.Abs(c[1])) {
				t.Fatalf("%s at %v = %v, want %v", name, x, c[0], c[1])
			}
		}
	}
	if ExpOf(-1000) != 0 || math.IsInf(ExpOf(1000), 0) {
		t.Error("ExpOf has no ends")
	}
}

// TestMoments wants means and variances near to those of the distributions.
func TestMoments(t *testing.T) {
	const n = 200_000
	for name, c := range map[string]struct {
		draw           func(*Source) float64
		mean, variance float64
	}{
		"exp":     {(*Source).Exp, 1, 1},
		"normal":  {(*Source).Normal, 0, 1},
		"poisson": {func(s *Source) float64 { return float64(s.Poisson(3)) }, 3, 3},
		"pareto":  {func(s *Source) float64 { return s.Pareto(2, 5) }, 2.5, 5.0 / 12},
	} {
		s, sum, squares := New(7, name), 0.0, 0.0
		for range n {
			v := c.draw(&s)
			sum += v
			squares += v * v
		}
		mean := sum / n
		if variance := squares/n - mean*mean; math.Abs(mean-c.mean) > 0.02 || math.Abs(variance-c.variance) > 0.06 {
			t.Errorf("%s has mean %v and variance %v, want %v and %v", name, mean, variance, c.mean, c.variance)
		}
	}
}
