// Package lobster drives recorded order flow of a real exchange through the
// engine and compares the book that results, row by row, with the book that was
// recorded.
//
// The input is a pair of files in LOBSTER's format: messages, and the best levels
// after each message. The package owns the reading of the format and the
// translation of messages into commands of a few accounts with deep pockets; the
// matching, the ledger and the published levels are the venue's own. It never
// corrects the book inside the window that the file shows: only a level that
// comes into the window from outside, where the file tells nothing of what
// happened, is taken from the file.
//
// Invariants: input is read as a stream and memory does not depend on its
// length; a malformed line is an error that names file and line; a row that
// differs is reported and the run goes on.
package lobster
