package gateway

import "github.com/clearhour/clearhour/venue"

// EventKey names what an application message was made of: an event, and which
// of its reports. Zero is a message that no event caused, as the refusal of a
// message that never became a command.
type EventKey struct {
	// Seq is the envelope.
	Seq venue.Seq
	// Sub is the event's index in the envelope times two, plus one for the taker
	// of a trade.
	Sub uint32
}

// IsZero says whether no event is named.
func (k EventKey) IsZero() bool { return k.Seq == 0 }

// After says whether k comes after o.
func (k EventKey) After(o EventKey) bool {
	return k.Seq > o.Seq || k.Seq == o.Seq && k.Sub > o.Sub
}

// Stored is an application message as the outbox keeps it.
type Stored struct {
	// Num is its MsgSeqNum.
	Num uint64
	// Event is what it was made of.
	Event EventKey
	// Type is its MsgType.
	Type MsgType
	// Time is when it was made, OrigSendingTime(122) when it is sent again.
	Time venue.Time
	// Body is the JSON of its body. It is valid until the next call.
	Body []byte
}

// Outbox is the memory of a session: its two sequence numbers and the
// application messages that it is owed. Numbers that Append did not take were
// session messages: they are not sent again but gap-filled. A session calls its
// outbox under its own lock, Flush and Sync of a store may come from elsewhere.
type Outbox interface {
	// Next is the MsgSeqNum of the next message out, from 1.
	Next() uint64
	// Skip takes the next number for a message that is not kept.
	Skip() uint64
	// Append keeps a message under the next number and returns the number. The
	// body is copied. Num is ignored.
	Append(m *Stored) uint64
	// Last is the greatest event key that Append was given.
	Last() EventKey
	// Find reads the first kept message with a number from n on into m, and says
	// whether there is one.
	Find(n uint64, m *Stored) bool
	// Expected is the MsgSeqNum expected next from the peer, from 1.
	Expected() uint64
	// SetExpected changes it.
	SetExpected(n uint64)
	// Reset forgets all messages; both numbers are 1 again. Last stays.
	Reset()
	// Flush hands everything to the operating system: it survives the end of the
	// process then, though not of the machine.
	Flush() error
}

// MemoryOutbox is an Outbox that dies with the process: for clients, tests and
// benchmarks. It keeps the newest Keep messages.
type MemoryOutbox struct {
	// Keep bounds the messages, 0 for 65,536.
	Keep int

	next, expected uint64
	last           EventKey
	kept           []Stored // A ring in order of Num, oldest at first.
	first          int
}

// Next implements Outbox.
func (o *MemoryOutbox) Next() uint64 { return o.next + 1 }

// Skip implements Outbox.
func (o *MemoryOutbox) Skip() uint64 {
	o.next++
	return o.next
}

// Append implements Outbox.
func (o *MemoryOutbox) Append(m *Stored) uint64 {
	keep := o.Keep
	if keep == 0 {
		keep = 1 << 16
	}
	o.next++
	if !m.Event.IsZero() {
		o.last = m.Event
	}
	if len(o.kept) < keep {
		o.kept = append(o.kept, Stored{})
		s := &o.kept[len(o.kept)-1]
		*s = *m
		s.Num, s.Body = o.next, append([]byte(nil), m.Body...)
		return o.next
	}
	s := &o.kept[o.first]
	body := append(s.Body[:0], m.Body...)
	*s = *m
	s.Num, s.Body = o.next, body
	o.first = (o.first + 1) % len(o.kept)
	return o.next
}

// Last implements Outbox.
func (o *MemoryOutbox) Last() EventKey { return o.last }

// Find implements Outbox.
func (o *MemoryOutbox) Find(n uint64, m *Stored) bool {
	lo, hi := 0, len(o.kept)
	for lo < hi {
		mid := (lo + hi) / 2
		if o.kept[(o.first+mid)%len(o.kept)].Num < n {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(o.kept) {
		return false
	}
	*m = o.kept[(o.first+lo)%len(o.kept)]
	return true
}

// Expected implements Outbox.
func (o *MemoryOutbox) Expected() uint64 { return o.expected + 1 }

// SetExpected implements Outbox.
func (o *MemoryOutbox) SetExpected(n uint64) { o.expected = n - 1 }

// Reset implements Outbox.
func (o *MemoryOutbox) Reset() {
	o.next, o.expected = 0, 0
	o.kept, o.first = o.kept[:0], 0
}

// Flush implements Outbox: there is nothing to hand over.
func (o *MemoryOutbox) Flush() error { return nil }

// Identity is who a session is: an account and the name its client chose. Two
// accounts may use the same name.
type Identity struct {
	Account venue.AccountID
	CompID  string
}

// Store keeps the outboxes of all sessions. It is safe for concurrent use.
type Store interface {
	// Open returns the session of an identity, and makes it when it is new. The
	// id is at least FirstSession, is kept for ever and is on disk when Open
	// returns.
	Open(who Identity) (venue.SessionID, Outbox, error)
	// Each calls fn with every session that was ever opened, in order of the ids.
	Each(fn func(venue.SessionID, Identity, Outbox)) error
}

// FirstSession is the lowest id of a FIX session. Lower ids belong to the other
// edges of the venue: 0 is the venue itself, 1 is REST.
const FirstSession venue.SessionID = 16

// MemoryStore is a Store that dies with the process. Its methods are for one
// goroutine at a time unless they are called through a Hub.
type MemoryStore struct {
	ids   map[Identity]venue.SessionID
	names []Identity
	boxes []*MemoryOutbox
}

// Open implements Store.
func (s *MemoryStore) Open(who Identity) (venue.SessionID, Outbox, error) {
	if s.ids == nil {
		s.ids = map[Identity]venue.SessionID{}
	}
	id, ok := s.ids[who]
	if !ok {
		id = FirstSession + venue.SessionID(len(s.boxes))
		s.ids[who] = id
		s.names = append(s.names, who)
		s.boxes = append(s.boxes, &MemoryOutbox{})
	}
	return id, s.boxes[id-FirstSession], nil
}

// Each implements Store.
func (s *MemoryStore) Each(fn func(venue.SessionID, Identity, Outbox)) error {
	for i, box := range s.boxes {
		fn(FirstSession+venue.SessionID(i), s.names[i], box)
	}
	return nil
}
