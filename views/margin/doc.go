// Package margin says what accounts must have and what their positions stand
// at: equity, initial and maintenance margin, what is free, liquidation prices
// and the order in which positions would be deleveraged.
//
// It owns nothing but caches: orders, positions, balances and states are those
// of views/blotter, terms, marks and funding those of views/marketdata, and the
// arithmetic is that of package risk, called on plain values. Nothing happens
// when an event comes; everything is computed when it is asked. It never does
// IO, never reads a clock and starts no goroutine.
//
// The events of an envelope reach the two views one at a time, and in between
// money and positions do not belong together. Whoever applies them holds the
// view from Begin to End, over whole envelopes; a read waits for the End and
// keeps Begin waiting, so reads are bounded by the orders of an account, and
// those of ranks by Config.RankAge. A read holds no lock of its caller's.
//
// Invariants: between envelopes Status, liquidation prices and, once a rank is
// not older than it may be, the places are exactly those of the engine.
package margin
