// Package plain is the commands of operators in the words that people write:
// symbols instead of numbers, decimals instead of ticks and micro-dollars, words
// instead of codes. Genesis files, requests and lists of changes share it.
//
// It converts and names the field that does not convert; whether a value is allowed
// is for the core to say. Symbols are looked up in what is Listed. Invariant: what
// Of made of a command, Command makes the same command of, as long as what is listed
// stays.
package plain
