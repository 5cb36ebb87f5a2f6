package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

// get asks the REST API, signed with the key for trading, and returns the body.
func (t *trader) get(ctx context.Context, target string) ([]byte, error) {
	creds, err := readCredentials(t.file)
	if err != nil {
		return nil, failed(err)
	}
	k, secret, err := creds.key(t.use)
	if err != nil {
		return nil, failed(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, creds.URL+target, http.NoBody)
	if err != nil {
		return nil, failed(err)
	}
	stamp := strconv.FormatInt(time.Now().UnixMilli(), 10)
	r.Header.Set(gateway.HeaderKey, k.ID)
	r.Header.Set(gateway.HeaderTimestamp, stamp)
	r.Header.Set(gateway.HeaderSignature, gateway.SignRequestHMAC(secret, gateway.RequestPayload(stamp, r.Method, r.URL.RequestURI(), nil)))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, explain(creds.URL, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, failed(err)
	}
	return body, refusal(answer.StatusCode, body)
}

// refusal turns a problem into an error.
func refusal(status int, body []byte) error {
	if status == http.StatusOK {
		return nil
	}
	var p struct {
		Title, Detail, Field string
		Numeric              gateway.Code
	}
	if err := json.Unmarshal(body, &p); err != nil || p.Title == "" {
		return failed(fmt.Errorf("the venue answered %d: %s", status, bytes.TrimSpace(body)))
	}
	text := p.Title
	if p.Detail != "" {
		text += " (" + p.Detail + ")"
	}
	return &codedError{exitCodeOf(p.Numeric), &client.Error{Code: p.Numeric, Text: text, Field: p.Field}}
}

// listCommand is a command that asks one path and shows the answer; legend
// explains its columns.
func (t *trader) listCommand(word, short, legend, path string, table func(io.Writer, []byte) error) *cobra.Command {
	return &cobra.Command{
		Use: word, Short: short, Long: legend, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return t.show(c, path, table) },
	}
}

func (t *trader) show(c *cobra.Command, path string, table func(io.Writer, []byte) error) error {
	body, err := t.get(c.Context(), path)
	if err != nil {
		return err
	}
	if t.json() {
		_, err := fmt.Fprintln(c.OutOrStdout(), string(bytes.TrimSpace(body)))
		return err
	}
	return failed(table(c.OutOrStdout(), body))
}

// rows prints a table with a heading, or a sentence when there is nothing.
func rows(out io.Writer, nothing string, n int, head string, line func(i int) []any) error {
	if n == 0 {
		_, err := fmt.Fprintln(out, nothing)
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, strings.ReplaceAll(head, " ", "\t")+"\t")
	for i := range n {
		for _, cell := range line(i) {
			fmt.Fprintf(w, "%v\t", cell)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func ordersTable(out io.Writer, body []byte) error {
	var a struct {
		Orders []struct {
			ID, Symbol, Side, Type, TIF, Price, Stop, Qty, Filled, Leaves, Status string
			ClOrdID                                                               string `json:"cl_ord_id"`
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	return rows(out, "no open orders", len(a.Orders), "ORDER CLIENT-ID SYMBOL SIDE TYPE TIF PRICE STOP LOTS FILLED OPEN", func(i int) []any {
		o := a.Orders[i]
		return []any{o.ID, o.ClOrdID, o.Symbol, o.Side, o.Type, o.TIF, dash(o.Price), dash(o.Stop), o.Qty, o.Filled, o.Leaves}
	})
}

func fillsTable(out io.Writer, body []byte) error {
	var a struct {
		Fills []struct {
			Symbol, Side, Liquidity, Price, Qty, Fee string
			TradeID                                  string `json:"trade_id"`
			OrderID                                  string `json:"order_id"`
			TimeMS                                   int64  `json:"time_ms"`
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	return rows(out, "no fills", len(a.Fills), "TIME TRADE ORDER SYMBOL SIDE LOTS PRICE FEE AS", func(i int) []any {
		f := a.Fills[i]
		return []any{clockText(f.TimeMS), f.TradeID, f.OrderID, f.Symbol, f.Side, f.Qty, f.Price, f.Fee, f.Liquidity}
	})
}

func balancesTable(out io.Writer, body []byte) error {
	var a struct {
		Balances []struct{ Asset, Total, Held, Free string }
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	return rows(out, "no balances", len(a.Balances), "ASSET TOTAL HELD FREE", func(i int) []any {
		b := a.Balances[i]
		return []any{b.Asset, b.Total, b.Held, b.Free}
	})
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func clockText(ms int64) string { return time.UnixMilli(ms).UTC().Format("15:04:05") }

func (t *trader) marketsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "markets", Short: "List the markets with their best prices", Long: marketsLegend, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			list, err := t.symbols(c.Context())
			if err != nil {
				return err
			}
			tickers := make([][]byte, len(list))
			for i, symbol := range list {
				if tickers[i], err = t.get(c.Context(), "/v1/ticker?symbol="+url.QueryEscape(symbol)); err != nil {
					return err
				}
			}
			if !t.json() {
				return failed(marketsTable(c.OutOrStdout(), tickers))
			}
			for _, body := range tickers {
				fmt.Fprintln(c.OutOrStdout(), string(bytes.TrimSpace(body)))
			}
			return nil
		},
	}
}

func marketsTable(out io.Writer, tickers [][]byte) error {
	cells := make([][]any, len(tickers))
	for i, body := range tickers {
		var k struct {
			Symbol, Phase, Mark string
			Stale               bool `json:"mark_stale"`
			Bid, Ask, Last      struct{ Price string }
			Day                 struct{ Volume string }
		}
		if err := json.Unmarshal(body, &k); err != nil {
			return err
		}
		cells[i] = []any{k.Symbol, k.Phase, marked(k.Mark, k.Stale), dash(k.Bid.Price), dash(k.Ask.Price), dash(k.Last.Price), k.Day.Volume}
	}
	return rows(out, "nothing is listed", len(cells), "SYMBOL PHASE MARK BID ASK LAST VOLUME-24H", func(i int) []any { return cells[i] })
}

// marked is a mark, with a sign when it is stale.
func marked(price string, stale bool) string {
	if stale {
		return price + "!"
	}
	return dash(price)
}

func (t *trader) bookCommand() *cobra.Command {
	depth := 10
	c := &cobra.Command{
		Use: "book SYMBOL", Short: "Show the order book of a market", Long: bookLegend, Args: cobra.ExactArgs(1), ValidArgsFunction: t.completion(1),
		RunE: func(c *cobra.Command, args []string) error {
			list, err := t.symbols(c.Context())
			if err != nil {
				return err
			}
			symbol, err := complete(args[0], list)
			if err != nil {
				return err
			}
			return t.show(c, fmt.Sprintf("/v1/book?symbol=%s&depth=%d", url.QueryEscape(symbol), depth), bookTable)
		},
	}
	c.Flags().IntVar(&depth, "depth", depth, "levels of each side, at most 1000")
	return c
}

// bookTable prints asks above bids, as a trader reads them.
func bookTable(out io.Writer, body []byte) error {
	type level struct {
		Price, Qty string
		Orders     uint32
	}
	var a struct {
		Symbol, Phase string
		Sequence      uint64
		Bids, Asks    []level
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s  %s  sequence %d\n", a.Symbol, a.Phase, a.Sequence)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "ORDERS\tBID-LOTS\tPRICE\tASK-LOTS\tORDERS\t")
	for _, ask := range slices.Backward(a.Asks) {
		fmt.Fprintf(w, "\t\t%s\t%s\t%d\t\n", ask.Price, ask.Qty, ask.Orders)
	}
	for _, b := range a.Bids {
		fmt.Fprintf(w, "%d\t%s\t%s\t\t\t\n", b.Orders, b.Qty, b.Price)
	}
	return w.Flush()
}
