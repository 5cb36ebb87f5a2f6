package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
)

// maxWatched bounds the symbols that the shell completes.
const maxWatched = 64

func (t *trader) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch [SYMBOL]...",
		Short: "Print best prices and trades as they change, of all markets or some, until Ctrl-C",
		Long: "watch prints a line when something changes: the best bid and ask in dollars per GPU-hour with their lots; a trade, by\n" +
			"the side that took; the phase of a market and, while its orders are collected, what the auction would give: how many\n" +
			"lots at which price, and the surplus that would find nobody, above zero to buy, below to sell.\n\n" +
			"With -o json each line has a type: best, trade or status.",
		ValidArgsFunction: t.completion(maxWatched),
		RunE: func(c *cobra.Command, args []string) error {
			creds, err := readCredentials(t.file)
			if err != nil {
				return failed(err)
			}
			cfg, err := creds.config(useWatch)
			if err != nil {
				return failed(err)
			}
			ctx, stop := context.WithCancelCause(c.Context())
			defer stop(nil)
			w := &watcher{out: c.OutOrStdout(), news: c.ErrOrStderr(), json: t.json(), stop: stop, best: map[string]quote{}, told: map[string]client.StatusNotice{}}
			cfg.Reset, cfg.OnBook, cfg.OnTrade, cfg.OnState = true, w.book, w.trade, w.state
			cfg.Notices.OnStatus = w.status
			return explain(creds.URL, w.run(ctx, cfg, args))
		},
	}
}

// quote is the best bid and ask of a market.
type quote struct{ bid, ask client.Level }

// watcher prints what changes. Its callbacks come from one goroutine; the lock
// is for the start and the end, which are on another.
type watcher struct {
	out, news io.Writer
	json      bool
	wide      int                     // Of the longest symbol.
	stop      context.CancelCauseFunc // Called when there is nowhere to print any more.
	mu        sync.Mutex
	leaving   bool
	best      map[string]quote
	told      map[string]client.StatusNotice
}

func (w *watcher) run(ctx context.Context, cfg client.Config, names []string) error {
	c, err := client.Dial(ctx, cfg)
	if err != nil {
		return err
	}
	defer w.leave(c)
	all, err := c.Instruments(ctx)
	if err != nil {
		return err
	}
	listed := make([]string, len(all))
	for n, i := range all {
		listed[n] = i.Symbol
	}
	if len(names) == 0 {
		names = listed
	}
	if err := w.follow(ctx, c, names, listed); err != nil && ctx.Err() == nil {
		return err
	}
	return w.wait(ctx, c)
}

// wait returns when ctx ends, or the client has given up, as it does when its
// key is not accepted any more.
func (w *watcher) wait(ctx context.Context, c *client.Client) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for c.Err() == nil {
		select {
		case <-tick.C:
			continue
		case <-ctx.Done():
		}
		if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
			return cause // There is nowhere to print.
		}
		return nil
	}
	return c.Err()
}

// follow subscribes to the books, all names being good.
func (w *watcher) follow(ctx context.Context, c *client.Client, names, listed []string) error {
	symbols := make([]string, len(names))
	for n, name := range names {
		var err error
		if symbols[n], err = complete(name, listed); err != nil {
			return err
		}
	}
	if !w.json {
		for _, symbol := range symbols {
			w.wide = max(w.wide, len(symbol))
		}
		w.print(fmt.Fprintf(w.out, "%*s  %8s   %5s | %8s   %5s\n", w.wide, "SYMBOL", "BID", "LOTS", "ASK", "LOTS"))
	}
	for _, symbol := range symbols {
		b, err := c.Follow(ctx, symbol, 1)
		if err != nil {
			return err
		}
		w.book(b)
	}
	return nil
}

// leave logs out without calling it a loss.
func (w *watcher) leave(c *client.Client) {
	w.mu.Lock()
	w.leaving = true
	w.mu.Unlock()
	leave(c)
}

// book prints the best prices when they are others than before.
func (w *watcher) book(b *client.Book) {
	var now quote
	now.bid, _ = b.Best(venue.Buy)
	now.ask, _ = b.Best(venue.Sell)
	i := b.Instrument()
	w.mu.Lock()
	defer w.mu.Unlock()
	if was, known := w.best[i.Symbol]; known && was == now {
		return
	}
	w.best[i.Symbol] = now
	if w.json {
		w.line(map[string]any{"type": "best", "symbol": i.Symbol, "bid": side(i, now.bid), "ask": side(i, now.ask)})
		return
	}
	w.print(fmt.Fprintf(w.out, "%*s  %8s x %5d | %8s x %5d\n", w.wide, i.Symbol, price(i, now.bid), now.bid.Qty, price(i, now.ask), now.ask.Qty))
}

func (w *watcher) trade(t *client.Trade) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := t.Instrument.FormatPrice(t.Price)
	if w.json {
		w.line(map[string]any{"type": "trade", "symbol": t.Instrument.Symbol, "price": text, "qty": fmt.Sprint(t.Qty), "taker_side": t.TakerSide.String()})
		return
	}
	w.print(fmt.Fprintf(w.out, "%*s  trade    %s %d at %s\n", w.wide, t.Instrument.Symbol, t.TakerSide, t.Qty, text))
}

// status prints the phase of a market when it is another than before, and what an
// auction would give. A market that is open from the start is no news.
func (w *watcher) status(n *client.StatusNotice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	symbol := n.Instrument.Symbol
	was, known := w.told[symbol]
	w.told[symbol] = *n
	if known && was == *n || !known && n.Phase == venue.Continuous.String() {
		return
	}
	indicative := ""
	if n.Volume > 0 {
		indicative = n.Instrument.FormatPrice(n.Price)
	}
	if w.json {
		w.line(map[string]any{
			"type": "status", "symbol": symbol, "phase": n.Phase, "indicative": indicative, "volume": fmt.Sprint(n.Volume), "surplus": fmt.Sprint(n.Surplus),
		})
		return
	}
	text := n.Phase
	if indicative != "" {
		text += fmt.Sprintf(", %d would trade at %s, surplus %+d", n.Volume, indicative, n.Surplus)
	}
	w.print(fmt.Fprintf(w.out, "%*s  phase    %s\n", w.wide, symbol, text))
}

// state says on standard error that the connection was lost, which is no news of
// the market.
func (w *watcher) state(connected bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !connected && !w.leaving {
		fmt.Fprintf(w.news, "connection lost, trying again (%v)\n", err)
	}
}

// line prints one object.
func (w *watcher) line(v any) { w.print(0, json.NewEncoder(w.out).Encode(v)) }

// print takes the outcome of printing: who cannot print stops watching.
func (w *watcher) print(_ int, err error) {
	if err != nil {
		w.stop(err)
	}
}

func price(i *client.Instrument, l client.Level) string {
	if l.Qty == 0 {
		return "-"
	}
	return i.FormatPrice(l.Price)
}

func side(i *client.Instrument, l client.Level) map[string]string {
	if l.Qty == 0 {
		return nil
	}
	return map[string]string{"price": i.FormatPrice(l.Price), "qty": fmt.Sprint(l.Qty)}
}
