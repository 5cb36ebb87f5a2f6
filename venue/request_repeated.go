package venue

// RequestRepeated answers a retry: the same client id with the same content. Nothing changed;
// the first outcome stands.
type RequestRepeated struct {
	// Account is the one that sent it.
	Account AccountID
	// ClOrdID is the repeated id.
	ClOrdID ClOrdID
	// Order is the id given the first time, 0 when it was refused or is no order.
	Order OrderID
	// Refusal is the first refusal, empty when it was accepted.
	Refusal Refusal
}

func (*RequestRepeated) isEvent() {}

// Kind returns EventRequestRepeated.
func (*RequestRepeated) Kind() EventKind { return EventRequestRepeated }
