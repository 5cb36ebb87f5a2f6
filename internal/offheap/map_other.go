//go:build !linux

package offheap

import "unsafe"

// reserve maps nothing: Make falls back to an ordinary slice.
func reserve(int) ([]byte, unsafe.Pointer) { return nil, nil }

// release has nothing to give back.
func release([]byte) {}
