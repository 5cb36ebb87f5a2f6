package seen

import (
	"testing"

	"pgregory.net/rapid"
)

// holds says whether a search would come past a tag.
func (x *index) holds(h, tag uint32) bool {
	for at := x.home(h); ; at = x.after(at) {
		l := &x.lines[at]
		for j := range l.tags {
			if l.hashes[j] == h && l.tags[j] == tag {
				return true
			}
		}
		if l.used != perLine {
			return false
		}
	}
}

// Few homes, so that lines are full and send tags on, around the end, too. The
// twin is a map.
func TestIndexAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, twin := newIndex(), map[uint32]uint32{}
		defer x.free()
		first := rapid.SampledFrom([]uint32{0, 100, smallestIndex - 2}).Draw(t, "first")
		tag := uint32(0)
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if len(twin) > 0 && rapid.IntRange(0, 2).Draw(t, "op") == 0 {
				gone := 1 + rapid.Uint32Range(0, tag-1).Draw(t, "gone")
				if h, ok := twin[gone]; ok {
					x.remove(h, gone)
					delete(twin, gone)
				}
			} else {
				tag++
				home := (first + rapid.Uint32Range(0, 3).Draw(t, "home")) % smallestIndex
				h := home<<23 | rapid.Uint32Range(0, 3).Draw(t, "rest")
				x.add(h, tag)
				twin[tag] = h
			}
			for tag, h := range twin {
				if !x.holds(h, tag) {
					t.Fatalf("tag %d with hash %#x is lost", tag, h)
				}
			}
			if int(x.used) != len(twin) {
				t.Fatalf("%d tags used, want %d", x.used, len(twin))
			}
		}
	})
}

func TestIndexGrows(t *testing.T) {
	x := newIndex()
	defer x.free()
	hashOf := func(tag uint32) uint32 { return tag * 0x9e3779b1 }
	const n = 100_000
	for tag := uint32(1); tag <= n; tag++ {
		x.add(hashOf(tag), tag)
	}
	for tag := uint32(1); tag <= n; tag++ {
		if !x.holds(hashOf(tag), tag) {
			t.Fatalf("tag %d is lost", tag)
		}
	}
	if len(x.lines) != 1<<15 {
		t.Errorf("%d lines for %d tags, want %d", len(x.lines), n, 1<<15)
	}
	for tag := uint32(1); tag <= n; tag++ {
		x.remove(hashOf(tag), tag)
	}
	for i := range x.lines {
		if x.lines[i].used != 0 {
			t.Fatalf("line %d still has %d tags", i, x.lines[i].used)
		}
	}
}
