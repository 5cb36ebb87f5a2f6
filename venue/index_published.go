package venue

// IndexPublished says what an index is worth from now on (IDX-01).
type IndexPublished struct {
	// Index is the index.
	Index IndexID
	// Price is the value in micro-dollars per GPU-hour; 0 while there never was one.
	Price Amount
	// At is when the price was computed.
	At Time
	// Contributors is how many readings were young enough.
	Contributors uint16
	// Stale says that they were too few, and that the price is an old one.
	Stale bool
}

func (*IndexPublished) isEvent() {}

// Kind returns EventIndexPublished.
func (*IndexPublished) Kind() EventKind { return EventIndexPublished }
