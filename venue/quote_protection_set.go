package venue

// QuoteProtectionSet says what protects the quotes of a set from now on.
type QuoteProtectionSet struct {
	// Account quotes.
	Account AccountID
	// Set is which quotes are protected.
	Set QuoteSet
	// Limits are zero when the protection was taken away.
	Limits QuoteLimits
	// ClOrdID is the request's; zero in an image of the state.
	ClOrdID ClOrdID
}

func (*QuoteProtectionSet) isEvent() {}

// Kind returns EventQuoteProtectionSet.
func (*QuoteProtectionSet) Kind() EventKind { return EventQuoteProtectionSet }
