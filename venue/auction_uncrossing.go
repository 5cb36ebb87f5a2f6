package venue

// AuctionUncrossing says that the uncrossing of a market needs more than one
// envelope and goes on (AUC-07): it is told after each part but the last, whose
// end is the PhaseChanged, and when the operator chose another phase meanwhile.
type AuctionUncrossing struct {
	// Instrument is the market. It takes nothing until it is done.
	Instrument InstrumentID
	// Price is that of all trades, in ticks.
	Price Price
	// Left is what is still to be traded, in lots; 0 when what had to wait for the
	// trades is being done.
	Left Qty
	// Next is the phase that comes then.
	Next Phase
}

func (*AuctionUncrossing) isEvent() {}

// Kind returns EventAuctionUncrossing.
func (*AuctionUncrossing) Kind() EventKind { return EventAuctionUncrossing }
