package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// orderFlags are the flags of buy and sell.
type orderFlags struct {
	tif, stop, id        string
	trigger              string
	postOnly, reduceOnly bool
	min, display         int64
}

var tifs = map[string]venue.TimeInForce{"gtc": venue.GTC, "day": venue.Day, "ioc": venue.IOC, "fok": venue.FOK}

func (t *trader) orderCommand(word string, side venue.Side) *cobra.Command {
	var f orderFlags
	c := &cobra.Command{
		Use:               word + " SYMBOL LOTS [PRICE]",
		Short:             strings.ToUpper(word[:1]) + word[1:] + " at a price in dollars per GPU-hour, or at the market without one",
		Example:           "  clearhour trade " + word + " H100C.NAE.M.2027-01 2        at the market\n  clearhour trade " + word + " H100C.NAE.M.2027-01 2 2.150  at 2.150 or better",
		ValidArgsFunction: t.completion(1),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 && len(args) != 3 {
				return fmt.Errorf("%s wants a symbol, lots, and a price if not at the market; there are %d arguments", word, len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return t.withClient(c.Context(), func(x *session) error {
				o, err := x.order(c.Context(), side, args, &f)
				if err != nil {
					return err
				}
				return x.place(c.Context(), c.OutOrStdout(), t.json(), o)
			})
		},
	}
	c.SetFlagErrorFunc(negative)
	c.Flags().StringVar(&f.tif, "tif", "", "time in force: gtc, day, ioc or fok (default gtc, ioc at the market)")
	c.Flags().StringVar(&f.stop, "stop", "", "stop price: the order sleeps until the trigger reaches it")
	c.Flags().StringVar(&f.trigger, "trigger", "last", "what wakes a stop: last (trade) or mark")
	c.Flags().StringVar(&f.id, "id", "", "client order id, at most 20 characters (default: a new one); repeating one is safe")
	c.Flags().BoolVar(&f.postOnly, "post-only", false, "refuse the order if it would trade at once")
	c.Flags().BoolVar(&f.reduceOnly, "reduce-only", false, "only bring a position nearer to zero")
	c.Flags().Int64Var(&f.min, "min", 0, "lots that must trade at once (with --tif ioc)")
	c.Flags().Int64Var(&f.display, "display", 0, "lots to show of an iceberg")
	return c
}

var numberFlag = regexp.MustCompile(`in (-[0-9.]\S*)$`)

// negative explains what becomes of a number below zero: the command line takes
// it for a flag.
func negative(_ *cobra.Command, err error) error {
	if m := numberFlag.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s: lots and prices are above 0; sell is a command of its own", m[1])
	}
	return err
}

// order reads the arguments of buy and sell.
func (x *session) order(ctx context.Context, side venue.Side, args []string, f *orderFlags) (*client.Order, error) {
	terms, err := x.terms(ctx, args[0])
	if err != nil {
		return nil, err
	}
	qty, bad := scale.ParseQty(args[1])
	if bad != nil {
		return nil, bad
	}
	o := &client.Order{
		Symbol: terms.Symbol, ClOrdID: f.id, Side: side, Type: venue.Market, TIF: venue.IOC, Qty: qty,
		MinQty: venue.Qty(f.min), Display: venue.Qty(f.display),
	}
	if len(args) == 3 {
		o.Type, o.TIF = venue.Limit, venue.GTC
		if o.Price, err = terms.ParsePrice(args[2]); err != nil {
			return nil, err
		}
	}
	if f.stop != "" {
		if o.Stop, err = terms.ParsePrice(f.stop); err != nil {
			return nil, err
		}
		o.TIF = venue.GTC
		o.Type = venue.Stop
		if len(args) == 3 {
			o.Type = venue.StopLimit
		}
	}
	return o, f.apply(o)
}

// terms finds an instrument by what its symbol begins with.
func (x *session) terms(ctx context.Context, text string) (*client.Instrument, error) {
	all, err := x.Instruments(ctx)
	if err != nil {
		return nil, err
	}
	symbols := make([]string, len(all))
	for n, i := range all {
		symbols[n] = i.Symbol
	}
	symbol, err := complete(text, symbols)
	if err != nil {
		return nil, err
	}
	return x.Instrument(symbol), nil
}

func (f *orderFlags) apply(o *client.Order) error {
	if f.tif != "" {
		tif, ok := tifs[strings.ToLower(f.tif)]
		if !ok {
			return fmt.Errorf("--tif %q: want gtc, day, ioc or fok", f.tif)
		}
		o.TIF = tif
	}
	switch {
	case f.trigger == "mark" && o.Stop != 0:
		o.Flags |= venue.ByMark
	case f.trigger != "last" && f.trigger != "mark":
		return fmt.Errorf("--trigger %q: want last or mark", f.trigger)
	case f.trigger == "mark":
		return errors.New("--trigger goes with --stop")
	}
	if f.postOnly {
		o.Flags |= venue.PostOnly
	}
	if f.reduceOnly {
		o.Flags |= venue.ReduceOnly
	}
	return nil
}

// settleTime is how long place waits for more reports of an order that still
// lives: fills at entry come with the acceptance.
const settleTime = 150 * time.Millisecond

// place sends the order and prints what came of it.
func (x *session) place(ctx context.Context, out io.Writer, asJSON bool, o *client.Order) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if o.ClOrdID == "" {
		o.ClOrdID = x.NewID()
	}
	first, err := x.Place(ctx, *o)
	if err != nil {
		return err
	}
	last := x.settle(&first)
	x.mu.Lock()
	defer x.mu.Unlock()
	if !asJSON {
		return x.print(out, o, &last)
	}
	for i := range x.reports {
		if r := &x.reports[i]; r.Order == first.Order {
			if err := printReport(out, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle waits until an order is over or quiet, and returns its last report.
func (x *session) settle(first *client.Report) client.Report {
	last := x.latest(*first)
	for quiet := time.After(settleTime); last.Live(); {
		select {
		case <-x.news:
			last = x.latest(last)
		case <-quiet:
			return x.latest(last)
		}
	}
	return last
}

// latest returns the newest report of the order of r.
func (x *session) latest(r client.Report) client.Report {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.reports {
		if x.reports[i].Order == r.Order {
			r = x.reports[i]
		}
	}
	return r
}

// print tells the story of an order.
func (x *session) print(out io.Writer, o *client.Order, last *client.Report) error {
	terms := x.Instrument(o.Symbol)
	fmt.Fprintf(out, "%s %d %s  order %d  id %s\n", o.Side, o.Qty, o.Symbol, last.Order, o.ClOrdID)
	for i := range x.reports {
		if r := &x.reports[i]; r.Order == last.Order && r.ExecType == 'F' {
			fmt.Fprintf(out, "  filled %d at %s, fee %s USD, trade %d\n", r.LastQty, terms.FormatPrice(r.Last), money(r.Fee), r.Trade)
		}
	}
	if last.Live() {
		_, err := fmt.Fprintf(out, "  open: %d of %d; cancel with: %s cancel %d\n", last.Leaves, last.Qty, x.again, last.Order)
		return err
	}
	if last.Filled < last.Qty {
		_, err := fmt.Fprintf(out, "  ended: %d of %d filled. %s\n", last.Filled, last.Qty, last.Text)
		return err
	}
	return nil
}

func money(a venue.Amount) string { return string(scale.AppendAmount(nil, a, scale.MoneyDecimals)) }

// printReport prints a report as one JSON object. Numbers are strings, as in
// REST; a price that is not there is left out.
func printReport(out io.Writer, r *client.Report) error {
	line := map[string]string{
		"order_id": strconv.FormatUint(uint64(r.Order), 10), "cl_ord_id": r.ClOrdID.String(), "exec_type": string(r.ExecType),
		"status": string(r.Status), "qty": fmt.Sprint(int64(r.Qty)), "filled": fmt.Sprint(int64(r.Filled)), "leaves": fmt.Sprint(int64(r.Leaves)),
	}
	if r.Instrument != nil {
		line["symbol"] = r.Instrument.Symbol
		if r.Price != 0 {
			line["price"] = r.Instrument.FormatPrice(r.Price)
		}
		if r.ExecType == 'F' {
			line["last_price"], line["last_qty"] = r.Instrument.FormatPrice(r.Last), fmt.Sprint(int64(r.LastQty))
			line["fee"], line["trade_id"] = money(r.Fee), strconv.FormatUint(uint64(r.Trade), 10)
		}
	}
	return json.NewEncoder(out).Encode(line)
}
