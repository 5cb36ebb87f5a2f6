package venue

// Deposited says that a deposit was credited.
type Deposited struct {
	// Account received.
	Account AccountID
	// Asset is what arrived.
	Asset AssetID
	// Amount is in units of the asset.
	Amount Amount
	// Ref identifies the transfer.
	Ref ClOrdID
}

func (*Deposited) isEvent() {}

// Kind returns EventDeposited.
func (*Deposited) Kind() EventKind { return EventDeposited }
