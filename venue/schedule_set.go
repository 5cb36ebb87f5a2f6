package venue

// ScheduleSet says which phases the day of a market has.
type ScheduleSet struct {
	// Instrument is the market.
	Instrument InstrumentID
	// Steps are by rising time of day.
	Steps []Step
}

func (*ScheduleSet) isEvent() {}

// Kind returns EventScheduleSet.
func (*ScheduleSet) Kind() EventKind { return EventScheduleSet }
