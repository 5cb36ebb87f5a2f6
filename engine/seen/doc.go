// Package seen remembers the requests of clients, so that a retry is answered
// with the first outcome and never done twice.
//
// It owns the identifiers that each account has used, a fingerprint of what was
// asked under each, and what came of it. It never decides whether a request is
// good and knows no book: the caller tells it which orders still live.
// Invariants: an identifier is remembered while its order lives, and otherwise
// for Window or until the account has used PerAccount newer ones, whichever
// ends first; one account can never make another one's identifiers be
// forgotten; memory is bounded by Total entries; the same calls give the same
// state, byte for byte.
package seen
