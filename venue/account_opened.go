package venue

// AccountOpened says that an account exists.
type AccountOpened struct {
	// Account is its id.
	Account AccountID
	// Owner is who it belongs to.
	Owner OwnerID
}

func (*AccountOpened) isEvent() {}

// Kind returns EventAccountOpened.
func (*AccountOpened) Kind() EventKind { return EventAccountOpened }
