package sequencer

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/sim/orders"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// victimDir names the environment variable that makes the test binary a venue
// that is going to be killed.
const victimDir = "CLEARHOUR_TEST_VICTIM"

// beVictim runs a sequencer on real files under the load of a mixed stream and
// prints, for each batch that a reader received, its last sequence and the hash
// of its events. It goes on until it is killed.
func beVictim(dir string) {
	check := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	}
	disk, err := journal.OS(dir)
	check(err)
	j, found, err := journal.Open(disk, journal.Options{SegmentSize: 4 << 20})
	check(err)
	s := New(engine.New(engine.Limits{}), j, Config{SnapshotEvery: 5000, Clock: streamClock})
	_, err = s.Start()
	check(err)
	r := s.NewReader(true)
	go load(s, found.Last)
	for {
		b, err := r.Next(context.Background())
		check(err)
		_, err = fmt.Printf("%d %016x\n", b.Last, hashOf(b))
		check(err)
		b.Release()
	}
}

// streamNow is the time of the stream, which has a calendar of its own.
var streamNow atomic.Int64

func streamClock() venue.Time { return venue.Time(streamNow.Load()) }

// load submits the stream from about where the life before left off.
func load(s *Sequencer, from uint64) {
	stream := orders.New(11, orders.Mixed())
	var e venue.Envelope
	for range from {
		stream.Next(&e)
	}
	for n := 0; ; n++ {
		stream.Next(&e)
		streamNow.Store(int64(e.Time))
		for s.Submit(e.Session, e.Command) != nil {
			time.Sleep(time.Millisecond)
		}
		if n%64 == 0 {
			time.Sleep(100 * time.Microsecond) // So that frames come in many sizes.
		}
	}
}

func hashOf(b *Batch) uint64 {
	var h wire.EventHash
	for i := range b.Entries {
		h.Add(&b.Entries[i])
	}
	return h.Sum()
}

func TestKillsLoseNothingAcknowledged(t *testing.T) {
	kills := 120
	if testing.Short() {
		kills = 20
	}
	dir := t.TempDir()
	audit := engine.New(engine.Limits{})
	defer audit.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	acked, trades := 0, 0
	for n := range kills {
		lines := liveOnce(t, dir, time.Duration(5+rng.IntN(60))*time.Millisecond)
		replayed, traded := replayOn(t, dir, audit)
		trades += traded
		for _, l := range lines {
			if got, ok := replayed[l.last]; !ok || got != l.hash {
				t.Fatalf("kill %d: events up to %d were published with hash %x; the journal gives %x, %v", n, l.last, l.hash, got, ok)
			}
		}
		acked += len(lines)
	}
	if !audit.Conserved() {
		t.Error("money or positions do not add up")
	}
	if audit.Seq() < 1000 || trades < 100 {
		t.Errorf("only %d commands and %d trades in all: there was no load", audit.Seq(), trades)
	}
	t.Logf("%d kills, %d commands, %d trades, %d published batches, none lost or changed, state %v", kills, audit.Seq(), trades, acked, audit.StateHash())
	compareWithSnapshot(t, dir, audit)
}

type published struct {
	last venue.Seq
	hash uint64
}

// liveOnce runs a venue, kills it after a while from its first batch, and
// returns what it had published.
func liveOnce(t *testing.T, dir string, after time.Duration) (lines []published) {
	t.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), victimDir+"="+dir)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	for in.Scan() {
		var p published
		seq, hash, _ := strings.Cut(in.Text(), " ")
		if len(hash) != 16 {
			continue // The kill cut the line short: nobody was told.
		}
		if _, err := fmt.Sscanf(seq+" "+hash, "%d %x", &p.last, &p.hash); err != nil {
			t.Fatalf("line %q: %v", in.Text(), err)
		}
		if lines = append(lines, p); len(lines) == 1 {
			time.AfterFunc(after, func() { _ = victim.Process.Kill() })
		}
	}
	if err := victim.Wait(); err == nil || victim.ProcessState.ExitCode() == 3 {
		t.Fatalf("the venue ended by itself: %v", err)
	}
	return lines
}

// replayOn continues the audit with what was added to the journal and returns
// the hash of the events of each frame, and how many trades they were.
func replayOn(t *testing.T, dir string, audit *engine.Engine) (hashes map[venue.Seq]uint64, trades int) {
	t.Helper()
	hashes = map[venue.Seq]uint64{}
	withJournal(t, dir, func(j *journal.Journal) error {
		return Replay(audit, j, func(b *Batch) error {
			hashes[b.Last] = hashOf(b)
			for i := range b.Entries {
				if b.Entries[i].Event.Kind() == venue.EventTraded {
					trades++
				}
			}
			return nil
		})
	})
	return hashes, trades
}

func withJournal(t *testing.T, dir string, do func(*journal.Journal) error) {
	t.Helper()
	disk, err := journal.OS(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	j, _, err := journal.Open(disk, journal.Options{SegmentSize: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if err := do(j); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// compareWithSnapshot replays from the newest snapshot and wants the state that
// the replay from genesis has.
func compareWithSnapshot(t *testing.T, dir string, audit *engine.Engine) {
	t.Helper()
	withJournal(t, dir, func(j *journal.Journal) error {
		state, err := ReadSnapshot(j)
		if err != nil {
			return err
		}
		core := engine.New(engine.Limits{})
		defer core.Close()
		if err := core.LoadState(state); err != nil {
			return err
		}
		at := core.Seq()
		if err := Replay(core, j, func(*Batch) error { return nil }); err != nil {
			return err
		}
		if got, want := core.StateHash(), audit.StateHash(); got != want {
			return fmt.Errorf("snapshot at %d: state %v after replay, %v from genesis", at, got, want)
		}
		return nil
	})
}
