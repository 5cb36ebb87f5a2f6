// Package markets keeps the instruments and assets: their terms, the phase of
// each market, its price band, mark and last trade.
//
// It decides whether a listing is well formed and whether an order, as it is
// written, may enter its market now: enumerations, combinations, quantity, price
// range, price band (MAT-03), phase. It knows no live order, no account and no
// balance. Whatever it refuses it names the reason, the field and the limit, and
// nothing changes.
//
// It also says what follows from prices that it is given: the mark of a market
// (MRK-01), the funding of a period (FUN-01, FUN-02) and the fees of a trade
// (FEE-01). These are functions and small accumulators, one per market or
// account, exact until the one rounding that each names; a mark without a fresh
// source says that it is stale (R-STALE).
//
// Its protections of a market watch prices and fills and say when trading must
// not go on as it is: Breaker (MAT-04), Protection (MAT-05), Quotes (MAT-07). Each
// has fixed memory and is told the time; none stops anything by itself.
//
// What each phase allows:
//
//	phase           enter  amend  reduce cancel venue-cancel
//	continuous      yes    yes    yes    yes    yes
//	cancel-only     no     no     yes    yes    yes
//	halted          no     no     no     no     yes
//	pre-open        yes    yes    yes    yes    yes
//	open-auction    yes    no     no     no     yes
//	closing-auction yes    yes    yes    yes    yes
//	protect-auction yes    yes    yes    yes    yes
//	settled         no     no     no     no     no
//
// The last four collect orders: none is matched, bids may reach asks, and what
// cannot wait for the uncrossing is refused. Stops wait for a trade as ever.
//
// Invariants: ids are given without a gap from 1; terms never change; a mark has
// version 0 exactly until it is first set and lies within the range of the
// terms; the band contains the mark and lies within the range.
package markets
