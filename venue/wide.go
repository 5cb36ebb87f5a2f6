package venue

import (
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
)

// Wide is an integer of up to 256 bits and a sign, for the exact intermediate
// results of rules that are seldom computed: products of four int64 always fit.
// The zero value is 0. It takes part in no state, event or journal.
type Wide struct {
	mag [4]uint64 // Least significant first.
	neg bool      // Never set for 0.
}

// ToWide returns v.
func ToWide[T ~int64](v T) Wide {
	return Wide{mag: [4]uint64{magnitude(int64(v))}, neg: v < 0}
}

// WideProduct returns the product of all factors.
func WideProduct(factors ...int64) Wide {
	p := ToWide(int64(1))
	for _, f := range factors {
		p = p.Mul(ToWide(f))
	}
	return p
}

// Sign returns -1, 0 or 1.
func (w Wide) Sign() int {
	switch {
	case w.neg:
		return -1
	case w.mag == [4]uint64{}:
		return 0
	}
	return 1
}

// Neg returns -w.
func (w Wide) Neg() Wide {
	w.neg = !w.neg && w.Sign() != 0
	return w
}

// Cmp returns -1, 0 or 1 as w is less than, equal to or more than v.
func (w Wide) Cmp(v Wide) int {
	switch {
	case w.neg != v.neg:
		return 1 - 2*b2i(w.neg)
	case w.neg:
		return compare(&v.mag, &w.mag)
	}
	return compare(&w.mag, &v.mag)
}

// Add returns w+v. It asserts that the sum fits, as Sub and Mul do.
func (w Wide) Add(v Wide) Wide {
	if w.neg != v.neg {
		return w.difference(v)
	}
	var carry uint64
	for i := range w.mag {
		w.mag[i], carry = bits.Add64(w.mag[i], v.mag[i], carry)
	}
	assert.That(carry == 0, "sum beyond 256 bits")
	return w
}

// Sub returns w-v.
func (w Wide) Sub(v Wide) Wide { return w.Add(v.Neg()) }

// difference adds values of different signs.
func (w Wide) difference(v Wide) Wide {
	if compare(&w.mag, &v.mag) < 0 {
		w, v = v, w
	}
	less(&w.mag, &v.mag)
	w.neg = w.neg && w.mag != [4]uint64{}
	return w
}

// Mul returns w*v.
func (w Wide) Mul(v Wide) Wide {
	var p [8]uint64
	for i, a := range w.mag {
		if a == 0 {
			continue
		}
		var carry uint64
		for j, b := range v.mag {
			hi, lo := bits.Mul64(a, b)
			var c uint64
			lo, c = bits.Add64(lo, p[i+j], 0)
			hi += c
			lo, c = bits.Add64(lo, carry, 0)
			p[i+j], carry = lo, hi+c
		}
		p[i+4] = carry
	}
	assert.That(p[4]|p[5]|p[6]|p[7] == 0, "product beyond 256 bits")
	r := Wide{mag: [4]uint64(p[:4])}
	r.neg = w.neg != v.neg && r.mag != [4]uint64{}
	return r
}

// Quo returns w/v rounded as r says. v must not be 0.
func (w Wide) Quo(v Wide, r Rounding) Wide {
	assert.That(v.Sign() != 0, "division by zero")
	q, rem := divide(&w.mag, &v.mag)
	out := Wide{mag: q, neg: w.neg != v.neg}
	if rem != [4]uint64{} && awayFromZero(q[0], &rem, &v.mag, out.neg, r) {
		one := [4]uint64{1}
		var carry uint64
		for i := range out.mag {
			out.mag[i], carry = bits.Add64(out.mag[i], one[i], carry)
		}
	}
	out.neg = out.neg && out.mag != [4]uint64{}
	return out
}

// Int64 returns w and whether it fits an int64.
func (w Wide) Int64() (int64, bool) {
	if w.mag[1]|w.mag[2]|w.mag[3] != 0 {
		return 0, false
	}
	if w.neg {
		return -int64(w.mag[0]), w.mag[0] <= 1<<63
	}
	return int64(w.mag[0]), w.mag[0] < 1<<63
}

// Ratio is an exact quotient. Den is above 0.
type Ratio struct{ Num, Den Wide }

// At returns the ratio in units of 1/scale, rounded as r says, and whether it
// fits an int64: At(100, HalfUp) gives hundredths.
func (q Ratio) At(scale int64, r Rounding) (int64, bool) {
	return q.Num.Mul(ToWide(scale)).Quo(q.Den, r).Int64()
}

// Cmp returns -1, 0 or 1 as q is less than, equal to or more than p. The four
// values must be products of two int64 each.
func (q Ratio) Cmp(p Ratio) int { return q.Num.Mul(p.Den).Cmp(p.Num.Mul(q.Den)) }

// divide is long division: word by word when the divisor is one word, as a
// period or a quantity is, else bit by bit, 256 cheap steps in a cold place.
func divide(a, b *[4]uint64) (q, rem [4]uint64) {
	if b[1]|b[2]|b[3] == 0 {
		for i := 3; i >= 0; i-- {
			q[i], rem[0] = bits.Div64(rem[0], a[i], b[0])
		}
		return q, rem
	}
	for i := 255; i >= 0; i-- {
		top := rem[3] >> 63
		shiftIn(&rem, a[i/64]>>(i%64)&1)
		if top == 1 || compare(&rem, b) >= 0 {
			less(&rem, b)
			q[i/64] |= 1 << (i % 64)
		}
	}
	return q, rem
}

func awayFromZero(low uint64, rem, den *[4]uint64, neg bool, r Rounding) bool {
	rest := *den
	less(&rest, rem)
	half := compare(rem, &rest) // As twice the remainder to the divisor.
	switch r {
	case Down:
		return neg
	case Up:
		return !neg
	case HalfUp:
		return half > 0 || half == 0 && !neg
	case HalfEven:
		return half > 0 || half == 0 && low&1 == 1
	}
	return false
}

// less takes b from a, which is not smaller; a bit shifted out of a counts.
func less(a, b *[4]uint64) {
	var borrow uint64
	for i := range a {
		a[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
}

func shiftIn(a *[4]uint64, bit uint64) {
	for i := range a {
		a[i], bit = a[i]<<1|bit, a[i]>>63
	}
}

func compare(a, b *[4]uint64) int {
	for i := 3; i >= 0; i-- {
		if a[i] != b[i] {
			return 2*b2i(a[i] > b[i]) - 1
		}
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
