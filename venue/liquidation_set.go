package venue

// LiquidationSet says that the terms of liquidation are others.
type LiquidationSet struct {
	// Version counts the changes from 1; receipts name it.
	Version uint32
	// Terms are in force from now on.
	Terms LiquidationTerms
}

func (*LiquidationSet) isEvent() {}

// Kind returns EventLiquidationSet.
func (*LiquidationSet) Kind() EventKind { return EventLiquidationSet }
