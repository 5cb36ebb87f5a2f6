package venue

// resetSession is the part of Reset for the events of phases and auctions.
func (t *Tape) resetSession() {
	t.auctionIndicative.used = 0
	t.auctionUncrossing.used = 0
	t.scheduleSet.used = 0
	t.protectionsSet.used = 0
}

// AuctionIndicative appends a zeroed event for the caller to fill in.
func (t *Tape) AuctionIndicative() *AuctionIndicative {
	e := t.auctionIndicative.next()
	t.add(e)
	return e
}

// AuctionUncrossing appends a zeroed event for the caller to fill in.
func (t *Tape) AuctionUncrossing() *AuctionUncrossing {
	e := t.auctionUncrossing.next()
	t.add(e)
	return e
}

// ScheduleSet appends a zeroed event for the caller to fill in.
func (t *Tape) ScheduleSet() *ScheduleSet {
	e := t.scheduleSet.next()
	t.add(e)
	return e
}

// ProtectionsSet appends a zeroed event for the caller to fill in.
func (t *Tape) ProtectionsSet() *ProtectionsSet {
	e := t.protectionsSet.next()
	t.add(e)
	return e
}
