// Package risk computes what accounts need: the initial and maintenance margin
// of positions and open orders, what is free, what may be withdrawn, whether an
// order can be taken, and what a liquidation would close, at which price, and
// against whom.
//
// It owns the margin schedules of the instruments and, in the records of
// risk/ledger, the fields that cache its results: of holdings Unrealised, Need,
// OpenLoss, MarkVersion and Stale, of accounts their sums. It never moves money,
// keeps no orders, and decides about no market: marks come in as an argument,
// orders through the interface OpenOrders, and the engine acts on the answers.
//
// The need of a future is that of MAR-01 and MAR-02: the bracketed margin of the
// worse of all buys or all sells filling, what filling at the limits would lose
// against the mark, and the taker fees. An account is covered when its cash less
// what spot buys hold, plus the unrealised result, is at least the sum of its
// needs. An order that is not covered is still taken when it only closes
// (MAR-09). What turns into a spot asset or leaves the venue must be covered
// without unrealised profit.
//
// The rules of liquidation are functions of plain values, one file each: states,
// liquidation price and partial closing in liquidation.go, then bankruptcy.go,
// disposal.go, deleverage.go and haircut.go in the order of the waterfall;
// position.go reads the values of a holding. Each does work bounded by the
// number of brackets, or of the candidates that it is given.
//
// The marks are those of package markets: entry 0 belongs to no instrument, its
// Price counts the changes of all marks.
//
// Invariants: a holding whose MarkVersion is that of the mark and that is not
// Stale has Unrealised, Need and OpenLoss exactly as computed anew; the sums of an
// account are those of its holdings; requirements and fees are rounded up
// (R-ROUND) and compared exactly where a rule compares; a check changes nothing
// but caches.
package risk
