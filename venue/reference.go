package venue

// IndexID names an index from 1; 0 means none.
type IndexID uint16

// SourceID names who contributes readings to an index, from 1.
type SourceID uint32

// MarkSources is the set of what a mark was made of (MRK-01).
type MarkSources uint8

// Sources of a mark.
const (
	// MarkFromIndex is the index plus the smoothed basis.
	MarkFromIndex MarkSources = 1 << iota
	// MarkFromBook is the middle of the impact prices of both sides.
	MarkFromBook
	// MarkFromLast is the last trade, within the touch.
	MarkFromLast
)

// Has says whether all of s are in the set.
func (f MarkSources) Has(s MarkSources) bool { return f&s == s }

// IndexKind says what an index is made of.
type IndexKind uint8

// Kinds of index.
const (
	// PriceIndex is made of readings of prices (IDX-01).
	PriceIndex IndexKind = 0
	// AvailabilityIndex is made of the meters of a fleet (IDX-02).
	AvailabilityIndex IndexKind = 1
)

// String returns the word that people use.
func (k IndexKind) String() string {
	switch k {
	case PriceIndex:
		return "price"
	case AvailabilityIndex:
		return "availability"
	}
	return "kind?"
}

// Index is the terms of an index of the price of GPU-hours (IDX-01) or of the
// availability of a fleet (IDX-02): they never change. An availability index has
// points, from 0 to 100, and says them as dollars.
type Index struct {
	// ID is given by whoever lists the index.
	ID IndexID
	// Symbol is its name, for example "PIX.H100C.NAE.H".
	Symbol string
	// Kind is what it is made of. Clamp, Cap, Contributors and Widest are 0 for an
	// AvailabilityIndex.
	Kind IndexKind
	// Clamp is how far from the median a contribution may count.
	Clamp Rate
	// Cap is the largest weight of one contributor.
	Cap Rate
	// Contributors is the least number of them.
	Contributors uint16
	// Period is the time between publications of prices, which fall on its
	// multiples. An AvailabilityIndex is metered by periods that begin there; a day
	// is a multiple of it.
	Period Time
	// Window is how old a reading may be that counts. When too few are that
	// young, those up to Widest count, which is at least Window. For an
	// AvailabilityIndex it is how long after the end of a period its meters are
	// taken; then the period is published and final.
	Window, Widest Time
}

// FundingMethod says what the longs and shorts of a perpetual pay each other.
type FundingMethod uint8

// Methods of funding.
const (
	// TimeWeighted pays the time-weighted mean of the mark less that of the index
	// (FUN-01).
	TimeWeighted FundingMethod = 0
	// ImpactPremium pays a rate that follows from how far the impact prices are
	// from the index (FUN-02).
	ImpactPremium FundingMethod = 1
)

// String returns the word that people use.
func (m FundingMethod) String() string {
	switch m {
	case TimeWeighted:
		return "time-weighted"
	case ImpactPremium:
		return "impact-premium"
	}
	return "method?"
}

// Reference says how the mark of an instrument is made from an index (MRK-01)
// and, for a perpetual, how funding follows from both (FUN-01, FUN-02).
type Reference struct {
	// Index is the index.
	Index IndexID
	// Impact is the number of lots for which both sides of the book are asked.
	Impact Qty
	// Band is how far from the index the mark may be.
	Band Rate
	// Span is the memory of the smoothed basis.
	Span Time
	// Every is the time between computations of the mark, which fall on its
	// multiples.
	Every Time
	// IndexAge and LastAge are how old the index and the last trade may be to
	// count as fresh. The book is fresh while orders can trade in it.
	IndexAge, LastAge Time
	// Stale is the factor on initial margin while the mark is stale (R-STALE),
	// from one to four.
	Stale Rate
	// Funding is the length of a funding period, which ends on its multiples; it
	// is 0 for everything but a perpetual.
	Funding Time
	// Method says what funding is computed from. Each period is paid by the method
	// at its end.
	Method FundingMethod
	// Default is what ImpactPremium adds to the mean premium, for eight hours.
	// Factor times the difference of the initial and the maintenance margin of the
	// first bracket bounds the rate, from above 0 to ten. Both are 0 for
	// TimeWeighted.
	Default, Factor Rate
}
