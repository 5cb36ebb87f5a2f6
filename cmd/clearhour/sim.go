package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/sim/random"
	"github.com/clearhour/clearhour/venue"
)

func simCommand() *cobra.Command {
	c := &cobra.Command{Use: "sim", Short: "Run the venue in virtual time"}
	c.AddCommand(simRandomCommand())
	return c
}

// randomRuns is what sim random is asked for.
type randomRuns struct {
	seed     uint64
	seeds    int
	commands int
	restarts uint64
	dir      string
	minimise bool
}

func simRandomCommand() *cobra.Command {
	var r randomRuns
	c := &cobra.Command{
		Use:   "random",
		Short: "Run random markets through calm and crisis, and check every promise after every command",
		Long: "random runs a venue among agents of every kind, with crashes of the price, books swept, outages and an insurance\n" +
			"fund that is drained, and checks after every command that what must always hold does hold. In the end it replays\n" +
			"all commands, from genesis and from a snapshot. What it prints to standard output depends on the seed alone.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return failed(orInterrupted(c.Context(), func() error { return r.run(c.OutOrStdout(), c.ErrOrStderr()) }))
		},
	}
	c.Flags().Uint64Var(&r.seed, "seed", 1, "the first seed")
	c.Flags().IntVar(&r.seeds, "seeds", 1, "how many seeds, one after the other")
	c.Flags().IntVar(&r.commands, "commands", 100_000, "how many commands of each seed")
	c.Flags().Uint64Var(&r.restarts, "restarts", 2_000, "restart the venue once in so many commands, 0 for never")
	c.Flags().StringVar(&r.dir, "journal", "", "new directory for the journal of one seed, which verify takes")
	c.Flags().BoolVar(&r.minimise, "minimise", false, "after a violation look for a shorter stream that shows it")
	return c
}

func (r *randomRuns) run(out, progress io.Writer) error {
	if r.dir != "" && r.seeds != 1 {
		return errors.New("a journal is that of one seed: leave --seeds at 1")
	}
	for i := range r.seeds {
		if err := r.one(r.seed+uint64(i), out, progress); err != nil {
			return err
		}
	}
	return nil
}

// one runs one seed and prints what it came to.
func (r *randomRuns) one(seed uint64, out, progress io.Writer) (err error) {
	c := random.Config{Seed: seed, Commands: r.commands, Restarts: r.restarts}
	if r.dir != "" {
		var end func() error
		if c.Frame, end, err = journalInto(r.dir); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, end()) }()
	}
	began := time.Now()
	c.Progress = func(n int) {
		fmt.Fprintf(progress, "\rseed %d: %d of %d commands, %.0f a second", seed, n, r.commands, float64(n)/time.Since(began).Seconds())
	}
	result, err := random.Run(c)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "\rseed %d: %d commands and their replays in %v\n", seed, result.Tally.Commands, time.Since(began).Round(time.Millisecond))
	if f := result.Broken; f != nil {
		r.explain(f, out, progress)
		return fmt.Errorf("seed %d: %w", seed, f.Err)
	}
	return printRandom(out, result)
}

// explain prints how a property broke.
func (r *randomRuns) explain(f *random.Failure, out, progress io.Writer) {
	fmt.Fprintln(out, f.Error())
	if !r.minimise {
		return
	}
	fmt.Fprintln(progress, "looking for a shorter stream")
	short := f.Minimise(400)
	fmt.Fprintf(out, "the same property breaks after %d commands:\n", len(short))
	for _, l := range short {
		fmt.Fprintln(out, " ", l)
	}
}

// printRandom prints what a run came to.
func printRandom(out io.Writer, r *random.Result) error {
	t := &r.Tally
	fmt.Fprintf(out, "seed %d: %d commands, %d events, %v of the venue's time\n", r.Seed, t.Commands, t.Events, time.Duration(r.Lasted).Round(time.Second))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	n := 0
	for k, name := range t.Names {
		if name == "" {
			continue
		}
		fmt.Fprintf(w, "%s\t%d\t", name, t.Kinds[k])
		if n++; n%4 == 0 {
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "liquidations  %d orders, %d takeovers, %d deleveraged against, %d disposals of the fund\n",
		t.LiquidationOrders, t.Takeovers, t.Deleveraged, t.Disposals)
	fmt.Fprintf(out, "fund          money %s at its lowest, all it has %s at its lowest and %s in the end; %s paid for others, gains given %d times\n",
		inDollars(t.FundLowest), inDollars(t.WorthLowest), inDollars(r.Fund), inDollars(t.Drawn), t.Haircuts)
	fmt.Fprintf(out, "limits        %d orders above that of an owner, %d margins grown, %d orders withdrawn that were paid in full, %d frozen sides of quotes\n",
		t.Limited, t.Grown, t.Uncommitted, t.Frozen)
	fmt.Fprintf(out, "auctions      %d scheduled or ordered, %d protective, %d trades in them; a mark was stale %d times\n",
		t.Auctions, t.ProtectAuctions, t.UncrossTrades, t.StaleMarks)
	fmt.Fprint(out, "shocks       ")
	for i, name := range random.ShockNames {
		fmt.Fprintf(out, " %s %d,", name, r.Shocks[i])
	}
	fmt.Fprintf(out, " %d restarts\n", r.Restarts)
	fmt.Fprintf(out, "longest       %d events, of command %d\n", t.Longest, t.LongestAt)
	fmt.Fprintf(out, "events        hash %016x\n", r.Events)
	_, err := fmt.Fprintf(out, "state         hash %v\n", r.State)
	return err
}

// inDollars writes micro-dollars as dollars, rounded down to a cent.
func inDollars(a venue.Amount) string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	return fmt.Sprintf("%s$%d.%02d", sign, a/1_000_000, a%1_000_000/10_000)
}

// journalInto returns what writes frames into the journal of a new data directory,
// and what ends it.
func journalInto(dir string) (func(venue.Seq, []byte) error, func() error, error) {
	disk, err := journal.OS(journalDir(dir))
	if err != nil {
		return nil, nil, err
	}
	j, found, err := journal.Open(disk, journal.Options{Mode: journal.Written})
	if err == nil && found.Last != 0 {
		err = errors.Join(fmt.Errorf("%s already holds %d commands: name a new directory with --journal", dir, found.Last), j.Close())
	}
	if err != nil {
		return nil, nil, errors.Join(err, disk.Close())
	}
	write := func(first venue.Seq, payload []byte) error { return j.Append(uint64(first), 1, payload) }
	return write, func() error { return errors.Join(j.Sync(), j.Close(), disk.Close()) }, nil
}
