package venue

// SetVersion switches the core to the behaviour of a version of its logic. Changes of
// behaviour are journaled so that old journals replay as they ran.
type SetVersion struct {
	// Version is the logic version; it may only rise, up to the binary's own.
	Version uint32
}

func (*SetVersion) isCommand() {}

// Kind returns KindSetVersion.
func (*SetVersion) Kind() CommandKind { return KindSetVersion }
