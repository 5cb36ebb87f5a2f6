package venue

// ChangeProposed says that an operator wants something changed. It is public, and
// nothing has changed yet.
type ChangeProposed struct {
	// Operator, Change, Reason and Effective are those of the proposal.
	Operator  OperatorID
	Change    ClOrdID
	Reason    ChangeReason
	Effective Time
	// Lapses is until when it may be approved.
	Lapses Time
	// Digest is what an approval has to name.
	Digest Hash
	// Content is the record of the command, as the proposal has it.
	Content []byte
}

func (*ChangeProposed) isEvent() {}

// Kind returns EventChangeProposed.
func (*ChangeProposed) Kind() EventKind { return EventChangeProposed }
