package venue

// ReferenceSet says that the mark of an instrument is made from an index.
type ReferenceSet struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Reference is how.
	Reference Reference
}

func (*ReferenceSet) isEvent() {}

// Kind returns EventReferenceSet.
func (*ReferenceSet) Kind() EventKind { return EventReferenceSet }
