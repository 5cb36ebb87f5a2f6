package venue

// TermsSet says that an instrument has other terms from now on.
type TermsSet struct {
	// Instrument is whose; the others are as in SetTerms.
	Instrument   InstrumentID
	MaxQty       Qty
	Band         Rate
	Maker, Taker Rate
	Brackets     []Bracket
	Interest     Interest
	MaxPosition  Qty
}

func (*TermsSet) isEvent() {}

// Kind returns EventTermsSet.
func (*TermsSet) Kind() EventKind { return EventTermsSet }
