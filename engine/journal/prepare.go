package journal

import (
	"errors"
	"fmt"
	"io"
	"syscall"
)

// Files are written with zeros before the appender gets there, so that its sync
// finds blocks and size in place and touches no metadata. How far ahead is a
// function of what has been appended, not of time: while a segment fills to
// one half the next one is prepared whole, a step at a time, and an idle journal
// writes nothing.
const (
	fillStep = 1 << 20
	fillLead = 4 * fillStep
)

// space is one segment's file and how much of it has been written at least once.
type space struct {
	f      File
	number uint64
	filled int64
}

func openSpace(fs FS, n uint64) (*space, error) {
	f, err := fs.Open(segmentName(n))
	if err != nil {
		return nil, fmt.Errorf("journal: open segment %d: %w", n, err)
	}
	size, err := f.Size()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: size of segment %d: %w", n, err), f.Close())
	}
	return &space{f: f, number: n, filled: size}, nil
}

// createSpace makes an empty file whose name is durable.
func createSpace(fs FS, n uint64) (*space, error) {
	f, err := fs.Create(segmentName(n))
	if err != nil {
		return nil, fmt.Errorf("journal: create segment %d: %w", n, err)
	}
	if err := fs.SyncDir(); err != nil {
		return nil, errors.Join(fmt.Errorf("journal: sync directory: %w", err), f.Close())
	}
	return &space{f: f, number: n}, nil
}

// fill writes zeros up to end and syncs them; it does not move filled. It uses a
// handle of its own, because the kernel reports a failed write-back once per handle:
// the appender must not lose that report to the filler.
func (sp *space) fill(fs FS, end int64) (err error) {
	f, err := fs.Open(segmentName(sp.number))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := writeZeros(f, sp.filled, end); err != nil {
		return err
	}
	return f.Sync()
}

// step is where the next piece of zeros ends: few pieces per segment, each small
// enough not to hold up a sync for long.
func (j *Journal) step(sp *space) int64 {
	size := min(int64(fillStep), max(j.o.SegmentSize/4/pageSize*pageSize, pageSize))
	return min(sp.filled+size, max(j.o.SegmentSize, sp.filled))
}

// job is called with mu held and names the file to fill next; create says that the
// spare does not exist yet.
func (j *Journal) job() (sp *space, create, ok bool) {
	if j.stop || j.stuck || j.err != nil {
		return nil, false, false
	}
	size := j.o.SegmentSize
	lead := min(int64(fillLead), size/4)
	switch {
	case j.cur.filled < min(size, 2*j.next.off+lead):
		return j.cur, false, true
	case j.cur.filled < size:
		return nil, false, false
	case j.spare == nil:
		return nil, true, true
	case j.spare.filled < min(size, 2*j.next.off):
		return j.spare, false, true
	}
	return nil, false, false
}

// fillAhead is the goroutine.
func (j *Journal) fillAhead() {
	defer close(j.done)
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.err == nil && !j.stop {
		if !j.fillOnce() {
			j.turn.Wait()
		}
	}
}

func (j *Journal) fillInline() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fillOnce()
}

// fillOnce does one piece of work and says whether there was one. It is called with
// mu held and releases it during IO; filling keeps others away from the file's end.
func (j *Journal) fillOnce() bool {
	sp, create, ok := j.job()
	if !ok || j.filling {
		return false
	}
	j.filling = true
	number, end := j.cur.number+1, int64(0)
	if !create {
		end = j.step(sp)
	}
	j.mu.Unlock()
	var err error
	if create {
		sp, err = createSpace(j.fs, number)
	} else {
		err = sp.fill(j.fs, end)
	}
	j.mu.Lock()
	j.filling = false
	j.filled(sp, create, end, err)
	j.turn.Broadcast()
	return true
}

// filled takes the result of a piece of work. A full disk only ends the filling: the
// room that is left still takes frames. Any other error may have hidden a lost frame
// from the appender's own sync, so it poisons.
func (j *Journal) filled(sp *space, create bool, end int64, err error) {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		j.stuck = true
	case err != nil && j.err == nil:
		j.err = &PoisonedError{Op: "prepare a segment", Err: err}
	case err != nil:
	case create:
		j.spare = sp
	default:
		sp.filled = max(sp.filled, end)
	}
}

// claim takes the space up to end for a frame. Where nothing is prepared yet, the
// frame itself extends the file; zeros that are on their way are waited for.
func (j *Journal) claim(end int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.filling && end > j.cur.filled {
		j.turn.Wait()
	}
	if end > j.cur.filled {
		j.cur.filled = (end + pageSize - 1) / pageSize * pageSize
	}
}

// takeSpare returns the next segment, makes it when it does not exist, and keeps the
// filler away from all files until endFilling.
func (j *Journal) takeSpare() (*space, error) {
	j.mu.Lock()
	for j.filling {
		j.turn.Wait()
	}
	j.filling = true
	sp, number := j.spare, j.cur.number+1
	j.mu.Unlock()
	if sp != nil {
		return sp, nil
	}
	sp, err := createSpace(j.fs, number)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.spare = sp
	return sp, err
}

func (j *Journal) endFilling() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.filling = false
	j.turn.Broadcast()
}

func writeAll(f File, b []byte, off int64) error {
	n, err := f.WriteAt(b, off)
	if err == nil && n < len(b) {
		return io.ErrShortWrite
	}
	return err
}

var zeros [256 << 10]byte

func writeZeros(f File, from, to int64) error {
	for from < to {
		n := min(to-from, int64(len(zeros)))
		if err := writeAll(f, zeros[:n], from); err != nil {
			return err
		}
		from += n
	}
	return nil
}
