package venue

// SetLiquidation gives the terms of liquidation. It is the operator's.
type SetLiquidation struct {
	// Terms are in force from the next step on.
	Terms LiquidationTerms
}

func (*SetLiquidation) isCommand() {}

// Kind returns KindSetLiquidation.
func (*SetLiquidation) Kind() CommandKind { return KindSetLiquidation }
