package venue

// changeSlabs are the events of changes by operators.
type changeSlabs struct {
	changeProposed slab[ChangeProposed]
	changeApproved slab[ChangeApproved]
	changeEnded    slab[ChangeEnded]
	termsSet       slab[TermsSet]
	operatorSet    slab[OperatorSet]
}

// reset is the part of Reset for those events.
func (s *changeSlabs) reset() {
	s.changeProposed.used = 0
	s.changeApproved.used = 0
	s.changeEnded.used = 0
	s.termsSet.used = 0
	s.operatorSet.used = 0
}

// ChangeProposed appends a zeroed event for the caller to fill in.
func (t *Tape) ChangeProposed() *ChangeProposed {
	e := t.changes.changeProposed.next()
	t.add(e)
	return e
}

// ChangeApproved appends a zeroed event for the caller to fill in.
func (t *Tape) ChangeApproved() *ChangeApproved {
	e := t.changes.changeApproved.next()
	t.add(e)
	return e
}

// ChangeEnded appends a zeroed event for the caller to fill in.
func (t *Tape) ChangeEnded() *ChangeEnded {
	e := t.changes.changeEnded.next()
	t.add(e)
	return e
}

// TermsSet appends a zeroed event for the caller to fill in.
func (t *Tape) TermsSet() *TermsSet {
	e := t.changes.termsSet.next()
	t.add(e)
	return e
}

// OperatorSet appends a zeroed event for the caller to fill in.
func (t *Tape) OperatorSet() *OperatorSet {
	e := t.changes.operatorSet.next()
	t.add(e)
	return e
}
