package venue

// CancelRejected refuses a cancel or an amendment. Nothing changed.
type CancelRejected struct {
	// Account is the one that asked.
	Account AccountID
	// Order is as asked, or what Orig names, or 0.
	Order OrderID
	// Orig is as asked.
	Orig ClOrdID
	// ClOrdID is the request's.
	ClOrdID ClOrdID
	// Amend says that it was an amendment.
	Amend bool
	// Refusal says why, which field, and the limit.
	Refusal Refusal
}

func (*CancelRejected) isEvent() {}

// Kind returns EventCancelRejected.
func (*CancelRejected) Kind() EventKind { return EventCancelRejected }
