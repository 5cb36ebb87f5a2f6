package venue

// Traded says that two orders met.
type Traded struct {
	// Instrument is what was traded.
	Instrument InstrumentID
	// Trade is the number of the trade.
	Trade TradeID
	// Price is in ticks: that of the resting order, or the one price of an
	// uncrossing.
	Price Price
	// Qty is in lots.
	Qty Qty
	// TakerSide is the side of the incoming order. An uncrossing has none: the
	// buyer stands as the taker.
	TakerSide Side
	// Maker is the resting order's part.
	Maker Fill
	// Taker is the incoming order's part.
	Taker Fill
}

func (*Traded) isEvent() {}

// Kind returns EventTraded.
func (*Traded) Kind() EventKind { return EventTraded }
