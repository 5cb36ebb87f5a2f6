package venue

// SetProtections gives a market its circuit breaker and its triggers. It is
// taken while the market is halted.
type SetProtections struct {
	// Instrument is the market concerned.
	Instrument InstrumentID
	// Protections replace those before.
	Protections Protections
}

func (*SetProtections) isCommand() {}

// Kind returns KindSetProtections.
func (*SetProtections) Kind() CommandKind { return KindSetProtections }
