package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// quoteFlags are the flags of quote.
type quoteFlags struct {
	set            uint16
	cancel         bool
	window, frozen time.Duration
	most, delta    int64
}

func (t *trader) quoteCommand() *cobra.Command {
	var f quoteFlags
	c := &cobra.Command{
		Use:   "quote SYMBOL BID ASK LOTS",
		Short: "Quote both sides: replace your quote of a set, or protect or withdraw the set",
		Example: "  clearhour trade quote H100C.NAE.M.2027-01 2.140 2.160 10\n" +
			"  clearhour trade quote --window 1s --frozen 30s --max-lots 40 --max-delta 20   withdraw the set beyond that\n" +
			"  clearhour trade quote --cancel",
		ValidArgsFunction: t.completion(1),
		Args:              f.check,
		RunE: func(c *cobra.Command, args []string) error {
			return t.withClient(c.Context(), func(x *session) error {
				ctx, cancel := context.WithTimeout(c.Context(), 10*time.Second)
				defer cancel()
				switch {
				case f.cancel:
					return x.cancelQuotes(ctx, c.OutOrStdout(), t.json(), &f)
				case f.window != 0:
					return x.protectQuotes(ctx, c.OutOrStdout(), t.json(), &f)
				}
				return x.quote(ctx, c.OutOrStdout(), t.json(), args, &f)
			})
		},
	}
	c.SetFlagErrorFunc(negative)
	c.Flags().Uint16Var(&f.set, "set", 1, "the set of quotes, from 1; with --cancel 0 is all of them")
	c.Flags().BoolVar(&f.cancel, "cancel", false, "withdraw the quotes of the set")
	c.Flags().DurationVar(&f.window, "window", 0, "protect the set: how long a fill counts")
	c.Flags().DurationVar(&f.frozen, "frozen", 30*time.Second, "protect the set: how long no quote is taken after it was withdrawn")
	c.Flags().Int64Var(&f.most, "max-lots", 0, "protect the set: withdraw it when so many lots fill within the window")
	c.Flags().Int64Var(&f.delta, "max-delta", 0, "protect the set: withdraw it when bought and sold lots differ by so many")
	return c
}

// check wants a quote, or what to do with the set.
func (f *quoteFlags) check(_ *cobra.Command, args []string) error {
	switch {
	case f.cancel && f.window != 0:
		return errors.New("--cancel and --window do not go together")
	case f.cancel || f.window != 0:
		if len(args) > 0 {
			return errors.New("--cancel and --window are about a set and take no symbol")
		}
		return nil
	case len(args) != 4:
		return fmt.Errorf("quote wants a symbol, a bid, an ask and lots; there are %d arguments", len(args))
	}
	return nil
}

// quote replaces one quote.
func (x *session) quote(ctx context.Context, out io.Writer, asJSON bool, args []string, f *quoteFlags) error {
	terms, err := x.terms(ctx, args[0])
	if err != nil {
		return err
	}
	q := client.Quote{Symbol: terms.Symbol}
	if q.Bid, err = terms.ParsePrice(args[1]); err != nil {
		return err
	}
	if q.Ask, err = terms.ParsePrice(args[2]); err != nil {
		return err
	}
	lots, bad := scale.ParseQty(args[3])
	if bad != nil {
		return bad
	}
	q.BidQty, q.AskQty = lots, lots
	all, err := x.MassQuote(ctx, venue.QuoteSet(f.set), q)
	if err != nil {
		return err
	}
	for i := range all {
		if err := printQuote(out, asJSON, terms, &all[i]); err != nil {
			return err
		}
		for _, s := range [2]*client.QuoteSide{&all[i].Bid, &all[i].Ask} {
			if s.Err != nil {
				return s.Err
			}
		}
	}
	return nil
}

// printQuote prints a quote as it stands, a line a side.
func printQuote(out io.Writer, asJSON bool, terms *client.Instrument, q *client.Quoted) error {
	for _, s := range [2]struct {
		word string
		*client.QuoteSide
	}{{"bid", &q.Bid}, {"ask", &q.Ask}} {
		if asJSON {
			line := map[string]string{"symbol": q.Symbol, "side": s.word, "qty": fmt.Sprint(int64(s.Qty))}
			if s.Order != 0 {
				line["order_id"], line["price"] = fmt.Sprint(uint64(s.Order)), terms.FormatPrice(s.Price)
			}
			if s.Err != nil {
				line["error"], line["message"] = s.Err.Code.String(), s.Err.Text
			}
			if err := json.NewEncoder(out).Encode(line); err != nil {
				return err
			}
			continue
		}
		text := "none"
		if s.Order != 0 {
			text = fmt.Sprintf("%d at %s  order %d", s.Qty, terms.FormatPrice(s.Price), s.Order)
		}
		if s.Err != nil {
			text += "  refused"
		}
		if _, err := fmt.Fprintf(out, "%s %s  %s\n", s.word, q.Symbol, text); err != nil {
			return err
		}
	}
	return nil
}

func (x *session) cancelQuotes(ctx context.Context, out io.Writer, asJSON bool, f *quoteFlags) error {
	n, err := x.CancelQuotes(ctx, venue.QuoteSet(f.set))
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]int{"canceled": n})
	}
	_, err = fmt.Fprintf(out, "%d orders canceled\n", n)
	return err
}

func (x *session) protectQuotes(ctx context.Context, out io.Writer, asJSON bool, f *quoteFlags) error {
	if f.most == 0 {
		f.most = int64(venue.MaxQty)
	}
	if f.delta == 0 { // Never more than all that fills.
		f.delta = f.most
	}
	l := venue.QuoteLimits{
		Window: venue.Time(f.window), Frozen: venue.Time(f.frozen), Qty: venue.Qty(f.most), Delta: venue.Qty(f.delta),
	}
	if err := x.ProtectQuotes(ctx, venue.QuoteSet(f.set), l); err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]string{
			"window": f.window.String(), "frozen": f.frozen.String(), "max_lots": fmt.Sprint(f.most), "max_delta": fmt.Sprint(f.delta),
		})
	}
	_, err := fmt.Fprintf(out, "set %d is withdrawn when %d lots fill, or bought and sold lots differ by %d, within %v; no quote for %v then\n",
		f.set, f.most, f.delta, f.window, f.frozen)
	return err
}
