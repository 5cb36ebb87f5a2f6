package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/spf13/cobra"
)

// trader is what the trade commands share.
type trader struct {
	file   string
	output string
}

func tradeCommand() *cobra.Command {
	t := &trader{}
	c := &cobra.Command{
		Use:   "trade",
		Short: "Trade from the command line",
		Long: "trade talks to a running venue with the keys of client.json, which `clearhour demo` writes.\n" +
			"Symbols may be shortened while they stay unique.",
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if t.output != "table" && t.output != "json" {
				return fmt.Errorf("--output %q: want table or json", t.output)
			}
			return nil
		},
	}
	c.PersistentFlags().StringVar(&t.file, "client", "", "credentials file (default: $CLEARHOUR_CLIENT, "+clientFile(defaultData)+", or the user's)")
	c.PersistentFlags().StringVarP(&t.output, "output", "o", "table", "table or json")
	c.AddCommand(t.orderCommand("buy", venue.Buy), t.orderCommand("sell", venue.Sell), t.cancelCommand(),
		t.listCommand("orders", "List open orders", "/v1/orders", ordersTable),
		t.listCommand("fills", "List fills, newest first", "/v1/fills", fillsTable),
		t.listCommand("positions", "List positions", "/v1/positions", positionsTable),
		t.listCommand("balances", "List balances", "/v1/balances", balancesTable),
		t.bookCommand(), t.marketsCommand(), t.watchCommand())
	return c
}

// orderFlags are the flags of buy and sell.
type orderFlags struct {
	tif, stop, id        string
	postOnly, reduceOnly bool
	min, display         int64
}

var tifs = map[string]venue.TimeInForce{"gtc": venue.GTC, "day": venue.Day, "ioc": venue.IOC, "fok": venue.FOK}

func (t *trader) orderCommand(word string, side venue.Side) *cobra.Command {
	var f orderFlags
	c := &cobra.Command{
		Use:   word + " SYMBOL LOTS [PRICE]",
		Short: strings.ToUpper(word[:1]) + word[1:] + " at a price in dollars per GPU-hour, or at the market without one",
		Args:  cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			return t.withClient(c.Context(), useTrade, func(x *session) error {
				o, err := x.order(side, args, &f)
				if err != nil {
					return err
				}
				return x.place(c.Context(), c.OutOrStdout(), t.output, o)
			})
		},
	}
	c.Flags().StringVar(&f.tif, "tif", "", "time in force: gtc, day, ioc or fok (default gtc, ioc at the market)")
	c.Flags().StringVar(&f.stop, "stop", "", "stop price: the order sleeps until the last trade reaches it")
	c.Flags().StringVar(&f.id, "id", "", "client order id, at most 20 characters (default: a new one); repeating one is safe")
	c.Flags().BoolVar(&f.postOnly, "post-only", false, "refuse the order if it would trade at once")
	c.Flags().BoolVar(&f.reduceOnly, "reduce-only", false, "only bring a position nearer to zero")
	c.Flags().Int64Var(&f.min, "min", 0, "lots that must trade at once (with --tif ioc)")
	c.Flags().Int64Var(&f.display, "display", 0, "lots to show of an iceberg")
	return c
}

// session is a logged-on client with the reports of its orders.
type session struct {
	*client.Client
	mu      sync.Mutex
	reports []client.Report
	news    chan struct{}
}

// withClient logs on with the key of a use, runs do, and logs out.
func (t *trader) withClient(ctx context.Context, use string, do func(*session) error) error {
	creds, err := readCredentials(t.file)
	if err != nil {
		return failed(err)
	}
	k, secret, err := creds.key(use)
	if err != nil {
		return failed(err)
	}
	x := &session{news: make(chan struct{}, 1)}
	cfg := client.Config{
		URL: creds.fixURL(), CompID: k.CompID, KeyID: k.ID, Secret: secret, Reset: true, Once: true, OnReport: x.note,
	}
	if x.Client, err = client.Dial(ctx, cfg); err != nil {
		return explain(creds.URL, err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = x.Close(ctx)
	}()
	return explain(creds.URL, do(x))
}

// note keeps a report for whoever waits.
func (x *session) note(r *client.Report) {
	x.mu.Lock()
	x.reports = append(x.reports, *r)
	x.mu.Unlock()
	select {
	case x.news <- struct{}{}:
	default:
	}
}

// explain gives an error its exit code and says what to do.
func explain(url string, err error) error {
	var refused *client.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		code := exitFailed
		switch refused.Code {
		case gateway.AuthMissing, gateway.AuthInvalidKey, gateway.AuthInvalidSignature, gateway.AuthTimestamp, gateway.AuthReplay:
			code = exitAuth
		case gateway.StatusUnknown:
			code = exitUnknown
		}
		return &codedError{code, err}
	case strings.Contains(err.Error(), "connect") || strings.Contains(err.Error(), "dial"):
		return &codedError{exitNetwork, fmt.Errorf("nobody answers at %s: %w", url, err)}
	}
	return failed(err)
}

// order reads the arguments of buy and sell.
func (x *session) order(side venue.Side, args []string, f *orderFlags) (*client.Order, error) {
	symbols := []string{}
	all, err := x.Instruments(context.Background())
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		symbols = append(symbols, i.Symbol)
	}
	symbol, err := complete(args[0], symbols)
	if err != nil {
		return nil, err
	}
	terms := x.Instrument(symbol)
	o := &client.Order{Symbol: symbol, ClOrdID: f.id, Side: side, Type: venue.Market, TIF: venue.IOC, MinQty: venue.Qty(f.min), Display: venue.Qty(f.display)}
	qty, bad := scale.ParseQty(args[1])
	if bad != nil {
		return nil, bad
	}
	o.Qty = qty
	if len(args) == 3 {
		o.Type, o.TIF = venue.Limit, venue.GTC
		if o.Price, err = terms.ParsePrice(strings.TrimPrefix(args[2], "@")); err != nil {
			return nil, err
		}
	}
	if f.stop != "" {
		o.Type++ // Market becomes Stop below; Limit becomes StopLimit.
		o.Type = map[bool]venue.OrderType{true: venue.StopLimit, false: venue.Stop}[len(args) == 3]
		o.TIF = venue.GTC
		if o.Stop, err = terms.ParsePrice(f.stop); err != nil {
			return nil, err
		}
	}
	return o, f.apply(o)
}

func (f *orderFlags) apply(o *client.Order) error {
	if f.tif != "" {
		tif, ok := tifs[strings.ToLower(f.tif)]
		if !ok {
			return fmt.Errorf("--tif %q: want gtc, day, ioc or fok", f.tif)
		}
		o.TIF = tif
	}
	if f.postOnly {
		o.Flags |= venue.PostOnly
	}
	if f.reduceOnly {
		o.Flags |= venue.ReduceOnly
	}
	return nil
}

// complete returns the one symbol that begins with text, whatever the case.
func complete(text string, symbols []string) (string, error) {
	var found []string
	for _, s := range symbols {
		if strings.EqualFold(s, text) {
			return s, nil
		}
		if len(s) >= len(text) && strings.EqualFold(s[:len(text)], text) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("symbol %q: there is none; listed are %s", text, strings.Join(symbols, ", "))
	}
	return "", fmt.Errorf("symbol %q: could be %s", text, strings.Join(found, ", "))
}

// settleTime is how long place waits for more reports of an order that still
// lives: fills at entry come with the acceptance.
const settleTime = 150 * time.Millisecond

// place sends the order and prints what came of it.
func (x *session) place(ctx context.Context, out io.Writer, output string, o *client.Order) error {
	if o.ClOrdID == "" {
		o.ClOrdID = x.NewID()
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	first, err := x.Place(ctx, *o)
	if err != nil {
		return err
	}
	last := first
	for quiet := time.After(settleTime); last.Live(); {
		select {
		case <-x.news:
			last = x.latest(first.Order, last)
			continue
		case <-quiet:
		}
		break
	}
	last = x.latest(first.Order, last)
	if output == "json" {
		return x.printJSON(out, first.Order)
	}
	return x.print(out, o, &last)
}

// latest returns the newest report of an order.
func (x *session) latest(id venue.OrderID, last client.Report) client.Report {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.reports {
		if x.reports[i].Order == id {
			last = x.reports[i]
		}
	}
	return last
}

func (x *session) print(out io.Writer, o *client.Order, last *client.Report) error {
	terms := x.Instrument(o.Symbol)
	fmt.Fprintf(out, "%s %d %s  order %d  id %s\n", o.Side, o.Qty, o.Symbol, last.Order, o.ClOrdID)
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.reports {
		if r := &x.reports[i]; r.Order == last.Order && r.ExecType == 'F' {
			fmt.Fprintf(out, "  filled %d at %s, fee %s USD, trade %d\n", r.LastQty, terms.FormatPrice(r.Last), money(r.Fee), r.Trade)
		}
	}
	if last.Live() {
		_, err := fmt.Fprintf(out, "  open: %d of %d; cancel with: clearhour trade cancel %d\n", last.Leaves, last.Qty, last.Order)
		return err
	}
	if last.Filled < last.Qty {
		_, err := fmt.Fprintf(out, "  ended: %d of %d filled. %s\n", last.Filled, last.Qty, last.Text)
		return err
	}
	return nil
}

func money(a venue.Amount) string { return string(scale.AppendAmount(nil, a, scale.MoneyDecimals)) }

// printJSON prints the reports of an order, one object a line.
func (x *session) printJSON(out io.Writer, id venue.OrderID) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	lines := json.NewEncoder(out)
	for i := range x.reports {
		r := &x.reports[i]
		if r.Order != id {
			continue
		}
		line := map[string]string{
			"order_id": strconv.FormatUint(uint64(r.Order), 10), "cl_ord_id": r.ClOrdID.String(), "exec_type": string(r.ExecType),
			"status": string(r.Status), "qty": strconv.FormatInt(int64(r.Qty), 10), "filled": strconv.FormatInt(int64(r.Filled), 10),
			"leaves": strconv.FormatInt(int64(r.Leaves), 10),
		}
		if r.Instrument != nil {
			line["symbol"], line["price"] = r.Instrument.Symbol, r.Instrument.FormatPrice(r.Price)
		}
		if r.ExecType == 'F' {
			line["last_price"], line["last_qty"] = r.Instrument.FormatPrice(r.Last), strconv.FormatInt(int64(r.LastQty), 10)
			line["fee"], line["trade_id"] = money(r.Fee), strconv.FormatUint(uint64(r.Trade), 10)
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func (t *trader) cancelCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "cancel [ORDER-OR-CLIENT-ID]",
		Short: "Cancel an order, or all with --all",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return errors.New("name one order, or give --all")
			}
			if all {
				return t.cancelAll(c)
			}
			return t.cancelOne(c, args[0])
		},
	}
	c.Flags().BoolVar(&all, "all", false, "cancel all orders of the account")
	return c
}

func (t *trader) cancelAll(c *cobra.Command) error {
	return t.withClient(c.Context(), useTrade, func(x *session) error {
		n, err := x.CancelAll(c.Context(), "")
		if err == nil {
			_, err = fmt.Fprintf(c.OutOrStdout(), "%d orders canceled\n", n)
		}
		return err
	})
}

// cancelOne looks the order up first: a cancel names symbol and side.
func (t *trader) cancelOne(c *cobra.Command, name string) error {
	var known struct {
		ID      string `json:"id"`
		ClOrdID string `json:"cl_ord_id"`
		Symbol  string `json:"symbol"`
		Side    string `json:"side"`
	}
	path := "/v1/orders:by-cl-id/" + name
	if _, err := strconv.ParseUint(name, 10, 64); err == nil {
		path = "/v1/orders/" + name
	}
	body, err := t.get(c.Context(), path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &known); err != nil {
		return failed(err)
	}
	target := client.Target{Symbol: known.Symbol, Side: venue.Buy, ClOrdID: known.ClOrdID}
	if known.Side == "sell" {
		target.Side = venue.Sell
	}
	return t.withClient(c.Context(), useTrade, func(x *session) error {
		r, err := x.Cancel(c.Context(), target)
		if err == nil {
			_, err = fmt.Fprintf(c.OutOrStdout(), "order %s canceled, %d of %d had been filled\n", known.ID, r.Filled, r.Qty)
		}
		return err
	})
}
