package venue

// ChangeApproved says that a change will take effect unless it is canceled.
type ChangeApproved struct {
	// Operator approved.
	Operator OperatorID
	// Change is its name.
	Change ClOrdID
	// Effective is when it takes effect.
	Effective Time
}

func (*ChangeApproved) isEvent() {}

// Kind returns EventChangeApproved.
func (*ChangeApproved) Kind() EventKind { return EventChangeApproved }
