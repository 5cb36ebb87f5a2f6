// Package scale turns decimal text into ticks, lots and units of assets, times
// into nanoseconds, and both back. It is the only place where such conversions
// are written.
//
// A conversion is exact or it is refused: what a client wrote is never rounded,
// and what is shown is all of the value. Text is -?digits[.digits] without
// exponent, plus sign, leading zeros or blanks, and at most 20 digits; zeros
// behind the last decimal that counts are accepted, since they change nothing.
// The only rounding is that of times shown with fewer than nine decimals, which
// go down. Whether a value is sensible (its range, its sign) is for the core to
// say; here it only has to fit its unit.
//
// The package reads no clock and knows no float. Parsing and appending allocate
// nothing unless they refuse.
package scale
