package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
)

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
	return t.withClient(c.Context(), func(x *session) error {
		n, err := x.CancelAll(c.Context(), "")
		if err != nil {
			return err
		}
		if t.json() {
			return json.NewEncoder(c.OutOrStdout()).Encode(map[string]int{"canceled": n})
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "%d orders canceled\n", n)
		return err
	})
}

// cancelOne looks the order up first: a cancel names symbol and side.
func (t *trader) cancelOne(c *cobra.Command, name string) error {
	target, err := t.target(c.Context(), name)
	if err != nil {
		return err
	}
	return t.withClient(c.Context(), func(x *session) error {
		r, err := x.Cancel(c.Context(), target)
		if err != nil {
			return err
		}
		if t.json() {
			return printReport(c.OutOrStdout(), &r)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "order %d canceled, %d of %d had been filled\n", r.Order, r.Filled, r.Qty)
		return err
	})
}

// target finds a live order by the venue's id or by the client's.
func (t *trader) target(ctx context.Context, name string) (client.Target, error) {
	path := "/v1/orders:by-cl-id/" + url.PathEscape(name)
	if _, err := strconv.ParseUint(name, 10, 64); err == nil {
		path = "/v1/orders/" + name
	}
	body, err := t.get(ctx, path)
	if err != nil {
		return client.Target{}, err
	}
	var known struct {
		Symbol  string `json:"symbol"`
		Side    string `json:"side"`
		ClOrdID string `json:"cl_ord_id"`
	}
	if err := json.Unmarshal(body, &known); err != nil {
		return client.Target{}, failed(err)
	}
	found := client.Target{Symbol: known.Symbol, Side: venue.Buy, ClOrdID: known.ClOrdID}
	if known.Side == "sell" {
		found.Side = venue.Sell
	}
	return found, nil
}
