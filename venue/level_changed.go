package venue

// LevelChanged says what a price level shows after a command: an absolute value, so
// hearing it twice does no harm.
type LevelChanged struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Side is the side of the book.
	Side Side
	// Price is in ticks.
	Price Price
	// Qty is the displayed size in lots, 0 when the level is gone.
	Qty Qty
	// Orders is how many orders stand there.
	Orders uint32
}

func (*LevelChanged) isEvent() {}

// Kind returns EventLevelChanged.
func (*LevelChanged) Kind() EventKind { return EventLevelChanged }
