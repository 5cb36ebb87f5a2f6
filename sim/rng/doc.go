// Package rng gives simulations random numbers that depend on names.
//
// A Source is keyed by a seed and a name such as "agents/provider/17/fail", so
// that a new agent, or one that draws more often, does not shift what the others
// draw: two runs that differ in one thing have everything else in common. The
// package owns the generator (PCG-DXSM with 128 bits) and the samplers, which
// use integers only. It never reads a clock and has no global source. Invariants:
// the numbers of a seed and a name are the same for ever, on every machine; golden
// vectors in its tests say which.
package rng
