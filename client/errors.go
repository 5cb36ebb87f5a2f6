package client

import (
	"errors"

	"github.com/clearhour/clearhour/gateway"
)

// Error is an answer of the venue that is no success, or the lack of an answer.
type Error struct {
	// Code is the number of the error catalogue; its String is the stable name.
	Code gateway.Code
	// Text is for people.
	Text string
	// Field is the FIX name of the field that was refused, if one was.
	Field string
	// RetryAfterMs is how long to wait, when the venue said so.
	RetryAfterMs int64
}

// Error returns the name of the code and the text.
func (e *Error) Error() string {
	s := "client: " + e.Code.String()
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

// Retryable says that the same request may succeed later, unchanged.
func (e *Error) Retryable() bool { return e.Code.Entry().Retryable }

// Is makes errors.Is(err, &Error{Code: c}) compare codes.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Text == "" && t.Field == ""
}

var (
	// ErrClosed is returned after Close, and when the client gave up.
	ErrClosed = errors.New("client: closed")
	// ErrNotConnected is returned while there is no session.
	ErrNotConnected = errors.New("client: not connected")
	// ErrUnknownSymbol names an instrument that the venue has not listed.
	ErrUnknownSymbol = errors.New("client: unknown symbol")
)

// failed makes an Error of a message that refuses something; nil when the
// message carries no ErrorCode.
func failed(m *gateway.Message) *Error {
	code, ok := m.Int(gateway.TagErrorCode)
	if !ok {
		return nil
	}
	e := &Error{Code: gateway.Code(code), Text: m.Text(gateway.TagText), Field: m.Text(gateway.TagRefFieldName)}
	e.RetryAfterMs, _ = m.Int(gateway.TagRetryAfterMs)
	return e
}
