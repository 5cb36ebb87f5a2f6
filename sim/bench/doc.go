// Package bench measures the core under the flow of package sim/orders: what a
// command costs from the envelope to the last event on the tape, and how fast a
// journal of such commands replays.
//
// It owns the recording of a flow, so that making commands is no part of what is
// measured, and the reading of the results. It decides nothing about which result
// is good. It takes the clock as an argument. Invariants: a recording holds the
// commands and the frames of one run, and every run of it does the same work.
package bench
