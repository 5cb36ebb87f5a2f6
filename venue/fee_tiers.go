package venue

// FeeTier is a step of the fee schedule of the venue (FEE-01).
type FeeTier struct {
	// Min is the trailing volume from which it applies, in micro-dollars.
	Min Amount
	// Maker and Taker are the rates; a negative Maker is a rebate. No instrument
	// charges more than its own terms say.
	Maker, Taker Rate
}

// MaxFeeTiers bounds a fee schedule.
const MaxFeeTiers = 32
