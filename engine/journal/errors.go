package journal

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by every call after Close.
var ErrClosed = errors.New("journal: closed")

// ErrNoSnapshot says that no snapshot can be used. The error that wraps it names
// every snapshot that was found and rejected.
var ErrNoSnapshot = errors.New("journal: no usable snapshot")

const advice = "nothing was changed; restore the file from a replica or a backup"

// CorruptError refuses to start or to read on: bytes that had been durable are
// not what was written.
type CorruptError struct {
	File   string // name of the segment
	Offset int64  // in bytes from the start of the file
	Batch  uint64 // frame number expected there
	Seq    uint64 // first sequence expected there, 0 when unknown
	Found  string // what is wrong
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("journal: %s is damaged at offset %d (frame %d, sequence %d): %s; %s",
		e.File, e.Offset, e.Batch, e.Seq, e.Found, advice)
}

// MissingError refuses to start or to read: sequences From to To are not in the
// journal. To is 0 when nothing on disk says where the gap ends.
type MissingError struct {
	From, To uint64 // sequences, both inclusive
	Found    string // what is missing
}

func (e *MissingError) Error() string {
	to := "unknown"
	if e.To != 0 {
		to = fmt.Sprint(e.To)
	}
	return fmt.Sprintf("journal: sequences %d to %s are missing: %s; %s", e.From, to, e.Found, advice)
}

// PoisonedError is the first failed write or sync, returned by every later call.
// The process should stop: what was acknowledged is on disk, and a restart reads it.
type PoisonedError struct {
	Op  string // what was being done
	Err error
}

func (e *PoisonedError) Error() string {
	return fmt.Sprintf("journal: %s: %v; the journal accepts nothing more, restart from disk", e.Op, e.Err)
}

// Unwrap returns the error of the disk.
func (e *PoisonedError) Unwrap() error { return e.Err }

// ArgumentError refuses a call that changed nothing.
type ArgumentError struct {
	Field string
	Got   uint64
	Limit string // what would have been accepted
}

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("journal: %s is %d, want %s", e.Field, e.Got, e.Limit)
}
