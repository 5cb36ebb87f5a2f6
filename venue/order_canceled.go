package venue

// OrderCanceled says that an order ended without being filled to the end.
type OrderCanceled struct {
	// Account trades.
	Account AccountID
	// Instrument is what is traded.
	Instrument InstrumentID
	// Order is over.
	Order OrderID
	// ClOrdID is the cancel request's, zero when nobody asked.
	ClOrdID ClOrdID
	// Qty is what was still open, in lots.
	Qty Qty
	// Reason says why.
	Reason Reason
}

func (*OrderCanceled) isEvent() {}

// Kind returns EventOrderCanceled.
func (*OrderCanceled) Kind() EventKind { return EventOrderCanceled }
