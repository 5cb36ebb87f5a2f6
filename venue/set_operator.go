package venue

// SetOperator enrols an operator or ends that. The first ones come from genesis,
// later ones through changes.
type SetOperator struct {
	// Operator is who.
	Operator OperatorID
	// Enrolled says whether the operator may propose, approve and cancel changes.
	Enrolled bool
}

func (*SetOperator) isCommand() {}

// Kind returns KindSetOperator.
func (*SetOperator) Kind() CommandKind { return KindSetOperator }
