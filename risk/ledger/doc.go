// Package ledger keeps who has what: balances, the part of them that open
// orders hold, and positions as (Qty, Cost).
//
// It owns accounts, asset balances and holdings. A holding is the pair (account,
// instrument): its position, the aggregates of its open orders, and the place
// where package risk caches what they need. The ledger never decides whether
// something is allowed and never looks at a mark: its callers check first, and a
// call that would break an invariant stops the process.
//
// It is double entry. What one account receives another gives; deposits and
// withdrawals go against venue.World, fees to venue.Fees. The equity of an
// account is cash + Σ(Qty·mark·tick value − Cost) over its futures, so a trade in
// a future moves no cash until a position is reduced; then the realised part goes
// to the cash of the same account, and the residue of the division stays in its
// Cost (SET-01, R-ROUND).
//
// A position in a capped future is kept like any other and locks the most that it
// can lose in the account's Held, in the same step (MAR-08).
//
// Invariants, checked by Conserved: Σ cash over all accounts − Σ Cost is zero; Σ
// balance of every other asset is zero; Σ Qty of every future is zero; Cost is
// zero when Qty is; what is held is at least zero and is what the aggregates of
// the open orders say.
package ledger
