package venue

// ChangeEnded says what became of a change. The events of what it did come before.
type ChangeEnded struct {
	// Change is its name, which is free again.
	Change ClOrdID
	// Outcome says how it ended.
	Outcome ChangeOutcome
	// Operator and Reason are those of the cancel; they are 0 for other ends.
	Operator OperatorID
	Reason   ChangeReason
	// Refusal says why it failed.
	Refusal Refusal
}

func (*ChangeEnded) isEvent() {}

// Kind returns EventChangeEnded.
func (*ChangeEnded) Kind() EventKind { return EventChangeEnded }
