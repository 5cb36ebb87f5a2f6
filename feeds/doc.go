// Package feeds turns readings from outside into the numbers that contracts are
// marked at and settle to: the price index of GPU-hours (IDX-01) and the
// availability index (IDX-02).
//
// It owns the arithmetic of an index and what an index last said. It receives
// nothing by itself, keeps no clock and judges no signature: feeds/meter and
// feeds/price do that and hand over what they accept. It knows neither
// instruments nor positions.
//
// Invariants: results before publication are exact quotients; a publication
// rounds once, as its rule says; the weights of a price index sum to exactly one
// and none is above the cap; a reading that is too old or made of too few
// contributors says so (Stale), and whoever liquidates, funds, deleverages or
// settles asks that first (R-STALE).
package feeds
