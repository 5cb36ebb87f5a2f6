package venue

// IndexMetered says what a fleet came to in a period that is final from now on
// (IDX-02). The IndexPublished that follows has its availability.
type IndexMetered struct {
	// Index is the index.
	Index IndexID
	// Start and End are those of the period.
	Start, End Time
	// Contracted is what all providers owed, Counted what they delivered with an
	// attested reading.
	Contracted, Counted GPUTime
	// Providers is how many meters there were.
	Providers uint16
}

func (*IndexMetered) isEvent() {}

// Kind returns EventIndexMetered.
func (*IndexMetered) Kind() EventKind { return EventIndexMetered }
