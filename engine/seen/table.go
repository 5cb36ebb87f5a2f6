package seen

import (
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/offheap"
	"github.com/clearhour/clearhour/venue"
)

// Window is how long an identifier is remembered at most after its order ended.
const Window = 24 * 3600 * venue.Second

// Tag is the place of a remembered request. The book carries it with each
// order, so that the end of an order finds its identifier without a search.
type Tag uint32

// Entry is what is remembered of a request: one cache line.
type Entry struct {
	// ID and Account are the key.
	ID      venue.ClOrdID
	Account venue.AccountID
	// Session is the session that sent it.
	Session venue.SessionID
	// next is the account's next younger entry, or the next free one.
	next uint32
	// Print is a fingerprint of the content.
	Print uint64
	// Time is when it was remembered, or found still alive.
	Time venue.Time
	// value is the order that came of it, or the limit of the refusal: a request
	// that was refused has no order.
	value uint64
	// reason and field are those of the refusal.
	reason venue.Reason
	field  venue.Field
	_      [6]byte
}

// Order returns the order that came of the request, 0 for none.
func (e *Entry) Order() venue.OrderID {
	if e.reason != venue.OK {
		return 0
	}
	return venue.OrderID(e.value)
}

// SetOrder makes an order the outcome.
func (e *Entry) SetOrder(id venue.OrderID) { e.value = uint64(id) }

// Refusal returns the first outcome, empty when the request was accepted.
func (e *Entry) Refusal() venue.Refusal {
	if e.reason == venue.OK {
		return venue.Refusal{}
	}
	return venue.Refusal{Reason: e.reason, Field: e.field, Limit: int64(e.value)}
}

// Refuse makes a refusal the outcome; an empty one changes nothing.
func (e *Entry) Refuse(r venue.Refusal) {
	if r.Refused() {
		e.reason, e.field, e.value = r.Reason, r.Field, uint64(r.Limit)
	}
}

// Limits bound the memory of a Table.
type Limits struct {
	// Total is the number of identifiers over all accounts, at most 1<<30.
	Total uint32
	// PerAccount is the number of identifiers of one account. It must be above
	// the number of orders that an account may have open.
	PerAccount uint32
}

// queue is an account's entries from the oldest to the youngest.
type queue struct {
	head, tail, count uint32
	// since is the time of the oldest, so that asking whether it is out of the
	// window does not read its entry.
	since venue.Time
}

// Table remembers requests: an index over a slab of entries,
// with a queue per account.
type Table struct {
	limits  Limits
	live    func(venue.OrderID) bool
	entries []Entry // entries[0] is unused.
	free    uint32  // Head of the list of freed entries.
	index   index
	queues  []queue

	entryMem offheap.Array[Entry] // In huge pages, where there are some.
}

// Key is an identifier with its hash, which is computed once per request.
type Key struct {
	ID      *venue.ClOrdID
	Account venue.AccountID
	hash    uint32
}

// KeyOf returns the key of an account's identifier.
func KeyOf(a venue.AccountID, id *venue.ClOrdID) Key { return Key{id, a, hash(a, id)} }

// New returns an empty table. live says whether an order is still open.
func New(l Limits, live func(venue.OrderID) bool) *Table {
	t := &Table{limits: l, live: live, entryMem: offheap.Make[Entry](int(l.Total) + 1), index: newIndex()}
	t.entries = t.entryMem.Data[:1]
	return t
}

// Close gives back the memory. The table is unusable afterwards.
func (t *Table) Close() {
	t.entryMem.Free()
	t.index.free()
	*t = Table{}
}

// Find returns the entry of a key.
func (t *Table) Find(k Key) (*Entry, bool) {
	for at := t.index.home(k.hash); ; at = t.index.after(at) {
		l := &t.index.lines[at]
		if l.may(k.hash) {
			if e := t.in(l, k); e != nil {
				return e, true
			}
		}
		if l.used != perLine {
			return nil, false
		}
	}
}

// in returns the entry of a key that the index has in a line, or nil.
func (t *Table) in(l *line, k Key) *Entry {
	for j, tag := range l.tags {
		if l.hashes[j] == k.hash && tag != 0 {
			if e := &t.entries[tag]; e.Account == k.Account && e.ID == *k.ID {
				return e
			}
		}
	}
	return nil
}

// Touch reads the place where Find will begin to look and returns what is there,
// so that a caller with several keys has their misses at the same time.
func (t *Table) Touch(k Key) uint64 { return uint64(t.index.lines[t.index.home(k.hash)].used) }

// At returns the entry of a tag that a live order carries.
func (t *Table) At(tag Tag) *Entry { return &t.entries[tag] }

// Room says whether the account could add another identifier: there is space, or
// one of its own whose order has ended can make way. The search reads one entry
// unless the account's oldest orders are all open.
func (t *Table) Room(a venue.AccountID) bool {
	var q queue
	if int(a) < len(t.queues) {
		q = t.queues[a]
	}
	if !t.full() && q.count < t.limits.PerAccount {
		return true
	}
	for tag, left := q.head, q.count; left > 0; left-- {
		if e := &t.entries[tag]; e.Order() == 0 || !t.live(e.Order()) {
			return true
		}
		tag = t.entries[tag].next
	}
	return false
}

// full says that a new entry needs the place of an old one.
func (t *Table) full() bool {
	return t.free == 0 && uint32(len(t.entries)) > t.limits.Total
}

// Add remembers a request under a key that Find does not know, at a time that is
// not before any other, and returns its tag and its entry, of which the caller,
// who has asked Room before, fills in the session, the print and the outcome. Old
// identifiers of the same account make room: at most two per call, so that the
// work is bounded.
func (t *Table) Add(k Key, now venue.Time) (Tag, *Entry) {
	for int(k.Account) >= len(t.queues) {
		t.queues = append(t.queues, queue{})
	}
	t.forget(k.Account, now)
	tag := t.take()
	e := &t.entries[tag]
	e.ID = *k.ID
	e.Account = k.Account
	e.Time = now
	t.enqueue(tag, e)
	t.index.add(k.hash, tag)
	return Tag(tag), e
}

// forget drops the oldest identifiers of an account that are over the limit or
// out of the window. Those whose order lives go to the back instead.
func (t *Table) forget(a venue.AccountID, now venue.Time) {
	q := &t.queues[a]
	full := t.full()
	for n := 0; q.count > 0; n++ {
		crowded := q.count >= t.limits.PerAccount || full
		if !crowded && (n >= 2 || q.since+Window > now) {
			return
		}
		tag, oldest := t.dequeue(q)
		if oldest.Order() != 0 && t.live(oldest.Order()) {
			oldest.Time = now
			t.enqueue(tag, oldest)
			assert.That(n <= int(t.limits.PerAccount), "identifier added without room")
			continue
		}
		t.drop(tag, oldest)
		full = false
	}
}

// take returns an entry that is zero but for its link.
func (t *Table) take() uint32 {
	if tag := t.free; tag != 0 {
		t.free = t.entries[tag].next
		return tag
	}
	n := uint32(len(t.entries))
	assert.That(n <= t.limits.Total, "identifier table grown beyond its limit")
	t.entries = t.entries[:n+1] // Fresh memory is zero.
	return n
}

func (t *Table) enqueue(tag uint32, e *Entry) {
	q := &t.queues[e.Account]
	e.next = 0
	if q.count == 0 {
		q.head, q.since = tag, e.Time
	} else {
		t.entries[q.tail].next = tag
	}
	q.tail = tag
	q.count++
}

func (t *Table) dequeue(q *queue) (uint32, *Entry) {
	tag := q.head
	e := &t.entries[tag]
	q.head = e.next
	q.since = t.entries[e.next].Time // Of entry 0 when there is no other: never read.
	q.count--
	return tag, e
}

// drop forgets an entry that is in no queue any more.
func (t *Table) drop(tag uint32, e *Entry) {
	t.index.remove(hash(e.Account, &e.ID), tag)
	*e = Entry{next: t.free}
	t.free = tag
}

// hash mixes a key. Clients choose identifiers, so the worst a client can do is
// to make its own at most PerAccount identifiers share a chain.
func hash(a venue.AccountID, id *venue.ClOrdID) uint32 {
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xa0761d6478bd642f
	x := word(id[0:8]) ^ k0
	y := word(id[8:16]) ^ k1
	z := uint64(id[16]) | uint64(id[17])<<8 | uint64(id[18])<<16 | uint64(id[19])<<24 | uint64(a)<<32
	hi, lo := bits.Mul64(x^bits.RotateLeft64(z, 29), y^z)
	hi2, lo2 := bits.Mul64(hi^lo^k2, z^k0)
	return uint32((hi2 ^ lo2) >> 32)
}

func word(b []byte) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}
