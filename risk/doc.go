// Package risk computes what accounts need: the initial margin of positions and
// open orders, what is free, what may be withdrawn, and whether an order can be
// taken.
//
// It owns the margin schedules of the instruments and, in the records of
// risk/ledger, the fields that cache its results (Value, Need, OpenLoss,
// MarkVersion, Stale). It never moves money, keeps no orders, and decides about
// no market: marks come in as an argument, orders through the interface
// OpenOrders, and the engine acts on the answers.
//
// The need of a future is that of MAR-01 and MAR-02: the bracketed margin of the
// worse of all buys or all sells filling, what filling at the limits would lose
// against the mark, and the taker fees. An account is covered when its cash less
// what spot buys hold, plus the unrealised result, is at least the sum of its
// needs. An order that is not covered is still taken when it only closes
// (MAR-09). What turns into a spot asset or leaves the venue must be covered
// without unrealised profit.
//
// Invariants: a holding whose MarkVersion is that of the mark and that is not
// Stale has Value, Need and OpenLoss exactly as computed anew; requirements and
// fees are rounded up (R-ROUND); a check changes nothing but caches.
package risk
