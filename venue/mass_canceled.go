package venue

// MassCanceled answers a MassCancel, after the OrderCanceled of each order.
type MassCanceled struct {
	// Account owned the orders.
	Account AccountID
	// ClOrdID is the request's.
	ClOrdID ClOrdID
	// Count is how many orders ended.
	Count uint32
}

func (*MassCanceled) isEvent() {}

// Kind returns EventMassCanceled.
func (*MassCanceled) Kind() EventKind { return EventMassCanceled }
