package blotter

import "github.com/clearhour/clearhour/venue"

// Status is where an order stands, in the meaning of the FIX field
// OrdStatus(39).
type Status uint8

// Statuses. StatusNew and StatusPartiallyFilled are live, the others are ends.
const (
	// StatusNew is live and without a fill; so is a dormant stop.
	StatusNew Status = iota + 1
	// StatusPartiallyFilled is live and filled in part.
	StatusPartiallyFilled
	// StatusFilled is filled to the end.
	StatusFilled
	// StatusCanceled ended with something open, whoever wanted it; Reason says why.
	StatusCanceled
	// StatusExpired ended because its time was over.
	StatusExpired
	// StatusRejected was never live.
	StatusRejected
)

// String returns the word on the wire.
func (s Status) String() string {
	switch s {
	case StatusNew:
		return "new"
	case StatusPartiallyFilled:
		return "partially_filled"
	case StatusFilled:
		return "filled"
	case StatusCanceled:
		return "canceled"
	case StatusExpired:
		return "expired"
	case StatusRejected:
		return "rejected"
	}
	return "status?"
}

// Live says whether the order can still trade.
func (s Status) Live() bool { return s == StatusNew || s == StatusPartiallyFilled }

// Order is an order as its account sees it.
type Order struct {
	// ID is the venue's id, 0 when the order was rejected.
	ID venue.OrderID
	// Account trades; Session sent the order.
	Account venue.AccountID
	Session venue.SessionID
	// ClOrdID is the client's id at entry; LastClOrdID is that of the last
	// request that changed the order, the same one at first.
	ClOrdID, LastClOrdID venue.ClOrdID
	// Instrument, Side, Type, TIF, STP and Flags are as accepted.
	Instrument venue.InstrumentID
	Side       venue.Side
	Type       venue.OrderType
	TIF        venue.TimeInForce
	STP        venue.SelfTrade
	Flags      venue.OrderFlags
	// Triggered says that a stop was elected.
	Triggered bool
	// Status is where the order stands; Reason says why it ended or was
	// rejected, and Field which field of it was refused.
	Status Status
	Reason venue.Reason
	Field  venue.Field
	// Price is the limit in ticks now, Stop the trigger in ticks or 0. A stop that
	// was elected before an image has no trigger any more.
	Price, Stop venue.Price
	// Qty is the size in lots: amendments change it and reductions by the venue
	// lower it. Filled is what traded, Leaves what is open.
	Qty, Filled, Leaves venue.Qty
	// MinQty and Display are as accepted.
	MinQty, Display venue.Qty
	// Priced is the part of Filled whose prices were heard: less than Filled
	// when the view began with an image. Value is the exact sum of price times
	// quantity over it, in tick-lots; Value / Priced is the average price.
	Priced venue.Qty
	Value  int64
	// Fees is what the fills that were heard cost, in micro-dollars.
	Fees venue.Amount
	// Expire is when the order ends by itself, 0 for never.
	Expire venue.Time
	// Created and Updated are the times of the first and the last event.
	Created, Updated venue.Time
	// Seq and Index name the event that made the order; they order lists.
	Seq   venue.Seq
	Index uint32
	// LastSeq is the envelope of the last event.
	LastSeq venue.Seq
}

// AveragePrice returns Value / Priced in ticks, rounded as r says, and whether
// there is one.
func (o *Order) AveragePrice(r venue.Rounding) (venue.Price, bool) {
	if o.Priced <= 0 {
		return 0, false
	}
	p, ok := venue.MulDiv(o.Value, 1, int64(o.Priced), r)
	return venue.Price(p), ok
}

// Fill is an account's part of a trade.
type Fill struct {
	// Trade numbers the trade; (Trade, Order) names a fill.
	Trade venue.TradeID
	// Order was filled; ClOrdID is its client's id at entry.
	Order   venue.OrderID
	ClOrdID venue.ClOrdID
	// Instrument and Side are those of the order.
	Instrument venue.InstrumentID
	Side       venue.Side
	// Maker says that the order was resting.
	Maker bool
	// Price is in ticks, Qty in lots.
	Price venue.Price
	Qty   venue.Qty
	// Leaves is what the order had open afterwards, in lots.
	Leaves venue.Qty
	// Fee is what the account paid, in micro-dollars.
	Fee venue.Amount
	// Seq, Index and Time are those of the event.
	Seq   venue.Seq
	Index uint32
	Time  venue.Time
}

// Position is what an account has in an instrument.
type Position struct {
	Instrument venue.InstrumentID
	// Qty is signed, in lots.
	Qty venue.Qty
	// Cost is what the open position cost, signed like Qty, in micro-dollars.
	Cost venue.Amount
	// Margin is the initial margin that position and open orders need at the mark.
	Margin venue.Amount
	// Funding is what the position in a perpetual paid.
	Funding Funding
	// Seq is the envelope of the last change.
	Seq venue.Seq
}

// Funding is what a position paid since it was opened, as far as this view heard
// of it: an image does not tell what was paid before.
type Funding struct {
	// Paid is all of it and Last the last payment, in micro-dollars, negative when
	// it was received.
	Paid, Last venue.Amount
	// At is when the last payment was made, 0 when there was none.
	At venue.Time
}

// Balance is what an account has of an asset.
type Balance struct {
	Asset venue.AssetID
	// Total is all of it, Held the part that orders and positions need, in
	// units of the asset.
	Total, Held venue.Amount
	// Seq is the envelope of the last change.
	Seq venue.Seq
}
