// Package markets keeps the instruments and assets: their terms, the phase of
// each market, its price band, mark and last trade.
//
// It decides whether a listing is well formed and whether an order, as it is
// written, may enter its market now: enumerations, combinations, quantity, price
// range, price band (MAT-03), phase. It knows no live order, no account and no
// balance. Whatever it refuses it names the reason, the field and the limit, and
// nothing changes.
//
// What each phase allows:
//
//	phase        enter  amend  reduce cancel venue-cancel
//	continuous   yes    yes    yes    yes    yes
//	cancel-only  no     no     yes    yes    yes
//	halted       no     no     no     no     yes
//
// Invariants: ids are given without a gap from 1; terms never change; a mark has
// version 0 exactly until it is first set and lies within the range of the
// terms; the band contains the mark and lies within the range.
package markets
