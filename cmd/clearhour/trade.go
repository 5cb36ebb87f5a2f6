package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// trader is what the trade commands share.
type trader struct {
	file   string
	output string
	use    string // Of the key in the credentials.
}

func tradeCommand() *cobra.Command {
	t := &trader{}
	c := &cobra.Command{
		Use:   "trade",
		Short: "Trade from the command line",
		Long: "trade talks to a running venue with the keys of client.json, which `clearhour demo` writes.\n" +
			"Symbols may be shortened while they stay unique, and are not sensitive to case. With -o json every line of\n" +
			"standard output is one JSON object; errors are sentences on standard error.\n\n" +
			"Exit codes: 1 refused or failed, 2 wrong command line, 3 key not accepted, 5 nobody answers, 6 outcome unknown.",
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if t.output != "table" && t.output != "json" {
				return fmt.Errorf("--output %q: want table or json", t.output)
			}
			return nil
		},
	}
	c.PersistentFlags().StringVar(&t.file, "client", "", "credentials file (default: $CLEARHOUR_CLIENT, "+clientFile(defaultData)+", or the user's)")
	c.PersistentFlags().StringVar(&t.use, "key", useTrade, "which key of the credentials file to use: each is for accounts of its own")
	c.PersistentFlags().StringVarP(&t.output, "output", "o", "table", "table or json")
	c.AddCommand(t.orderCommand("buy", venue.Buy), t.orderCommand("sell", venue.Sell), t.cancelCommand(), t.quoteCommand(), t.transferCommand(),
		t.listCommand("orders", "List open orders", ordersLegend, "/v1/orders", ordersTable),
		t.listCommand("fills", "List fills, newest first", fillsLegend, "/v1/fills", fillsTable),
		t.listCommand("positions", "List positions: margin, mark, liquidation price, funding, place for deleveraging", positionsLegend, "/v1/positions", positionsTable),
		t.listCommand("account", "Show equity, margins, what is free, and the state of the account", accountLegend, "/v1/account", accountTable),
		t.listCommand("balances", "List balances", balancesLegend, "/v1/balances", balancesTable),
		t.bookCommand(), t.marketsCommand(), t.watchCommand())
	return c
}

func (t *trader) json() bool { return t.output == "json" }

// session is a logged-on client with the reports of its orders.
type session struct {
	*client.Client
	again   string // What is typed before the word of another command.
	mu      sync.Mutex
	reports []client.Report
	news    chan struct{}
}

// withClient logs on with the key for trading, runs do, and logs out.
func (t *trader) withClient(ctx context.Context, do func(*session) error) error {
	creds, err := readCredentials(t.file)
	if err != nil {
		return failed(err)
	}
	cfg, err := creds.config(t.use)
	if err != nil {
		return failed(err)
	}
	x := &session{again: t.typed(), news: make(chan struct{}, 1)}
	cfg.Reset, cfg.Once, cfg.OnReport = true, true, x.note
	if x.Client, err = client.Dial(ctx, cfg); err != nil {
		return explain(creds.URL, err)
	}
	defer leave(x.Client)
	return explain(creds.URL, do(x))
}

// typed is how this command began, so that what is told to be typed next works as
// it stands.
func (t *trader) typed() string {
	words := os.Args[0] + " trade"
	if t.file != "" {
		words += " --client " + t.file
	}
	if t.use != useTrade {
		words += " --key " + t.use
	}
	return words
}

// leave logs out. Whether the venue still answers changes nothing by now.
func leave(c *client.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(ctx)
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

// explain gives an error of a client its exit code, and says where nobody was.
func explain(url string, err error) error {
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return &codedError{exitCodeOf(refused.Code), err}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return &codedError{exitNetwork, fmt.Errorf("nobody answers at %s, is the venue running? (%w)", url, op)}
	}
	return failed(err)
}

// exitCodeOf returns the exit code of a refusal.
func exitCodeOf(c gateway.Code) int {
	switch {
	case c == gateway.StatusUnknown:
		return exitUnknown
	case c >= gateway.AuthMissing && c <= gateway.AuthScope:
		return exitAuth
	}
	return exitFailed
}
