package outbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

const (
	// leaseStep is how many numbers are set aside at once for messages that are
	// not kept: that many are skipped at most after a crash.
	leaseStep = 1024
	// indexStep is how many messages share an entry of the index.
	indexStep = 32
	// expectedStep is how far the inbound number may be ahead of the disk when
	// nothing else is written.
	expectedStep = 256
	// readSize is how much is read from a segment at once.
	readSize = 64 << 10
)

// place is where a message is: in which segment and where in its file.
type place struct {
	num uint64
	at  int64
}

// segment is one file of a log.
type segment struct {
	n     uint32
	file  *os.File
	size  int64 // Of the file, what is buffered not counted.
	index []place
	count int // Messages since the last entry of the index.
	last  uint64
}

// log is the outbox of a session: a gateway.Outbox. Its methods are safe for
// concurrent use, so that Sync of the store may run beside the session.
type log struct {
	store   *Store
	session venue.SessionID

	mu       sync.Mutex
	segments []*segment // Oldest first; the last one is written.
	buf      []byte     // Records that are not with the operating system yet.
	dirty    bool       // Something since the last sync.
	err      error      // The first failure; nothing is written after it.

	used     uint64 // Numbers given out.
	leased   uint64 // Numbers that the disk knows may be used.
	expected uint64
	written  uint64 // The expected number that the disk knows.
	last     gateway.EventKey

	// Where the last Find ended, for the next one.
	at     *segment
	cursor place
	window []byte
	from   int64 // The place of window in the segment.
}

// Next implements gateway.Outbox.
func (l *log) Next() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used + 1
}

// Skip implements gateway.Outbox.
func (l *log) Skip() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used++
	if l.used > l.leased {
		l.leased = l.used + leaseStep - 1
		l.add(&record{kind: lease, num: l.leased})
	}
	return l.used
}

// Append implements gateway.Outbox.
func (l *log) Append(m *gateway.Stored) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used++
	if !m.Event.IsZero() {
		l.last = m.Event
	}
	s := l.segments[len(l.segments)-1]
	if s.size+int64(len(l.buf)) > l.store.opts.SegmentSize {
		l.roll(lease)
		s = l.segments[len(l.segments)-1]
	}
	s.note(l.used, s.size+int64(len(l.buf)))
	l.add(&record{kind: message, num: l.used, event: m.Event, typ: m.Type, time: m.Time, body: m.Body})
	return l.used
}

// note enters a message into the index.
func (s *segment) note(num uint64, at int64) {
	if s.count%indexStep == 0 {
		s.index = append(s.index, place{num, at})
	}
	s.count++
	s.last = num
}

// add buffers a record. Records that are no messages carry the last event, so
// that older segments can be removed.
func (l *log) add(r *record) {
	r.expected = l.expected
	if r.kind != message {
		r.event = l.last
	}
	l.written = l.expected
	l.buf = appendRecord(l.buf, r)
	l.dirty = true
}

// Last implements gateway.Outbox.
func (l *log) Last() gateway.EventKey {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Expected implements gateway.Outbox.
func (l *log) Expected() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.expected
}

// SetExpected implements gateway.Outbox. The number goes to disk with the next
// record: after a crash it may be behind, and then the peer repeats itself.
func (l *log) SetExpected(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected = n
	if n >= l.written+expectedStep {
		l.add(&record{kind: lease, num: l.leased})
	}
}

// Reset implements gateway.Outbox.
func (l *log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used, l.leased, l.expected = 0, 0, 1
	l.buf = l.buf[:0]
	old := l.segments
	l.roll(reset)
	l.flush()
	if l.err != nil {
		return
	}
	l.segments = l.segments[len(l.segments)-1:]
	for _, s := range old {
		l.store.remove(s, l.session)
	}
	l.at = nil
}

// Flush implements gateway.Outbox.
func (l *log) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	return l.err
}

func (l *log) flush() {
	if len(l.buf) == 0 || l.err != nil {
		return
	}
	s := l.segments[len(l.segments)-1]
	n, err := s.file.WriteAt(l.buf, s.size)
	s.size += int64(n)
	if err != nil {
		l.fail("write", s, err)
		return
	}
	l.buf = l.buf[:0]
}

func (l *log) fail(what string, s *segment, err error) {
	if l.err == nil {
		l.err = fmt.Errorf("outbox: %s session %d segment %d: %w", what, l.session, s.n, err)
	}
}

// roll begins a new segment with a record of the kind, and removes the oldest
// when there are too many.
func (l *log) roll(k kind) {
	l.flush()
	if l.err != nil {
		return
	}
	n := uint32(1)
	if len(l.segments) > 0 {
		old := l.segments[len(l.segments)-1]
		if err := old.file.Sync(); err != nil {
			l.fail("sync", old, err)
			return
		}
		n = old.n + 1
	}
	s, err := l.store.create(l.session, n)
	if err != nil {
		l.err = err
		return
	}
	l.segments = append(l.segments, s)
	l.leased = max(l.leased, l.used)
	l.add(&record{kind: k, num: l.leased})
	for len(l.segments) > 2 && l.total() > l.store.opts.MaxBytes {
		l.store.remove(l.segments[0], l.session)
		l.segments = l.segments[1:]
		l.at = nil
	}
}

func (l *log) total() int64 {
	var sum int64
	for _, s := range l.segments {
		sum += s.size
	}
	return sum
}

// sync makes everything durable.
func (l *log) sync() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	if l.err != nil || !l.dirty {
		return l.err
	}
	s := l.segments[len(l.segments)-1]
	if err := s.file.Sync(); err != nil {
		l.fail("sync", s, err)
		return l.err
	}
	l.dirty = false
	return nil
}

// close writes the exact numbers and closes the files.
func (l *log) close() error {
	l.mu.Lock()
	l.add(&record{kind: exact, num: l.used})
	l.mu.Unlock()
	err := l.sync()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.segments {
		err = errors.Join(err, s.file.Close())
	}
	if l.err == nil {
		l.err = os.ErrClosed
	}
	return err
}

// Find implements gateway.Outbox. What is buffered is flushed first, so that
// there is one place to look.
func (l *log) Find(n uint64, m *gateway.Stored) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	if l.err != nil {
		return false
	}
	i := slices.IndexFunc(l.segments, func(s *segment) bool { return s.last >= n })
	if i < 0 {
		return false
	}
	s := l.segments[i]
	if l.at != s || n < l.cursor.num {
		at := max(sort.Search(len(s.index), func(i int) bool { return s.index[i].num > n })-1, 0)
		l.at, l.cursor, l.window = s, s.index[at], l.window[:0]
	}
	var r record
	for l.cursor.at < s.size {
		size := l.load(s, l.cursor.at, &r)
		if size == 0 {
			l.fail("read", s, io.ErrUnexpectedEOF)
			return false
		}
		if r.kind == message && r.num >= n {
			*m = gateway.Stored{Num: r.num, Event: r.event, Type: r.typ, Time: r.time, Body: r.body}
			l.cursor.num = r.num
			return true
		}
		l.cursor.at += int64(size)
	}
	return false
}

// load decodes the record at a place, through a window on the file. It returns
// its length, 0 when there is none.
func (l *log) load(s *segment, at int64, r *record) int {
	want := readSize
	for {
		if at >= l.from && at < l.from+int64(len(l.window)) {
			n, need := decode(l.window[at-l.from:], r)
			if n > 0 {
				return n
			}
			if need == 0 || at+int64(need) > s.size {
				return 0
			}
			want = max(want, need)
		}
		if cap(l.window) < want {
			l.window = make([]byte, want)
		}
		n, err := s.file.ReadAt(l.window[:min(int64(want), s.size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) || n == 0 {
			l.window = l.window[:0]
			return 0
		}
		l.window, l.from = l.window[:n], at
	}
}

// segmentName is the file of a segment.
func segmentName(session venue.SessionID, n uint32) string {
	return fmt.Sprintf("%08x-%08x.log", uint32(session), n)
}

func (s *Store) path(session venue.SessionID, n uint32) string {
	return filepath.Join(s.dir, segmentName(session, n))
}
