package state

import (
	"bytes"
	"testing"
)

func TestReader(t *testing.T) {
	r := NewReader([]byte{1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 7, 8})
	a, b, c, d, e := r.U8(), r.U16(), r.U32(), r.U64(), r.I64()
	if a != 1 || b != 2 || c != 3 || d != 4 || e != -1 || !r.OK {
		t.Errorf("read %d %d %d %d %d %v, want 1 2 3 4 -1", a, b, c, d, e, r.OK)
	}
	if got := r.Take(2); !bytes.Equal(got, []byte{7, 8}) || !r.OK || len(r.Src) != 0 {
		t.Errorf("Take(2) = %v, %v", got, r.OK)
	}
}

// A reader that ran short stays so, even where fewer bytes would have been there.
func TestReaderRunsShort(t *testing.T) {
	for _, n := range []int{4, -1} {
		r := NewReader([]byte{9, 9, 9})
		if got := r.Take(n); len(got) != max(n, 0) || r.OK || !bytes.Equal(got, make([]byte, len(got))) {
			t.Errorf("Take(%d) of three bytes = %v, %v", n, got, r.OK)
		}
		if v := r.U8(); v != 0 || r.OK {
			t.Errorf("after Take(%d): %d, %v, want 0 and short", n, v, r.OK)
		}
	}
}
