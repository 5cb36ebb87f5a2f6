package venue

// MassCancel cancels all live orders of an account that match the filters, dormant stops
// included.
type MassCancel struct {
	// Account owns the orders.
	Account AccountID
	// Instrument filters, 0 for all.
	Instrument InstrumentID
	// Side filters, 0 for both.
	Side Side
	// Session filters: only cancel-on-disconnect orders of that session when not 0.
	Session SessionID
	// ClOrdID identifies this request and comes back in its answer.
	ClOrdID ClOrdID
}

func (*MassCancel) isCommand() {}

// Kind returns KindMassCancel.
func (*MassCancel) Kind() CommandKind { return KindMassCancel }
