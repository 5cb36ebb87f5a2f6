package venue

// PositionChanged says what an account's position is after a command.
type PositionChanged struct {
	// Account is whose.
	Account AccountID
	// Instrument is in what.
	Instrument InstrumentID
	// Qty is signed, in lots.
	Qty Qty
	// Cost is what the open position cost, signed like Qty, in micro-dollars.
	Cost Amount
	// Margin is the initial margin that position and open orders need at the mark.
	Margin Amount
}

func (*PositionChanged) isEvent() {}

// Kind returns EventPositionChanged.
func (*PositionChanged) Kind() EventKind { return EventPositionChanged }
