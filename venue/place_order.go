package venue

// PlaceOrder enters an order.
type PlaceOrder struct {
	// Account trades; the gateway takes it from the session, never from the message.
	Account AccountID
	// Instrument is what is traded.
	Instrument InstrumentID
	// Side is Buy or Sell.
	Side Side
	// Type says how it meets the book.
	Type OrderType
	// TIF says how long it may wait; Market and Stop are IOC when elected.
	TIF TimeInForce
	// STP says what gives way to prevent a self-trade.
	STP SelfTrade
	// Flags are post-only, reduce-only, cancel-on-disconnect, and by which price a
	// stop wakes.
	Flags OrderFlags
	// Price is the limit in ticks; 0 for Market and Stop.
	Price Price
	// Stop is the trigger in ticks; 0 unless Type is Stop or StopLimit.
	Stop Price
	// Qty is the size in lots, from 1 to the terms' MaxQty.
	Qty Qty
	// MinQty is what must trade at once, only with IOC; 0 for none.
	MinQty Qty
	// Display is the shown part of an iceberg, 0 for all of it.
	Display Qty
	// Expire is when a GTD order ends; 0 otherwise.
	Expire Time
	// ClOrdID identifies the order within the account; a retry returns the first outcome.
	ClOrdID ClOrdID
}

func (*PlaceOrder) isCommand() {}

// Kind returns KindPlaceOrder.
func (*PlaceOrder) Kind() CommandKind { return KindPlaceOrder }
