package venue

// CollateralSet says what an asset counts for from now on (MAR-04). It is told
// again with each price that an index brings.
type CollateralSet struct {
	// Asset is what counts.
	Asset AssetID
	// Price is that of a whole unit in micro-dollars, 0 when the asset counts no
	// longer.
	Price Amount
	// Rate is the part of the value that counts.
	Rate Rate
	// Index is what the price follows, 0 for none.
	Index IndexID
}

func (*CollateralSet) isEvent() {}

// Kind returns EventCollateralSet.
func (*CollateralSet) Kind() EventKind { return EventCollateralSet }
