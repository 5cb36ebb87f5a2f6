package offheap

import (
	"testing"
	"unsafe"
)

func TestArrayIsZeroedAndWritable(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1 << 20} {
		a := Make[uint64](n)
		if len(a.Data) != n {
			t.Fatalf("Make(%d) has %d records", n, len(a.Data))
		}
		for i := range a.Data {
			if a.Data[i] != 0 {
				t.Fatalf("Make(%d)[%d] = %d, want 0", n, i, a.Data[i])
			}
			a.Data[i] = uint64(i) + 1
		}
		for i := range a.Data {
			if a.Data[i] != uint64(i)+1 {
				t.Fatalf("Make(%d)[%d] = %d after writing %d", n, i, a.Data[i], i+1)
			}
		}
		a.Free()
		if a.Data != nil {
			t.Fatalf("Make(%d) has data after Free", n)
		}
		a.Free()
	}
}

func TestMappedArrayIsAligned(t *testing.T) {
	a := Make[[32]byte](1 << 17)
	defer a.Free()
	if a.mapping == nil {
		t.Skip("this system maps nothing")
	}
	if at := uintptr(unsafe.Pointer(&a.Data[0])); at%hugePage != 0 {
		t.Errorf("data at %#x, want a multiple of %#x", at, hugePage)
	}
}

// TestAddressSpaceIsNotMemory reserves more than small machines have and touches
// both ends.
func TestAddressSpaceIsNotMemory(t *testing.T) {
	const size = 64 << 30
	mapping, data := reserve(size)
	if mapping == nil {
		t.Skip("this system maps nothing, or not that much")
	}
	defer release(mapping)
	bytes := unsafe.Slice((*byte)(data), size)
	bytes[0], bytes[size-1] = 1, 2
	if bytes[0] != 1 || bytes[size-1] != 2 {
		t.Error("the ends of the array are lost")
	}
}
