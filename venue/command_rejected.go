package venue

// CommandRejected refuses a command that is not about an order. Nothing changed.
type CommandRejected struct {
	// Account is the one named by the command, or 0.
	Account AccountID
	// Command is the kind that was refused.
	Command CommandKind
	// Ref is the transfer's, if it has one.
	Ref ClOrdID
	// Refusal says why, which field, and the limit.
	Refusal Refusal
}

func (*CommandRejected) isEvent() {}

// Kind returns EventCommandRejected.
func (*CommandRejected) Kind() EventKind { return EventCommandRejected }
