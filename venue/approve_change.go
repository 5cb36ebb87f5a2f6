package venue

// ApproveChange is the second key of a change (ADM-05).
type ApproveChange struct {
	// Operator approves: another one than the proposer.
	Operator OperatorID
	// Change is the name of the proposal.
	Change ClOrdID
	// Digest is that of the proposal.
	Digest Hash
}

func (*ApproveChange) isCommand() {}

// Kind returns KindApproveChange.
func (*ApproveChange) Kind() CommandKind { return KindApproveChange }
