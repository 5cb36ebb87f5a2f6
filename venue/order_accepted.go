package venue

// OrderAccepted says that an order is live: about to be matched, or dormant when it is a stop.
type OrderAccepted struct {
	// Session sent the order; cancel-on-disconnect works by it.
	Session SessionID
	// Account trades.
	Account AccountID
	// Instrument is what is traded.
	Instrument InstrumentID
	// Order is the id it has for ever.
	Order OrderID
	// ClOrdID is the client's id.
	ClOrdID ClOrdID
	// Side is Buy or Sell.
	Side Side
	// Type is as ordered.
	Type OrderType
	// TIF is as ordered.
	TIF TimeInForce
	// STP is as ordered.
	STP SelfTrade
	// Flags are as ordered.
	Flags OrderFlags
	// Price is the limit in ticks; for Market the bound of the band.
	Price Price
	// Stop is the trigger in ticks, or 0.
	Stop Price
	// Qty is the accepted size in lots: smaller than ordered when reduce-only was clipped.
	Qty Qty
	// Filled is what was filled before, in lots: 0 but in an image of the state.
	Filled Qty
	// MinQty is as ordered.
	MinQty Qty
	// Display is as ordered.
	Display Qty
	// Expire is when the order ends by itself, 0 for never.
	Expire Time
}

func (*OrderAccepted) isEvent() {}

// Kind returns EventOrderAccepted.
func (*OrderAccepted) Kind() EventKind { return EventOrderAccepted }
