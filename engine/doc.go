// Package engine is the deterministic core of the venue: it applies one
// envelope after the other and tells what happened.
//
// It owns the order in which the owners of state are asked and written, the
// number of the last trade, and where long work stands: liquidations, variation,
// funding, the ends of markets. Books belong to matching, money and positions to
// risk/ledger, requirements to risk, assets, terms and marks to markets, indices
// to feeds, the requests it has seen to engine/seen. It never reads a clock, starts a goroutine, does
// IO or logs, and it is the only package that appends events.
//
// Invariants: a handler first collects every reason to refuse and then writes,
// and after its first write only an assertion stops it; the same envelopes give
// the same events and the same state, byte for byte, from genesis or from any
// snapshot; after every envelope money and positions are conserved; the work of
// one envelope is bounded and what is left over waits for the next Tick:
// uncrossing.go draws how an auction does it. Finding the price of an auction is
// one piece: it looks at every level that trades, and at the orders of such levels
// when there are icebergs.
//
// Accounts below their maintenance margin are liquidated at the end of an envelope,
// a bounded part at a time: liquidation.go draws how. Every number that such a step
// acts on comes out of risk.Derive and is in a receipt.
//
// Read place.go first.
package engine
