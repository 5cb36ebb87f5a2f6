package rng

import "math"

// The samplers below use floats. Their results are the same on every machine:
// Sqrt is exact by IEEE 754, the logarithm and the exponential are written out
// here because those of the standard library are assembly on some machines, and
// every product that is added to something is converted first, which keeps the
// compiler from fusing the two. Whoever hands a result on rounds it to ticks, lots
// or nanoseconds first.

// Float returns a number from 0 to less than 1, one of 1<<53.
func (s *Source) Float() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// Chance says yes with a probability in millionths.
func (s *Source) Chance(millionths uint64) bool { return s.Below(1_000_000) < millionths }

// Exp returns a waiting time of mean 1.
func (s *Source) Exp() float64 { return -Ln(1 - s.Float()) }

// Normal returns a normal deviate of mean 0 and variance 1 (Marsaglia's polar
// method; the second deviate is not used, so that a draw does not depend on how
// many there were before).
func (s *Source) Normal() float64 {
	for {
		x := float64(2*s.Float()) - 1
		y := float64(2*s.Float()) - 1
		if r := float64(x*x) + float64(y*y); r > 0 && r < 1 {
			return x * math.Sqrt(-2*Ln(r)/r)
		}
	}
}

// LogNormal returns a deviate of a median whose logarithm has a standard
// deviation of sigma.
func (s *Source) LogNormal(median, sigma float64) float64 {
	return median * ExpOf(float64(sigma*s.Normal()))
}

// Pareto returns a deviate of at least least whose tail falls with a power.
func (s *Source) Pareto(least, power float64) float64 { return least * ExpOf(s.Exp()/power) }

// Poisson returns a count of a mean from 0 to 700.
func (s *Source) Poisson(mean float64) int {
	n, p, least := 0, s.Float(), ExpOf(-mean)
	for p > least && n < 10_000 {
		n++
		p *= s.Float()
	}
	return n
}

const ln2 = 0x1.62e42fefa39efp-1

// Ln returns the natural logarithm of a positive, finite x, within two units in
// the last place of what it should be.
func Ln(x float64) float64 {
	f, e := math.Frexp(x) // x is f times 2^e, f from 1/2 to less than 1.
	if f < math.Sqrt2/2 {
		f, e = f*2, e-1
	}
	// ln f is 2 artanh(t), an odd series in t of at most 0.172.
	t := (f - 1) / (f + 1)
	square, sum := float64(t*t), 0.0
	for n := 23; n >= 1; n -= 2 {
		sum = float64(sum*square) + 1/float64(n)
	}
	return float64(2*t*sum) + float64(float64(e)*ln2)
}

// ExpOf returns e to the power of x, for x from -700 to 700; outside of that 0, or
// the largest value there.
func ExpOf(x float64) float64 {
	if x < -700 {
		return 0
	}
	x = min(x, 700)
	e := math.Floor(x/ln2 + 0.5)
	r := x - float64(e*ln2) // At most 0.35.
	sum := 1.0
	for n := 16; n >= 1; n-- {
		sum = 1 + float64(sum*r)/float64(n)
	}
	return math.Ldexp(sum, int(e))
}
