package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/sequencer"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

func verifyReceiptsCommand() *cobra.Command {
	var export string
	c := &cobra.Command{
		Use:   "receipts DIR|FILE",
		Short: "Derive every receipt of a liquidation again from its inputs",
		Long: "receipts reads the receipts of all liquidations with the terms that they name, from the journal of a venue that is\n" +
			"not running or from a file that --export wrote, and computes each result again with the functions of the rules: no\n" +
			"order book and no account takes part. It checks that the receipts are numbered without a gap and chained by their\n" +
			"hashes, that their parameters are those in force, that accounts were deleveraged in the order of their scores, and that\n" +
			"all who shared a debt gave exactly their part of it.\n" +
			"With a file the engine is not run at all.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return failed(verifyReceipts(c.OutOrStdout(), args[0], export))
		},
	}
	c.Flags().StringVar(&export, "export", "", "write the receipts and terms to this `file`")
	return c
}

// verifyReceipts checks the receipts under a data directory or in a file.
func verifyReceipts(out io.Writer, path, export string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	var records []byte
	if info.IsDir() {
		records, err = receiptsOf(path)
	} else {
		records, err = os.ReadFile(path)
	}
	if err != nil {
		return err
	}
	if export != "" {
		if err := os.WriteFile(export, records, 0o644); err != nil {
			return err
		}
	}
	c := newReceiptCheck()
	if err := c.all(records); err != nil {
		return err
	}
	if err := c.sharing.over(); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "receipts   %d, all derived again, chain %x\n", c.number, c.last[:8])
	for r := venue.RuleTrigger; r <= venue.LastRule; r++ {
		if n := c.byRule[r]; n > 0 {
			fmt.Fprintf(w, "  %-12s %d\n", r, n)
		}
	}
	return w.Flush()
}

// receiptsOf replays a journal and keeps what the check reads, as records.
func receiptsOf(dir string) ([]byte, error) {
	disk, err := journal.OS(journalDir(dir))
	if err != nil {
		return nil, err
	}
	defer func() { _ = disk.Close() }()
	j, _, err := journal.Open(disk, journal.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = j.Close() }()
	core := engine.New(engine.Limits{})
	defer core.Close()
	var records []byte
	err = sequencer.Replay(core, j, func(b *sequencer.Batch) error {
		for i := range b.Entries {
			records = appendChecked(records, &b.Entries[i])
		}
		return nil
	})
	return records, err
}

// appendChecked appends the event if the check reads it.
func appendChecked(dst []byte, e *venue.Entry) []byte {
	k := e.Event.Kind()
	if k == venue.EventInstrumentListed || k == venue.EventTermsSet || k == venue.EventLiquidationSet || k == venue.EventReceipt || k == venue.EventCollateralSet {
		return wire.AppendEvent(dst, e)
	}
	return dst
}

// receiptCheck derives receipts again, one after the other.
type receiptCheck struct {
	listed  map[venue.InstrumentID]venue.Instrument
	terms   map[venue.InstrumentID]*risk.Terms
	pledges map[venue.AssetID]venue.CollateralSet
	version uint32
	params  venue.LiquidationTerms
	number  uint64
	last    venue.Hash
	before  *venue.Receipt // The last one, if it was about deleveraging.
	sharing sharingCheck
	byRule  map[venue.Rule]int
}

func newReceiptCheck() *receiptCheck {
	return &receiptCheck{listed: map[venue.InstrumentID]venue.Instrument{}, terms: map[venue.InstrumentID]*risk.Terms{}, pledges: map[venue.AssetID]venue.CollateralSet{}, byRule: map[venue.Rule]int{}}
}

func (c *receiptCheck) all(records []byte) error {
	var d wire.EventDecoder
	d.Reset(records)
	for {
		var e venue.Entry
		more, err := d.Next(&e)
		if err != nil || !more {
			return err
		}
		if err := c.event(e.Event); err != nil {
			return fmt.Errorf("envelope %d, event %d: %w", e.Seq, e.Index, err)
		}
	}
}

func (c *receiptCheck) event(e venue.Event) error {
	if x, ok := e.(*venue.InstrumentListed); ok {
		c.listed[x.Terms.ID], c.terms[x.Terms.ID] = x.Terms, risk.TermsOf(&x.Terms)
	}
	if x, ok := e.(*venue.TermsSet); ok {
		own := c.listed[x.Instrument]
		own.Brackets = x.Brackets
		c.listed[x.Instrument], c.terms[x.Instrument] = own, risk.TermsOf(&own)
	}
	if x, ok := e.(*venue.LiquidationSet); ok {
		c.version, c.params = x.Version, x.Terms
	}
	if x, ok := e.(*venue.CollateralSet); ok {
		c.pledges[x.Asset] = *x
	}
	if x, ok := e.(*venue.Receipt); ok {
		return c.receipt(x)
	}
	return nil
}

func (c *receiptCheck) receipt(x *venue.Receipt) error {
	terms := c.terms[x.Instrument]
	switch {
	case x.Number != c.number+1:
		return fmt.Errorf("receipt %d follows receipt %d", x.Number, c.number)
	case x.Seal(c.last) != x.Hash:
		return fmt.Errorf("receipt %d: the hash is not that of its content and of the receipt before", x.Number)
	case x.Parameters != c.version:
		return fmt.Errorf("receipt %d names version %d of the terms, in force is %d", x.Number, x.Parameters, c.version)
	case x.Rule.String() == venue.Rule(0).String():
		return fmt.Errorf("receipt %d is of rule %d, which is none", x.Number, x.Rule)
	case x.Instrument != 0 && terms == nil:
		return fmt.Errorf("receipt %d is about instrument %d, which was never listed", x.Number, x.Instrument)
	case x.Instrument == 0 && !ofAccounts(x.Rule):
		return fmt.Errorf("receipt %d: %v without an instrument", x.Number, x.Rule)
	}
	if got := risk.Derive(x.Rule, terms, &x.Inputs); got != x.Results {
		return fmt.Errorf("receipt %d: %v derives %v, the receipt says %v", x.Number, x.Rule, numbers(&got), numbers(&x.Results))
	}
	if err := c.parameters(x); err != nil {
		return err
	}
	c.number, c.last = x.Number, x.Hash
	c.byRule[x.Rule]++
	if err := c.ranking(x); err != nil {
		return err
	}
	return c.sharing.receipt(x)
}

// ofAccounts says whether a rule can be about an account as a whole.
func ofAccounts(r venue.Rule) bool {
	return r == venue.RuleTrigger || r == venue.RuleDrawCap || r == venue.RuleSeizure || r == venue.RuleGain || r == venue.RuleDebt
}

func numbers(r *venue.Results) [venue.MaxResults]int64 {
	return [venue.MaxResults]int64{r.At(0), r.At(1), r.At(2)}
}

// parameters wants the inputs that come from the terms to be those in force.
func (c *receiptCheck) parameters(x *venue.Receipt) error {
	p, pledge := &c.params, c.pledges[venue.AssetID(x.Inputs.At(5))]
	for _, w := range map[venue.Rule][]struct {
		at   int
		want int64
	}{
		venue.RulePartial:    {{5, int64(p.Fee)}, {6, int64(p.Target)}},
		venue.RuleLimit:      {{5, int64(p.Spread)}},
		venue.RuleBankruptcy: {{7, int64(p.Fee)}},
		venue.RuleDisposal:   {{2, int64(p.Fraction)}, {3, int64(p.FullSize)}, {4, int64(p.MaxConsumed)}},
		venue.RuleDrawCap:    {{3, int64(p.Cap)}},
		venue.RuleDebt:       {{6, int64(p.Window)}},
		venue.RuleSeizure:    {{1, int64(pledge.Price)}, {3, int64(pledge.Rate)}},
	}[x.Rule] {
		if got := x.Inputs.At(w.at); got != w.want {
			return fmt.Errorf("receipt %d: %v was applied with %d, the terms say %d", x.Number, x.Rule, got, w.want)
		}
	}
	return nil
}

// ranking wants the accounts of one deleveraging in the order of their scores.
func (c *receiptCheck) ranking(x *venue.Receipt) error {
	if x.Rule != venue.RuleDeleverage {
		c.before = nil
		return nil
	}
	was := c.before
	now := *x
	c.before = &now
	if was == nil || x.Inputs.At(5) == 0 {
		return nil
	}
	both := []risk.Candidate{candidateOf(x), candidateOf(was)}
	risk.Rank(both)
	if both[0].Account != candidateOf(was).Account {
		return fmt.Errorf("receipt %d: account %d ranks before account %d, which was deleveraged first",
			x.Number, both[0].Account, both[1].Account)
	}
	return nil
}

func candidateOf(x *venue.Receipt) risk.Candidate {
	return risk.Candidate{
		Account: venue.AccountID(x.Inputs.At(11)), Qty: venue.Qty(x.Inputs.At(6)), Cost: venue.Amount(x.Inputs.At(7)),
		Notional: venue.Amount(x.Inputs.At(8)), Equity: venue.Amount(x.Inputs.At(9)),
	}
}
