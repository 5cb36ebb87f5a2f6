package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/sequencer"
	"github.com/clearhour/clearhour/sim/orders"
	"github.com/clearhour/clearhour/venue"
)

// mixed is a run of generated commands and its replays.
type mixed struct {
	commands int
	seed     uint64
	dir      string
	now      atomic.Int64 // The time of the stream, which has a calendar of its own.
}

func (m *mixed) clock() venue.Time { return venue.Time(m.now.Load()) }

func replayMixedCommand() *cobra.Command {
	var m mixed
	c := &cobra.Command{
		Use:   "mixed",
		Short: "Write a journal of generated commands and replay it in several ways",
		Long: "mixed sends a stream of all kinds of commands, good and bad, through a sequencer into a journal, and replays it\n" +
			"from genesis and from a snapshot in the middle, on one processor and on all. All must end in the same state.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return failed(m.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr()))
		},
	}
	c.Flags().IntVar(&m.commands, "commands", 1_000_000, "how many")
	c.Flags().Uint64Var(&m.seed, "seed", 1, "seed of the stream")
	c.Flags().StringVar(&m.dir, "dir", "", "directory for the journal, which stays there (default: a temporary one)")
	return c
}

func (m *mixed) run(ctx context.Context, out, progress io.Writer) error {
	if m.dir == "" {
		dir, err := os.MkdirTemp("", "clearhour-mixed-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		m.dir = dir
	}
	live, err := m.write(ctx, out, progress)
	if err != nil {
		return err
	}
	same := true
	for _, procs := range []int{1, runtime.NumCPU()} {
		before := runtime.GOMAXPROCS(procs)
		for _, from := range []string{"genesis", "snapshot"} {
			hash, err := m.replay(out, from, procs)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			same = same && hash == live
		}
		runtime.GOMAXPROCS(before)
	}
	if !same {
		return errors.New("the states differ")
	}
	_, err = fmt.Fprintln(out, "all states are equal")
	return err
}

// write runs the stream through a sequencer and returns the state it ends in.
// The snapshot is taken in the middle.
func (m *mixed) write(ctx context.Context, out, progress io.Writer) (engine.Hash, error) {
	disk, j, err := m.open()
	if err != nil {
		return engine.Hash{}, err
	}
	defer func() { _ = errors.Join(j.Close(), disk.Close()) }()
	core := engine.New(engine.Limits{})
	defer core.Close()
	s := sequencer.New(core, j, sequencer.Config{SnapshotEvery: venue.Seq(m.commands/2 + 1), Clock: m.clock})
	if err := start(s, m.dir); err != nil {
		return engine.Hash{}, err
	}
	began := time.Now()
	err = m.submit(ctx, s, progress)
	if err == nil {
		err = m.published(ctx, s)
	}
	took := time.Since(began)
	// Whatever happened, the core is closed after the sequencer that uses it.
	if err := errors.Join(err, s.Close(context.Background())); err != nil {
		return engine.Hash{}, err
	}
	h := core.StateHash()
	fmt.Fprintf(out, "%-22s %v  %d commands in %v, %d frames\n", "live", h, core.Seq(), took.Round(time.Millisecond), j.Stats().Batch)
	return h, removeNewestSnapshot(disk)
}

// published waits until all commands are done.
func (m *mixed) published(ctx context.Context, s *sequencer.Sequencer) error {
	for int(s.Stats().Published) < m.commands {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Done():
			return s.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// start begins a journal that must be new.
func start(s *sequencer.Sequencer, dir string) error {
	r, err := s.Start()
	if err == nil && r.Seq != 0 {
		err = fmt.Errorf("%s already holds %d commands: name a new directory with --dir", dir, r.Seq)
	}
	return err
}

// removeNewestSnapshot removes the snapshot that Close took, so that a replay
// from the one in the middle has something to replay.
func removeNewestSnapshot(disk *journal.Dir) error {
	names, err := disk.List()
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, "snapshot-") })
	if len(names) < 2 {
		return errors.New("there is no snapshot in the middle of the run")
	}
	return disk.Remove(slices.Max(names))
}

// submit sends the stream as fast as it is taken.
func (m *mixed) submit(ctx context.Context, s *sequencer.Sequencer, progress io.Writer) error {
	stream := orders.New(m.seed, orders.Mixed())
	var e venue.Envelope
	for n := range m.commands {
		stream.Next(&e)
		m.now.Store(int64(e.Time))
		for {
			err := s.Submit(e.Session, e.Command)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if !errors.Is(err, sequencer.ErrOverloaded) {
				return err
			}
			time.Sleep(100 * time.Microsecond)
		}
		if n%100_000 == 0 {
			fmt.Fprintf(progress, "\r%d of %d commands sent", n, m.commands)
		}
	}
	_, err := fmt.Fprintf(progress, "\r%d of %d commands sent\n", m.commands, m.commands)
	return err
}

func (m *mixed) open() (*journal.Dir, *journal.Journal, error) {
	disk, err := journal.OS(filepath.Join(m.dir, "journal"))
	if err != nil {
		return nil, nil, err
	}
	j, _, err := journal.Open(disk, journal.Options{})
	if err != nil {
		return nil, nil, errors.Join(err, disk.Close())
	}
	return disk, j, nil
}

// replay replays the journal and prints the state that it ends in.
func (m *mixed) replay(out io.Writer, from string, procs int) (engine.Hash, error) {
	disk, j, err := m.open()
	if err != nil {
		return engine.Hash{}, err
	}
	defer func() { _ = errors.Join(j.Close(), disk.Close()) }()
	core := engine.New(engine.Limits{})
	defer core.Close()
	if from == "snapshot" {
		state, err := sequencer.ReadSnapshot(j)
		if err != nil {
			return engine.Hash{}, err
		}
		if err := core.LoadState(state); err != nil {
			return engine.Hash{}, err
		}
	}
	at, start := core.Seq(), time.Now()
	trades := 0
	err = sequencer.Replay(core, j, func(b *sequencer.Batch) error {
		for i := range b.Entries {
			if b.Entries[i].Event.Kind() == venue.EventTraded {
				trades++
			}
		}
		return nil
	})
	if err != nil {
		return engine.Hash{}, err
	}
	took := time.Since(start)
	switch {
	case !core.Conserved():
		return engine.Hash{}, errors.New("ledger: money or positions do not add up")
	case trades == 0:
		return engine.Hash{}, errors.New("nothing was traded: the run shows nothing")
	}
	hash := core.StateHash()
	fmt.Fprintf(out, "%-22s %v  commands %d to %d, %d trades, %.2f M/s\n", fmt.Sprintf("%s, GOMAXPROCS %d", from, procs), hash, at+1, core.Seq(), trades,
		float64(core.Seq()-at)/1e6/took.Seconds())
	return hash, nil
}
