package venue

// Side says which way an order goes.
type Side uint8

// Sides.
const (
	Buy  Side = 1
	Sell Side = 2
)

// Opposite returns the other side.
func (s Side) Opposite() Side { return 3 - s }

// Sign returns +1 for Buy and -1 for Sell.
func (s Side) Sign() Qty { return 3 - 2*Qty(s) }

// String returns the word that people use.
func (s Side) String() string {
	switch s {
	case Buy:
		return "buy"
	case Sell:
		return "sell"
	}
	return "side?"
}

// OrderType says how an order meets the book.
type OrderType uint8

// Order types.
const (
	// Limit trades at its price or better.
	Limit OrderType = 1
	// Market is an immediate-or-cancel limit at the bound of the price band (MAT-03).
	Market OrderType = 2
	// Stop becomes Market when the last trade, or the mark, reaches its stop price.
	Stop OrderType = 3
	// StopLimit becomes Limit when the last trade, or the mark, reaches its stop price.
	StopLimit OrderType = 4
)

// String returns the word that people use.
func (t OrderType) String() string {
	switch t {
	case Limit:
		return "limit"
	case Market:
		return "market"
	case Stop:
		return "stop"
	case StopLimit:
		return "stop-limit"
	}
	return "type?"
}

// TimeInForce says how long an order may wait.
type TimeInForce uint8

// Times in force.
const (
	// Day ends at the next 00:00 UTC.
	Day TimeInForce = 1
	// GTC rests until it is filled or canceled.
	GTC TimeInForce = 2
	// IOC trades what it can at once; the rest is canceled.
	IOC TimeInForce = 3
	// FOK trades all of its quantity at once or nothing.
	FOK TimeInForce = 4
	// GTD rests until its expiry time.
	GTD TimeInForce = 5
)

// String returns the abbreviation that people use.
func (t TimeInForce) String() string {
	switch t {
	case Day:
		return "DAY"
	case GTC:
		return "GTC"
	case IOC:
		return "IOC"
	case FOK:
		return "FOK"
	case GTD:
		return "GTD"
	}
	return "tif?"
}

// SelfTrade says what gives way when an order reaches a resting order of the
// same owner (MAT-02).
type SelfTrade uint8

// Self-trade prevention modes.
const (
	// CancelTaker cancels what is left of the incoming order.
	CancelTaker SelfTrade = 1
	// CancelMaker cancels the resting order, the incoming one goes on.
	CancelMaker SelfTrade = 2
	// CancelBoth cancels both.
	CancelBoth SelfTrade = 3
	// Decrement reduces both by the smaller remainder without a trade.
	Decrement SelfTrade = 4
)

// String returns the word that the rule MAT-02 uses.
func (s SelfTrade) String() string {
	switch s {
	case CancelTaker:
		return "cancel_taker"
	case CancelMaker:
		return "cancel_maker"
	case CancelBoth:
		return "cancel_both"
	case Decrement:
		return "decrement"
	}
	return "stp?"
}

// OrderFlags are yes-or-no properties of an order.
type OrderFlags uint8

// Order flags.
const (
	// PostOnly refuses the order when it would trade at entry.
	PostOnly OrderFlags = 1 << iota
	// ReduceOnly lets the order only bring its account's position nearer to zero.
	ReduceOnly
	// CancelOnDisconnect cancels the order when its session is lost.
	CancelOnDisconnect
	// Quote marks an order that a MassQuote made and replaces (MAT-07). It never
	// trades when it enters. No other command may set it.
	Quote
	// ByMark has a stop wake at the mark instead of at the last trade (ORD-16).
	ByMark
)

// Has says whether all of the flags in f are set.
func (o OrderFlags) Has(f OrderFlags) bool { return o&f == f }
