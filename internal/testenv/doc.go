// Package testenv gives tests what stands outside the repository: a browser
// and files of real data. What is absent makes a test skip with a sentence
// that names it; what CLEARHOUR_REQUIRE lists, separated by commas, makes the
// test fail instead. make test installs what it can and then requires it, so
// that a test that skips there has a reason that was printed.
//
// The package is for tests only. What it starts belongs to one test and ends
// with it.
package testenv
