package venue

// OpenAccount creates an account.
type OpenAccount struct {
	// Account is the next free id, from FirstAccount.
	Account AccountID
	// Owner is who it belongs to; self-trades are prevented by owner.
	Owner OwnerID
	// Isolated is the one future that the account may trade, 0 for all (MAR-14).
	Isolated InstrumentID
}

func (*OpenAccount) isCommand() {}

// Kind returns KindOpenAccount.
func (*OpenAccount) Kind() CommandKind { return KindOpenAccount }
