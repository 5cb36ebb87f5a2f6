package venue

// OrderReduced says that the venue made an order smaller without a trade: self-trade
// decrement, or reduce-only trimmed to the position.
type OrderReduced struct {
	// Account trades.
	Account AccountID
	// Instrument is what is traded.
	Instrument InstrumentID
	// Order goes on with less.
	Order OrderID
	// By is how many lots were taken off.
	By Qty
	// Leaves is what is open now, more than 0.
	Leaves Qty
	// Reason says why.
	Reason Reason
}

func (*OrderReduced) isEvent() {}

// Kind returns EventOrderReduced.
func (*OrderReduced) Kind() EventKind { return EventOrderReduced }
