package venue

// GainsHaircut says that a part of what a position has gained at the mark goes to
// those whom others owe: the position costs that much more from now on, and the
// cash of the account is what it was (LIQ-06).
type GainsHaircut struct {
	// Account had the gain, in Instrument.
	Account    AccountID
	Instrument InstrumentID
	// Amount is what it gives, in micro-dollars, above 0.
	Amount Amount
}

func (*GainsHaircut) isEvent() {}

// Kind returns EventGainsHaircut.
func (*GainsHaircut) Kind() EventKind { return EventGainsHaircut }
