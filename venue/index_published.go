package venue

// IndexPublished says what an index is worth from now on (IDX-01, IDX-02).
type IndexPublished struct {
	// Index is the index.
	Index IndexID
	// Price is the value in micro-dollars per GPU-hour, and of an availability index
	// in millionths of a point; it means nothing while At is 0.
	Price Amount
	// At is when the price was computed; 0 while there never was one.
	At Time
	// Contributors is how many readings were young enough, or how many providers were
	// metered.
	Contributors uint16
	// Stale says that they were too few, or that nothing was contracted, and that the
	// price is an old one.
	Stale bool
}

func (*IndexPublished) isEvent() {}

// Kind returns EventIndexPublished.
func (*IndexPublished) Kind() EventKind { return EventIndexPublished }
