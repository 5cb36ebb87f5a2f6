package seen

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// errState says that bytes are no state of a Table.
var errState = errors.New("seen: malformed state")

const (
	entryBytes = 20 + 4 + 4 + 8 + 8 + 8 + 1 + 1
	queueBytes = 4
)

// AppendState appends everything that later answers depend on. Entries are
// written queue by queue, oldest first, so that two tables that answer alike
// have the same state whatever slots they use; tags follow from that order, and
// the free list is written to keep it so.
func (t *Table) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(len(t.entries)))
	dst = le.AppendUint32(dst, uint32(len(t.queues)))
	for _, q := range t.queues {
		dst = le.AppendUint32(dst, q.count)
		for tag, left := q.head, q.count; left > 0; left-- {
			dst = le.AppendUint32(dst, tag)
			dst = appendEntry(dst, &t.entries[tag])
			tag = t.entries[tag].next
		}
	}
	for tag := t.free; tag != 0; tag = t.entries[tag].next {
		dst = le.AppendUint32(dst, tag)
	}
	return le.AppendUint32(dst, 0)
}

func appendEntry(dst []byte, e *Entry) []byte {
	le := binary.LittleEndian
	dst = append(dst, e.ID[:]...)
	dst = le.AppendUint32(dst, uint32(e.Account))
	dst = le.AppendUint32(dst, uint32(e.Session))
	dst = le.AppendUint64(dst, e.Print)
	dst = le.AppendUint64(dst, e.value)
	dst = le.AppendUint64(dst, uint64(e.Time))
	return append(dst, byte(e.reason), byte(e.field))
}

// LoadState fills an empty table from what AppendState wrote and returns the
// bytes that follow. The table is unusable after an error.
func (t *Table) LoadState(src []byte) ([]byte, error) {
	r := state.NewReader(src)
	entries, queues := r.U32(), r.U32()
	if !r.OK || entries < 1 || entries > t.limits.Total+1 || int(queues) > len(r.Src)/queueBytes {
		return nil, errState
	}
	t.entries = t.entries[:entries]
	t.queues = make([]queue, queues)
	taken := uint32(1)
	for a := range t.queues {
		n := r.U32()
		if int(n) > len(r.Src)/entryBytes {
			return nil, errState
		}
		for range n {
			if !t.load(r, venue.AccountID(a)) {
				return nil, errState
			}
			taken++
		}
	}
	if !t.loadFree(r, entries-taken) {
		return nil, errState
	}
	return r.Src, nil
}

// load reads one entry of an account into the slot that it had.
func (t *Table) load(r *state.Reader, a venue.AccountID) bool {
	tag := r.U32()
	if !r.OK || tag == 0 || int(tag) >= len(t.entries) || !t.entries[tag].ID.IsZero() {
		return false
	}
	e := &t.entries[tag]
	copy(e.ID[:], r.Take(len(e.ID)))
	e.Account, e.Session = venue.AccountID(r.U32()), venue.SessionID(r.U32())
	e.Print, e.value, e.Time = r.U64(), r.U64(), venue.Time(r.U64())
	why := r.Take(2)
	e.reason, e.field = venue.Reason(why[0]), venue.Field(why[1])
	if !r.OK || e.Account != a || e.ID.IsZero() {
		return false
	}
	k := KeyOf(a, &e.ID)
	if _, twice := t.Find(k); twice {
		return false
	}
	t.enqueue(tag, e)
	t.index.add(k.hash, tag)
	return true
}

// loadFree reads the free list, which must hold the n slots not in use.
func (t *Table) loadFree(r *state.Reader, n uint32) bool {
	last := &t.free
	for tag := r.U32(); tag != 0; tag = r.U32() {
		if n == 0 || int(tag) >= len(t.entries) || !t.entries[tag].ID.IsZero() || t.entries[tag].next != 0 {
			return false
		}
		*last = tag
		last = &t.entries[tag].next
		n--
	}
	return n == 0 && r.OK
}
