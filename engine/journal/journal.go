package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/clearhour/clearhour/internal/assert"
)

// Mode says when Append returns.
type Mode uint8

const (
	// Synced returns when the frame is durable: one sync per frame.
	Synced Mode = iota
	// Written returns when the frame is with the operating system. It survives the death of the
	// process, not of the machine; after a power failure Open may refuse.
	Written
)

func (m Mode) String() string {
	if m == Written {
		return "written"
	}
	return "synced"
}

// Options of Open. The zero value is the durable default.
type Options struct {
	Mode Mode
	// SegmentSize in bytes, rounded up to 4 KiB; default 64 MiB, at least 8 KiB. A
	// frame larger than a segment gets a segment of its own.
	SegmentSize int64
	// Inline zero-fills ahead inside Append instead of in a goroutine, so that the
	// order of disk operations is a function of the calls. For simulated disks.
	Inline bool
	// ID of a new journal; zero means random, which is right outside of tests.
	ID [16]byte
}

const (
	defaultSegment = 64 << 20
	minSegment     = 2 * pageSize
)

func (o Options) normal() Options {
	if o.SegmentSize == 0 {
		o.SegmentSize = defaultSegment
	}
	o.SegmentSize = (max(o.SegmentSize, minSegment) + pageSize - 1) / pageSize * pageSize
	return o
}

// Journal is an open journal. One goroutine appends; Read, Stats and the snapshot
// methods may run beside it.
type Journal struct {
	fs   FS
	o    Options
	id   [16]byte
	salt uint32

	writer  sync.Mutex // held through Append, Sync and Close
	buf     []byte     // one encoded frame
	markBuf [blockSize]byte
	marked  mark   // newest mark written
	durable uint64 // batch that the last successful sync covered

	mu      sync.Mutex // protects everything below; never held during IO
	turn    *sync.Cond // of mu: the filler's state or goal has changed
	segs    []segment  // the last one is being written
	next    position   // where the next frame goes
	cur     *space
	spare   *space // the following segment, nil until the filler makes it
	filling bool   // the filler is using a file
	stuck   bool   // the disk was full for the filler, which rests until the next segment
	stop    bool
	err     error
	done    chan struct{} // closed when the filler has ended

	snapshots sync.Mutex // held while a snapshot is written
}

// Open verifies every frame of the journal in fs, makes the last one durable, drops
// a torn one and is then ready to append. A new directory becomes an empty journal.
// The errors are CorruptError, MissingError and those of the disk; with either of
// the first two nothing has been changed.
func Open(fs FS, o Options) (*Journal, Recovery, error) {
	s, err := runScan(fs)
	if err != nil {
		return nil, Recovery{}, err
	}
	j := &Journal{fs: fs, o: o.normal(), done: make(chan struct{})}
	j.turn = sync.NewCond(&j.mu)
	err = j.restore(s)
	if err == nil {
		// The process before this one may have died between creating a file and
		// syncing the directory.
		if err = fs.SyncDir(); err != nil {
			err = fmt.Errorf("journal: sync directory: %w", err)
		}
	}
	if err != nil {
		return nil, Recovery{}, errors.Join(err, j.closeFiles())
	}
	if j.o.Inline {
		close(j.done)
	} else {
		go j.fillAhead()
	}
	return j, s.rec, nil
}

// Check verifies like Open and changes nothing.
func Check(fs FS) (Recovery, error) {
	s, err := runScan(fs)
	if err != nil {
		return Recovery{}, err
	}
	return s.rec, nil
}

// restore turns the findings of a scan into an open journal.
func (j *Journal) restore(s *scan) error {
	if err := j.removeTemporary(); err != nil {
		return err
	}
	if len(s.segs) == 0 {
		return j.begin(s.spare)
	}
	j.segs, j.next = s.segs, s.pos
	j.id, j.salt = s.segs[0].head.id, s.salt
	last := s.segs[len(s.segs)-1].head
	var err error
	if j.cur, err = openSpace(j.fs, last.number); err != nil {
		return err
	}
	if s.spare {
		if j.spare, err = openSpace(j.fs, last.number+1); err != nil {
			return err
		}
	}
	j.marked = s.marks.newest
	return j.settle(s)
}

// settle makes the end of the journal durable: the last frame and the header are
// written again, because after a failed sync the page cache shows bytes that never
// reached the disk; dropped bytes become zeros, so that no frame of an earlier life
// can be taken for a later one; the mark then says what is durable.
func (j *Journal) settle(s *scan) error {
	f, seg := j.cur.f, &j.segs[len(j.segs)-1]
	head := make([]byte, blockSize)
	seg.head.put(head)
	if err := writeAll(f, head, 0); err != nil {
		return fmt.Errorf("journal: rewrite header: %w", err)
	}
	if s.last.off != 0 {
		b := make([]byte, s.pos.off-s.last.off)
		if _, err := f.ReadAt(b, s.last.off); err != nil {
			return fmt.Errorf("journal: read last frame: %w", err)
		}
		if frameSum(s.last.sum, b) != s.pos.sum {
			return s.damaged(seg.head.number, s.last.off, "the last frame reads differently the second time")
		}
		if err := writeAll(f, b, s.last.off); err != nil {
			return fmt.Errorf("journal: rewrite last frame: %w", err)
		}
	}
	if d := s.rec.Dropped; d != nil {
		if err := writeZeros(f, d.Offset, d.Offset+d.Bytes); err != nil {
			return fmt.Errorf("journal: erase torn frame: %w", err)
		}
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("journal: sync segment %d: %w", seg.head.number, err)
	}
	j.durable = j.next.batch - 1
	if err := j.writeMark(inUse); err != nil {
		return fmt.Errorf("journal: write mark: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("journal: sync segment %d: %w", seg.head.number, err)
	}
	return nil
}

// begin makes the first segment, of which only a little is filled ahead so that a
// new venue starts at once.
func (j *Journal) begin(exists bool) (err error) {
	if j.id = j.o.ID; j.id == [16]byte{} {
		_, _ = rand.Read(j.id[:]) // never fails: crypto/rand aborts the program instead
	}
	j.salt = extend(0, j.id[:])
	j.next = position{off: dataStart, batch: 1}
	if exists {
		j.cur, err = openSpace(j.fs, 1)
	} else {
		j.cur, err = createSpace(j.fs, 1)
	}
	if err != nil {
		return err
	}
	if j.cur.filled < pageSize {
		end := j.step(j.cur)
		if err := j.cur.fill(j.fs, end); err != nil {
			return fmt.Errorf("journal: prepare segment 1: %w", err)
		}
		j.cur.filled = end
	}
	h, err := j.startSegment(j.cur)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.enter(j.cur, h)
	return nil
}

// startSegment writes the header of a prepared segment and makes it durable before
// any frame goes there, and after the page around it: an invalid header in front of
// data, or a file that ends within its header page, is then always damage.
func (j *Journal) startSegment(sp *space) (segmentHeader, error) {
	h := segmentHeader{id: j.id, number: sp.number, batch: j.next.batch, seq: j.next.seq, sum: j.next.sum}
	if sp.filled < pageSize {
		if err := sp.fill(j.fs, pageSize); err != nil {
			return h, fmt.Errorf("prepare segment %d: %w", sp.number, err)
		}
	}
	b := make([]byte, blockSize)
	h.put(b)
	if err := writeAll(sp.f, b, 0); err != nil {
		return h, fmt.Errorf("write header of segment %d: %w", sp.number, err)
	}
	if err := sp.f.Sync(); err != nil {
		return h, fmt.Errorf("sync segment %d: %w", sp.number, err)
	}
	return h, nil
}

// enter makes a started segment the current one.
func (j *Journal) enter(sp *space, h segmentHeader) {
	j.mu.Lock()
	defer j.mu.Unlock()
	sp.filled = max(sp.filled, pageSize)
	j.segs = append(j.segs, segment{head: h, end: dataStart})
	j.cur, j.spare, j.stuck = sp, nil, false
	j.next.off, j.marked = dataStart, mark{}
}

// Append writes one frame of count commands, of which the first has sequence first,
// and returns when it is as durable as the mode says. Sequences are consecutive from
// frame to frame; the first frame of a journal may begin anywhere from 1. An
// ArgumentError changes nothing; any other error is final.
func (j *Journal) Append(first uint64, count int, payload []byte) error {
	j.writer.Lock()
	defer j.writer.Unlock()
	next, err := j.ready()
	if err != nil {
		return err
	}
	if err := checkFrame(next, first, count, len(payload)); err != nil {
		return err
	}
	size := int64(frameHeaderSize + len(payload))
	if next.off > dataStart && next.off+size > j.o.SegmentSize {
		if err := j.roll(); err != nil {
			return j.poison("begin the next segment", err)
		}
		next.off = dataStart
	}
	j.claim(next.off + size)
	if cap(j.buf) < int(size) {
		j.buf = make([]byte, size, max(2*size, windowSize/4))
	}
	b := j.buf[:size]
	sum := putFrame(b, frameHeader{batch: next.batch, first: first, count: uint32(count)}, payload, next.sum, j.salt)
	if err := j.write(b, next.off); err != nil {
		return err
	}
	err = j.publish(position{off: next.off + size, batch: next.batch + 1, seq: first + uint64(count), sum: sum})
	if err == nil && j.o.Inline {
		j.fillInline()
	}
	return err
}

func checkFrame(next position, first uint64, count, size int) error {
	switch {
	case size > MaxPayload:
		return &ArgumentError{"payload size", uint64(size), fmt.Sprintf("at most %d", MaxPayload)}
	case count < 0 || count > math.MaxUint32>>1:
		return &ArgumentError{"count", uint64(count), "0 to 2147483647"}
	case first == 0 || first+uint64(count) < first:
		return &ArgumentError{"first sequence", first, "at least 1 and no overflow"}
	case next.seq != 0 && first != next.seq:
		return &ArgumentError{"first sequence", first, fmt.Sprint(next.seq)}
	}
	return nil
}

// write puts a frame on the disk, and with it the mark of the frame before.
func (j *Journal) write(frame []byte, off int64) error {
	if j.o.Mode == Synced && j.marked.batch != j.next.batch-1 {
		if err := j.writeMark(inUse); err != nil {
			return j.poison("write mark", err)
		}
	}
	if err := writeAll(j.cur.f, frame, off); err != nil {
		return j.poison("write frame", err)
	}
	if j.o.Mode == Written {
		return nil
	}
	return j.sync()
}

// sync is called with the writer's lock. It is never repeated after an error.
func (j *Journal) sync() error {
	if err := j.cur.f.Sync(); err != nil {
		return j.poison("sync", err)
	}
	return nil
}

// writeMark names the last frame, which must be durable.
func (j *Journal) writeMark(state markState) error {
	assert.That(j.durable == j.next.batch-1, "a mark names a frame that is not durable")
	m := mark{
		state: state, number: j.cur.number, generation: j.marked.generation + 1,
		batch: j.next.batch - 1, end: j.next.off, sum: j.next.sum,
	}
	m.put(j.markBuf[:], j.salt)
	if err := writeAll(j.cur.f, j.markBuf[:], m.offset()); err != nil {
		return err
	}
	j.marked = m
	return nil
}

// publish shows a frame to readers and gives the filler its next goal, unless the
// filler has failed meanwhile.
func (j *Journal) publish(next position) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	if j.o.Mode == Synced {
		j.durable = next.batch - 1
	}
	j.next = next
	j.segs[len(j.segs)-1].end = next.off
	j.turn.Broadcast()
	return nil
}

// Sync makes everything that was appended durable. In mode Synced it already is.
func (j *Journal) Sync() error {
	j.writer.Lock()
	defer j.writer.Unlock()
	if _, err := j.ready(); err != nil {
		return err
	}
	return j.syncWritten()
}

func (j *Journal) syncWritten() error {
	if j.durable == j.next.batch-1 {
		return nil
	}
	if err := j.sync(); err != nil {
		return err
	}
	j.durable = j.next.batch - 1
	return nil
}

// roll begins the next segment and then marks the current one as full. In this
// order a full mark proves that a started segment follows, so the loss of that
// segment is noticed however much of it is lost.
func (j *Journal) roll() error {
	old := j.cur
	spare, err := j.takeSpare()
	defer j.endFilling()
	if err != nil {
		return err
	}
	if err := j.syncWritten(); err != nil {
		return err
	}
	h, err := j.startSegment(spare)
	if err != nil {
		return err
	}
	if err := j.writeMark(full); err != nil {
		return fmt.Errorf("mark segment %d as full: %w", old.number, err)
	}
	if err := old.f.Sync(); err != nil {
		return fmt.Errorf("sync segment %d: %w", old.number, err)
	}
	j.enter(spare, h)
	return old.f.Close()
}

// ready returns where the next frame goes, or why there is none.
func (j *Journal) ready() (position, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.next, j.failed()
}

// failed is called with mu held.
func (j *Journal) failed() error {
	if j.err != nil {
		return j.err
	}
	if j.stop {
		return ErrClosed
	}
	return nil
}

// poison keeps the first error and returns it.
func (j *Journal) poison(op string, err error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = &PoisonedError{Op: op, Err: err}
	}
	j.turn.Broadcast()
	return j.err
}

// Err is the error that poisoned the journal, nil while it is sound.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// Close makes everything durable, marks the end, so that the loss of even the last
// frame is noticed by the next Open, and closes the files. A poisoned journal closes
// its files and returns the first error. A snapshot that is being written ends first:
// afterwards the directory may have another owner.
func (j *Journal) Close() error {
	err := j.closeLog()
	j.snapshots.Lock()
	defer j.snapshots.Unlock()
	return err
}

func (j *Journal) closeLog() error {
	j.writer.Lock()
	defer j.writer.Unlock()
	j.mu.Lock()
	if j.stop {
		j.mu.Unlock()
		return ErrClosed
	}
	j.stop = true
	j.turn.Broadcast()
	j.mu.Unlock()
	<-j.done
	err := j.Err()
	if err == nil {
		err = j.markEnd()
	}
	return errors.Join(err, j.closeFiles())
}

func (j *Journal) markEnd() error {
	if err := j.syncWritten(); err != nil {
		return err
	}
	if err := j.writeMark(closed); err != nil {
		return j.poison("write mark", err)
	}
	return j.sync()
}

func (j *Journal) closeFiles() error {
	var errs []error
	for _, sp := range []*space{j.cur, j.spare} {
		if sp != nil {
			errs = append(errs, sp.f.Close())
		}
	}
	return errors.Join(errs...)
}

// Stats describes an open journal.
type Stats struct {
	Batch    uint64 // frames appended, over all lives
	NextSeq  uint64 // sequence of the next command, 0 when the journal is empty
	Segments int
	Room     int64 // bytes that can be appended without a new block from the disk
}

// Stats returns the present figures.
func (j *Journal) Stats() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	st := Stats{Batch: j.next.batch - 1, NextSeq: j.next.seq, Segments: len(j.segs)}
	st.Room = max(j.cur.filled-j.next.off, 0)
	if j.spare != nil {
		st.Room += max(j.spare.filled-dataStart, 0)
	}
	return st
}
