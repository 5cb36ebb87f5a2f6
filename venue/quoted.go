package venue

// Quoted answers one entry of a MassQuote, after the events of its orders.
type Quoted struct {
	// Account quotes.
	Account AccountID
	// Set is the quote's.
	Set QuoteSet
	// Instrument is what is quoted.
	Instrument InstrumentID
	// Bid and Ask are the quote as it stands now, and why it does not stand as
	// asked for.
	Bid, Ask QuoteSide
}

func (*Quoted) isEvent() {}

// Kind returns EventQuoted.
func (*Quoted) Kind() EventKind { return EventQuoted }
