package offheap

import "unsafe"

// hugePage is the size of a huge page on the machines that have them.
const hugePage = 2 << 20

// Array is a fixed number of zeroed records. The zero value is empty. Whoever
// made it calls Free when nothing refers to Data any more.
type Array[T any] struct {
	// Data is the records; its length never changes.
	Data []T

	mapping []byte // What Free gives back; nil when Data is an ordinary slice.
}

// Make returns n zeroed records of a type without pointers.
func Make[T any](n int) Array[T] {
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	if size >= hugePage {
		if mapping, data := reserve(size); data != nil {
			return Array[T]{Data: unsafe.Slice((*T)(data), n), mapping: mapping}
		}
	}
	return Array[T]{Data: make([]T, n)}
}

// Free gives the memory back and leaves the array empty. Data must not be used
// afterwards, nor any slice or pointer made from it.
func (a *Array[T]) Free() {
	if a.mapping != nil {
		release(a.mapping)
	}
	*a = Array[T]{}
}
