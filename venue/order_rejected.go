package venue

// OrderRejected refuses an order. Nothing changed but the memory of its ClOrdID.
type OrderRejected struct {
	// Account is the one that ordered.
	Account AccountID
	// Instrument is as ordered.
	Instrument InstrumentID
	// ClOrdID is the client's id.
	ClOrdID ClOrdID
	// Side is as ordered.
	Side Side
	// Type is as ordered.
	Type OrderType
	// TIF is as ordered.
	TIF TimeInForce
	// Price is as ordered.
	Price Price
	// Qty is as ordered.
	Qty Qty
	// Refusal says why, which field, and the limit.
	Refusal Refusal
}

func (*OrderRejected) isEvent() {}

// Kind returns EventOrderRejected.
func (*OrderRejected) Kind() EventKind { return EventOrderRejected }
