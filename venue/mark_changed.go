package venue

// MarkChanged says that the mark of an instrument is another, or that it
// became stale or fresh.
type MarkChanged struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Price is the mark in ticks.
	Price Price
	// Stale says that no fresh source stands behind the price (R-STALE).
	Stale bool
	// Sources is what it was made of; none for a mark that was given by SetMark.
	Sources MarkSources
}

func (*MarkChanged) isEvent() {}

// Kind returns EventMarkChanged.
func (*MarkChanged) Kind() EventKind { return EventMarkChanged }
