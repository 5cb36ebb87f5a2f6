package venue

// resetDebt is the part of Reset for the events of the end of the waterfall.
func (t *Tape) resetDebt() {
	t.gainsHaircut.used = 0
	t.debtPaid.used = 0
}

// GainsHaircut appends a zeroed event for the caller to fill in.
func (t *Tape) GainsHaircut() *GainsHaircut {
	e := t.gainsHaircut.next()
	t.add(e)
	return e
}

// DebtPaid appends a zeroed event for the caller to fill in.
func (t *Tape) DebtPaid() *DebtPaid {
	e := t.debtPaid.next()
	t.add(e)
	return e
}
