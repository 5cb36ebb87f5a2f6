package venue

// VersionSet says that the logic version changed.
type VersionSet struct {
	// Version is in force from the next envelope.
	Version uint32
}

func (*VersionSet) isEvent() {}

// Kind returns EventVersionSet.
func (*VersionSet) Kind() EventKind { return EventVersionSet }
