package venue

// Traded says that two orders met.
type Traded struct {
	// Instrument is what was traded.
	Instrument InstrumentID
	// Trade is the number of the trade.
	Trade TradeID
	// Price is in ticks: always that of the resting order.
	Price Price
	// Qty is in lots.
	Qty Qty
	// TakerSide is the side of the incoming order.
	TakerSide Side
	// Maker is the resting order's part.
	Maker Fill
	// Taker is the incoming order's part.
	Taker Fill
}

func (*Traded) isEvent() {}

// Kind returns EventTraded.
func (*Traded) Kind() EventKind { return EventTraded }
