package venue

// SetFeeTiers gives the venue its fee schedule: what an account pays follows from
// what it traded in the 30 days before.
type SetFeeTiers struct {
	// Tiers rise by their Min, the first from 0; none ends the schedule, and every
	// instrument charges the rates of its terms.
	Tiers []FeeTier
}

func (*SetFeeTiers) isCommand() {}

// Kind returns KindSetFeeTiers.
func (*SetFeeTiers) Kind() CommandKind { return KindSetFeeTiers }
