package offheap

import (
	"syscall"
	"unsafe"
)

// reserve maps size bytes aligned to a huge page. Huge pages spare the address
// translation of random accesses; the advice may fail on kernels without them,
// which costs time and nothing else.
func reserve(size int) ([]byte, unsafe.Pointer) {
	length := size + hugePage
	if length < size {
		return nil, nil
	}
	mapping, err := syscall.Mmap(-1, 0, length, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		return nil, nil
	}
	start := uintptr(unsafe.Pointer(unsafe.SliceData(mapping)))
	skip := (hugePage - start%hugePage) % hugePage
	data := mapping[skip : skip+uintptr(size)]
	_ = syscall.Madvise(data, syscall.MADV_HUGEPAGE)
	return mapping, unsafe.Pointer(unsafe.SliceData(data))
}

// release unmaps what reserve mapped. It can fail only for a slice that reserve
// did not return.
func release(mapping []byte) {
	if err := syscall.Munmap(mapping); err != nil {
		panic("clearhour: offheap: unmap of a foreign slice")
	}
}
