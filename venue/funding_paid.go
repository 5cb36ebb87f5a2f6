package venue

// FundingPaid says what one position paid for a funding period.
type FundingPaid struct {
	// Account is whose position it is.
	Account AccountID
	// Instrument is the perpetual.
	Instrument InstrumentID
	// Qty is the position at the end of the period.
	Qty Qty
	// Amount is what it paid in micro-dollars, negative when it received.
	Amount Amount
}

func (*FundingPaid) isEvent() {}

// Kind returns EventFundingPaid.
func (*FundingPaid) Kind() EventKind { return EventFundingPaid }
