package venue

// NoValue stands for an hour of which the index is not known.
const NoValue Amount = -1 << 63

// SettleInstrument tells values of the hourly index by which a future is settled
// whose window is over (SET-03). With the value of its last hour it is settled.
type SettleInstrument struct {
	// Instrument is the future.
	Instrument InstrumentID
	// From is the hour of the window of the first value, from 0: the hours that
	// were told before.
	From uint32
	// MaxCarry is how many hours on end may take the value of the hour before, the
	// same with every command for the instrument.
	MaxCarry uint32
	// Values are those of 1 to 255 hours.
	Values []HourValue
}

// HourValue is the index of an hour.
type HourValue struct {
	// Value is in micro-dollars per GPU-hour, or NoValue.
	Value Amount
}

// MaxSettleValues bounds the values of one command.
const MaxSettleValues = 255

func (*SettleInstrument) isCommand() {}

// Kind returns KindSettleInstrument.
func (*SettleInstrument) Kind() CommandKind { return KindSettleInstrument }
