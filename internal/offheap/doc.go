// Package offheap gives large arrays of pointer-free records that the garbage
// collector neither scans nor counts.
//
// It owns address space, nothing else. On Linux an array is an anonymous
// mapping aligned to huge pages: address space is taken at once for the whole
// length, memory only as it is touched, so an array never moves. Elsewhere,
// and for arrays smaller than a huge page, it is an ordinary Go slice. It never
// holds a type with pointers (the collector would not see them), and it never
// fails: when the system refuses a mapping the array is an ordinary slice.
package offheap
