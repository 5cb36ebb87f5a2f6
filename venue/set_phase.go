package venue

// SetPhase moves an instrument to another phase.
type SetPhase struct {
	// Instrument is the market concerned.
	Instrument InstrumentID
	// Phase is what it becomes.
	Phase Phase
}

func (*SetPhase) isCommand() {}

// Kind returns KindSetPhase.
func (*SetPhase) Kind() CommandKind { return KindSetPhase }
