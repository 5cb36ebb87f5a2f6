package venue

// SellCollateral books that the venue sold outside what the insurance fund had
// seized (MAR-13): the asset leaves and the proceeds come in. It is the operator's
// and is not remembered: sent twice, it sells twice.
type SellCollateral struct {
	// Asset is what was sold.
	Asset AssetID
	// Amount is positive, in units of the asset, at most what the fund has.
	Amount Amount
	// Proceeds are in micro-dollars, at least 0.
	Proceeds Amount
}

func (*SellCollateral) isCommand() {}

// Kind returns KindSellCollateral.
func (*SellCollateral) Kind() CommandKind { return KindSellCollateral }
