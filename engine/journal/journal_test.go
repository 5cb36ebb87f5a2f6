package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
)

// batchOf makes the payload of a frame: a function of its place, so that a reader
// can tell a right frame from a wrong one.
func batchOf(first uint64, count int) []byte {
	var b []byte
	for i := range uint64(count) {
		b = binary.LittleEndian.AppendUint64(b, (first+i)*0x9e3779b97f4a7c15)
		b = append(b, bytes.Repeat([]byte{byte(first + i)}, int((first+i)*37%90))...)
	}
	return b
}

func open(t testing.TB, fs journal.FS, o journal.Options) (*journal.Journal, journal.Recovery) {
	t.Helper()
	j, rec, err := journal.Open(fs, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return j, rec
}

// small is a simulated journal whose segments roll after a few frames.
var small = journal.Options{SegmentSize: 16 << 10, Inline: true}

// fill appends n frames of 1 to 5 commands and returns the next sequence.
func fill(t testing.TB, j *journal.Journal, seq uint64, n int) uint64 {
	t.Helper()
	for range n {
		count := int(seq%5) + 1
		if err := j.Append(seq, count, batchOf(seq, count)); err != nil {
			t.Fatalf("Append(%d, %d): %v", seq, count, err)
		}
		seq += uint64(count)
	}
	return seq
}

// readAll checks every frame from sequence from and returns the sequence behind the last.
func readAll(j *journal.Journal, from uint64) (next uint64, err error) {
	err = j.Read(from, func(f journal.Frame) error {
		if want := batchOf(f.First, f.Count); !bytes.Equal(f.Payload, want) {
			return fmt.Errorf("frame %d at %d: payload is %x, want %x", f.Batch, f.First, f.Payload, want)
		}
		if next != 0 && f.First != next {
			return fmt.Errorf("frame %d begins at %d, want %d", f.Batch, f.First, next)
		}
		next = f.End()
		return nil
	})
	return next, err
}

func TestAppendReadReopen(t *testing.T) {
	for _, o := range []journal.Options{small, {SegmentSize: 64 << 10}, {Mode: journal.Written, SegmentSize: 32 << 10}} {
		t.Run(fmt.Sprintf("%v/%d/inline=%v", o.Mode, o.SegmentSize, o.Inline), func(t *testing.T) {
			dir, err := journal.OS(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer dir.Close()
			seq := uint64(1)
			for life := range 5 {
				j, rec := open(t, dir, o)
				if rec.Fresh != (life == 0) || rec.Closed != (life > 0) || rec.Dropped != nil {
					t.Fatalf("life %d: recovery is %+v", life, rec)
				}
				seq = fill(t, j, seq, 200)
				for _, from := range []uint64{0, 1, seq / 2, seq - 1} {
					if next, err := readAll(j, from); err != nil || next != seq {
						t.Fatalf("life %d: Read(%d) ends at %d, %v, want %d", life, from, next, err, seq)
					}
				}
				if err := j.Close(); err != nil {
					t.Fatalf("Close: %v", err)
				}
			}
		})
	}
}

func TestSnapshotRoundTrip(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, small)
	if _, err := j.LatestSnapshot(); !errors.Is(err, journal.ErrNoSnapshot) {
		t.Fatalf("LatestSnapshot of an empty journal: %v, want ErrNoSnapshot", err)
	}
	seq := fill(t, j, 1, 50)
	state := bytes.Repeat([]byte("state of the venue "), 40_000)
	for _, at := range []uint64{0, 10, seq - 1} {
		if err := j.WriteSnapshot(at, func(w io.Writer) error { _, err := w.Write(state); return err }); err != nil {
			t.Fatalf("WriteSnapshot(%d): %v", at, err)
		}
	}
	s, err := j.LatestSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(s)
	if err != nil || s.Seq != seq-1 || !bytes.Equal(got, state) {
		t.Fatalf("snapshot %d of %d bytes, %v; want %d of %d bytes", s.Seq, len(got), err, seq-1, len(state))
	}
	var bad *journal.ArgumentError
	if err := j.WriteSnapshot(seq, nil); !errors.As(err, &bad) {
		t.Fatalf("WriteSnapshot(%d) beyond the end: %v, want an ArgumentError", seq, err)
	}
}

// Close leaves nobody behind who writes into the directory.
func TestCloseWaitsForASnapshot(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, small)
	fill(t, j, 1, 1)
	writing, release := make(chan struct{}), make(chan struct{})
	written := make(chan error, 1)
	go func() {
		written <- j.WriteSnapshot(1, func(io.Writer) error {
			close(writing)
			<-release
			return nil
		})
	}()
	<-writing
	closed := make(chan error, 1)
	go func() { closed <- j.Close() }()
	select {
	case err := <-closed:
		t.Fatalf("Close = %v while a snapshot is being written", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	if err := <-closed; err != nil {
		t.Errorf("Close = %v", err)
	}
	if err := <-written; err != nil {
		t.Errorf("WriteSnapshot = %v", err)
	}
	if err := j.WriteSnapshot(1, func(io.Writer) error { return nil }); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("WriteSnapshot after Close = %v, want %v", err, journal.ErrClosed)
	}
}
