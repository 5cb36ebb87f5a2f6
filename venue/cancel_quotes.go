package venue

// CancelQuotes withdraws the quotes of an account that match the filters.
type CancelQuotes struct {
	// Account quotes.
	Account AccountID
	// Set filters, 0 for all.
	Set QuoteSet
	// Instrument filters, 0 for all.
	Instrument InstrumentID
	// ClOrdID identifies this request and comes back in its answer.
	ClOrdID ClOrdID
}

func (*CancelQuotes) isCommand() {}

// Kind returns KindCancelQuotes.
func (*CancelQuotes) Kind() CommandKind { return KindCancelQuotes }
