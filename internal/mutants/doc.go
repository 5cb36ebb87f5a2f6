// Package mutants keeps deliberate faults and shows that the tests notice each.
//
// It owns the lists: what somebody could get wrong, as a replacement of a few words
// of one file, and where the tests are that must fail by it. It builds a faulty
// program through an overlay of the compiler, so that no file of the tree is ever
// changed, and it never decides what is right: the tests of the packages do.
//
// Invariants: what a mutant replaces stands exactly once in its file, which is
// tested with everything else; a mutant counts as killed only when a test failed,
// not when it does not compile. `make mutants` runs them all.
package mutants
