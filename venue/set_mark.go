package venue

// SetMark gives the reference price of an instrument: the centre of its band and the
// price at which positions are margined.
type SetMark struct {
	// Instrument is the market concerned.
	Instrument InstrumentID
	// Price is in ticks, within the range of the terms.
	Price Price
}

func (*SetMark) isCommand() {}

// Kind returns KindSetMark.
func (*SetMark) Kind() CommandKind { return KindSetMark }
