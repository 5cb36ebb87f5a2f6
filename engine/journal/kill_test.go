package journal_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine/journal"
)

const childVariable = "CLEARHOUR_JOURNAL_CHILD"

// TestMain turns this program into the process that TestKill kills.
func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		fmt.Fprintln(os.Stderr, child(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child appends for ever and prints each sequence after its frame is durable.
func child(path string) error {
	dir, err := journal.OS(path)
	if err != nil {
		return err
	}
	j, _, err := journal.Open(dir, journal.Options{SegmentSize: 256 << 10})
	if err != nil {
		return err
	}
	for seq := max(j.Stats().NextSeq, 1); ; seq += 3 {
		if err := j.Append(seq, 3, batchOf(seq, 3)); err != nil {
			return err
		}
		if _, err := fmt.Println(seq + 2); err != nil {
			return err
		}
	}
}

// TestKill: fault table K1, for the journal alone, with real files and SIGKILL.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	path := t.TempDir()
	const rounds = 25
	acked, dropped := uint64(0), 0
	for round := range rounds {
		acked = max(acked, killed(t, path, time.Duration(10+rand.IntN(60))*time.Millisecond))
		dir, err := journal.OS(path)
		if err != nil {
			t.Fatal(err)
		}
		j, rec := open(t, dir, journal.Options{})
		next, err := readAll(j, 0)
		if err != nil || max(next, 1)-1 < acked {
			t.Fatalf("round %d: journal ends before %d, %v, but %d was acknowledged", round, next, err, acked)
		}
		if rec.Dropped != nil {
			dropped++
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := dir.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d commands acknowledged, none lost, %d torn frames dropped", rounds, acked, dropped)
}

// killed runs the child for a while and returns the last sequence that it printed.
func killed(t *testing.T, path string, after time.Duration) (acked uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if timer == nil { // from the first acknowledgement on
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		if n, err := strconv.ParseUint(lines.Text(), 10, 64); err == nil {
			acked = n
		}
	}
	_ = cmd.Wait() // it was killed
	return acked
}
