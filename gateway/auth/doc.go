// Package auth says who may use the venue: keys, their scopes, and whether a
// logon or a signed request is theirs.
//
// It owns the file of keys and the memory of what was tried: signatures seen,
// failures per key and address, open sessions per key. It never touches the
// state of the venue, sends nothing and logs nothing; it takes the time from a
// function that its caller gives. A Store and a Guard are for concurrent use.
//
// Invariants: a signature is compared in constant time and is good for one use;
// time never goes back for it, so that a clock that was set back does not make
// old signatures good again; what was tried with a key from one address never
// keeps its owner out at another, nor at one where the owner was let in before;
// every table is bounded, and where one is full the answer is a refusal. A
// secret of an HMAC key is encrypted on disk with AES-256-GCM under a master key
// that stands in a file of its own beside it: that protects a copy of the one
// file, not a copy of both. Of an Ed25519 key only the public half is kept.
package auth
