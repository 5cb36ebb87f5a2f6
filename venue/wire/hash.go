package wire

import (
	"hash/crc64"

	"github.com/clearhour/clearhour/venue"
)

// hashChunk is how many bytes are folded together: the checksum is several
// times faster on long runs than on single records.
const hashChunk = 4096

// EventHash folds events into one number, so that two runs can be compared
// without keeping either: equal histories give equal sums. It is the CRC-64 of
// ECMA-182 (reflected, as in package hash/crc64 and in xz) of the records of
// AppendEvent back to back, so that any program can check it, and so that the
// sum alone is enough to go on from. It finds mistakes, not forgeries. The zero
// value is the hash of no events. An EventHash is not for concurrent use.
type EventHash struct {
	sum     uint64
	pending []byte // Records not yet folded in.
}

// ResumeEventHash returns the hash that goes on from an earlier sum.
func ResumeEventHash(sum uint64) EventHash { return EventHash{sum: sum} }

// Add folds an event in.
func (h *EventHash) Add(e *venue.Entry) {
	if h.pending == nil {
		h.pending = make([]byte, 0, hashChunk+MaxRecordSize)
	}
	h.pending = AppendEvent(h.pending, e)
	if len(h.pending) >= hashChunk {
		h.fold()
	}
}

// Sum returns the hash of the events so far.
func (h *EventHash) Sum() uint64 {
	h.fold()
	return h.sum
}

func (h *EventHash) fold() {
	h.sum = crc64.Update(h.sum, crc64.MakeTable(crc64.ECMA), h.pending)
	h.pending = h.pending[:0]
}
