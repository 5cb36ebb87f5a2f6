package venue

// FundingClosed says that a funding period of a perpetual ended and what it came
// to (FUN-01, FUN-02). The payments follow, perhaps over several envelopes. Per
// GPU-hour a long position pays (Mark - Index) x Counted / Period by the
// TimeWeighted method, and Last x Rate x Counted / 8 hours by ImpactPremium,
// computed from the exact quotients.
type FundingClosed struct {
	// Instrument is the perpetual.
	Instrument InstrumentID
	// Mark and Index are the time-weighted means in micro-dollars per GPU-hour,
	// rounded half-even; 0 when no time counted.
	Mark, Index Amount
	// Period is how long the period was, Counted the part of it that counted:
	// neither auctions and halts nor times of a stale mark or index do.
	Period, Counted Time
	// Method is how it is paid.
	Method FundingMethod
	// Samples is how often the impact prices were compared with the index.
	Samples uint32
	// Premium is the mean of the samples, rounded half-even; 0 without any.
	Premium FineRate
	// Rate is what ImpactPremium makes of it for eight hours, within its bound and
	// rounded half-even; 0 by TimeWeighted and without samples.
	Rate FineRate
	// Last is the index at the end of the period that ImpactPremium multiplies by,
	// in micro-dollars per GPU-hour and within the range of the instrument's prices.
	Last Amount
}

func (*FundingClosed) isEvent() {}

// Kind returns EventFundingClosed.
func (*FundingClosed) Kind() EventKind { return EventFundingClosed }
