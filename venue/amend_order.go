package venue

// AmendOrder changes price and quantity of a resting order. A smaller quantity at the same
// price keeps the order's priority, anything else loses it.
type AmendOrder struct {
	// Account owns the order.
	Account AccountID
	// Order is the venue's id, or 0.
	Order OrderID
	// Orig is the client's id, used when Order is 0.
	Orig ClOrdID
	// ClOrdID becomes a further id of the order; a retry returns the first outcome.
	ClOrdID ClOrdID
	// Price is the new limit in ticks (the order's own to keep it).
	Price Price
	// Qty is the new total quantity in lots, including what was already filled.
	Qty Qty
}

func (*AmendOrder) isCommand() {}

// Kind returns KindAmendOrder.
func (*AmendOrder) Kind() CommandKind { return KindAmendOrder }
