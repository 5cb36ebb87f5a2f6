// Package flow makes the order flow by which the speed of matching is measured,
// and runs it.
//
// It owns three workloads, W1 (one book of 10,000 orders), W2 (one book of a
// million) and W3 (a thousand books with a million orders), as arrays of records
// that are the same on every machine, and the golden hashes of the trades that
// they cause. It never measures anything but matching.Books: making the records
// and filling the books beforehand is not timed. The two sides of a book have
// different owners, so that self-trade prevention is asked at every trade and
// never acts.
package flow
