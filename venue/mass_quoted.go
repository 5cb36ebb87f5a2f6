package venue

// MassQuoted ends the answer to a MassQuote, after the Quoted of each entry, and
// answers CancelQuotes, after the OrderCanceled of each order.
type MassQuoted struct {
	// Account quotes.
	Account AccountID
	// Set is that of the request.
	Set QuoteSet
	// ClOrdID is the request's.
	ClOrdID ClOrdID
	// Entries is how many there were, 0 for CancelQuotes, and Refused how many of
	// their sides were refused.
	Entries, Refused uint16
	// Canceled is how many orders CancelQuotes withdrew.
	Canceled uint32
}

func (*MassQuoted) isEvent() {}

// Kind returns EventMassQuoted.
func (*MassQuoted) Kind() EventKind { return EventMassQuoted }
