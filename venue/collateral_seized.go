package venue

// CollateralSeized says that the insurance fund took collateral of an account
// that owed money and had no position left, and paid that much of the debt
// (MAR-13).
type CollateralSeized struct {
	// Account owed.
	Account AccountID
	// Asset is what the fund has now.
	Asset AssetID
	// Amount is in units of the asset.
	Amount Amount
	// Value is what the fund paid of the debt, in micro-dollars.
	Value Amount
}

func (*CollateralSeized) isEvent() {}

// Kind returns EventCollateralSeized.
func (*CollateralSeized) Kind() EventKind { return EventCollateralSeized }
