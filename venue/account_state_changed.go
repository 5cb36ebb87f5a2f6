package venue

// AccountState is what an account may do, by its equity, and what is done to it.
type AccountState uint8

// States in the order in which an account that loses money passes through them.
const (
	// StateHealthy has at least its initial margin.
	StateHealthy AccountState = 1
	// StateReduceOnly has less, and at least its maintenance margin: it may only
	// close (MAR-09).
	StateReduceOnly AccountState = 2
	// StateLiquidating has less than its maintenance margin: its positions are
	// closed in the book (LIQ-01, LIQ-02).
	StateLiquidating AccountState = 3
	// StateTakeover lost a position to the insurance fund, because the book did not
	// take it (LIQ-03, LIQ-05).
	StateTakeover AccountState = 4
	// StateDeleveraging lost a position to accounts on the other side, because the
	// fund could not take it (LIQ-05).
	StateDeleveraging AccountState = 5
	// StateHaircut owed money without a position, and the gains of others paid
	// (LIQ-06).
	StateHaircut AccountState = 6
)

// String returns the word that people use.
func (s AccountState) String() string {
	switch s {
	case StateHealthy:
		return "healthy"
	case StateReduceOnly:
		return "reduce-only"
	case StateLiquidating:
		return "liquidating"
	case StateTakeover:
		return "takeover"
	case StateDeleveraging:
		return "deleveraging"
	case StateHaircut:
		return "haircut"
	}
	return "state?"
}

// AccountStateChanged says that an account is in another state, and why: the
// whole input of the decision.
type AccountStateChanged struct {
	// Account is whose.
	Account AccountID
	// State is the new one.
	State AccountState
	// Cash is the money of the account, Unrealised what closing at the marks would
	// add, in micro-dollars.
	Cash, Unrealised Amount
	// Initial and Maintenance are its requirements, in micro-dollars.
	Initial, Maintenance Amount
	// Collateral is what assets other than money count for, in micro-dollars.
	Collateral Amount
}

func (*AccountStateChanged) isEvent() {}

// Kind returns EventAccountStateChanged.
func (*AccountStateChanged) Kind() EventKind { return EventAccountStateChanged }
