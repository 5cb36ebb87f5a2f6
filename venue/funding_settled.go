package venue

// FundingSettled says that all payments of a funding period were made.
type FundingSettled struct {
	// Instrument is the perpetual.
	Instrument InstrumentID
	// Positions is how many paid or received.
	Positions uint32
	// Residue is what the roundings left to the account of that name, in
	// micro-dollars.
	Residue Amount
}

func (*FundingSettled) isEvent() {}

// Kind returns EventFundingSettled.
func (*FundingSettled) Kind() EventKind { return EventFundingSettled }
