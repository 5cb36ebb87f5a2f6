package venue

// Tick tells the core that time has passed: whatever was due by the envelope's Time
// happens now. It is injected by the sequencer and changes nothing else.
type Tick struct{}

func (*Tick) isCommand() {}

// Kind returns KindTick.
func (*Tick) Kind() CommandKind { return KindTick }
