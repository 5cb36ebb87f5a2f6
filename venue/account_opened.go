package venue

// AccountOpened says that an account exists.
type AccountOpened struct {
	// Account is its id.
	Account AccountID
	// Owner is who it belongs to.
	Owner OwnerID
	// Isolated is the one future that it may trade, 0 for all.
	Isolated InstrumentID
}

func (*AccountOpened) isEvent() {}

// Kind returns EventAccountOpened.
func (*AccountOpened) Kind() EventKind { return EventAccountOpened }
