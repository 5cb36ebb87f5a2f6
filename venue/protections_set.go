package venue

// ProtectionsSet says what protects the prices of a market.
type ProtectionsSet struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Protections are what holds from now on.
	Protections Protections
}

func (*ProtectionsSet) isEvent() {}

// Kind returns EventProtectionsSet.
func (*ProtectionsSet) Kind() EventKind { return EventProtectionsSet }
