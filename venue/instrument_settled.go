package venue

// InstrumentSettled says how far the final settlement price of a future is known.
type InstrumentSettled struct {
	// Instrument is the future.
	Instrument InstrumentID
	// Known, Carried and Dropped count the hours told so far: with a value, with
	// that of an hour before, and without any. They are 0 where an index of
	// availability settles it.
	Known, Carried, Dropped uint32
	// Final says that all hours are there: positions are paid and closed at Price.
	Final bool
	// Price is in ticks, 0 until it is final.
	Price Price
}

func (*InstrumentSettled) isEvent() {}

// Kind returns EventInstrumentSettled.
func (*InstrumentSettled) Kind() EventKind { return EventInstrumentSettled }
