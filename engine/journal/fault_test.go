package journal_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
)

// TestPoison: fault table J3. A sync fails once and the disk then claims to be well.
func TestPoison(t *testing.T) {
	for _, kind := range []simdisk.Kind{simdisk.Write, simdisk.Sync} {
		d := simdisk.New(1)
		j, _ := open(t, d, small)
		next := fill(t, j, 1, 3)
		d.FailAfter(kind, 1, nil)
		first := j.Append(next, 1, batchOf(next, 1))
		var poisoned *journal.PoisonedError
		if !errors.As(first, &poisoned) || !errors.Is(first, simdisk.ErrIO) {
			t.Fatalf("kind %d: Append: %v, want a PoisonedError of %v", kind, first, simdisk.ErrIO)
		}
		ops := d.Ops()
		_, latest := j.LatestSnapshot()
		for what, err := range map[string]error{
			"Append":         j.Append(next, 1, batchOf(next, 1)),
			"Sync":           j.Sync(),
			"Read":           j.Read(0, func(journal.Frame) error { return nil }),
			"WriteSnapshot":  j.WriteSnapshot(1, func(io.Writer) error { return nil }),
			"LatestSnapshot": latest,
			"Err":            j.Err(),
			"Close":          j.Close(),
		} {
			if !errors.Is(err, first) {
				t.Errorf("kind %d: %s after the failure: %v, want the first error", kind, what, err)
			}
		}
		if d.Ops() != ops {
			t.Errorf("kind %d: %d operations reached the disk after the failure", kind, d.Ops()-ops)
		}
		d.Restart()
		j, _ = open(t, d, small)
		if got, err := readAll(j, 0); err != nil || got != next && got != next+1 {
			t.Errorf("kind %d: after the restart the journal ends at %d, %v, want %d or one more", kind, got, err, next)
		}
	}
}

// TestSyncGate: the frame whose sync failed is still in the page cache after the
// process restarts. Open must write it again before it counts as durable.
func TestSyncGate(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, small)
	next := fill(t, j, 1, 3)
	d.FailAfter(simdisk.Sync, 1, nil)
	if err := j.Append(next, 1, batchOf(next, 1)); err == nil {
		t.Fatal("Append succeeds although its sync failed")
	}
	d.Kill() // the process dies, the machine does not
	j, _ = open(t, d, small)
	end, err := readAll(j, 0)
	if err != nil || end != next+1 {
		t.Fatalf("after the kill the journal ends at %d, %v, want %d", end, err, next+1)
	}
	d.Restart() // now the machine dies
	j, _ = open(t, d, small)
	if got, err := readAll(j, 0); err != nil || got != end {
		t.Fatalf("after the crash the journal ends at %d, %v, want %d", got, err, end)
	}
}

// TestSettleOrder: what Open returns is durable before a mark says so, and before
// the caller can act on it.
func TestSettleOrder(t *testing.T) {
	for seed := range uint64(200) {
		d := simdisk.New(seed)
		j, _ := open(t, d, small)
		next := fill(t, j, 1, 3)
		d.FailAfter(simdisk.Sync, 1, nil)
		if err := j.Append(next, 1, batchOf(next, 1)); err == nil {
			t.Fatal("Append succeeds although its sync failed")
		}
		d.Kill()
		d.CrashAfter(1 + int(seed%6))
		_, _, err := journal.Open(d, small)
		d.Restart()
		j, rec, oerr := journal.Open(d, small)
		if oerr != nil {
			t.Fatalf("seed %d: after a crash in Open: %v", seed, oerr)
		}
		if rec.Last < next-1 || err == nil && rec.Last != next {
			t.Fatalf("seed %d: journal ends at %d, first Open said %v, want at least %d", seed, rec.Last, err, next-1)
		}
		fill(t, j, rec.Last+1, 1)
	}
}

// TestDiskFull: fault table J5, at every capacity. What was acknowledged is there.
func TestDiskFull(t *testing.T) {
	full := 0
	for capacity := int64(0); capacity < 100<<10; capacity += 777 {
		d := simdisk.New(uint64(capacity) + 1)
		d.SetCapacity(max(capacity, 1))
		next := uint64(1)
		j, _, err := journal.Open(d, small)
		for err == nil {
			if err = j.Append(next, 3, batchOf(next, 3)); err == nil {
				next += 3
			}
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("capacity %d: %v, want ENOSPC", capacity, err)
		}
		if full++; capacity%2 == 0 {
			d.Restart()
		}
		d.Kill()
		d.SetCapacity(0)
		j, _ = open(t, d, small)
		got, err := readAll(j, 0)
		if err != nil || max(got, 1) != next && got != next+3 {
			t.Fatalf("capacity %d: journal ends at %d, %v, want %d", capacity, got, err, next)
		}
		fill(t, j, max(got, 1), 20)
	}
	t.Logf("%d full disks", full)
}

// TestRoomOutlivesFullDisk: the prepared part of the journal is a reserve.
func TestRoomOutlivesFullDisk(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, journal.Options{SegmentSize: 1 << 20, Inline: true})
	next := fill(t, j, 1, 10)
	room := j.Stats().Room
	d.SetCapacity(1)
	payload := make([]byte, 1000)
	frames := int64(0)
	for ; j.Append(next, 1, payload) == nil; frames++ {
		next++
	}
	if room < 64<<10 || frames < room/1100 {
		t.Fatalf("%d frames of 1040 bytes fit on a full disk, want those of %d bytes of room", frames, room)
	}
	t.Logf("%d KiB of room took %d frames on a full disk", room>>10, frames)
}

// TestSnapshotCrash: fault table K2, a crash at each operation of WriteSnapshot.
func TestSnapshotCrash(t *testing.T) {
	counts := map[uint64]int{}
	for seed := range uint64(40) {
		for at := 1; ; at++ {
			d := simdisk.New(seed)
			j, _ := open(t, d, tiny)
			next := fill(t, j, 1, 6)
			for _, seq := range []uint64{2, 4} {
				if err := j.WriteSnapshot(seq, writeState(seq)); err != nil {
					t.Fatal(err)
				}
			}
			d.CrashAfter(at)
			err := j.WriteSnapshot(next-1, writeState(next-1))
			struck := d.Crashed()
			d.Restart()
			j, _ = open(t, d, tiny)
			s, lerr := j.LatestSnapshot()
			if lerr != nil {
				t.Fatalf("seed %d, crash at operation %d: %v", seed, at, lerr)
			}
			got, rerr := io.ReadAll(s)
			if rerr != nil || len(s.Rejected) > 0 || !bytes.Equal(got, stateAt(s.Seq)) ||
				s.Seq != 4 && s.Seq != next-1 || err == nil && s.Seq != next-1 {
				t.Fatalf("seed %d, crash at operation %d: snapshot %d, %v, rejected %v", seed, at, s.Seq, rerr, s.Rejected)
			}
			if names, _ := d.List(); slices.Contains(names, "snapshot.tmp") {
				t.Fatalf("seed %d, crash at operation %d: files are %v", seed, at, names)
			}
			counts[s.Seq]++
			if !struck {
				break
			}
		}
	}
	t.Logf("snapshot used after the crash, by sequence: %v", counts)
}

func TestSnapshotFailureSparesTheLog(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, small)
	next := fill(t, j, 1, 3)
	boom := errors.New("state cannot be written")
	if err := j.WriteSnapshot(1, func(io.Writer) error { return boom }); !errors.Is(err, boom) {
		t.Fatalf("WriteSnapshot: %v, want %v", err, boom)
	}
	d.FailAfter(simdisk.Sync, 1, nil)
	if err := j.WriteSnapshot(1, writeState(1)); !errors.Is(err, simdisk.ErrIO) {
		t.Fatalf("WriteSnapshot: %v, want %v", err, simdisk.ErrIO)
	}
	if _, err := j.LatestSnapshot(); !errors.Is(err, journal.ErrNoSnapshot) {
		t.Fatalf("LatestSnapshot: %v, want ErrNoSnapshot", err)
	}
	fill(t, j, next, 3)
}

func TestArguments(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, small)
	next := fill(t, j, 100, 3)
	ops := d.Ops()
	for _, c := range []struct {
		first uint64
		count int
		size  int
		ok    bool
	}{
		{next + 1, 1, 1, false},
		{next - 1, 1, 1, false},
		{0, 1, 1, false},
		{next, -1, 1, false},
		{next, 1 << 31, 1, false},
		{next, 1, journal.MaxPayload + 1, false},
	} {
		var bad *journal.ArgumentError
		if err := j.Append(c.first, c.count, make([]byte, c.size)); !errors.As(err, &bad) {
			t.Errorf("Append(%d, %d, %d bytes): %v, want an ArgumentError", c.first, c.count, c.size, err)
		}
	}
	if d.Ops() != ops {
		t.Error("a refused frame reached the disk")
	}
	if err := j.Append(next, 0, nil); err != nil {
		t.Errorf("an empty frame: %v", err)
	}
	if err := j.Append(next, 1, make([]byte, journal.MaxPayload)); err != nil {
		t.Errorf("the largest frame: %v", err)
	}
	for from, want := range map[uint64]bool{0: true, 99: false, 100: true, next + 1: true, next + 2: false} {
		err := j.Read(from, func(journal.Frame) error { return nil })
		var missing *journal.MissingError
		if want && err != nil || !want && !errors.As(err, &missing) {
			t.Errorf("Read(%d): %v", from, err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(next+1, 1, nil); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("Append after Close: %v, want ErrClosed", err)
	}
	if _, err := journal.Check(d); err != nil {
		t.Error(err)
	}
}

// TestBeside runs readers and snapshots beside the appender and the filler on real
// files; it is meant for the race detector.
func TestBeside(t *testing.T) {
	dir, err := journal.OS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	j, _ := open(t, dir, journal.Options{Mode: journal.Written, SegmentSize: 64 << 10})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, work := range []func() error{
		func() error { _, err := readAll(j, 0); return err },
		func() error {
			seq := max(j.Stats().NextSeq, 1) - 1
			return j.WriteSnapshot(seq, writeState(seq))
		},
		j.Sync,
	} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := work(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	next := fill(t, j, 1, 3000)
	close(stop)
	wg.Wait()
	if got, err := readAll(j, 0); err != nil || got != next {
		t.Errorf("journal ends at %d, %v, want %d", got, err, next)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDirectoryLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b")
	dir, err := journal.OS(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OS(path); !errors.Is(err, journal.ErrLocked) {
		t.Fatalf("second OS: %v, want ErrLocked", err)
	}
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
	if dir, err = journal.OS(path); err != nil {
		t.Fatalf("OS after Close: %v", err)
	}
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRestoreWhileLive: fault table B1. A backup taken file by file from a journal
// that is appended to, snapshots first, opens as an earlier state of it.
func TestRestoreWhileLive(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, journal.Options{SegmentSize: 1 << 20, Inline: true})
	next := fill(t, j, 1, 100)
	if err := j.WriteSnapshot(next-1, writeState(next-1)); err != nil {
		t.Fatal(err)
	}
	copied := simdisk.New(2)
	names, _ := d.List()
	slices.Reverse(names) // snapshots, then the log
	for _, name := range names {
		next = fill(t, j, next, 5)
		copied.Put(name, d.Bytes(name))
		next = fill(t, j, next, 5)
	}
	k, rec := open(t, copied, small)
	if got, err := readAll(k, 0); err != nil || got > next || rec.Frames < 100 {
		t.Fatalf("the copy ends at %d, %v, the journal at %d; %+v", got, err, next, rec)
	}
	if s, err := k.LatestSnapshot(); err != nil || len(s.Rejected) > 0 {
		t.Fatal(err)
	}
}

// TestTmpfsFull fills a real file system.
func TestTmpfsFull(t *testing.T) {
	path := t.TempDir()
	mountTmpfs(t, path, "size=3m")
	dir, err := journal.OS(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	j, _ := open(t, dir, journal.Options{SegmentSize: 1 << 20})
	next := uint64(1)
	for ; err == nil; next++ {
		err = j.Append(next, 1, make([]byte, 5000))
	}
	next-- // the one that failed
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Append on a full file system: %v, want ENOSPC", err)
	}
	if cerr := j.Close(); !errors.Is(cerr, err) {
		t.Errorf("Close: %v, want the first error", cerr)
	}
	rec, err := journal.Check(dir)
	if err != nil || rec.Last != next-1 {
		t.Fatalf("after it: %+v, %v, want last sequence %d", rec, err, next-1)
	}
	// Room is made; the journal goes on.
	remount(t, path, "size=16m")
	j, _ = open(t, dir, journal.Options{SegmentSize: 1 << 20})
	if err := j.Append(next, 1, make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
