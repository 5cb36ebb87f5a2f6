package venue

// OrderTriggered says that a stop order was elected and meets the book now.
type OrderTriggered struct {
	// Account trades.
	Account AccountID
	// Instrument is what is traded.
	Instrument InstrumentID
	// Order is the stop order.
	Order OrderID
	// Price is its limit from now on: its own, or the bound of the band.
	Price Price
}

func (*OrderTriggered) isEvent() {}

// Kind returns EventOrderTriggered.
func (*OrderTriggered) Kind() EventKind { return EventOrderTriggered }
