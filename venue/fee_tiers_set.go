package venue

// FeeTiersSet says that the venue has another fee schedule.
type FeeTiersSet struct {
	// Tiers are as in SetFeeTiers.
	Tiers []FeeTier
}

func (*FeeTiersSet) isEvent() {}

// Kind returns EventFeeTiersSet.
func (*FeeTiersSet) Kind() EventKind { return EventFeeTiersSet }
