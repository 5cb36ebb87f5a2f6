package venue

// CancelChange takes a change back before it takes effect. One key is enough: it
// keeps things as they are.
type CancelChange struct {
	// Operator is any operator.
	Operator OperatorID
	// Change is the name of the proposal.
	Change ClOrdID
	// Reason says why.
	Reason ChangeReason
}

func (*CancelChange) isCommand() {}

// Kind returns KindCancelChange.
func (*CancelChange) Kind() CommandKind { return KindCancelChange }
