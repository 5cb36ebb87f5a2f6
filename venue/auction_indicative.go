package venue

// AuctionIndicative says what an uncrossing of a collecting market would come to
// now (AUC-01, AUC-02). It is told whenever that, or the end, changed.
type AuctionIndicative struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Price is in ticks; it means nothing while Volume is 0.
	Price Price
	// Volume is what would trade, in lots; 0 when no bid reaches an ask.
	Volume Qty
	// Surplus is what could trade at Price and finds nobody: lots to buy above
	// zero, lots to sell below.
	Surplus Qty
	// Ends is when a protective auction ends if no trigger prolongs it; 0 for
	// phases that the schedule or the operator ends.
	Ends Time
}

func (*AuctionIndicative) isEvent() {}

// Kind returns EventAuctionIndicative.
func (*AuctionIndicative) Kind() EventKind { return EventAuctionIndicative }
