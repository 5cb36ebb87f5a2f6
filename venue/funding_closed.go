package venue

// FundingClosed says that a funding period of a perpetual ended and what it came
// to (FUN-01). The payments follow, perhaps over several envelopes. Per GPU-hour
// a long position pays (Mark - Index) x Counted / Period, computed from the exact
// means.
type FundingClosed struct {
	// Instrument is the perpetual.
	Instrument InstrumentID
	// Mark and Index are the time-weighted means in micro-dollars per GPU-hour,
	// rounded half-even; 0 when no time counted.
	Mark, Index Amount
	// Period is how long the period was, Counted the part of it that counted:
	// neither auctions and halts nor times of a stale mark or index do.
	Period, Counted Time
}

func (*FundingClosed) isEvent() {}

// Kind returns EventFundingClosed.
func (*FundingClosed) Kind() EventKind { return EventFundingClosed }
