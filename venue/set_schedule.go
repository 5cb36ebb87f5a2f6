package venue

// SetSchedule gives a market the phases of its day. It replaces the schedule
// before; an empty one leaves phases to the operator.
type SetSchedule struct {
	// Instrument is the market concerned.
	Instrument InstrumentID
	// Steps are by rising time of day, at most MaxSteps.
	Steps []Step
}

func (*SetSchedule) isCommand() {}

// Kind returns KindSetSchedule.
func (*SetSchedule) Kind() CommandKind { return KindSetSchedule }
