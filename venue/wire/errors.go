package wire

import "fmt"

// Problem says what is wrong with bytes that were refused.
type Problem uint8

// Problems of batches and records.
const (
	// Short bytes end before the header or the record does.
	Short Problem = iota + 1
	// Trailing bytes stand behind the last record of a batch.
	Trailing
	// UnknownWireVersion is in the header of a batch.
	UnknownWireVersion
	// ReservedNotZero marks flags or reserved bytes that have no meaning yet.
	ReservedNotZero
	// EmptyBatch has a count of zero.
	EmptyBatch
	// BadSeq is a first number of zero, or one so large that the last overflows.
	BadSeq
	// UnknownKind is no command or event.
	UnknownKind
	// UnknownVersion is a record version that this program does not know.
	UnknownVersion
	// WrongLength does not agree with what the kind consists of.
	WrongLength
	// BadBool is a boolean other than 0 and 1.
	BadBool
)

// String returns the problem as the end of a sentence.
func (p Problem) String() string {
	switch p {
	case Short:
		return "the bytes end too early"
	case Trailing:
		return "bytes follow the last record"
	case UnknownWireVersion:
		return "unknown wire version"
	case ReservedNotZero:
		return "reserved bytes are not zero"
	case EmptyBatch:
		return "the batch has no records"
	case BadSeq:
		return "sequence number out of range"
	case UnknownKind:
		return "unknown kind"
	case UnknownVersion:
		return "unknown record version"
	case WrongLength:
		return "length does not fit the kind"
	case BadBool:
		return "boolean is neither 0 nor 1"
	}
	return "problem?"
}

// Error refuses bytes. It names the place, so that a journal can be looked at.
type Error struct {
	// Problem is what is wrong.
	Problem Problem
	// At is the offset of the header or record concerned, from the start of
	// what the decoder was given.
	At int
	// Kind is the kind byte of the record, 0 for a header or when it was not reached.
	Kind uint8
}

// Error returns the problem, the offset and the kind.
func (e *Error) Error() string {
	return fmt.Sprintf("wire: byte %d, kind %d: %s", e.At, e.Kind, e.Problem)
}
