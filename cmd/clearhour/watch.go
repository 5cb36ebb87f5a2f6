package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
	"github.com/spf13/cobra"
)

func (t *trader) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch [SYMBOL]...",
		Short: "Print best prices and trades as they change, of all markets or some, until Ctrl-C",
		RunE: func(c *cobra.Command, args []string) error {
			creds, err := readCredentials(t.file)
			if err != nil {
				return failed(err)
			}
			k, secret, err := creds.key(useWatch)
			if err != nil {
				return failed(err)
			}
			w := &watcher{out: c.OutOrStdout(), json: t.output == "json", best: map[string][2]client.Level{}}
			cfg := client.Config{
				URL: creds.fixURL(), CompID: k.CompID, KeyID: k.ID, Secret: secret, Reset: true,
				OnBook: w.book, OnTrade: w.trade, OnState: w.state,
			}
			return explain(creds.URL, w.run(c.Context(), cfg, args))
		},
	}
}

// watcher prints what changes. Its callbacks come from one goroutine; the lock
// is for the start, when books are asked for one after the other.
type watcher struct {
	out  io.Writer
	json bool
	mu   sync.Mutex
	best map[string][2]client.Level
}

func (w *watcher) run(ctx context.Context, cfg client.Config, names []string) error {
	c, err := client.Dial(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.Background()) }()
	all, err := c.Instruments(ctx)
	if err != nil {
		return err
	}
	var listed []string
	for _, i := range all {
		listed = append(listed, i.Symbol)
	}
	if len(names) == 0 {
		names = listed
	}
	for _, name := range names {
		symbol, err := complete(name, listed)
		if err != nil {
			return err
		}
		b, err := c.Follow(ctx, symbol, 10)
		if err != nil {
			return err
		}
		w.book(b)
	}
	<-ctx.Done()
	return nil
}

// book prints the best prices when they are others than before.
func (w *watcher) book(b *client.Book) {
	bid, _ := b.Best(venue.Buy)
	ask, _ := b.Best(venue.Sell)
	i := b.Instrument()
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := [2]client.Level{bid, ask}; w.best[i.Symbol] == now {
		return
	}
	w.best[i.Symbol] = [2]client.Level{bid, ask}
	if w.json {
		w.line(map[string]any{"type": "best", "symbol": i.Symbol, "bid": side(i, bid), "ask": side(i, ask)})
		return
	}
	fmt.Fprintf(w.out, "%-24s  %8s x %-5d | %8s x %-5d\n", i.Symbol, price(i, bid), bid.Qty, price(i, ask), ask.Qty)
}

func (w *watcher) trade(t *client.Trade) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := t.Instrument.FormatPrice(t.Price)
	if w.json {
		w.line(map[string]any{"type": "trade", "symbol": t.Instrument.Symbol, "price": text, "qty": fmt.Sprint(t.Qty), "taker_side": t.TakerSide.String()})
		return
	}
	fmt.Fprintf(w.out, "%-24s  trade    %s %d at %s\n", t.Instrument.Symbol, t.TakerSide, t.Qty, text)
}

func (w *watcher) state(connected bool, err error) {
	if connected {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.json && err != nil {
		fmt.Fprintf(w.out, "connection lost (%v), trying again\n", err)
	}
}

// line prints one object; a watcher that cannot print has nobody to tell.
func (w *watcher) line(v any) { _ = json.NewEncoder(w.out).Encode(v) }

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
