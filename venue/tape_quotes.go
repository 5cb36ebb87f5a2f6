package venue

// quoteSlabs are the events of quotes.
type quoteSlabs struct {
	quoted    slab[Quoted]
	mass      slab[MassQuoted]
	protected slab[QuoteProtectionSet]
	triggered slab[QuoteProtectionTriggered]
}

// resetQuotes is the part of Reset for the events of quotes.
func (t *Tape) resetQuotes() {
	t.quotes.quoted.used = 0
	t.quotes.mass.used = 0
	t.quotes.protected.used = 0
	t.quotes.triggered.used = 0
}

// Quoted appends a zeroed event for the caller to fill in.
func (t *Tape) Quoted() *Quoted {
	e := t.quotes.quoted.next()
	t.add(e)
	return e
}

// MassQuoted appends a zeroed event for the caller to fill in.
func (t *Tape) MassQuoted() *MassQuoted {
	e := t.quotes.mass.next()
	t.add(e)
	return e
}

// QuoteProtectionSet appends a zeroed event for the caller to fill in.
func (t *Tape) QuoteProtectionSet() *QuoteProtectionSet {
	e := t.quotes.protected.next()
	t.add(e)
	return e
}

// QuoteProtectionTriggered appends a zeroed event for the caller to fill in.
func (t *Tape) QuoteProtectionTriggered() *QuoteProtectionTriggered {
	e := t.quotes.triggered.next()
	t.add(e)
	return e
}
