package venue

// PublishReading is what one contributor of an index traded and delivered
// lately. Whoever hands it in has checked where it comes from. A later reading
// of a contributor takes the place of its earlier one.
type PublishReading struct {
	// Index is the index it is for.
	Index IndexID
	// Source is the contributor.
	Source SourceID
	// Price is its volume-weighted mean price, in micro-dollars per GPU-hour.
	Price Amount
	// Volume is what it traded, in GPU-hours.
	Volume Qty
	// At is the end of the time that it covers.
	At Time
}

func (*PublishReading) isCommand() {}

// Kind returns KindPublishReading.
func (*PublishReading) Kind() CommandKind { return KindPublishReading }
