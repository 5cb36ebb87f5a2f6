package venue

// SetQuoteProtection says how much may happen to the quotes of a set before they
// are withdrawn (MAT-07). It begins with an empty window and ends a frozen time.
type SetQuoteProtection struct {
	// Account quotes.
	Account AccountID
	// Set is which quotes are protected, above 0.
	Set QuoteSet
	// Limits replace those before; zero limits take the protection away.
	Limits QuoteLimits
	// ClOrdID identifies the request within the account; a retry changes nothing.
	ClOrdID ClOrdID
}

func (*SetQuoteProtection) isCommand() {}

// Kind returns KindSetQuoteProtection.
func (*SetQuoteProtection) Kind() CommandKind { return KindSetQuoteProtection }
