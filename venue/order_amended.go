package venue

// OrderAmended says that an order has another price or quantity.
type OrderAmended struct {
	// Account trades.
	Account AccountID
	// Instrument is what is traded.
	Instrument InstrumentID
	// Order keeps its id.
	Order OrderID
	// ClOrdID is the request's, now an id of the order too.
	ClOrdID ClOrdID
	// Price is the new limit in ticks.
	Price Price
	// Qty is the new total quantity in lots.
	Qty Qty
	// Leaves is what is open after the change, before it meets the book again.
	Leaves Qty
	// Kept says whether the order kept its priority.
	Kept bool
}

func (*OrderAmended) isEvent() {}

// Kind returns EventOrderAmended.
func (*OrderAmended) Kind() EventKind { return EventOrderAmended }
