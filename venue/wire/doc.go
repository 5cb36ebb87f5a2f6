// Package wire writes commands and events as versioned little-endian bytes and
// reads them back.
//
// It owns the byte layout of a batch of commands, which is the payload of one
// journal frame, and of an event record. It knows no file, no checksum and no
// rule of the market: whether a price or an enumeration value makes sense is
// for the core to say, whether a frame was damaged is for the journal. The
// layouts are in docs/spec/wire-journal.md.
//
// Invariants: what was decoded encodes to the same bytes again (there is one
// form for one value); a kind, a version, a length or a boolean that is not of
// the format is refused with an Error, never guessed; numbers of kinds and
// offsets of a version are kept for ever, a change of layout is a new record
// version. Each message is described once, by a function that goes both ways,
// so that the directions cannot drift apart.
package wire
