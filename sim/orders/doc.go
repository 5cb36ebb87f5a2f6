// Package orders makes commands for a whole venue: a set-up of assets,
// instruments and accounts, and then a stream without end of orders, cancels,
// amendments, transfers, marks, phases, retries and nonsense.
//
// It owns the choice of the commands and what a client of every account would
// know of its own orders. It applies nothing and asks the venue nothing: whoever
// runs the commands may show the events to Observe, and then cancels and
// amendments also use the ids of the venue and mean orders that still live.
// Without that they use the client's ids, and some of them come too late.
//
// Invariants: the same seed, mix and observations give the same commands, byte
// for byte, on every machine; each purpose draws from a random stream of its own,
// so that another share of cancels leaves the prices as they were; sequence
// numbers have no gap and time never goes back; a steady stream allocates
// nothing.
package orders
