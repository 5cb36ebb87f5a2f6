package venue

// WindowMetered says what a fleet came to over the whole window of a contract that
// settles to its availability (IDX-02). The InstrumentSettled that follows has the
// price.
type WindowMetered struct {
	// Instrument is the contract, Index the index.
	Instrument InstrumentID
	Index      IndexID
	// Contracted is what all providers owed in the window, Counted what they
	// delivered with an attested reading.
	Contracted, Counted GPUTime
}

func (*WindowMetered) isEvent() {}

// Kind returns EventWindowMetered.
func (*WindowMetered) Kind() EventKind { return EventWindowMetered }
