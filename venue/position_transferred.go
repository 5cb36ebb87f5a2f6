package venue

// PositionTransferred says that a part of a position went from one account to
// another without an order: to the insurance fund, or to an account on the other
// side whose position it closes.
type PositionTransferred struct {
	// Instrument is what is held.
	Instrument InstrumentID
	// From loses the lots, To receives them.
	From, To AccountID
	// Qty is signed, in lots: positive when they are long.
	Qty Qty
	// Value is what To pays From in all, in micro-dollars; negative when From pays,
	// as for lots that are short.
	Value Amount
}

func (*PositionTransferred) isEvent() {}

// Kind returns EventPositionTransferred.
func (*PositionTransferred) Kind() EventKind { return EventPositionTransferred }
