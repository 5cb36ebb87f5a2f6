package venue

// LiquidationTerms say how the venue closes the positions of accounts below
// their maintenance margin. They are the same for all markets. A Step of 0
// switches liquidation off; the others must then be 0 as well.
type LiquidationTerms struct {
	// Target is how many times its maintenance margin an account shall have after
	// a liquidation, from One to ten times One (LIQ-02).
	Target Rate
	// Fee bounds what the insurance fund receives of a value closed, from 0 to a
	// tenth of One (LIQ-03).
	Fee Rate
	// Spread is how many times the maintenance margin of a position its closing may
	// cost an account that has nothing left, from 0 to ten times One (R-LIQ-LIMIT).
	Spread Rate
	// Fraction, MaxConsumed and FullSize are how the fund gets rid of positions, a
	// step at a time (LIQ-04). The rates are from 1 to One, the size is at least 1.
	Fraction, MaxConsumed Rate
	FullSize              Qty
	// Cap is the part of its highest balance in a window that the fund may lose in
	// that window, from 0 to One (LIQ-05).
	Cap Rate
	// Window is the length of such a window, at most 366 days. Windows begin at
	// its multiples.
	Window Time
	// Step is the time between two steps of a disposal, and until an account is
	// looked at again whose liquidation has to wait; at least a millisecond.
	Step Time
}
