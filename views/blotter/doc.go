// Package blotter keeps what each account has: orders, fills, positions and
// balances, all of it projected from events.
//
// It owns nothing that the venue knows: a view that is lost is filled again
// from events or from an image of the state, and both give the same live
// orders, positions and balances. It never does IO, never reads a clock and
// starts no goroutine. One goroutine calls Apply or ApplyAll; every other
// method may be called from any goroutine at the same time and returns copies.
// A read holds a lock that keeps Apply waiting, so reads are bounded by a count.
// Every read names the account it is for, except Order, whose callers compare
// the account themselves.
//
// Invariants: events at or before the last one applied are ignored; a live
// order has Qty == Filled + Leaves and Leaves > 0; an ended one has Leaves == 0
// and is forgotten, with its client ids, when its account has Limits.Ended
// newer ones. Records live in pools without pointers: a steady stream of
// orders allocates nothing and the collector has nothing to follow.
package blotter
