// Package arch holds the rules that the code of the venue keeps about itself,
// and the checks that enforce them: who may import whom, what the
// deterministic core may not touch, how long a function and a file may be,
// where a package comment stands, and which rule ids the scenarios cite.
//
// The rules are data: the import table in table.go, everything else in
// policy.go. They are policy. A change that breaks one is changed, not the
// rule; a rule is changed by a decision record in docs/adr, and an exception
// names the number of its record.
//
// The package is run by its own tests and never imported. Each check is proved
// to fail on the violations planted in testdata.
package arch
