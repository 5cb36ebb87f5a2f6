package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/auth"
	"github.com/clearhour/clearhour/venue"
)

// keysFile is where the keys of a venue stand.
func keysFile(dir string) string { return filepath.Join(dir, "keys.json") }

func keysCommand() *cobra.Command {
	var dir string
	keys := &cobra.Command{Use: "keys", Short: "Create, list and revoke the keys of a venue"}
	keys.PersistentFlags().StringVar(&dir, "data", defaultData, "data directory of the venue")

	var operator, source uint32
	var accounts []uint
	var transfers bool
	var kind, comp string
	create := &cobra.Command{
		Use:   "create ID",
		Short: "Create a key for an account and print its secret once",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			// A key may be there before the venue has started for the first time.
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return failed(fmt.Errorf("data directory: %w", err))
			}
			store, err := auth.Open(keysFile(dir))
			if err != nil {
				return failed(err)
			}
			if comp == "" {
				comp = args[0]
			}
			scopes := tradingScopes
			if transfers {
				scopes |= gateway.WriteTransfers
			}
			wanted := auth.Key{
				ID: args[0], Kind: auth.Kind(kind), Accounts: accountIDs(accounts), Scopes: scopes, MaxSessions: 4, CompID: comp,
			}
			whose := fmt.Sprintf("account %d, CompID %s", wanted.Account(), comp)
			if operator != 0 {
				wanted.Accounts, wanted.CompID, wanted.Scopes = nil, "", gateway.ReadMarket|gateway.Admin
				wanted.Operator, whose = venue.OperatorID(operator), fmt.Sprintf("operator %d", operator)
			}
			if source != 0 {
				wanted.Accounts, wanted.CompID, wanted.Scopes = nil, "", gateway.ReadMarket|gateway.WriteReadings
				wanted.Source, whose = venue.SourceID(source), fmt.Sprintf("contributor %d", source)
			}
			key, secret, err := store.Create(wanted)
			if err != nil {
				return failed(err)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "key      %s (%s, %s)\nsecret   %s\nKeep it: it is not shown again. A running venue takes the key within a second.\n",
				key.ID, key.Kind, whose, base64.StdEncoding.EncodeToString(secret.Private))
			return err
		},
	}
	create.Flags().UintSliceVar(&accounts, "account", []uint{uint(venue.FirstAccount)}, "account that the key trades for; further ones can be read, and moved money out of")
	create.Flags().BoolVar(&transfers, "transfers", false, "let the key move money between accounts of one owner")
	create.Flags().Uint32Var(&operator, "operator", 0, "make it the key of this operator, for changes of how the venue runs, instead of a trader's")
	create.Flags().Uint32Var(&source, "source", 0, "make it the key of this contributor of readings to indices, instead of a trader's")
	create.MarkFlagsMutuallyExclusive("account", "operator", "source")
	create.Flags().StringVar(&kind, "kind", string(auth.Ed25519), "ed25519 or hmac")
	create.Flags().StringVar(&comp, "comp", "", "SenderCompID of its sessions (default: the key's id)")
	keys.AddCommand(create, keysList(&dir), keysRevoke(&dir))
	return keys
}

// accountIDs returns the accounts of a flag.
func accountIDs(numbers []uint) []venue.AccountID {
	list := make([]venue.AccountID, len(numbers))
	for i, n := range numbers {
		list[i] = venue.AccountID(n)
	}
	return list
}

// tradingScopes are what a trader's key may do.
const tradingScopes = gateway.ReadMarket | gateway.ReadAccount | gateway.WriteOrders

// openKeys opens the keys of a venue that has some.
func openKeys(dir string) (*auth.Store, error) {
	if _, err := os.Stat(keysFile(dir)); err != nil {
		return nil, fmt.Errorf("there are no keys in %s, is it the data directory of a venue? (%w)", dir, err)
	}
	return auth.Open(keysFile(dir))
}

func keysList(dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the keys",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			store, err := openKeys(*dir)
			if err != nil {
				return failed(err)
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
			fmt.Fprintln(w, "KEY\tKIND\tACCOUNT\tCOMPID\tSTATE")
			for _, k := range store.Keys() {
				state := "active"
				if k.Disabled {
					state = "revoked"
				}
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", k.ID, k.Kind, k.Account(), k.CompID, state)
			}
			return w.Flush()
		},
	}
}

func keysRevoke(dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Revoke a key for good",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			store, err := openKeys(*dir)
			if err != nil {
				return failed(err)
			}
			return failed(store.Revoke(args[0]))
		},
	}
}
