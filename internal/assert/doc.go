// Package assert stops the process when an invariant is broken.
//
// It owns nothing. It never recovers, logs or returns an error: a venue that has
// lost an invariant must not go on, and a restart replays the journal to the
// last good state. Assertions are on in production; checks that cost more than
// constant time belong behind the invariants build tag.
package assert
