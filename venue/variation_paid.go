package venue

// VariationPaid says that a position in a future was settled at a price: its
// result since the last time moved into the cash, and its cost is now its value
// at that price (SET-01).
type VariationPaid struct {
	// Account received Amount, or paid it when it is negative.
	Account AccountID
	// Instrument is the future.
	Instrument InstrumentID
	// Qty is the position in lots, signed.
	Qty Qty
	// Price is the mark, or the final settlement price, in ticks.
	Price Price
	// Amount is in micro-dollars.
	Amount Amount
}

func (*VariationPaid) isEvent() {}

// Kind returns EventVariationPaid.
func (*VariationPaid) Kind() EventKind { return EventVariationPaid }
