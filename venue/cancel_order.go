package venue

// CancelOrder ends an order. The order is named by Order, or by Orig when Order is 0.
type CancelOrder struct {
	// Account owns the order.
	Account AccountID
	// Order is the venue's id, or 0.
	Order OrderID
	// Orig is the client's id, used when Order is 0.
	Orig ClOrdID
	// ClOrdID identifies this request and comes back in its answer.
	ClOrdID ClOrdID
}

func (*CancelOrder) isCommand() {}

// Kind returns KindCancelOrder.
func (*CancelOrder) Kind() CommandKind { return KindCancelOrder }
