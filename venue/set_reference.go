package venue

// SetReference ties the mark of an instrument to an index. It is taken while the
// market is halted, so that nobody trades while the meaning of the mark changes.
type SetReference struct {
	// Instrument is the market concerned.
	Instrument InstrumentID
	// Reference is how its mark is made from now on.
	Reference Reference
}

func (*SetReference) isCommand() {}

// Kind returns KindSetReference.
func (*SetReference) Kind() CommandKind { return KindSetReference }
