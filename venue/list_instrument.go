package venue

// ListInstrument adds an instrument, in phase Halted and without a mark.
type ListInstrument struct {
	// Terms are the contract; Terms.ID is the next free id.
	Terms Instrument
}

func (*ListInstrument) isCommand() {}

// Kind returns KindListInstrument.
func (*ListInstrument) Kind() CommandKind { return KindListInstrument }
