package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/venue/plain"
)

// impact is what a change would do, as the venue answers it.
type impact struct {
	Seq         uint64       `json:"seq"`
	TimeMS      int64        `json:"time_ms"`
	Accounts    int          `json:"accounts"`
	Complete    bool         `json:"complete"`
	Refusal     string       `json:"refusal"`
	Field       string       `json:"field"`
	States      []stateMoves `json:"states"`
	Instruments []stateMoves `json:"instruments"`
	Moved       []moved      `json:"moved"`
}

type stateMoves struct {
	Symbol   string `json:"symbol"`
	From     string `json:"from"`
	To       string `json:"to"`
	Accounts int    `json:"accounts"`
}

type moved struct {
	Account uint32   `json:"account"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Symbols []string `json:"symbols"`
}

func (a *admin) impactCommand() *cobra.Command {
	return &cobra.Command{
		Use: "impact ID|FILE", Short: "Show which accounts would be in another state under a change", Args: cobra.ExactArgs(1),
		Long: "impact has the venue try a change on a copy of its state, at the marks of now: a pending change by its name, or one\n" +
			"that nobody has proposed from a file. Without a key it shows how many accounts of a pending change, with the key\n" +
			"of an operator which ones.",
		RunE: func(c *cobra.Command, args []string) error { return failed(a.impact(c, args[0])) },
	}
}

func (a *admin) impact(c *cobra.Command, what string) error {
	method, target := http.MethodGet, "/v1/changes/"+url.PathEscape(what)+"/impact"
	if a.key != "" {
		target = "/v1/admin/changes/" + url.PathEscape(what) + "/impact"
	}
	var body any
	if _, err := os.Stat(what); err == nil {
		var x plain.Change
		if err := readStrictly(what, &x); err != nil {
			return err
		}
		method, target, body = http.MethodPost, "/v1/admin/impact", map[string]any{"change": &x}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	answer, err := a.call(c.Context(), method, target, body)
	if err != nil {
		return err
	}
	var x impact
	if err := json.Unmarshal(answer, &x); err != nil {
		return fmt.Errorf("answer of the venue: %w", err)
	}
	return x.print(c.OutOrStdout())
}

func (x *impact) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "after command %d, %s, of %d accounts:\n", x.Seq, time.UnixMilli(x.TimeMS).UTC().Format(time.RFC3339), x.Accounts)
	if x.Refusal != "" {
		fmt.Fprintf(w, "the change could not be made now: %s, %s\n", x.Refusal, x.Field)
	}
	if !x.Complete {
		fmt.Fprintln(w, "there are more consequences than were looked at")
	}
	if len(x.States) == 0 {
		fmt.Fprintln(w, "no account would be in another state")
		return w.Flush()
	}
	fmt.Fprintln(w, "FROM\tTO\tACCOUNTS\tIN")
	for _, s := range x.States {
		fmt.Fprintf(w, "%s\t%s\t%d\tall\n", s.From, s.To, s.Accounts)
	}
	for _, s := range x.Instruments {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", s.From, s.To, s.Accounts, s.Symbol)
	}
	for _, m := range x.Moved {
		fmt.Fprintf(w, "%s\t%s\taccount %d\t%s\n", m.From, m.To, m.Account, strings.Join(m.Symbols, " "))
	}
	return w.Flush()
}
