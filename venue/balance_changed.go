package venue

// BalanceChanged says what an account holds of an asset after a command.
type BalanceChanged struct {
	// Account is whose.
	Account AccountID
	// Asset is what.
	Asset AssetID
	// Total is all of it, in units of the asset.
	Total Amount
	// Held is the part that open orders and positions need.
	Held Amount
}

func (*BalanceChanged) isEvent() {}

// Kind returns EventBalanceChanged.
func (*BalanceChanged) Kind() EventKind { return EventBalanceChanged }
