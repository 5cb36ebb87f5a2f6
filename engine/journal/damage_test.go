package journal_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
)

var tiny = journal.Options{SegmentSize: 8 << 10, Inline: true, ID: [16]byte{7: 7}}

// sample is a journal that rolled, with its sequence behind the last frame and the
// first sequence of the last frame.
type sample struct {
	name   string
	d      *simdisk.Disk
	next   uint64
	last   uint64
	closed bool
}

func newSample(t testing.TB, closed bool) sample {
	s := sample{name: "killed", d: simdisk.New(1), closed: closed}
	j, _ := open(t, s.d, tiny)
	seq := fill(t, j, 1, 30)
	s.last = seq
	s.next = fill(t, j, seq, 1)
	if closed {
		s.name = "closed"
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s.d.Kill()
	rec, err := journal.Check(s.d)
	if err != nil || rec.Segments != 2 {
		t.Fatalf("the sample must have two segments: %+v, %v", rec, err)
	}
	return s
}

// newYoung is a journal of a few frames and not one mark.
func newYoung(t testing.TB) sample {
	s := sample{name: "young", d: simdisk.New(1)}
	o := tiny
	o.Mode = journal.Written
	j, _ := open(t, s.d, o)
	s.last = fill(t, j, 1, 3)
	s.next = fill(t, j, s.last, 1)
	s.d.Kill()
	return s
}

// newShort is a journal of a few frames without a spare: when its header page is
// lost, only the frames say that there was a journal.
func newShort(t testing.TB) sample {
	s := sample{name: "short", d: simdisk.New(1)}
	j, _ := open(t, s.d, tiny)
	s.last = fill(t, j, 1, 3)
	s.next = fill(t, j, s.last, 1)
	s.d.Kill()
	s.d.Delete("journal-00000002.log")
	return s
}

// newWritten is a journal of mode Written: nothing was synced and nothing marked, so
// that only the frames themselves can tell damage from an end.
func newWritten(t testing.TB) sample {
	s := sample{name: "written", d: simdisk.New(1)}
	o := tiny
	o.Mode = journal.Written
	j, _ := open(t, s.d, o)
	seq := fill(t, j, 1, 30)
	s.last = seq
	s.next = fill(t, j, seq, 1)
	s.d.Kill()
	return s
}

func samples(t testing.TB) []sample { return []sample{newSample(t, false), newSample(t, true)} }

func segmentFiles(d *simdisk.Disk) []string {
	names, _ := d.List()
	return slices.DeleteFunc(names, func(n string) bool { return n[:3] != "jou" })
}

// tally counts what became of damaged journals.
type tally struct {
	refused, droppedLast, lostLast, harmless int
}

func (c tally) String() string {
	return fmt.Sprintf("%d refused, %d dropped the last frame and said so, %d ended before the last frame, %d with every frame intact, 0 silent",
		c.refused, c.droppedLast, c.lostLast, c.harmless)
}

func refusal(err error) bool {
	var corrupt *journal.CorruptError
	var missing *journal.MissingError
	return errors.As(err, &corrupt) || errors.As(err, &missing)
}

// judge opens a damaged journal. It must be refused unless all frames, or all but
// the last unmarked one, are there byte for byte.
func (s sample) judge(d *simdisk.Disk, c *tally) error {
	if _, err := journal.Check(d); err != nil {
		c.refused++
		if !refusal(err) {
			return fmt.Errorf("untyped refusal: %w", err)
		}
		return nil
	}
	d = d.Clone(1)
	j, rec, err := journal.Open(d, tiny)
	if err != nil {
		return fmt.Errorf("Check accepts it, Open says %w", err)
	}
	next, err := readAll(j, 0)
	next = max(next, 1) // no frame at all
	switch {
	case err != nil:
		return err
	case next == s.next:
		c.harmless++
	case next != s.last || s.closed:
		return fmt.Errorf("opens and ends at %d, want %d; %+v", next, s.next, rec)
	case rec.Dropped != nil:
		c.droppedLast++
	default:
		c.lostLast++
	}
	// It must be sound afterwards.
	if err := j.Append(next, 1, batchOf(next, 1)); err != nil {
		return err
	}
	d.Kill()
	if j, _, err = journal.Open(d, tiny); err != nil {
		return fmt.Errorf("second Open: %w", err)
	}
	got, err := readAll(j, 0)
	if err != nil {
		return fmt.Errorf("second life: %w", err)
	}
	if got != next+1 {
		return fmt.Errorf("second life ends at %d, want %d", got, next+1)
	}
	return nil
}

var everyBit = flag.Bool("journal.everybit", false, "flip the bits of empty sectors too, eight times slower")

// TestEveryBitFlip: fault table J2.
func TestEveryBitFlip(t *testing.T) {
	t.Parallel()
	for _, s := range append(samples(t), newWritten(t), newYoung(t)) {
		var c tally
		flips := 0
		for _, name := range segmentFiles(s.d) {
			b := s.d.Bytes(name)
			for bit := range len(b) * 8 {
				at := bit / 8 / 512 * 512
				sector := b[at:min(at+512, len(b))]
				if blank := len(bytes.Trim(sector, "\x00")) == 0; blank && !*everyBit && bit%8 != bit/8%8 {
					continue // in a sector of zeros, one bit of each byte
				}
				flips++
				s.d.Flip(name, bit)
				if err := s.judge(s.d, &c); err != nil {
					t.Fatalf("%s: bit %d of byte %d of %s flipped: %v", s.name, bit%8, bit/8, name, err)
				}
				s.d.Flip(name, bit)
			}
		}
		t.Logf("%s: %d flips: %v", s.name, flips, c)
		if s.closed && c.droppedLast+c.lostLast > 0 {
			t.Errorf("a journal that was closed lost its last frame: %v", c)
		}
	}
}

func TestEveryBlockZeroed(t *testing.T) {
	for _, s := range append(samples(t), newShort(t)) {
		for _, size := range []int{512, 4096, 8192} {
			var c tally
			for _, name := range segmentFiles(s.d) {
				for off := 0; off+size <= len(s.d.Bytes(name)); off += size {
					d := s.d.Clone(1)
					d.Damage(name, func(b []byte) { clear(b[off : off+size]) })
					if err := s.judge(d, &c); err != nil {
						t.Fatalf("%s: %d bytes zeroed at %d of %s: %v", s.name, size, off, name, err)
					}
				}
			}
			t.Logf("%s: blocks of %d bytes zeroed: %v", s.name, size, c)
		}
	}
}

// TestMisdirected puts each sector and each page where another one belongs, of the
// same and of another segment, and exchanges each two.
func TestMisdirected(t *testing.T) {
	for _, s := range samples(t) {
		for _, size := range []int{512, 4096} {
			var swapped, copied tally
			type place struct {
				name string
				off  int
			}
			var places []place
			for _, name := range segmentFiles(s.d) {
				for off := 0; off < len(s.d.Bytes(name)); off += size {
					places = append(places, place{name, off})
				}
			}
			for i, a := range places {
				from := s.d.Bytes(a.name)[a.off : a.off+size]
				for k, b := range places {
					if i == k {
						continue
					}
					d := s.d.Clone(1)
					to := d.Bytes(b.name)[b.off : b.off+size]
					d.Damage(b.name, func(p []byte) { copy(p[b.off:], from) })
					if err := s.judge(d, &copied); err != nil {
						t.Fatalf("%s: %d bytes of %v written to %v: %v", s.name, size, a, b, err)
					}
					d.Damage(a.name, func(p []byte) { copy(p[a.off:], to) })
					if err := s.judge(d, &swapped); err != nil {
						t.Fatalf("%s: %d bytes of %v and %v exchanged: %v", s.name, size, a, b, err)
					}
				}
			}
			t.Logf("%s: %d bytes misdirected: %v", s.name, size, copied)
			t.Logf("%s: %d bytes exchanged: %v", s.name, size, swapped)
		}
	}
}

// TestTornAtEveryLength: fault table J1.
func TestTornAtEveryLength(t *testing.T) {
	s := newSample(t, false)
	name, start, end := lastFrame(t, s.d)
	for keep := range int(end - start) {
		d := s.d.Clone(1)
		d.Damage(name, func(b []byte) { clear(b[int(start)+keep : end]) })
		var c tally
		if err := s.judge(d, &c); err != nil || c.refused != 0 {
			t.Fatalf("last frame cut to %d of %d bytes: %v, %v", keep, end-start, c, err)
		}
	}
	t.Logf("%d lengths, each opened, appended to and opened again", end-start)
}

// lastFrame finds the last frame by cutting the file until a frame is lost.
func lastFrame(t *testing.T, d *simdisk.Disk) (name string, start, end int64) {
	t.Helper()
	rec, err := journal.Check(d)
	if err != nil {
		t.Fatal(err)
	}
	name = segmentFiles(d)[rec.Segments-1]
	end = int64(len(bytes.TrimRight(d.Bytes(name), "\x00")))
	c := d.Clone(1)
	c.Damage(name, func(b []byte) { b[end-1] ^= 1 })
	if rec, err = journal.Check(c); err != nil || rec.Dropped == nil {
		t.Fatalf("last byte of the last frame flipped: %+v, %v", rec, err)
	}
	return name, rec.Dropped.Offset, end
}

func TestMissingSegments(t *testing.T) {
	s := newSample(t, false)
	files := segmentFiles(s.d)
	started := files[:len(files)-1] // the last one is the spare
	for i, name := range started {
		d := s.d.Clone(1)
		d.Delete(name)
		_, err := journal.Check(d)
		if _, missing := errors.AsType[*journal.MissingError](err); !missing {
			if i == len(started)-1 && refusal(err) { // the full mark before it speaks, or the spare behind it
				continue
			}
			t.Fatalf("%s deleted: %v, want a MissingError", name, err)
		}
		t.Logf("%s deleted: %v", name, err)
	}
	last := s.d.Clone(1)
	last.Delete(files[len(files)-1])
	for _, lose := range []func(name string){last.Delete, func(name string) { last.Put(name, nil) }} {
		lose(started[len(started)-1])
		if rec, err := journal.Check(last); !refusal(err) {
			t.Fatalf("last segment and spare lost: %+v, %v", rec, err)
		}
	}
	d := s.d.Clone(1)
	d.Delete(files[len(files)-1]) // losing the spare loses nothing
	var c tally
	if err := s.judge(d, &c); err != nil || c.harmless != 1 {
		t.Fatalf("spare deleted: %v, %v", c, err)
	}
}

// TestMissingRangeIsExact compares the range that a refusal names with the frames.
func TestMissingRangeIsExact(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, tiny)
	fill(t, j, 1, 60)
	firsts := map[string]uint64{} // by segment, the first sequence of its first frame
	for _, name := range segmentFiles(d) {
		c := d.Clone(1)
		c.Delete(name)
		_, err := journal.Check(c)
		var missing *journal.MissingError
		if errors.As(err, &missing) && missing.To != 0 {
			firsts[name] = missing.From
			if next := nextSegment(t, d, name); next != missing.To+1 {
				t.Errorf("%s missing: refusal names %d to %d, but the segment behind begins at %d", name, missing.From, missing.To, next)
			}
		}
	}
	if len(firsts) < 2 {
		t.Fatalf("%d middle segments, want at least 2", len(firsts))
	}
}

// nextSegment reads the first sequence of the segment behind name from its header.
func nextSegment(t *testing.T, d *simdisk.Disk, name string) uint64 {
	t.Helper()
	files := segmentFiles(d)
	b := d.Bytes(files[slices.Index(files, name)+1])
	var n uint64
	for i := range 8 {
		n |= uint64(b[40+i]) << (8 * i)
	}
	return n
}

// TestExchangedSegments gives a segment the file of its namesake in a journal with
// the same id and another past.
func TestExchangedSegments(t *testing.T) {
	s := newSample(t, true)
	d := simdisk.New(1)
	j, _ := open(t, d, tiny)
	fill(t, j, 6, 45)
	files := segmentFiles(s.d)
	for _, name := range files[:len(files)-1] {
		c := s.d.Clone(1)
		c.Put(name, d.Bytes(name))
		if rec, err := journal.Check(c); !refusal(err) {
			t.Errorf("%s of another past is accepted: %+v, %v", name, rec, err)
		}
	}
}

func TestTruncatedSegments(t *testing.T) {
	for _, s := range samples(t) {
		var c tally
		for _, name := range segmentFiles(s.d) {
			b := s.d.Bytes(name)
			for size := 0; size < len(b); size += 256 {
				d := s.d.Clone(1)
				d.Put(name, b[:size])
				if err := s.judge(d, &c); err != nil {
					t.Fatalf("%s: %s cut to %d bytes: %v", s.name, name, size, err)
				}
			}
		}
		t.Logf("%s: truncations: %v", s.name, c)
	}
}

// TestForkedHistory moves a frame between two journals with the same past and the
// same id: header, number and checksums are right, only the chain is not.
func TestForkedHistory(t *testing.T) {
	base := simdisk.New(1)
	j, _ := open(t, base, tiny)
	fill(t, j, 1, 3)
	base.Kill()
	payload := func(fork, i int) []byte { return bytes.Repeat([]byte{byte(fork + 1), byte(i + 1)}, 500) }
	var disks []*simdisk.Disk
	var offsets []int
	for fork := range 2 {
		d := base.Clone(1)
		j, _ := open(t, d, tiny)
		seq := j.Stats().NextSeq
		for i := range 3 {
			offsets = append(offsets, len(bytes.TrimRight(d.Bytes("journal-00000001.log"), "\x00")))
			if err := j.Append(seq, 1, payload(fork, i)); err != nil {
				t.Fatal(err)
			}
			seq++
		}
		d.Kill()
		disks = append(disks, d)
	}
	theirs := disks[1].Bytes("journal-00000001.log")
	disks[0].Damage("journal-00000001.log", func(b []byte) { copy(b[offsets[1]:], theirs[offsets[1]:offsets[2]]) })
	if rec, err := journal.Check(disks[0]); !refusal(err) {
		t.Fatalf("a frame of another history is accepted: %+v, %v", rec, err)
	}
}

// TestForgedHeaders: clients choose payload bytes. A payload full of headers of later
// frames, right but for the salt, must not turn a torn tail into damage.
func TestForgedHeaders(t *testing.T) {
	honest := simdisk.New(1)
	j, _ := open(t, honest, tiny)
	fill(t, j, 1, 12)
	stolen := bytes.TrimRight(honest.Bytes("journal-00000001.log"), "\x00")[4096:]

	d := simdisk.New(2)
	j, _ = open(t, d, journal.Options{SegmentSize: 16 << 10, Inline: true, ID: [16]byte{1: 99}})
	seq := fill(t, j, 1, 2)
	if err := j.Append(seq, 1, append(bytes.Repeat([]byte{1}, 700), stolen...)); err != nil {
		t.Fatal(err)
	}
	d.Kill()
	name, start, end := lastFrame(t, d)
	d.Damage(name, func(b []byte) { clear(b[start : start+512]) })
	rec, err := journal.Check(d)
	if err != nil || rec.Dropped == nil || rec.Frames != 2 {
		t.Fatalf("torn frame of %d bytes with forged headers: %+v, %v, want it dropped", end-start, rec, err)
	}
}

func TestSnapshotDamage(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, tiny)
	seq := fill(t, j, 1, 5)
	for _, at := range []uint64{3, seq - 1} {
		if err := j.WriteSnapshot(at, writeState(at)); err != nil {
			t.Fatal(err)
		}
	}
	names, _ := d.List()
	newest := names[len(names)-1]
	check := func(d *simdisk.Disk, j *journal.Journal, what string) {
		t.Helper()
		s, err := j.LatestSnapshot()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got, err := io.ReadAll(s)
		if err != nil || s.Seq != 3 || len(s.Rejected) != 1 || !bytes.Equal(got, stateAt(3)) {
			t.Fatalf("%s: snapshot %d, %v, rejected %v; want snapshot 3 and one rejection", what, s.Seq, err, s.Rejected)
		}
	}
	whole := d.Bytes(newest)
	for bit := range len(whole) * 8 {
		d.Flip(newest, bit)
		check(d, j, fmt.Sprintf("bit %d of byte %d flipped", bit%8, bit/8))
		d.Flip(newest, bit)
	}
	for size := range len(whole) {
		d.Put(newest, whole[:size])
		check(d, j, fmt.Sprintf("cut to %d bytes", size))
	}
	d.Put(newest, append(slices.Clone(whole), 0))
	check(d, j, "one byte longer")
	t.Logf("snapshot of %d bytes: %d flips and %d lengths, each rejected by name and the older one used", len(whole), len(whole)*8, len(whole)+1)

	// The broken one must not push the good one out.
	if err := j.WriteSnapshot(4, writeState(4)); err != nil {
		t.Fatal(err)
	}
	if names, _ = d.List(); !slices.Contains(names, "snapshot-00000000000000000003.snap") || slices.Contains(names, newest) {
		t.Fatalf("after a new snapshot the files are %v", names)
	}
}

// TestSnapshotAheadOfJournal: fault table J6. The journal is older than its snapshot.
func TestSnapshotAheadOfJournal(t *testing.T) {
	d := simdisk.New(1)
	j, _ := open(t, d, tiny)
	fill(t, j, 1, 5)
	d.Kill()
	old := d.Clone(1)
	j, _ = open(t, d, tiny)
	seq := fill(t, j, j.Stats().NextSeq, 5)
	if err := j.WriteSnapshot(seq-1, func(io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	names, _ := d.List()
	snap := names[len(names)-1]
	for _, target := range []*simdisk.Disk{old, simdisk.New(3)} {
		target.Put(snap, d.Bytes(snap))
		_, _, err := journal.Open(target, tiny)
		var missing *journal.MissingError
		if !errors.As(err, &missing) || missing.To != seq-1 {
			t.Fatalf("Open: %v, want a MissingError up to %d", err, seq-1)
		}
		t.Log(err)
	}
}
