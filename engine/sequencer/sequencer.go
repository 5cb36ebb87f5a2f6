package sequencer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// Errors of Submit. The command was not sequenced; nothing changed.
var (
	// ErrOverloaded says that more is waiting than may wait: try again later.
	ErrOverloaded = errors.New("sequencer: overloaded")
	// ErrClosed says that the venue is going down.
	ErrClosed = errors.New("sequencer: closed")
)

// Config says how a Sequencer works. Zero values take the defaults.
type Config struct {
	// Clock returns the wall time; nil means the system's.
	Clock func() venue.Time
	// QueueBytes bounds the encoded commands that wait to be sequenced; default
	// 4 MiB, about 50,000 orders. Cancels may use as much again.
	QueueBytes int
	// RoundCommands bounds the commands of one frame; default 8,192.
	RoundCommands int
	// RingBatches is how many batches a reader may be behind; default 1,024.
	RingBatches int
	// SnapshotEvery is the number of commands between snapshots; default 1<<20.
	SnapshotEvery venue.Seq
	// ReplayAll is the longest journal, in commands, that Start replays from
	// genesis although there is a snapshot: readers then see the whole history
	// and not only the image of the last state. Default 0: never.
	ReplayAll venue.Seq
	// BeforeSnapshot, when set, returns once everything that was published up to
	// seq is durable with whoever keeps it; only then the snapshot counts.
	BeforeSnapshot func(seq venue.Seq) error
	// OnSnapshotError, when set, is told why a snapshot was not written. Nothing
	// is lost by that but time at the next start.
	OnSnapshotError func(error)
	// OnRound, when set, is told about each round, on the core's goroutine.
	OnRound func(Round)
}

// Round is the measure of one round.
type Round struct {
	Commands, Events, Bytes int
	// Sync is how long the journal took, Apply how long the core took.
	Sync, Apply time.Duration
}

func (c *Config) fill() {
	if c.Clock == nil {
		c.Clock = systemClock
	}
	if c.QueueBytes == 0 {
		c.QueueBytes = 4 << 20
	}
	if c.RoundCommands == 0 {
		c.RoundCommands = 8192
	}
	if c.RingBatches == 0 {
		c.RingBatches = 1024
	}
	if c.SnapshotEvery == 0 {
		c.SnapshotEvery = 1 << 20
	}
}

// chunk is the commands of one round as they arrive: already the payload of a
// frame, with room in front for the batch header and a Tick.
type chunk struct {
	payload []byte
	count   int
}

// tickSize is the size of an encoded Tick.
var tickSize = len(wire.AppendCommand(nil, 0, &venue.Tick{}))

// prefix is the room that a chunk keeps in front of its records.
var prefix = wire.BatchHeaderSize + tickSize

// Sequencer runs a core. Submit and NewReader are for any goroutine.
type Sequencer struct {
	config  Config
	core    *engine.Engine
	journal *journal.Journal
	ring    *ring
	decoder wire.Decoder

	mu        sync.Mutex
	wake      *sync.Cond
	queue     []*chunk // The last one grows, the first one is next.
	queued    int      // Bytes in the queue.
	free      []*chunk
	alarm     bool // The core has something due.
	lagging   bool // A required reader was half a ring behind.
	closing   bool
	failed    error
	copies    []chan copied // Who waits for the state.
	submitted uint64        // Commands that were queued since the start.

	published atomic.Uint64

	// Owned by the core's goroutine.
	seq         venue.Seq
	applied     uint64 // Of the commands that were queued since the start.
	now         venue.Time
	taken       *chunk // The chunk of this round, nil when only time has passed.
	snapshotted venue.Seq
	snapshots   sync.WaitGroup
	writing     chan struct{} // Holds a token while a snapshot is written.
	timer       *time.Timer
	done        chan struct{}
}

// Submit queues a command of a session; the answer comes as events. It returns
// ErrOverloaded when too much waits already (cancels are taken for longer), and
// ErrClosed or the journal's error when the venue is down. The command is
// encoded before Submit returns, so the caller may reuse it.
func (s *Sequencer) Submit(session venue.SessionID, c venue.Command) error {
	limit := s.config.QueueBytes
	if isCancel(c) {
		limit *= 2
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.failed != nil:
		return s.failed
	case s.closing:
		return ErrClosed
	case s.queued > limit || s.readersLag():
		return ErrOverloaded
	}
	k := s.tail()
	before := len(k.payload)
	k.payload = wire.AppendCommand(k.payload, session, c)
	k.count++
	s.submitted++
	s.queued += len(k.payload) - before
	if k.count == 1 && len(s.queue) == 1 {
		s.wake.Signal()
	}
	return nil
}

// Submitted returns how many commands were queued since the start. Whoever asks
// after a Submit knows by Batch.Submitted when the command has been applied, also
// one of which no event tells.
func (s *Sequencer) Submitted() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.submitted
}

// tail returns the chunk that takes the next command. The caller holds the
// lock.
func (s *Sequencer) tail() *chunk {
	if n := len(s.queue); n > 0 && s.queue[n-1].count < s.config.RoundCommands {
		return s.queue[n-1]
	}
	k := &chunk{payload: make([]byte, prefix, 4096)}
	if n := len(s.free); n > 0 {
		k, s.free = s.free[n-1], s.free[:n-1]
	}
	s.queue = append(s.queue, k)
	return k
}

// readersLag says whether a required reader is half a ring behind. It looks only
// after a round has found it so, because most of the time nobody lags. The
// caller holds the lock.
func (s *Sequencer) readersLag() bool {
	if s.lagging {
		s.lagging = s.ring.requiredLag() > uint64(s.config.RingBatches)/2
	}
	return s.lagging
}

func isCancel(c venue.Command) bool {
	k := c.Kind()
	return k == venue.KindCancelOrder || k == venue.KindMassCancel
}

// Stats is the state of a sequencer at one moment.
type Stats struct {
	// Published is the last sequence whose events readers may have; it is
	// durable.
	Published venue.Seq
	// QueueBytes is what waits to be sequenced, QueueLimit how much may.
	QueueBytes, QueueLimit int
}

// Stats returns the present figures.
func (s *Sequencer) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Stats{venue.Seq(s.published.Load()), s.queued, s.config.QueueBytes}
}

// NewReader returns a reader of all batches from now on; before Start that is
// all there will ever be. A required reader is one without which the venue
// must not go on: while it lags by half the ring, Submit answers ErrOverloaded.
func (s *Sequencer) NewReader(required bool) *Reader { return s.ring.reader(required) }

// Close sequences what is queued, writes a snapshot, and ends. It returns the
// first error of the journal, if there was one.
func (s *Sequencer) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.wake.Signal()
	s.mu.Unlock()
	select {
	case <-s.done:
		return s.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Done is closed when the sequencer has ended, by Close or by an error.
func (s *Sequencer) Done() <-chan struct{} { return s.done }

// Err returns why the sequencer ended, nil after Close.
func (s *Sequencer) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}
