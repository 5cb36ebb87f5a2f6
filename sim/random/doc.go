// Package random runs a venue in virtual time among agents who do everything that
// the venue allows and much that it does not, through calm and crisis, and proves
// after every command that it keeps its promises.
//
// A World has true prices that move, crash and recover, and shocks: outages,
// silences of those who publish readings, makers who leave, sweeps of whole books,
// a pair that works together to drain the insurance fund. Agents see the market a
// second late and their own orders as late as their link is slow: takers without a
// plan, makers, leveraged traders, a bank that deposits and withdraws, contributors
// of readings, an operator, and one who sends nonsense. All of them speak to the
// venue in commands, which package check hears with the events that follow.
//
// The package owns the run: what was sent, as the bytes of a journal; restarts from
// a snapshot in the middle of it; and in the end the replay of all of it, from
// genesis and from a snapshot, with the events of every command compared.
// Invariants: a seed gives the same commands, byte for byte, on every machine; each
// agent draws from streams keyed by its name and a purpose, so that one agent more
// leaves the draws of the others as they were; floats never leave an agent.
package random
