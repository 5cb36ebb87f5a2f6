package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue/plain"
)

// admin is the command line of an operator: one key, and the address of the venue.
type admin struct {
	url, key, secret string
	reason           string
	effective, id    string
}

// change is a change as /v1/changes shows it.
type change struct {
	ID           string        `json:"id"`
	State        string        `json:"state"`
	Operator     uint32        `json:"operator"`
	Approver     uint32        `json:"approver"`
	Reason       string        `json:"reason"`
	EffectiveMS  int64         `json:"effective_ms"`
	LapsesMS     int64         `json:"lapses_ms"`
	EndedMS      int64         `json:"ended_ms"`
	Digest       string        `json:"digest"`
	Change       *plain.Change `json:"change"`
	CanceledBy   uint32        `json:"canceled_by"`
	CancelReason string        `json:"cancel_reason"`
	Refusal      string        `json:"refusal"`
	Field        string        `json:"field"`
}

func adminCommand() *cobra.Command {
	a := &admin{}
	c := &cobra.Command{
		Use:   "admin",
		Short: "Propose, approve and cancel changes of how a venue runs",
		Long: "admin changes how a venue runs by two keys: one operator proposes, another approves, and the change takes effect\n" +
			"when its notice has run. Keys are made with `clearhour keys create ID --operator N`. The secret is read from\n" +
			"$CLEARHOUR_SECRET or from the file that --secret names.",
	}
	f := c.PersistentFlags()
	f.StringVar(&a.url, "url", "http://"+defaultListen, "address of the venue")
	f.StringVar(&a.key, "key", os.Getenv("CLEARHOUR_KEY"), "id of the key")
	f.StringVar(&a.secret, "secret", "", "file with the secret of an HMAC key in base64; $CLEARHOUR_SECRET without it")
	c.AddCommand(a.proposeCommand(), a.approveCommand(), a.cancelCommand(), a.listCommand(), a.impactCommand(), a.readingCommand(), a.meterCommand())
	return c
}

func (a *admin) proposeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "propose",
		Short: "Propose a change",
		Long: "propose asks for a change. It does nothing until another operator approves it, and is public at once. What\n" +
			"phase, mark and terms cannot say is in a JSON file: propose file CHANGE.json.",
	}
	f := c.PersistentFlags()
	f.StringVar(&a.reason, "reason", "", "scheduled, risk, market-integrity, outage, correction, delisting or other")
	f.StringVar(&a.effective, "effective", "", "earliest time: 2026-12-01T00:00:00Z, or +24h from now; without it as soon as the notice allows")
	f.StringVar(&a.id, "id", "", "name of the change; one is made without it")
	_ = c.MarkPersistentFlagRequired("reason") // The flag is there.
	c.AddCommand(
		&cobra.Command{Use: "phase SYMBOL PHASE", Short: "Halt, resume, cancel-only, or an auction", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
			return failed(a.propose(c, &plain.Change{Phase: &plain.Phase{Symbol: args[0], Phase: args[1]}}))
		}},
		&cobra.Command{Use: "mark SYMBOL PRICE", Short: "Set a mark", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
			return failed(a.propose(c, &plain.Change{Mark: &plain.Mark{Symbol: args[0], Price: args[1]}}))
		}},
		&cobra.Command{Use: "operator N in|out", Short: "Enrol an operator, or end that", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
			n, err := strconv.ParseUint(args[0], 10, 32)
			if err != nil || args[1] != "in" && args[1] != "out" {
				return errors.New("want the number of an operator, and in or out")
			}
			return failed(a.propose(c, &plain.Change{Operator: &plain.Operator{Operator: uint32(n), Enrolled: args[1] == "in"}}))
		}},
		a.termsCommand(), a.listingCommand(), a.fileCommand(),
	)
	return c
}

func (a *admin) termsCommand() *cobra.Command {
	t := &plain.Terms{}
	var brackets []string
	c := &cobra.Command{Use: "terms SYMBOL", Short: "Change terms; what is not given stays", Args: cobra.ExactArgs(1)}
	c.RunE = func(c *cobra.Command, args []string) error {
		t.Symbol = args[0]
		for _, text := range brackets {
			p := strings.Split(text, "/")
			if len(p) != 3 {
				return fmt.Errorf("--bracket %q: want UPTO/INITIAL/MAINTENANCE, UPTO empty for the last one", text)
			}
			t.Brackets = append(t.Brackets, plain.Bracket{Upto: p[0], Initial: p[1], Maintenance: p[2]})
		}
		return failed(a.propose(c, &plain.Change{Terms: t}))
	}
	f := c.Flags()
	f.StringVar(&t.Band, "band", "", "distance from the mark, a fraction")
	f.StringVar(&t.Maker, "maker", "", "fee rate of makers")
	f.StringVar(&t.Taker, "taker", "", "fee rate of takers")
	f.Int64Var(&t.MaxQty, "max-qty", 0, "largest order in lots")
	f.StringArrayVar(&brackets, "bracket", nil, "a step of the margin schedule, UPTO/INITIAL/MAINTENANCE, as often as there are steps: 1000000/0.1/0.05 and /0.2/0.1")
	return c
}

// listingCommand proposes an instrument as a genesis file has it. Its mark, its
// index and its opening are changes of their own.
func (a *admin) listingCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list FILE", Short: "List an instrument as a JSON file says, in the words of \"instruments\" of a genesis file",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var x listing
			if err := readStrictly(args[0], &x); err != nil {
				return failed(err)
			}
			if err := a.propose(c, &plain.Change{Instrument: &x.Instrument}); err != nil {
				return failed(err)
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "  it is listed halted: %s, then `propose phase %s continuous`\n", x.firstMark(), x.Symbol)
			return failed(err)
		},
	}
}

// firstMark says what gives a listing its first mark.
func (l *listing) firstMark() string {
	if l.Reference != nil {
		return "`propose file` with an index and a reference"
	}
	return fmt.Sprintf("`propose mark %s %s`", l.Symbol, l.Mark)
}

func (a *admin) fileCommand() *cobra.Command {
	return &cobra.Command{
		Use: "file FILE", Short: "Propose what a JSON file says: phase, mark, terms, schedule, protections, reference, fee_tiers, liquidation, insurance, settle, operator, asset, index, instrument or collateral",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var x plain.Change
			if err := readStrictly(args[0], &x); err != nil {
				return failed(err)
			}
			return failed(a.propose(c, &x))
		},
	}
}

func (a *admin) propose(c *cobra.Command, x *plain.Change) error {
	at, err := effectiveMS(a.effective, time.Now())
	if err != nil {
		return err
	}
	id := a.id
	if id == "" {
		id = "c" + strconv.FormatInt(time.Now().UnixMilli(), 36)
	}
	body := map[string]any{"id": id, "reason": a.reason, "change": x}
	if at != 0 {
		body["effective_ms"] = at
	}
	return a.tell(c, http.MethodPost, "/v1/admin/changes", body)
}

// effectiveMS reads a date or a distance from now.
func effectiveMS(text string, now time.Time) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if after, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(after)
		if err != nil {
			return 0, fmt.Errorf("time %q: %w", text, err)
		}
		return now.Add(d).UnixMilli(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fmt.Errorf("time %q: want a date such as 2026-12-01T00:00:00Z, or +24h", text)
	}
	return t.UnixMilli(), nil
}

func (a *admin) approveCommand() *cobra.Command {
	var digest string
	c := &cobra.Command{
		Use: "approve ID", Short: "Approve a change that another operator proposed", Args: cobra.ExactArgs(1),
		Long: "approve shows what was proposed and approves exactly that: what is sent names its digest. With --digest it\n" +
			"approves that one, or nothing.",
	}
	c.Flags().StringVar(&digest, "digest", "", "the digest that was agreed upon")
	c.RunE = func(c *cobra.Command, args []string) error {
		x, err := a.find(c.Context(), args[0])
		if err != nil {
			return failed(err)
		}
		if digest == "" {
			digest = x.Digest
		}
		return failed(a.tell(c, http.MethodPost, "/v1/admin/changes/"+url.PathEscape(args[0])+"/approve", map[string]any{"digest": digest}))
	}
	return c
}

func (a *admin) cancelCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{Use: "cancel ID", Short: "Cancel a change that has not taken effect; one key is enough", Args: cobra.ExactArgs(1)}
	c.Flags().StringVar(&reason, "reason", "correction", "why")
	c.RunE = func(c *cobra.Command, args []string) error {
		return failed(a.tell(c, http.MethodDelete, "/v1/admin/changes/"+url.PathEscape(args[0])+"?reason="+url.QueryEscape(reason), nil))
	}
	return c
}

func (a *admin) listCommand() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the changes that are pending and those that lately ended", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		all, err := a.list(c.Context())
		if err != nil {
			return failed(err)
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "CHANGE\tSTATE\tBY\tAPPROVED\tREASON\tWHEN\tWHAT")
		for i := range all {
			x := &all[i]
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", x.ID, x.State, x.Operator, x.approvedBy(), x.Reason, x.when(), x.what())
		}
		return failed(w.Flush())
	}}
}

func (x *change) approvedBy() string {
	if x.Approver == 0 {
		return "-"
	}
	return strconv.FormatUint(uint64(x.Approver), 10)
}

// what says what a change is about, as JSON on one line.
func (x *change) what() string {
	if x.Change == nil {
		return ""
	}
	text, err := json.Marshal(x.Change)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// when says what happens next, or what happened.
func (x *change) when() string {
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
	switch x.State {
	case "proposed":
		return "lapses " + at(x.LapsesMS)
	case "approved":
		return "effective " + at(x.EffectiveMS)
	}
	return at(x.EndedMS)
}

// tell sends a request about a change and says what the change is then.
func (a *admin) tell(c *cobra.Command, method, target string, body any) error {
	answer, err := a.call(c.Context(), method, target, body)
	if err != nil {
		return err
	}
	var x change
	if err := json.Unmarshal(answer, &x); err != nil {
		return fmt.Errorf("answer of the venue: %w", err)
	}
	out := c.OutOrStdout()
	fmt.Fprintf(out, "change %s %s: %s\n", x.ID, x.State, x.what())
	switch x.State {
	case "proposed":
		fmt.Fprintf(out, "  waits for another operator until %s: clearhour admin approve %s\n  digest %s\n", strings.TrimPrefix(x.when(), "lapses "), x.ID, x.Digest)
	case "approved":
		fmt.Fprintf(out, "  %s, in %v\n", x.when(), time.Until(time.UnixMilli(x.EffectiveMS)).Round(time.Second))
	case "canceled":
		fmt.Fprintf(out, "  by operator %d: %s\n", x.CanceledBy, x.CancelReason)
	case "failed":
		fmt.Fprintf(out, "  %s, %s\n", x.Refusal, x.Field)
	}
	return nil
}

func (a *admin) list(ctx context.Context) ([]change, error) {
	answer, err := a.call(ctx, http.MethodGet, "/v1/changes", nil)
	if err != nil {
		return nil, err
	}
	var all struct {
		Changes []change `json:"changes"`
	}
	return all.Changes, json.Unmarshal(answer, &all)
}

func (a *admin) find(ctx context.Context, id string) (*change, error) {
	all, err := a.list(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("there is no change %s", id)
}

// call sends a request, signed unless everybody may read what it asks for, and
// returns the answer.
func (a *admin) call(ctx context.Context, method, target string, body any) ([]byte, error) {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(a.url, "/")+target, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	if method != http.MethodGet || strings.HasPrefix(target, "/v1/admin/") {
		if err := a.sign(r, payload); err != nil {
			return nil, err
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, explain(a.url, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return text, refusal(answer.StatusCode, text)
}

func (a *admin) sign(r *http.Request, payload []byte) error {
	if a.key == "" {
		return errors.New("no key: name it with --key or $CLEARHOUR_KEY")
	}
	text := os.Getenv("CLEARHOUR_SECRET")
	if a.secret != "" {
		b, err := os.ReadFile(a.secret)
		if err != nil {
			return fmt.Errorf("secret: %w", err)
		}
		text = string(b)
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(secret) == 0 {
		return errors.New("no secret in base64: name a file with --secret, or set $CLEARHOUR_SECRET")
	}
	at := strconv.FormatInt(time.Now().UnixMilli(), 10)
	signed := gateway.RequestPayload(at, r.Method, r.URL.RequestURI(), payload)
	r.Header.Set(gateway.HeaderKey, a.key)
	r.Header.Set(gateway.HeaderTimestamp, at)
	r.Header.Set(gateway.HeaderSignature, gateway.SignRequestHMAC(secret, signed))
	r.Header.Set("Content-Type", "application/json")
	return nil
}
