package venue

// OpenAccount creates an account.
type OpenAccount struct {
	// Account is the next free id, from FirstAccount.
	Account AccountID
	// Owner is who it belongs to; self-trades are prevented by owner.
	Owner OwnerID
}

func (*OpenAccount) isCommand() {}

// Kind returns KindOpenAccount.
func (*OpenAccount) Kind() CommandKind { return KindOpenAccount }
