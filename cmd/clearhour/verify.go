package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/sequencer"
	"github.com/clearhour/clearhour/venue/wire"
)

func verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check a venue's journal: checksums, replay, snapshot, conservation",
		Long: "verify reads the journal of a venue that is not running. It checks every frame, replays all commands from\n" +
			"genesis, replays again from the newest snapshot, compares the two states, and adds up all money and positions.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return failed(orInterrupted(c.Context(), func() error { return verify(c.OutOrStdout(), args[0]) }))
		},
	}
	c.AddCommand(verifyReceiptsCommand())
	return c
}

// verify replays the journal under a data directory twice and compares.
func verify(out io.Writer, dir string) error {
	if _, err := os.Stat(journalDir(dir)); err != nil {
		return fmt.Errorf("%s is no data directory of a venue: %w", dir, err)
	}
	disk, err := journal.OS(journalDir(dir))
	if err != nil {
		return err
	}
	defer func() { _ = disk.Close() }()
	found, err := journal.Check(disk)
	if err != nil {
		return err
	}
	j, _, err := journal.Open(disk, journal.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = j.Close() }()
	genesis, start := engine.New(engine.Limits{}), time.Now()
	defer genesis.Close()
	tally, err := replayWhole(genesis, j)
	if err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(out, "journal    %d frames, commands %d to %d, all checksums good\n", found.Frames, found.First, found.Last)
	fmt.Fprintf(out, "replay     %d commands, %d events in %v (%.2f M commands/s)\n",
		genesis.Seq(), tally.events, took.Round(time.Millisecond), float64(genesis.Seq())/1e6/took.Seconds())
	fmt.Fprintf(out, "events     hash %016x\n", tally.hash.Sum())
	fmt.Fprintf(out, "state      hash %v\n", genesis.StateHash())
	if err := compareSnapshot(out, j, genesis); err != nil {
		return err
	}
	if !genesis.Conserved() {
		return errors.New("ledger: money or positions do not add up")
	}
	_, err = fmt.Fprintln(out, "ledger     difference 0: money, assets and positions add up")
	return err
}

// tally counts and folds events.
type tally struct {
	events uint64
	hash   wire.EventHash
}

func replayWhole(core *engine.Engine, j *journal.Journal) (tally, error) {
	var t tally
	err := sequencer.Replay(core, j, func(b *sequencer.Batch) error {
		for i := range b.Entries {
			t.hash.Add(&b.Entries[i])
		}
		t.events += uint64(len(b.Entries))
		return nil
	})
	return t, err
}

// compareSnapshot replays from the newest snapshot and compares the state with
// that of the replay from genesis.
func compareSnapshot(out io.Writer, j *journal.Journal, genesis *engine.Engine) error {
	state, err := sequencer.ReadSnapshot(j)
	if errors.Is(err, journal.ErrNoSnapshot) {
		_, err = fmt.Fprintln(out, "snapshot   none")
		return err
	}
	if err != nil {
		return err
	}
	core := engine.New(engine.Limits{})
	defer core.Close()
	if err := core.LoadState(state); err != nil {
		return err
	}
	at := core.Seq()
	if _, err := replayWhole(core, j); err != nil {
		return err
	}
	if got, want := core.StateHash(), genesis.StateHash(); got != want {
		return fmt.Errorf("snapshot at %d: state %v after replay, but %v from genesis", at, got, want)
	}
	_, err = fmt.Fprintf(out, "snapshot   at %d: same state after replay\n", at)
	return err
}
