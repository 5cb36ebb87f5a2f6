package venue

import "math/bits"

// Sum is a sum of products of two int64: a signed integer of 128 bits whose two
// halves a snapshot can keep. 2^63 products of values below 2^31 fit. The zero
// value is 0.
type Sum struct {
	// Hi and Lo are the halves of the two's complement.
	Hi int64
	Lo uint64
}

// AddProduct returns s+a*b.
func (s Sum) AddProduct(a, b int64) Sum {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if (a < 0) != (b < 0) {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	lo, carry := bits.Add64(s.Lo, lo, 0)
	hi, _ = bits.Add64(uint64(s.Hi), hi, carry)
	return Sum{Hi: int64(hi), Lo: lo}
}

// Wide returns s for exact arithmetic.
func (s Sum) Wide() Wide {
	high := WideProduct(s.Hi, 1<<32, 1<<32)
	low := WideProduct(int64(s.Lo>>32), 1<<32).Add(ToWide(int64(s.Lo & (1<<32 - 1))))
	return high.Add(low)
}
