package rng

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// Source is a stream of random numbers. Use New. It is for one goroutine; a copy
// goes on from where the original was.
type Source struct{ hi, lo uint64 }

// New returns the stream of a name under a seed.
func New(seed uint64, name string) Source {
	key := binary.LittleEndian.AppendUint64(nil, seed)
	sum := sha256.Sum256(append(key, name...))
	return Source{binary.LittleEndian.Uint64(sum[0:]), binary.LittleEndian.Uint64(sum[8:])}
}

// Uint64 returns 64 random bits.
func (s *Source) Uint64() uint64 {
	const (
		mulHi, mulLo = 2549297995355413924, 4865540595714422341
		incHi, incLo = 6364136223846793005, 1442695040888963407
		cheap        = 0xda942042e4dd58b5
	)
	// The state is a 128-bit congruential generator, the output the DXSM mix.
	hi, lo := bits.Mul64(s.lo, mulLo)
	hi += s.hi*mulLo + s.lo*mulHi
	lo, carry := bits.Add64(lo, incLo, 0)
	hi, _ = bits.Add64(hi, incHi, carry)
	s.hi, s.lo = hi, lo

	hi ^= hi >> 32
	hi *= cheap
	hi ^= hi >> 48
	return hi * (lo | 1)
}

// Below returns a number from 0 to n-1, each as likely as the others; 0 when n
// is 0.
func (s *Source) Below(n uint64) uint64 {
	hi, lo := bits.Mul64(s.Uint64(), n)
	if lo < n { // Lemire: only here could a number be favoured.
		for unfair := -n % max(n, 1); lo < unfair; {
			hi, lo = bits.Mul64(s.Uint64(), n)
		}
	}
	return hi
}

// Between returns a number from low to high, both included.
func (s *Source) Between(low, high int64) int64 {
	return low + int64(s.Below(uint64(high-low)+1))
}

// OneIn says yes once in n times on average.
func (s *Source) OneIn(n uint64) bool { return s.Below(n) == 0 }
