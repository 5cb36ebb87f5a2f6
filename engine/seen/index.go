package seen

import (
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/offheap"
)

// perLine is how many tags share a cache line of the index.
const perLine = 7

// line is one cache line of the index: the first used of its places are taken.
// A place keeps 32 bits of the hash, so that a search reads the entry only when
// it is almost surely the one looked for, and so that the index grows without
// reading entries.
type line struct {
	used   uint32
	_      uint32
	hashes [perLine]uint32
	tags   [perLine]uint32 // 0 where there is none.
}

// may says whether a tag with the hash could be in the line: no is no. It is one
// expression without a loop because nearly every request ends here.
func (l *line) may(h uint32) bool {
	p := &l.hashes
	return p[0] == h || p[1] == h || p[2] == h || p[3] == h || p[4] == h || p[5] == h || p[6] == h
}

// index finds entries by hash. A tag is in its home line, or in the first line
// after it that had a free place: all lines between the two are full. Searching
// for what is not there, as every new request does, has the same branches each
// time, so that the processor goes on while the line is on its way.
//
// Lines are ordered by the upper bits of the hash: growing reads one array and
// writes the other from the beginning to the end.
type index struct {
	lines  []line
	shift  uint8 // A hash shifted by that is its home.
	used   uint32
	memory offheap.Array[line]
}

const smallestIndex = 1 << 9 // In lines.

func newIndex() index {
	var x index
	x.make(smallestIndex)
	return x
}

func (x *index) make(lines int) {
	x.memory = offheap.Make[line](lines)
	x.lines, x.used = x.memory.Data, 0
	x.shift = uint8(32 - bits.Len(uint(lines-1)))
}

func (x *index) free() { x.memory.Free() }

func (x *index) home(h uint32) uint32     { return h >> x.shift }
func (x *index) after(at uint32) uint32   { return (at + 1) & uint32(len(x.lines)-1) }
func (x *index) from(at, h uint32) uint32 { return (at - x.home(h)) & uint32(len(x.lines)-1) }

// add enters a tag. When four of seven places are taken the index becomes twice
// as large first, which takes a few nanoseconds for each tag.
func (x *index) add(h, tag uint32) {
	if int(x.used) >= len(x.lines)*4 {
		x.grow()
	}
	x.put(h, tag)
}

func (x *index) put(h, tag uint32) {
	at := x.home(h)
	for x.lines[at].used == perLine {
		at = x.after(at)
	}
	l := &x.lines[at]
	l.hashes[l.used], l.tags[l.used] = h, tag
	l.used++
	x.used++
}

func (x *index) grow() {
	old := x.memory
	x.make(2 * len(old.Data))
	for i := range old.Data {
		l := &old.Data[i]
		for j := range l.tags[:l.used] {
			x.put(l.hashes[j], l.tags[j])
		}
	}
	old.Free()
}

// remove takes a tag out. A line that was full may have sent tags on, so one of
// those comes back into the gap, and leaves a gap in turn.
func (x *index) remove(h, tag uint32) {
	gap := x.home(h)
	for !x.lines[gap].take(tag) {
		assert.That(x.lines[gap].used == perLine, "identifier is not indexed")
		gap = x.after(gap)
	}
	x.used--
	full := x.lines[gap].used == perLine-1
	for at := x.after(gap); full; at = x.after(at) {
		l := &x.lines[at]
		full = l.used == perLine
		for j := range l.tags[:l.used] {
			// A tag may move from line at to the gap if its home is not between them.
			if h, tag := l.hashes[j], l.tags[j]; x.from(at, h) >= (at-gap)&uint32(len(x.lines)-1) {
				l.take(tag)
				g := &x.lines[gap]
				g.hashes[g.used], g.tags[g.used] = h, tag
				g.used++
				gap = at
				break
			}
		}
	}
}

// take takes a tag out of a line and says whether it was there.
func (l *line) take(tag uint32) bool {
	for j := range l.tags[:l.used] {
		if l.tags[j] == tag {
			l.used--
			l.hashes[j], l.tags[j] = l.hashes[l.used], l.tags[l.used]
			l.tags[l.used] = 0
			return true
		}
	}
	return false
}
