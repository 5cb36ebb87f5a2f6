package journal_test

import (
	"testing"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
)

// FuzzOpen writes arbitrary bytes over a journal of two segments. Open must refuse,
// or give back a journal whose frames are those that were appended, of which only
// the last may be absent, and which works.
func FuzzOpen(f *testing.F) {
	s := newSample(f, false)
	f.Add(uint8(0), uint32(0), []byte{})
	f.Add(uint8(0), uint32(4096), []byte("\xc1JF\x9e\x01\x00\x00\x00"))
	f.Add(uint8(1), uint32(60), []byte{1, 2, 3, 4})
	f.Add(uint8(1), uint32(512), make([]byte, 64))
	f.Add(uint8(2), uint32(0), s.d.Bytes("journal-00000001.log")[:64])
	f.Fuzz(func(t *testing.T, which uint8, off uint32, junk []byte) {
		d := s.d.Clone(1)
		files := segmentFiles(d)
		d.Damage(files[int(which)%len(files)], func(b []byte) { copy(b[int(off)%len(b):], junk) })
		var c tally
		if err := s.judge(d, &c); err != nil {
			t.Fatalf("%d bytes at %d of segment %d: %v", len(junk), off, which, err)
		}
	})
}

// FuzzSegment opens a first segment of arbitrary bytes: no input may make the
// decoder fail in another way than by a typed refusal.
func FuzzSegment(f *testing.F) {
	s := newSample(f, true)
	f.Add(s.d.Bytes("journal-00000001.log"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := simdisk.New(1)
		d.Put("journal-00000001.log", b)
		j, rec, err := journal.Open(d, tiny)
		if err != nil {
			if !refusal(err) {
				t.Fatalf("untyped refusal: %v", err)
			}
			return
		}
		frames := uint64(0)
		if err := j.Read(0, func(journal.Frame) error { frames++; return nil }); err != nil || frames != rec.Frames {
			t.Fatalf("Open found %d frames, Read %d, %v", rec.Frames, frames, err)
		}
	})
}

// FuzzSnapshot opens a snapshot of arbitrary bytes.
func FuzzSnapshot(f *testing.F) {
	f.Add([]byte{}, uint16(0))
	f.Add([]byte("junk"), uint16(64))
	d := simdisk.New(1)
	j, _ := open(f, d, tiny)
	fill(f, j, 1, 5)
	const name = "snapshot-00000000000000000004.snap"
	if err := j.WriteSnapshot(4, writeState(4)); err != nil {
		f.Fatal(err)
	}
	whole := d.Bytes(name)
	f.Add(whole[64:], uint16(64))
	f.Fuzz(func(t *testing.T, junk []byte, off uint16) {
		b := append([]byte(nil), whole...)
		at := int(off) % len(b)
		changed := string(b[at:min(at+len(junk), len(b))]) != string(junk)
		b = append(b[:at], append(junk, b[min(at+len(junk), len(b)):]...)...)
		c := d.Clone(1)
		c.Put(name, b)
		k, _ := open(t, c, tiny)
		if s, err := k.LatestSnapshot(); (err == nil) == changed {
			t.Fatalf("%d bytes at %d, changed=%v: %v, %v", len(junk), at, changed, s, err)
		}
	})
}
