// Package venue holds the words of clearhour: units, ids, instrument terms,
// orders, commands, events and reasons.
//
// It owns no state and decides nothing. A Command is what the venue is told, an
// Event is what it tells, and nothing else crosses the border of the core.
// Values are integers in named units; conversion from and to decimals lives in
// venue/scale, bytes live in venue/wire. Invariants: a type here never holds a
// clock, a pointer to shared state or a float; the set of commands and the set
// of events are closed; a number once given to an enumeration value is never
// given to another, because journals are kept for ever.
package venue
