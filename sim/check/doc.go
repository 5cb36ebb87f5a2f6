// Package check proves, command by command, that a venue keeps what it promises
// whatever is done to it (rulebook, section 3).
//
// A Checker hears every command with the events that it caused, and keeps a shadow
// of the venue: a ledger of its own in which every movement has two sides, the
// queue of every price level, the marks and who holds what. It uses none of the
// code of the core, whose words alone it shares, and computes equity and
// maintenance margin by itself. The first sentence that is not true comes back
// as a Violation with the numbers.
//
//	conservation   what every account is told to have follows from transfers, trades,
//	               fees, funding and the receipts of liquidations, and nothing else
//	positions      of an instrument sum to zero
//	liquidation    nobody with E >= MM loses an order or a position against its will,
//	               but for deleveraging; nobody at all by a mark that is stale,
//	               and nobody gives more than what it gained or is left with too
//	               little for its positions
//	band           no trade outside the band in force
//	book           what is told of a level is what its orders come to, and no book
//	               is crossed in continuous trading
//	priority       the oldest order at the best price trades first; an amendment that
//	               only reduces keeps the place, any other loses it
//	fees           of a trade sum to at least zero
//	draw cap       the insurance fund gives at most its cap in a window
//	orders         every command has one answer, every accepted order one end
//	bounded        one command tells a bounded number of events
//	paid in full   nothing takes what a position in a capped future locks, and no
//	               trade in one takes what the other positions of its account need
//	limits         no order is taken with which its owner could have more than it may;
//	               margins follow the open interest, maintenance margins do not
//	quotes         of a set go with the fill that is one too many, and none of it is
//	               taken while it is frozen; a quote never takes
//	fund           without a position it owes no more than its collateral counts for,
//	               unless a price took that from it
//	progress       an account below its maintenance margin is worked on, whoever
//	               else is in the way
//
// Replay and restarts are properties of bytes and belong to package random, which
// runs the venue. Invariants: the package writes nothing to the venue; the same
// events give the same answer on every machine.
package check
