package venue

// resetOperator is the part of Reset for the events of operators' commands.
func (t *Tape) resetOperator() {
	t.feeTiersSet.used = 0
	t.variationPaid.used = 0
	t.instrumentSettled.used = 0
}

// FeeTiersSet appends a zeroed event for the caller to fill in.
func (t *Tape) FeeTiersSet() *FeeTiersSet {
	e := t.feeTiersSet.next()
	t.add(e)
	return e
}

// VariationPaid appends a zeroed event for the caller to fill in.
func (t *Tape) VariationPaid() *VariationPaid {
	e := t.variationPaid.next()
	t.add(e)
	return e
}

// InstrumentSettled appends a zeroed event for the caller to fill in.
func (t *Tape) InstrumentSettled() *InstrumentSettled {
	e := t.instrumentSettled.next()
	t.add(e)
	return e
}
