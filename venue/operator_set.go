package venue

// OperatorSet says that somebody is an operator from now on, or no more.
type OperatorSet struct {
	// Operator is who.
	Operator OperatorID
	// Enrolled says which.
	Enrolled bool
}

func (*OperatorSet) isEvent() {}

// Kind returns EventOperatorSet.
func (*OperatorSet) Kind() EventKind { return EventOperatorSet }
