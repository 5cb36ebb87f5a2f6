package venue

// MassQuote replaces quotes of one set, entry by entry (MAT-07).
type MassQuote struct {
	// Account quotes.
	Account AccountID
	// Set is which quotes it replaces, above 0.
	Set QuoteSet
	// Flags may say that the quotes are canceled when their session is lost.
	Flags OrderFlags
	// ClOrdID identifies the request within the account; a retry changes nothing.
	ClOrdID ClOrdID
	// Entries are 1 to MaxQuotes quotes, dealt with in their order.
	Entries []QuoteEntry
}

func (*MassQuote) isCommand() {}

// Kind returns KindMassQuote.
func (*MassQuote) Kind() CommandKind { return KindMassQuote }
