package venue

// SetTerms changes those terms of a listed instrument that may change (ADM-08).
// All of them are given.
type SetTerms struct {
	// Instrument is listed and not settled.
	Instrument InstrumentID
	// MaxQty is the largest order in lots.
	MaxQty Qty
	// Band is the distance from the mark within which orders are taken.
	Band Rate
	// Maker and Taker are the fee rates; Taker is at most that of the listing, at
	// which open orders reserve.
	Maker, Taker Rate
	// Brackets is the margin schedule of a future.
	Brackets []Bracket
}

func (*SetTerms) isCommand() {}

// Kind returns KindSetTerms.
func (*SetTerms) Kind() CommandKind { return KindSetTerms }
