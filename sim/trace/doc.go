// Package trace reads recorded marketplace offers and job traces, so that a
// venue can be tried with the supply and the demand of real machines.
//
// It owns the two file formats and nothing else: it draws no conclusions, makes
// no commands and never holds more of a file than what it returns. Files may be
// plain, gzip or xz. A row that is not understood is an error that names file,
// line and column; nothing is skipped silently.
package trace
