package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
)

func (t *trader) transferCommand() *cobra.Command {
	var id string
	c := &cobra.Command{
		Use:   "transfer FROM TO ASSET AMOUNT",
		Short: "Move money or an asset between two accounts of one owner",
		Long: "transfer moves an amount at once, as much as could be withdrawn. FROM is an account of the key, TO one of the same\n" +
			"owner. The key needs the scope transfer:write (`clearhour keys create --transfers`).",
		Example: "  clearhour trade transfer 16 27 USD 1000",
		Args:    cobra.ExactArgs(4),
		RunE: func(c *cobra.Command, args []string) error {
			from, err := accountNumber(args[0])
			if err != nil {
				return err
			}
			to, err := accountNumber(args[1])
			if err != nil {
				return err
			}
			return t.withClient(c.Context(), func(x *session) error {
				if id == "" {
					id = x.NewID()
				}
				_, err := x.Transfer(c.Context(), client.Transfer{From: from, To: to, Asset: args[2], Amount: args[3], ID: id})
				if err != nil {
					return err
				}
				if t.json() {
					return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{
						"id": id, "from": from, "to": to, "asset": args[2], "amount": args[3],
					})
				}
				_, err = fmt.Fprintf(c.OutOrStdout(), "%s %s moved from account %d to account %d (%s)\n", args[3], args[2], from, to, id)
				return err
			})
		},
	}
	c.SetFlagErrorFunc(negative)
	c.Flags().StringVar(&id, "id", "", "id of the transfer, at most 20 characters (default: a new one); repeating one is safe")
	return c
}

// accountNumber reads the number of an account of a trader.
func accountNumber(text string) (venue.AccountID, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || venue.AccountID(n) < venue.FirstAccount {
		return 0, fmt.Errorf("account %q: want a number from %d", text, venue.FirstAccount)
	}
	return venue.AccountID(n), nil
}
