package seen

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/offheap"
)

// bucket points to an entry and keeps a part of its hash, so that a probe reads
// the entry only when it is almost surely the one looked for.
type bucket struct{ print, tag uint32 }

// index finds entries by hash: open addressing with linear probing, at most half
// full. It is as small as what is remembered allows, because every request reads
// a random place of it.
type index struct {
	buckets []bucket
	mask    uint32
	used    uint32
	memory  offheap.Array[bucket]
}

const smallestIndex = 1 << 12

func newIndex() index {
	var x index
	x.make(smallestIndex)
	return x
}

func (x *index) make(n int) {
	x.memory = offheap.Make[bucket](n)
	x.buckets, x.mask, x.used = x.memory.Data, uint32(n-1), 0
}

func (x *index) free() { x.memory.Free() }

// grow makes the index twice as large and empty.
func (x *index) grow() {
	n := 2 * len(x.buckets)
	x.free()
	x.make(n)
}

func (x *index) home(h uint64) uint32 { return uint32(h) & x.mask }
func (x *index) next(i uint32) uint32 { return (i + 1) & x.mask }

// add enters a tag and says whether the index should grow now.
func (x *index) add(h uint64, tag uint32) (full bool) {
	i := x.home(h)
	for x.buckets[i].tag != 0 {
		i = x.next(i)
	}
	x.buckets[i] = bucket{print: uint32(h >> 32), tag: tag}
	x.used++
	return int(x.used)*2 > len(x.buckets)
}

// remove takes a tag out and closes the gap by shifting back what follows, so
// that no tombstones gather. hashOf gives the hash of another tag.
func (x *index) remove(h uint64, tag uint32, hashOf func(uint32) uint64) {
	i := x.home(h)
	for x.buckets[i].tag != tag {
		assert.That(x.buckets[i].tag != 0, "identifier is not indexed")
		i = x.next(i)
	}
	x.used--
	for j := x.next(i); x.buckets[j].tag != 0; j = x.next(j) {
		home := x.home(hashOf(x.buckets[j].tag))
		if (j-home)&x.mask >= (j-i)&x.mask {
			x.buckets[i] = x.buckets[j]
			i = j
		}
	}
	x.buckets[i] = bucket{}
}
