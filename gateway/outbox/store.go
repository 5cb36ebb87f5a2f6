package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Options of a store. Zero values stand for the defaults.
type Options struct {
	// SegmentSize is when a log begins a new file, 64 MiB.
	SegmentSize int64
	// MaxBytes is how much a log may hold before its oldest file is removed, 1
	// GiB. What was removed is gap-filled when somebody asks for it.
	MaxBytes int64
	// MaxSessions bounds the sessions, 65,536.
	MaxSessions int
}

// ErrTooManySessions refuses a new session.
var ErrTooManySessions = errors.New("outbox: too many sessions")

// Store is the outboxes of all sessions in a directory: a gateway.Store.
type Store struct {
	dir  string
	opts Options

	mu       sync.Mutex
	registry *os.File
	size     int64
	ids      map[gateway.Identity]venue.SessionID
	names    []gateway.Identity
	logs     []*log // By id, from gateway.FirstSession; nil until opened.
}

// Open opens the store in dir, which is made if it does not exist. Only one
// process may use it at a time; the caller holds the lock of the data directory.
func Open(dir string, opts Options) (*Store, error) {
	if opts.SegmentSize == 0 {
		opts.SegmentSize = 64 << 20
	}
	if opts.MaxBytes == 0 {
		opts.MaxBytes = 1 << 30
	}
	if opts.MaxSessions == 0 {
		opts.MaxSessions = 1 << 16
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("outbox: make directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "sessions"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("outbox: open sessions: %w", err)
	}
	s := &Store{dir: dir, opts: opts, registry: f, ids: map[gateway.Identity]venue.SessionID{}}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

// The file "sessions" lists identities in order of their ids: size 4, crc 4,
// account 4, name. The checksum covers account and name.
const entrySize = 12

func (s *Store) load() error {
	b, err := io.ReadAll(s.registry)
	if err != nil {
		return fmt.Errorf("outbox: read sessions: %w", err)
	}
	at := 0
	for len(b)-at >= entrySize {
		size := int(binary.LittleEndian.Uint32(b[at:]))
		end := at + entrySize + size
		if size > 64 || end > len(b) || crc32.Checksum(b[at+8:end], castagnoli) != binary.LittleEndian.Uint32(b[at+4:]) {
			break
		}
		who := gateway.Identity{Account: venue.AccountID(binary.LittleEndian.Uint32(b[at+8:])), CompID: string(b[at+entrySize : end])}
		s.know(who)
		at = end
	}
	// An entry is synced before its session is used, so one that is cut short
	// at the end was never used; more than that is damage.
	if len(b)-at > entrySize+64 {
		return fmt.Errorf("outbox: the file sessions is damaged at %d", at)
	}
	s.size = int64(at)
	return nil
}

func (s *Store) know(who gateway.Identity) venue.SessionID {
	id := gateway.FirstSession + venue.SessionID(len(s.names))
	s.ids[who] = id
	s.names = append(s.names, who)
	s.logs = append(s.logs, nil)
	return id
}

// Open implements gateway.Store.
func (s *Store) Open(who gateway.Identity) (venue.SessionID, gateway.Outbox, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.ids[who]
	if !ok {
		if len(s.names) >= s.opts.MaxSessions {
			return 0, nil, ErrTooManySessions
		}
		if err := s.enter(who); err != nil {
			return 0, nil, err
		}
		id = s.know(who)
	}
	l, err := s.log(id)
	if err != nil {
		return 0, nil, err
	}
	return id, l, nil
}

// enter makes a new identity durable.
func (s *Store) enter(who gateway.Identity) error {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(who.CompID)))
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(who.Account))
	b = append(b, who.CompID...)
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
	if _, err := s.registry.WriteAt(b, s.size); err != nil {
		return fmt.Errorf("outbox: write sessions: %w", err)
	}
	if err := s.registry.Sync(); err != nil {
		return fmt.Errorf("outbox: sync sessions: %w", err)
	}
	s.size += int64(len(b))
	return s.syncDir()
}

// Each implements gateway.Store.
func (s *Store) Each(fn func(venue.SessionID, gateway.Identity, gateway.Outbox)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, who := range s.names {
		id := gateway.FirstSession + venue.SessionID(i)
		l, err := s.log(id)
		if err != nil {
			return err
		}
		fn(id, who, l)
	}
	return nil
}

// Sync makes everything that the outboxes were given durable.
func (s *Store) Sync() error {
	for _, l := range s.open() {
		if err := l.sync(); err != nil {
			return err
		}
	}
	return nil
}

// Close makes everything durable and closes the files. The outboxes must not be
// used any more.
func (s *Store) Close() error {
	var err error
	for _, l := range s.open() {
		err = errors.Join(err, l.close())
	}
	return errors.Join(err, s.registry.Close())
}

func (s *Store) open() []*log {
	s.mu.Lock()
	defer s.mu.Unlock()
	var logs []*log
	for _, l := range s.logs {
		if l != nil {
			logs = append(logs, l)
		}
	}
	return logs
}

func (s *Store) syncDir() error {
	d, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("outbox: open directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("outbox: sync directory: %w", err)
	}
	return nil
}

// create makes the file of a new segment.
func (s *Store) create(session venue.SessionID, n uint32) (*segment, error) {
	f, err := os.OpenFile(s.path(session, n), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("outbox: create segment: %w", err)
	}
	if _, err := f.Write(appendHeader(nil, session, n)); err != nil {
		return nil, errors.Join(fmt.Errorf("outbox: write segment: %w", err), f.Close())
	}
	if err := s.syncDir(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &segment{n: n, file: f, size: headerSize}, nil
}

// remove forgets a segment. A file that stays is removed by the next start.
func (s *Store) remove(seg *segment, session venue.SessionID) {
	_ = seg.file.Close()
	_ = os.Remove(s.path(session, seg.n))
}

// log returns the log of a session, read from its files the first time.
func (s *Store) log(id venue.SessionID) (*log, error) {
	at := id - gateway.FirstSession
	if l := s.logs[at]; l != nil {
		return l, nil
	}
	l := &log{store: s, session: id, expected: 1, written: 1}
	names, err := filepath.Glob(filepath.Join(s.dir, fmt.Sprintf("%08x-*.log", uint32(id))))
	if err != nil {
		return nil, fmt.Errorf("outbox: list segments: %w", err)
	}
	sort.Strings(names)
	for i, name := range names {
		if err := l.read(name, i == len(names)-1); err != nil {
			for _, seg := range l.segments {
				_ = seg.file.Close()
			}
			return nil, err
		}
	}
	if len(l.segments) == 0 {
		l.roll(lease)
		if l.err != nil {
			return nil, l.err
		}
	}
	s.logs[at] = l
	return l, nil
}

// read takes over a segment at start. The newest may end in the middle of a
// record, or even of its header: it is cut there.
func (l *log) read(name string, newest bool) error {
	var n uint32
	if _, err := fmt.Sscanf(filepath.Base(name)[9:], "%08x.log", &n); err != nil {
		return fmt.Errorf("outbox: the file %s has a strange name: %w", filepath.Base(name), err)
	}
	if k := len(l.segments); k > 0 && l.segments[k-1].n+1 != n {
		return fmt.Errorf("outbox: session %d has no segment %d", l.session, l.segments[k-1].n+1)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("outbox: open segment: %w", err)
	}
	seg := &segment{n: n, file: f}
	if err := l.scan(seg, newest); err != nil {
		return errors.Join(err, f.Close())
	}
	l.segments = append(l.segments, seg)
	return nil
}

// scan reads the records of a segment.
func (l *log) scan(seg *segment, newest bool) error {
	b, err := io.ReadAll(seg.file)
	if err != nil {
		return fmt.Errorf("outbox: read segment: %w", err)
	}
	if !headerOK(b, l.session, seg.n) {
		if !newest || len(b) >= headerSize {
			return fmt.Errorf("outbox: session %d segment %d has a damaged header", l.session, seg.n)
		}
		b = appendHeader(nil, l.session, seg.n) // The process ended while it was made.
		if _, err := seg.file.WriteAt(b, 0); err != nil {
			return fmt.Errorf("outbox: write segment: %w", err)
		}
	}
	at := headerSize
	var r record
	for at < len(b) {
		n, _ := decode(b[at:], &r)
		if n == 0 {
			break
		}
		l.take(seg, &r, int64(at))
		at += n
	}
	seg.size = int64(at)
	if at == len(b) {
		return nil
	}
	if !newest {
		return fmt.Errorf("outbox: session %d segment %d is damaged at %d", l.session, seg.n, at)
	}
	if err := seg.file.Truncate(int64(at)); err != nil {
		return fmt.Errorf("outbox: cut segment: %w", err)
	}
	return nil
}

// take learns from a record.
func (l *log) take(seg *segment, r *record, at int64) {
	switch r.kind {
	case message:
		seg.note(r.num, at)
		l.used = max(l.used, r.num)
		if !r.event.IsZero() {
			l.last = r.event
		}
	case lease:
		l.used, l.last = max(l.used, r.num), r.event
	case exact:
		l.used, l.last = r.num, r.event
	case reset:
		for _, old := range l.segments {
			l.store.remove(old, l.session)
		}
		l.segments = nil
		l.used, l.last = 0, r.event
	}
	l.leased = l.used
	l.expected, l.written = r.expected, r.expected
}
