package venue

// InstrumentListed says that an instrument was added.
type InstrumentListed struct {
	// Terms are the contract.
	Terms Instrument
}

func (*InstrumentListed) isEvent() {}

// Kind returns EventInstrumentListed.
func (*InstrumentListed) Kind() EventKind { return EventInstrumentListed }
