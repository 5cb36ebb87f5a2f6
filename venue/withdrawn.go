package venue

// Withdrawn says that a withdrawal was debited.
type Withdrawn struct {
	// Account paid.
	Account AccountID
	// Asset is what left.
	Asset AssetID
	// Amount is in units of the asset.
	Amount Amount
	// Ref identifies the transfer.
	Ref ClOrdID
}

func (*Withdrawn) isEvent() {}

// Kind returns EventWithdrawn.
func (*Withdrawn) Kind() EventKind { return EventWithdrawn }
