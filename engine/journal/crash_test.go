package journal_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
)

var (
	crashes   = flag.Int("journal.crashes", 10_000, "simulated crashes of TestCrashes")
	firstSeed = flag.Uint64("journal.seed", 1, "first seed of TestCrashes")
)

// failedSeeds have each found a fault once.
var failedSeeds = []uint64{
	80,     // a failed write of half a segment header, then a kill
	101202, // a first segment whose name was not durable was opened and used
}

type record struct {
	first   uint64
	count   int
	payload []byte
}

// venue is the caller of a journal across its lives: it knows what was acknowledged.
type venue struct {
	rng      *rand.Rand
	d        *simdisk.Disk
	o        journal.Options
	acked    []record
	inFlight *record // appended, no answer yet
	snapshot uint64  // sequence of the newest snapshot that WriteSnapshot confirmed
	crashes  int
	dropped  int
	kept     int // unacknowledged frames that were whole
	held     int // acknowledged frames found again, over all lives
}

func (v *venue) next() uint64 {
	if len(v.acked) == 0 {
		return 1
	}
	r := v.acked[len(v.acked)-1]
	return r.first + uint64(r.count)
}

// frame sizes: mostly small, some of many pages, few larger than a segment.
func (v *venue) size() int {
	switch v.rng.IntN(20) {
	case 0:
		return v.rng.IntN(24 << 10)
	case 1, 2, 3:
		return v.rng.IntN(6 << 10)
	}
	return v.rng.IntN(300)
}

// live runs one life of the process until the armed fault ends it, or to a clean close.
func (v *venue) live() error {
	j, rec, err := journal.Open(v.d, v.o)
	if err != nil {
		return ended(err)
	}
	if err := v.compare(j, rec); err != nil {
		return err
	}
	for range v.rng.IntN(60) {
		if v.rng.IntN(15) == 0 && len(v.acked) > 0 {
			if err := v.takeSnapshot(j); err != nil {
				return ended(err)
			}
		}
		r := record{v.next(), v.rng.IntN(4), make([]byte, v.size())}
		for i := range r.payload {
			r.payload[i] = byte(v.rng.Uint32())
		}
		v.inFlight = &r
		if err := j.Append(r.first, r.count, r.payload); err != nil {
			return ended(err)
		}
		v.acked, v.inFlight = append(v.acked, r), nil
	}
	if v.rng.IntN(3) == 0 {
		return ended(j.Close())
	}
	return nil
}

// ended accepts the end of a life: the crash, or an injected failure, which kills
// the process too. Anything else is a finding.
func ended(err error) error {
	var poisoned *journal.PoisonedError
	if err == nil || errors.Is(err, simdisk.ErrCrashed) || errors.Is(err, simdisk.ErrIO) || errors.As(err, &poisoned) {
		return nil
	}
	return err
}

func stateAt(seq uint64) []byte {
	return bytes.Repeat([]byte(fmt.Sprintf("state after %d;", seq)), int(seq%97)*13+1)
}

func writeState(seq uint64) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(stateAt(seq))
		return err
	}
}

func (v *venue) takeSnapshot(j *journal.Journal) error {
	seq := v.next() - 1
	if err := j.WriteSnapshot(seq, writeState(seq)); err != nil {
		return err
	}
	v.snapshot = max(v.snapshot, seq)
	return nil
}

// compare demands every acknowledged frame, byte for byte, and at most the one in
// flight behind them.
func (v *venue) compare(j *journal.Journal, rec journal.Recovery) error {
	if rec.Dropped != nil {
		v.dropped++
		if v.inFlight == nil {
			return fmt.Errorf("%v, but nothing was in flight", rec.Dropped)
		}
	}
	want := v.acked
	if v.inFlight != nil {
		want = append(slices.Clip(want), *v.inFlight)
	}
	n := 0
	err := j.Read(0, func(f journal.Frame) error {
		if n == len(want) {
			return fmt.Errorf("frame %d was never appended", f.Batch)
		}
		w := want[n]
		if n++; f.First != w.first || f.Count != w.count || !bytes.Equal(f.Payload, w.payload) {
			return fmt.Errorf("frame %d is (%d, %d, %.16x), want (%d, %d, %.16x)", f.Batch, f.First, f.Count, f.Payload, w.first, w.count, w.payload)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n < len(v.acked) {
		return fmt.Errorf("%d frames found, %d acknowledged", n, len(v.acked))
	}
	v.held += len(v.acked)
	v.kept += n - len(v.acked)
	v.acked, v.inFlight = want[:n], nil
	return v.compareSnapshot(j)
}

func (v *venue) compareSnapshot(j *journal.Journal) error {
	s, err := j.LatestSnapshot()
	if errors.Is(err, journal.ErrNoSnapshot) {
		if v.snapshot != 0 {
			return fmt.Errorf("snapshot %d is lost: %w", v.snapshot, err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	got, err := io.ReadAll(s)
	if err != nil {
		return fmt.Errorf("snapshot %d: %w", s.Seq, err)
	}
	if len(s.Rejected) > 0 || s.Seq < v.snapshot || !bytes.Equal(got, stateAt(s.Seq)) {
		return fmt.Errorf("snapshot %d, rejected %v, want %d or later and its state", s.Seq, s.Rejected, v.snapshot)
	}
	return s.Close()
}

// end brings the machine down by one of the three ways a life can end.
func (v *venue) end() {
	v.crashes++
	if v.rng.IntN(5) == 0 {
		v.d.Kill()
		return
	}
	v.d.Restart()
}

// arm chooses what will go wrong in the next life.
func (v *venue) arm() {
	switch v.rng.IntN(12) {
	case 0:
		v.d.FailAfter(simdisk.Sync, 1+v.rng.IntN(40), nil)
	case 1:
		v.d.FailAfter(simdisk.Write, 1+v.rng.IntN(80), nil)
	default:
		v.d.CrashAfter(1 + v.rng.IntN(120))
	}
}

func runSeed(seed uint64, mode journal.Mode, lives int) (v *venue, err error) {
	v = &venue{
		rng: rand.New(rand.NewPCG(seed, 7)),
		d:   simdisk.New(seed),
		o:   journal.Options{Mode: mode, SegmentSize: 16 << 10, Inline: true, ID: [16]byte{1: byte(seed), 15: 1}},
	}
	for life := range lives {
		v.arm()
		if err := v.live(); err != nil {
			return v, fmt.Errorf("life %d: %w", life, err)
		}
		v.end()
	}
	return v, v.live()
}

// TestCrashes: fault table J1, J3, K2. Every acknowledged frame and snapshot survives
// power failures, kills and failing disks, and nothing is found that was not written.
func TestCrashes(t *testing.T) {
	t.Parallel()
	for _, seed := range failedSeeds {
		if _, err := runSeed(seed, journal.Synced, 10); err != nil {
			t.Fatalf("seed %d, which had failed before: %v", seed, err)
		}
	}
	var total venue
	seed := *firstSeed
	for ; total.crashes < *crashes; seed++ {
		v, err := runSeed(seed, journal.Synced, 10)
		if err != nil {
			t.Fatalf("seed %d, crash %d: %v", seed, v.crashes, err)
		}
		total.crashes += v.crashes
		total.held += v.held
		total.dropped += v.dropped
		total.kept += v.kept
	}
	t.Logf("seeds %d-%d: %d crashes, %d acknowledged frames found again, 0 lost; in flight: %d dropped as torn, %d whole",
		*firstSeed, seed-1, total.crashes, total.held, total.dropped, total.kept)
}
