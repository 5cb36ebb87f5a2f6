package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func (a *admin) readingCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reading INDEX PRICE VOLUME", Short: "Contribute a reading to an index of prices, with the key of a contributor", Args: cobra.ExactArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			body := map[string]any{"index": args[0], "price": args[1], "volume": args[2], "at_ms": time.Now().UnixMilli()}
			if _, err := a.call(c.Context(), http.MethodPost, "/v1/admin/readings", body); err != nil {
				return failed(err)
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "reading %s %s for %s GPU-hours taken\n", args[0], args[1], args[2])
			return failed(err)
		},
	}
}

func (a *admin) meterCommand() *cobra.Command {
	var unattested string
	c := &cobra.Command{
		Use: "meter INDEX START CONTRACTED DELIVERED", Short: "Say what a provider owed and delivered, with the key of its meters",
		Long: "meter says what the provider of the key owed in the period that begins at START, for example 2027-01-04T08:00:00Z,\n" +
			"and what of it was delivered, in GPU-hours. A later meter takes the place of an earlier one until the period is\n" +
			"final. A provider that owed and from which nothing was heard is said to have delivered 0: one of which nothing is\n" +
			"said counts as owing nothing.",
		Args: cobra.ExactArgs(4),
	}
	c.Flags().StringVar(&unattested, "unattested", "0", "GPU-hours of what was delivered that have no attested reading; they do not count")
	c.RunE = func(c *cobra.Command, args []string) error {
		start, err := time.Parse(time.RFC3339, args[1])
		if err != nil {
			return fmt.Errorf("start %q: want a time such as 2027-01-04T08:00:00Z", args[1])
		}
		body := map[string]any{
			"index": args[0], "start_ms": start.UnixMilli(), "contracted": args[2], "delivered": args[3], "unattested": unattested,
			"at_ms": time.Now().UnixMilli(),
		}
		if _, err := a.call(c.Context(), http.MethodPost, "/v1/admin/meters", body); err != nil {
			return failed(err)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "meter %s from %s taken: %s of %s GPU-hours, %s unattested\n", args[0], args[1], args[3], args[2], unattested)
		return failed(err)
	}
	return c
}
