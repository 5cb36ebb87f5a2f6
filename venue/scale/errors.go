package scale

import (
	"fmt"

	"github.com/clearhour/clearhour/venue"
)

// Problem says what is wrong with a text that was refused.
type Problem uint8

// Problems of texts.
const (
	// NotANumber is a text that is not -?digits[.digits].
	NotANumber Problem = iota + 1
	// TooLong has more digits than Limit.
	TooLong
	// TooManyDecimals has a digit other than zero behind the decimals in Limit.
	TooManyDecimals
	// OffTick is a price that is no multiple of the tick in Limit.
	OffTick
	// Overflow is further from zero than Limit.
	Overflow
	// NotWholeSeconds is a number of GPU-hours that is no multiple of Limit, the
	// decimal fractions of an hour that are whole seconds.
	NotWholeSeconds
	// NotATime is a text that has not the form in Limit, or a date that does not exist.
	NotATime
	// TimeOutOfRange is a time that nanoseconds since 1970 cannot hold.
	TimeOutOfRange
)

// Error refuses a text. Functions of this package return it as *Error, so that
// the fields can be read at once; do not assign a nil one to an error.
type Error struct {
	// Field is what the text was meant for. ParsePrice says FieldPrice and so
	// on; a caller that parses another field of the unit changes it.
	Field venue.Field
	// Reason is what the venue would answer.
	Reason venue.Reason
	// Problem says which rule was broken.
	Problem Problem
	// Limit is the bound that was broken, as text: the tick, the number of
	// decimals or digits, the largest value or the form of a time.
	Limit string
	// Text is what was refused, cut after maxEcho bytes.
	Text string
}

// maxEcho bounds how much of a refused text is given back.
const maxEcho = 40

// Error returns a sentence that tells the client what to write instead.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %q %s", fieldName(e.Field), e.Text, e.complaint())
}

func (e *Error) complaint() string {
	switch e.Problem {
	case NotANumber:
		return "is not a decimal number of the form " + e.Limit
	case TooLong:
		return "has more than " + e.Limit + " digits"
	case TooManyDecimals:
		if e.Limit == "0" {
			return "is not a whole number"
		}
		return "has more than " + e.Limit + " decimal places"
	case OffTick:
		return "is not a multiple of the tick " + e.Limit
	case NotWholeSeconds:
		return "is not a whole number of GPU-seconds, which are multiples of " + e.Limit
	case Overflow:
		return "is further from zero than " + e.Limit
	case NotATime:
		return "is not a time of the form " + e.Limit
	case TimeOutOfRange:
		return "is not between " + e.Limit
	}
	return "is refused"
}

// fieldName names the fields that hold numbers and times.
func fieldName(f venue.Field) string {
	switch f {
	case venue.FieldPrice:
		return "price"
	case venue.FieldStop:
		return "stop price"
	case venue.FieldQty:
		return "quantity"
	case venue.FieldMinQty:
		return "minimum quantity"
	case venue.FieldDisplay:
		return "display quantity"
	case venue.FieldExpire:
		return "expiry time"
	case venue.FieldAmount:
		return "amount"
	case venue.FieldTick:
		return "tick"
	case venue.FieldBand:
		return "band"
	case venue.FieldFee:
		return "fee"
	case venue.FieldMark:
		return "mark"
	case venue.FieldContracted:
		return "contracted"
	case venue.FieldDelivered:
		return "delivered"
	case venue.FieldUnattested:
		return "unattested"
	}
	return "value"
}

// refuse builds the error outside of the functions that are fast.
func refuse[T text](s T, field venue.Field, reason venue.Reason, p Problem, limit string) *Error {
	if len(s) > maxEcho {
		s = s[:maxEcho]
	}
	return &Error{Field: field, Reason: reason, Problem: p, Limit: limit, Text: string(s)}
}
