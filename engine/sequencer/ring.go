package sequencer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/clearhour/clearhour/venue"
)

// ErrLapped says that a reader was so slow that the ring has dropped what it
// had not read. It starts again with a fresh reader and a fresh state.
var ErrLapped = errors.New("sequencer: reader was lapped by the ring")

// Batch is the events of one round. It is shared by all readers and read only.
type Batch struct {
	// Entries are the events in order. They are valid until Release.
	Entries []venue.Entry
	// First and Last are the sequence numbers of the round's envelopes; they
	// are equal and of the snapshot in an image.
	First, Last venue.Seq
	// Time is the time of all envelopes of the round.
	Time venue.Time
	// Submitted is how many commands were queued since the start up to the last one
	// of the round; 0 in what is replayed.
	Submitted uint64
	// Image says that the entries describe the state restored from a snapshot:
	// facts for views, not news for anybody.
	Image bool

	tape venue.Tape
	refs atomic.Int32
	home *ring
}

// Release gives the batch back. The caller keeps nothing of it.
func (b *Batch) Release() {
	if b.refs.Add(-1) == 0 {
		b.home.recycle(b)
	}
}

// ring keeps the batches that some reader has not read. Writing never waits for
// a reader except during recovery, when nothing may be lost and nothing is
// urgent; a reader that is more than the ring behind loses its place.
type ring struct {
	mu      sync.Mutex
	changed *sync.Cond
	slots   []*Batch
	first   uint64 // Number of the oldest batch that is kept.
	next    uint64 // Number of the next batch; the newest is next-1.
	closed  error
	readers map[*Reader]struct{}
	pool    []*Batch
}

func newRing(size int) *ring {
	r := &ring{slots: make([]*Batch, size), readers: map[*Reader]struct{}{}}
	r.changed = sync.NewCond(&r.mu)
	return r
}

// blank returns an empty batch to fill, with the memory of an old one if there
// is one that nobody reads.
func (r *ring) blank() *Batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.pool); n > 0 {
		b := r.pool[n-1]
		r.pool = r.pool[:n-1]
		return b
	}
	return &Batch{home: r}
}

// Batches that nobody reads are kept for their memory, unless it is that of one
// huge round.
const (
	maxPooledEntries = 1 << 17
	maxPooled        = 8
)

func (r *ring) recycle(b *Batch) {
	if cap(b.tape.Entries) > maxPooledEntries {
		return
	}
	b.tape.Reset()
	b.Entries, b.Image, b.Submitted = nil, false, 0
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pool) < maxPooled {
		r.pool = append(r.pool, b)
	}
}

// publish makes a batch visible. With patience it waits until the slowest
// reader has room.
func (r *ring) publish(b *Batch, patient bool) {
	b.Entries = b.tape.Entries
	b.refs.Store(1) // The ring's own.
	r.mu.Lock()
	for patient && r.lag() >= uint64(len(r.slots)) && r.closed == nil {
		r.changed.Wait()
	}
	old := r.drop()
	r.slots[r.next%uint64(len(r.slots))] = b
	r.next++
	r.changed.Broadcast()
	r.mu.Unlock()
	for _, b := range old {
		b.Release()
	}
}

// drop takes out of the ring what all readers have read, and the oldest batch
// when there is no other room, and returns it to be released without the lock.
// The caller holds the lock.
func (r *ring) drop() (old []*Batch) {
	size := uint64(len(r.slots))
	keep := r.next - r.lag()
	if r.next-keep >= size {
		keep = r.next - size + 1
	}
	for ; r.first < keep; r.first++ {
		slot := &r.slots[r.first%size]
		old = append(old, *slot)
		*slot = nil
	}
	return old
}

// lag returns how many batches the slowest reader has not taken. The caller
// holds the lock.
func (r *ring) lag() uint64 {
	var worst uint64
	for reader := range r.readers {
		worst = max(worst, r.next-reader.at)
	}
	return worst
}

// requiredLag returns the lag of the slowest reader that must not be lapped.
func (r *ring) requiredLag() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	var worst uint64
	for reader := range r.readers {
		if reader.required {
			worst = max(worst, r.next-reader.at)
		}
	}
	return worst
}

func (r *ring) close(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed == nil {
		r.closed = err
	}
	r.changed.Broadcast()
}

// Reader takes batches in order. It is for one goroutine.
type Reader struct {
	ring     *ring
	at       uint64
	required bool
}

func (r *ring) reader(required bool) *Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	reader := &Reader{ring: r, at: r.next, required: required}
	r.readers[reader] = struct{}{}
	return reader
}

// Next waits for the next batch. The caller calls Release on it. The error is
// ErrLapped, ErrClosed after the last batch, the journal's error, or that of
// ctx.
func (x *Reader) Next(ctx context.Context) (*Batch, error) {
	stop := context.AfterFunc(ctx, func() {
		x.ring.mu.Lock()
		defer x.ring.mu.Unlock()
		x.ring.changed.Broadcast()
	})
	defer stop()
	r := x.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	for x.at == r.next && r.closed == nil && ctx.Err() == nil {
		r.changed.Wait()
	}
	return x.take(ctx)
}

// take returns the batch at the reader's place. The caller holds the lock.
func (x *Reader) take(ctx context.Context) (*Batch, error) {
	r := x.ring
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case x.at == r.next:
		return nil, r.closed
	case x.at < r.first:
		return nil, ErrLapped
	}
	b := r.slots[x.at%uint64(len(r.slots))]
	b.refs.Add(1)
	x.at++
	r.changed.Broadcast()
	return b, nil
}

// Close ends the reader.
func (x *Reader) Close() {
	x.ring.mu.Lock()
	defer x.ring.mu.Unlock()
	delete(x.ring.readers, x)
	x.ring.changed.Broadcast()
}
