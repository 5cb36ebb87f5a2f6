package venue

// CollateralSold says that the venue sold outside what the insurance fund had
// seized (MAR-13).
type CollateralSold struct {
	// Asset is what was sold.
	Asset AssetID
	// Amount is in units of the asset.
	Amount Amount
	// Proceeds are what the fund got, in micro-dollars.
	Proceeds Amount
}

func (*CollateralSold) isEvent() {}

// Kind returns EventCollateralSold.
func (*CollateralSold) Kind() EventKind { return EventCollateralSold }
