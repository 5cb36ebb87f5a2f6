package venue

// QuoteProtectionTriggered says that the trade before it was one too many for a
// set of quotes (MAT-07). The OrderCanceled of the quotes follow when the order
// that traded with them is done.
type QuoteProtectionTriggered struct {
	// Account quotes.
	Account AccountID
	// Set is which quotes are withdrawn.
	Set QuoteSet
	// Until is the time before which the set takes no quote.
	Until Time
}

func (*QuoteProtectionTriggered) isEvent() {}

// Kind returns EventQuoteProtectionTriggered.
func (*QuoteProtectionTriggered) Kind() EventKind { return EventQuoteProtectionTriggered }
