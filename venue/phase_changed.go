package venue

// PhaseChanged says that a market is in another phase.
type PhaseChanged struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Phase is the new one.
	Phase Phase
}

func (*PhaseChanged) isEvent() {}

// Kind returns EventPhaseChanged.
func (*PhaseChanged) Kind() EventKind { return EventPhaseChanged }
