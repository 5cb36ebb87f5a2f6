package venue

// Transferred says that an owner moved money or an asset from one account to
// another (ACC-01).
type Transferred struct {
	// Account paid.
	Account AccountID
	// To received.
	To AccountID
	// Asset is what moved.
	Asset AssetID
	// Amount is in units of the asset.
	Amount Amount
	// Ref identifies the transfer.
	Ref ClOrdID
}

func (*Transferred) isEvent() {}

// Kind returns EventTransferred.
func (*Transferred) Kind() EventKind { return EventTransferred }
