// Package state takes the bytes of a saved state apart.
//
// It owns the way in which owners of state read numbers back, little-endian, and
// notice that there are too few of them. It never knows what the numbers mean: what
// may stand in a state is for its owner to say.
//
// Invariants: a Reader that has run short stays so and gives zeroes, so that a
// caller may check once, after many reads; nothing is read beyond the bytes given.
package state
