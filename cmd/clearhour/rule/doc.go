// Package rule runs one rule of the rulebook from the command line: `clearhour
// rule ID` reads the rule's input as JSON and writes its output as JSON.
//
// It owns the form of that JSON and nothing of the rules: an adapter converts
// decimals into the integer units of the core, calls the function that the
// venue itself calls, and converts the result back. The registry lists the
// adapters in one table.
//
// Input is strict. A key that is unknown, missing or given twice, a value of
// another type than the rule says, a decimal that is no string and a number that
// the units cannot hold exactly are refused with the path where they stand, as
// in "cases[2].mark: missing". Nothing is rounded on the way in, and on the way
// out only where the rule says so.
package rule
