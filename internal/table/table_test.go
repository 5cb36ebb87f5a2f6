package table

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// check compares the table with a map and walks the places: every entry must be
// reachable from its home.
func check(t *rapid.T, got *Table, want map[uint64]uint32) {
	if got.Len() != len(want) {
		t.Fatalf("Len() = %d, want %d", got.Len(), len(want))
	}
	for k, v := range want {
		if g := got.Get(k); g != v {
			t.Fatalf("Get(%d) = %d, want %d", k, g, v)
		}
	}
	n := 0
	for _, p := range got.places {
		if p.val != 0 {
			n++
		}
	}
	if n != len(want) {
		t.Fatalf("%d places taken, want %d", n, len(want))
	}
}

// The slow twin is Go's map.
func TestAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 40).Draw(t, "limit")
		got, want := New(limit), map[uint64]uint32{}
		// Few keys, so that deletions meet and runs wrap around the end.
		key := rapid.OneOf(rapid.Uint64Range(0, 60), rapid.SampledFrom([]uint64{1<<64 - 1, 1 << 63, 0x9e3779b97f4a7c15}))
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			k := key.Draw(t, "key")
			if rapid.IntRange(0, 2).Draw(t, "op") == 0 {
				_, was := want[k]
				delete(want, k)
				if got.Delete(k) != was {
					t.Fatalf("Delete(%d) = %v, want %v", k, !was, was)
				}
			} else {
				v := rapid.Uint32Range(1, 1<<32-1).Draw(t, "val")
				_, was := want[k]
				ok := was || len(want) < limit
				if ok {
					want[k] = v
				}
				if got.Put(k, v) != ok {
					t.Fatalf("Put(%d) = %v with %d of %d keys, want %v", k, !ok, len(want), limit, ok)
				}
			}
			check(t, got, want)
		}
	})
}

// Keys that all start at the same place make the longest runs: deleting in any
// order must not cut one off.
func TestDeleteInLongRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := New(32)
		want := map[uint64]uint32{}
		homes := rapid.Uint64Range(got.mask-3, got.mask).Draw(t, "home") // Near the end: runs wrap.
		for k := uint64(0); len(want) < 24; k++ {
			if h := got.home(k); h >= homes || h < 2 {
				want[k] = uint32(k) + 1
				got.Put(k, uint32(k)+1)
			}
		}
		var keys []uint64
		for k := uint64(0); len(keys) < 24; k++ {
			if want[k] != 0 {
				keys = append(keys, k)
			}
		}
		for _, k := range rapid.Permutation(keys).Draw(t, "order") {
			if !got.Delete(k) {
				t.Fatalf("Delete(%d) = false, want true", k)
			}
			delete(want, k)
			check(t, got, want)
		}
	})
}

func TestReset(t *testing.T) {
	x := New(4)
	x.Put(1, 1)
	x.Reset()
	if x.Len() != 0 || x.Get(1) != 0 || x.Max() != 4 {
		t.Errorf("after Reset: Len %d, Get(1) %d, Max %d; want 0, 0, 4", x.Len(), x.Get(1), x.Max())
	}
}

func TestPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"limit 0":        func() { New(0) },
		"limit too high": func() { New(1<<30 + 1) },
		"value 0":        func() { New(1).Put(1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func TestAllocs(t *testing.T) {
	x := New(1024)
	var k uint64
	if n := testing.AllocsPerRun(1000, func() {
		k++
		x.Put(k, 1)
		x.Get(k)
		x.Delete(k)
	}); n != 0 {
		t.Errorf("Put, Get and Delete allocate %v times, want 0", n)
	}
}

func Benchmark(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 16, 1 << 20} {
		x := New(size)
		for i := range size {
			x.Put(uint64(i)*2, uint32(i)+1)
		}
		key := func(i int) uint64 { return uint64(i*7919) & uint64(size-1) }
		b.Run(fmt.Sprintf("Hit/%d", size), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if x.Get(key(i)*2) == 0 {
					b.Fatal("absent")
				}
			}
		})
		b.Run(fmt.Sprintf("Miss/%d", size), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if x.Get(key(i)*2+1) != 0 {
					b.Fatal("present")
				}
			}
		})
		b.Run(fmt.Sprintf("DeletePut/%d", size), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				k := key(i) * 2
				x.Delete(k)
				x.Put(k, 1)
			}
		})
	}
	// The twin, for comparison.
	m := make(map[uint64]uint32, 1<<16)
	for i := range 1 << 16 {
		m[uint64(i)*2] = uint32(i) + 1
	}
	b.Run("MapHit/65536", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if m[uint64(i*7919)&0xffff*2] == 0 {
				b.Fatal("absent")
			}
		}
	})
}
