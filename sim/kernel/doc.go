// Package kernel is the clock of a simulation: a queue of events in virtual time.
//
// It owns the order in which things happen and nothing else. Events are ordered
// by (time, class, tie): the class says what comes first within a nanosecond, the
// world before the timers of the venue, those before the commands that arrive,
// and those before everybody who looks; the tie is a keyed hash of the seed, the
// name of the source and how many events that source has scheduled. So no source
// is always first, and the order between two events is independent of the order
// in which they were put in and of every other source: a simulation with one more
// agent leaves the others where they were.
//
//	World < Timer < Arrival < MarketData < Wake < Measure
//
// Invariants: time never goes back; the same seed and the same calls give the same
// events on every machine; the package has no goroutine, map, clock or float; once
// the queue has reached its size, nothing is allocated. Two events of one source
// at one time and class have no order that the source can choose: whoever needs
// one, such as a link that does not reorder, gives them different times.
package kernel
