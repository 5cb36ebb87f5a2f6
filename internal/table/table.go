package table

import (
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
)

// place is one entry: four of them share a cache line.
type place struct {
	key uint64
	val uint32
	_   uint32
}

// Table maps keys to values other than 0. Use New.
type Table struct {
	places []place
	mask   uint64
	n, max int
}

// New returns an empty table for up to limit keys, from 1 to 1<<30. It takes
// 32 to 64 bytes per key at once; the system commits them when they are used.
func New(limit int) *Table {
	assert.That(limit > 0 && limit <= 1<<30, "table limit out of range")
	size := 8
	for size < 2*limit {
		size *= 2
	}
	return &Table{places: make([]place, size), mask: uint64(size - 1), max: limit}
}

// home returns the place where the search for a key starts. Folding the 128-bit
// product lets every bit of the key reach every bit of the result.
func (t *Table) home(key uint64) uint64 {
	hi, lo := bits.Mul64(key^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return (hi ^ lo) & t.mask
}

// Get returns the value of the key, 0 when it is absent.
func (t *Table) Get(key uint64) uint32 {
	for i := t.home(key); ; i = (i + 1) & t.mask {
		p := &t.places[i]
		if p.val == 0 || p.key == key {
			return p.val
		}
	}
}

// Touch reads the place where Get will begin to look.
func (t *Table) Touch(key uint64) uint32 { return t.places[t.home(key)].val }

// Put sets the value of the key, which must not be 0. It returns false and
// changes nothing when the key is new and the table has as many as it may.
func (t *Table) Put(key uint64, val uint32) bool {
	assert.That(val != 0, "table value is zero")
	for i := t.home(key); ; i = (i + 1) & t.mask {
		p := &t.places[i]
		if p.val != 0 && p.key != key {
			continue
		}
		if p.val == 0 {
			if t.n == t.max {
				return false
			}
			t.n++
		}
		p.key, p.val = key, val
		return true
	}
}

// Delete removes the key and says whether it was there.
func (t *Table) Delete(key uint64) bool {
	i := t.home(key)
	for t.places[i].val != 0 && t.places[i].key != key {
		i = (i + 1) & t.mask
	}
	if t.places[i].val == 0 {
		return false
	}
	t.n--
	t.close(i)
	return true
}

// close empties place i and moves later entries of its run back, so that none is
// cut off from its home.
func (t *Table) close(i uint64) {
	for j := (i + 1) & t.mask; t.places[j].val != 0; j = (j + 1) & t.mask {
		// The entry at j may move to i only if its home is not in (i, j].
		if dist := (j - t.home(t.places[j].key)) & t.mask; dist >= (j-i)&t.mask {
			t.places[i] = t.places[j]
			i = j
		}
	}
	t.places[i] = place{}
}

// Len returns the number of keys.
func (t *Table) Len() int { return t.n }

// Max returns the number of keys that the table may hold.
func (t *Table) Max() int { return t.max }

// Reset removes all keys.
func (t *Table) Reset() {
	clear(t.places)
	t.n = 0
}
