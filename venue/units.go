package venue

import "math/bits"

// Price counts ticks of an instrument. The size of a tick is in the
// instrument's terms; a price may be negative where the terms allow it.
type Price int64

// Qty counts lots of an instrument. Order quantities are positive; a position
// is a signed Qty, positive when long.
type Qty int64

// Amount counts the smallest unit of an asset: micro-dollars (1e-6 USD) for
// money, lots of a delivery window for capacity.
type Amount int64

// GPUTime counts GPU-seconds: 3600 are a GPU-hour.
type GPUTime int64

// Rate is a fraction in parts per million: 1_000_000 is one.
type Rate int64

// FineRate is a fraction in parts per billion: 1_000_000_000 is one. It shows
// rates of funding, for which a Rate is too coarse; nothing is computed from it.
type FineRate int64

// Time is nanoseconds since 1970-01-01T00:00:00Z. The core never reads a
// clock: time arrives with each envelope.
type Time int64

// Seq numbers envelopes from 1 without a gap, in the order in which they are
// applied.
type Seq uint64

// One is the Rate of exactly one.
const One Rate = 1_000_000

// FineOne is the FineRate of exactly one.
const FineOne FineRate = 1_000_000_000

// Second is the number of Time units in a second.
const Second Time = 1_000_000_000

// Limits of the units that the core accepts. They leave room so that a product
// of a price, a quantity and a tick value is checked once, at admission.
const (
	// MaxPrice bounds the absolute value of a price, in ticks.
	MaxPrice Price = 1<<31 - 2
	// MaxQty bounds an order and what is open at one price level, in lots.
	MaxQty Qty = 1<<31 - 1
	// MaxAmount bounds a single transfer and a notional, in asset units: about
	// 1.15e12 dollars.
	MaxAmount Amount = 1<<60 - 1
)

// Rounding says what happens to the part of a result that is no whole unit.
type Rounding uint8

// Roundings. Requirements and fees round Up, credits round Down.
const (
	// Down rounds to the next whole unit below (towards minus infinity).
	Down Rounding = iota + 1
	// Up rounds to the next whole unit above (towards plus infinity).
	Up
	// HalfUp rounds to the nearest unit, a half to the one above.
	HalfUp
	// HalfEven rounds to the nearest unit, a half to the even one.
	HalfEven
)

// MulDiv returns a*b/c rounded as r says, computed in 128 bits, and whether the
// result fits an int64. c must be positive.
func MulDiv(a, b, c int64, r Rounding) (int64, bool) {
	if c <= 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi >= uint64(c) {
		return 0, false
	}
	q, rem := bits.Div64(hi, lo, uint64(c))
	neg := (a < 0) != (b < 0)
	if rem != 0 && roundsAway(q, rem, uint64(c), neg, r) {
		q++
	}
	if neg {
		if q > 1<<63 {
			return 0, false
		}
		return int64(-q), true
	}
	if q > 1<<63-1 {
		return 0, false
	}
	return int64(q), true
}

// roundsAway says whether a magnitude q with remainder rem of c grows by one.
func roundsAway(q, rem, c uint64, neg bool, r Rounding) bool {
	half := rem - (c - rem) // Sign of 2*rem-c without overflow, as int64.
	switch r {
	case Down:
		return neg
	case Up:
		return !neg
	case HalfUp:
		if half == 0 {
			return !neg
		}
		return int64(half) > 0
	case HalfEven:
		if half == 0 {
			return q&1 == 1
		}
		return int64(half) > 0
	}
	return false
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// Mul returns a*b and whether it fits an int64.
func Mul(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > 1<<63-1 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// Notional returns price * qty * tickValue in micro-dollars, where tickValue is
// the worth of one tick on one lot, and whether it stays within MaxAmount.
func Notional(p Price, q Qty, tickValue Amount) (Amount, bool) {
	ticks, ok := Mul(int64(p), int64(q))
	if !ok {
		return 0, false
	}
	v, ok := Mul(ticks, int64(tickValue))
	if !ok || Amount(v) > MaxAmount || Amount(v) < -MaxAmount {
		return 0, false
	}
	return Amount(v), true
}

// Fee returns rate of a, rounded up to a whole unit (R-ROUND). A negative rate
// gives a rebate, rounded down in size because Up is towards plus infinity. The
// result saturates at MaxAmount, which admission keeps out of reach.
func Fee(a Amount, rate Rate) Amount {
	v, ok := MulDiv(int64(a), int64(rate), int64(One), Up)
	if !ok {
		return MaxAmount
	}
	return Amount(v)
}
