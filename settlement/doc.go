// Package settlement turns prices and deliveries into obligations: the payments
// of a new mark (SET-01), the price at which a contract ends and what is left of
// it while it is delivered (SET-03).
//
// It owns the arithmetic and the state of what is being settled. It moves no
// money and keeps no balance: it says what is owed, and the engine books it in
// the ledger. It knows no chain; settlement/chain does.
//
// Invariants: the payments of a position are a function of its lots and of what
// they cost, so that positions and costs that sum to zero are paid in full;
// amounts round down for whoever they are for, and what the roundings leave is
// returned by name for venue.Residue, never lost (R-ROUND); a price that is not
// known stays unknown, and settlement waits.
package settlement
