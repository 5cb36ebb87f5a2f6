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

// Entry is what is remembered of a request.
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
	// Order is the order that came of it, 0 for none.
	Order venue.OrderID
	// Time is when it was remembered, or found still alive.
	Time venue.Time
	// Refusal is the first outcome, empty when accepted.
	Refusal venue.Refusal
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
type queue struct{ head, tail, count uint32 }

// bucket points to an entry and keeps a part of its hash, so that a probe reads
// the entry only when it is almost surely the one looked for.
type bucket struct{ print, tag uint32 }

// Table remembers requests: an open-addressing index over a slab of entries,
// with a queue per account.
type Table struct {
	limits  Limits
	live    func(venue.OrderID) bool
	entries []Entry // entries[0] is unused.
	free    uint32  // Head of the list of freed entries.
	buckets []bucket
	mask    uint32
	queues  []queue

	// Every request reads a random bucket and writes a random entry, so both lie
	// in huge pages where there are some.
	entryMem  offheap.Array[Entry]
	bucketMem offheap.Array[bucket]
}

// New returns an empty table. live says whether an order is still open. All
// memory is asked for at once, so that no request ever waits for a larger table
// to be filled; the system gives pages only as they are used.
func New(l Limits, live func(venue.OrderID) bool) *Table {
	n := 1
	for n < 2*int(l.Total)+2 {
		n *= 2
	}
	t := &Table{
		limits: l, live: live, mask: uint32(n - 1),
		entryMem: offheap.Make[Entry](int(l.Total) + 1), bucketMem: offheap.Make[bucket](n),
	}
	t.entries, t.buckets = t.entryMem.Data[:1], t.bucketMem.Data
	return t
}

// Close gives back the memory. The table is unusable afterwards.
func (t *Table) Close() {
	t.entryMem.Free()
	t.bucketMem.Free()
	*t = Table{}
}

// Find returns the entry of an account's identifier.
func (t *Table) Find(a venue.AccountID, id *venue.ClOrdID) (*Entry, bool) {
	h := hash(a, id)
	for i := uint32(h) & t.mask; t.buckets[i].tag != 0; i = (i + 1) & t.mask {
		if b := t.buckets[i]; b.print == uint32(h>>32) {
			if e := &t.entries[b.tag]; e.Account == a && e.ID == *id {
				return e, true
			}
		}
	}
	return nil, false
}

// Touch reads the place where Find will begin to look and returns what is there,
// so that a caller with several keys has their misses at the same time.
func (t *Table) Touch(a venue.AccountID, id *venue.ClOrdID) uint64 {
	return uint64(t.buckets[uint32(hash(a, id))&t.mask].tag)
}

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
		if e := &t.entries[tag]; e.Order == 0 || !t.live(e.Order) {
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

// Add remembers a request that Find does not know and returns its tag. The
// caller has asked Room before. Old identifiers of the same account make room:
// at most two per call, so that the work is bounded.
func (t *Table) Add(e *Entry) Tag {
	for int(e.Account) >= len(t.queues) {
		t.queues = append(t.queues, queue{})
	}
	t.forget(e)
	tag := t.take()
	t.entries[tag] = *e
	t.entries[tag].next = 0
	t.enqueue(tag)
	t.index(hash(e.Account, &e.ID), tag)
	return Tag(tag)
}

// forget drops the oldest identifiers of the account of e that are over the
// limit or out of the window. Those whose order lives go to the back instead.
func (t *Table) forget(e *Entry) {
	q := &t.queues[e.Account]
	full := t.full()
	for n := 0; q.count > 0; n++ {
		oldest := &t.entries[q.head]
		crowded := q.count >= t.limits.PerAccount || full
		if !crowded && (n >= 2 || oldest.Time+Window > e.Time) {
			return
		}
		tag := t.dequeue(q)
		if oldest.Order != 0 && t.live(oldest.Order) {
			oldest.Time = e.Time
			t.enqueue(tag)
			assert.That(n <= int(t.limits.PerAccount), "identifier added without room")
			continue
		}
		t.drop(tag)
		full = false
	}
}

func (t *Table) take() uint32 {
	if tag := t.free; tag != 0 {
		t.free = t.entries[tag].next
		return tag
	}
	assert.That(uint32(len(t.entries)) <= t.limits.Total, "identifier table grown beyond its limit")
	t.entries = append(t.entries, Entry{})
	return uint32(len(t.entries) - 1)
}

func (t *Table) enqueue(tag uint32) {
	q := &t.queues[t.entries[tag].Account]
	t.entries[tag].next = 0
	if q.count == 0 {
		q.head = tag
	} else {
		t.entries[q.tail].next = tag
	}
	q.tail = tag
	q.count++
}

func (t *Table) dequeue(q *queue) uint32 {
	tag := q.head
	q.head = t.entries[tag].next
	q.count--
	return tag
}

// drop forgets an entry that is in no queue any more.
func (t *Table) drop(tag uint32) {
	e := &t.entries[tag]
	t.unindex(hash(e.Account, &e.ID), tag)
	*e = Entry{next: t.free}
	t.free = tag
}

func (t *Table) index(h uint64, tag uint32) {
	i := uint32(h) & t.mask
	for t.buckets[i].tag != 0 {
		i = (i + 1) & t.mask
	}
	t.buckets[i] = bucket{print: uint32(h >> 32), tag: tag}
}

// unindex takes a tag out and closes the gap by shifting back what follows, so
// that no tombstones gather.
func (t *Table) unindex(h uint64, tag uint32) {
	i := uint32(h) & t.mask
	for t.buckets[i].tag != tag {
		assert.That(t.buckets[i].tag != 0, "identifier is not indexed")
		i = (i + 1) & t.mask
	}
	for j := i; ; {
		j = (j + 1) & t.mask
		b := t.buckets[j]
		if b.tag == 0 {
			break
		}
		e := &t.entries[b.tag]
		home := uint32(hash(e.Account, &e.ID)) & t.mask
		if (j-home)&t.mask >= (j-i)&t.mask {
			t.buckets[i] = b
			i = j
		}
	}
	t.buckets[i] = bucket{}
}

// hash mixes a key. Clients choose identifiers, so the worst a client can do is
// to make its own at most PerAccount identifiers share a chain.
func hash(a venue.AccountID, id *venue.ClOrdID) uint64 {
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xa0761d6478bd642f
	x := word(id[0:8]) ^ k0
	y := word(id[8:16]) ^ k1
	z := uint64(id[16]) | uint64(id[17])<<8 | uint64(id[18])<<16 | uint64(id[19])<<24 | uint64(a)<<32
	hi, lo := bits.Mul64(x^bits.RotateLeft64(z, 29), y^z)
	hi2, lo2 := bits.Mul64(hi^lo^k2, z^k0)
	return hi2 ^ lo2
}

func word(b []byte) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}
