// Package table holds one hash table from 64-bit keys to 32-bit indexes, for
// owners of dense slabs that have to find a record by something else than its
// index.
//
// It owns the placement of its keys and nothing else. It never allocates after
// New, never moves to a larger array, holds no pointers (the garbage collector
// does not look inside) and offers no way to go through its content: placement
// depends on the history of insertions and deletions, so it must not reach a
// snapshot or an event. The owner of the records inserts them again on load.
//
// Invariants: the value 0 means absent and is never stored; at most half of the
// places are taken, so that an unsuccessful search ends soon; between the home
// of a key and its place there is no empty place (deletion shifts back instead of
// leaving tombstones).
package table
