package venue

// OperatorID names a person who runs the venue, from 1; 0 is nobody. Keys belong to
// operators: two keys of one operator are one voice.
type OperatorID uint32

// ChangeReason says why an operator wants something changed, or not any more.
type ChangeReason uint8

// Reasons of changes; the numbers are kept for ever.
const (
	// ForSchedule is what was planned: listings, new terms, another season.
	ForSchedule ChangeReason = 1
	// ForRisk answers to more or less danger of losses.
	ForRisk ChangeReason = 2
	// ForIntegrity keeps a market fair and orderly.
	ForIntegrity ChangeReason = 3
	// ForOutage answers to a failure, of the venue or of others.
	ForOutage ChangeReason = 4
	// ForCorrection mends a mistake.
	ForCorrection ChangeReason = 5
	// ForDelisting ends a market.
	ForDelisting ChangeReason = 6
	// ForOther is none of these.
	ForOther ChangeReason = 7
)

// changeReasons are the words of the reasons, by number.
var changeReasons = [...]string{
	ForSchedule: "scheduled", ForRisk: "risk", ForIntegrity: "market-integrity", ForOutage: "outage",
	ForCorrection: "correction", ForDelisting: "delisting", ForOther: "other",
}

// String returns the word that people use.
func (r ChangeReason) String() string {
	if r == 0 || int(r) >= len(changeReasons) {
		return "reason?"
	}
	return changeReasons[r]
}

// ParseChangeReason returns the reason of a word and whether there is one.
func ParseChangeReason(word string) (ChangeReason, bool) {
	for r := ForSchedule; r <= ForOther; r++ {
		if changeReasons[r] == word {
			return r, true
		}
	}
	return 0, false
}

// ChangeOutcome says how a proposed change ended.
type ChangeOutcome uint8

// Ends of changes; the numbers are kept for ever.
const (
	// ChangeCanceled was taken back before it took effect.
	ChangeCanceled ChangeOutcome = 1
	// ChangeLapsed was not approved in time.
	ChangeLapsed ChangeOutcome = 2
	// ChangeApplied took effect.
	ChangeApplied ChangeOutcome = 3
	// ChangeFailed was refused when it should have taken effect.
	ChangeFailed ChangeOutcome = 4
)

// String returns the word that people use.
func (o ChangeOutcome) String() string {
	switch o {
	case ChangeCanceled:
		return "canceled"
	case ChangeLapsed:
		return "lapsed"
	case ChangeApplied:
		return "applied"
	case ChangeFailed:
		return "failed"
	}
	return "outcome?"
}

// MaxContent bounds the record of the command in a proposal, in bytes.
const MaxContent = 8192
