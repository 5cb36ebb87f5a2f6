// Package script runs scenario files: plain text that a trader can read, a
// command and below it what the venue answered.
//
//	# A post-only order that would trade is refused.
//	# rules: MAT-04
//
//	place alice buy px=100 qty=5 post-only
//	----
//	rejected: post_only_would_trade
//
// A block is one command line, optional input lines, a line of four dashes and
// the expected output up to the first blank line. Output that itself contains
// a blank line stands between two pairs of dash lines instead. Lines that
// start with # outside a block are comments. Words of the form key=value are
// named arguments, the other words are positional; a value with spaces is
// written in double quotes.
//
// Every file cites at least one rule in a comment "# rules: MAT-04, SPOT-001",
// so that the pages of docs/spec and the scenarios can be joined. An argument
// that the handler did not read is an error: a misspelt argument must not pass
// for a default. Handlers therefore read all arguments before they act.
//
// With the flag -rewrite the expected outputs are replaced by the actual ones;
// the change is then reviewed as a diff. The package is for tests only and
// never imports another package of the venue.
package script
