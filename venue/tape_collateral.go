package venue

// resetCollateral is the part of Reset for the events of collateral and of
// accounts of one owner.
func (t *Tape) resetCollateral() {
	t.collateralSet.used = 0
	t.collateralSeized.used = 0
	t.collateralSold.used = 0
	t.transferred.used = 0
}

// CollateralSet appends a zeroed event for the caller to fill in.
func (t *Tape) CollateralSet() *CollateralSet {
	e := t.collateralSet.next()
	t.add(e)
	return e
}

// CollateralSeized appends a zeroed event for the caller to fill in.
func (t *Tape) CollateralSeized() *CollateralSeized {
	e := t.collateralSeized.next()
	t.add(e)
	return e
}

// CollateralSold appends a zeroed event for the caller to fill in.
func (t *Tape) CollateralSold() *CollateralSold {
	e := t.collateralSold.next()
	t.add(e)
	return e
}

// Transferred appends a zeroed event for the caller to fill in.
func (t *Tape) Transferred() *Transferred {
	e := t.transferred.next()
	t.add(e)
	return e
}
