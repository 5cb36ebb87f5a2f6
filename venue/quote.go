package venue

// QuoteSet names a group of the quotes of one account, from 1. A maker has at
// most one quote in an instrument and a set, and protects its quotes by the set.
type QuoteSet uint16

// QuoteEntry is a quote in one instrument: what a maker would pay and what it
// would take. A side of size 0 is none.
type QuoteEntry struct {
	// Instrument is what is quoted.
	Instrument InstrumentID
	// Bid and Ask are limits in ticks, the bid below the ask.
	Bid Price
	// BidQty and AskQty are what is to be open, in lots, what was filled before
	// not included.
	BidQty Qty
	Ask    Price
	AskQty Qty
}

// MaxQuotes bounds the entries of a MassQuote: 64 orders, which is the work of a
// few dozen fills.
const MaxQuotes = 32

// QuoteSide is one side of a quote after a MassQuote dealt with it.
type QuoteSide struct {
	// Order stands in the book, 0 when none does.
	Order OrderID
	// Price is its limit in ticks and Qty what is open of it, in lots.
	Price Price
	Qty   Qty
	// Refusal says why the side is not as it was asked for.
	Refusal Refusal
}

// QuoteLimits are what a maker lets happen to the quotes of a set within a window
// of time (MAT-07).
type QuoteLimits struct {
	// Window is how long a fill counts and Frozen how long no quote is taken after
	// a trigger, both above 0.
	Window, Frozen Time
	// Qty is the sum of all fills, and Delta the difference of bought and sold lots,
	// either way, at which the quotes are withdrawn; both above 0.
	Qty, Delta Qty
}

// MaxQuoteTime bounds the window and the frozen time of quote limits.
const MaxQuoteTime = 24 * 3600 * Second
