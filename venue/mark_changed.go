package venue

// MarkChanged says that the mark of an instrument is another.
type MarkChanged struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Price is the mark in ticks.
	Price Price
}

func (*MarkChanged) isEvent() {}

// Kind returns EventMarkChanged.
func (*MarkChanged) Kind() EventKind { return EventMarkChanged }
