package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/sim/agent"
	"github.com/clearhour/clearhour/venue"
)

// The demo's accounts: the visitor's first, then makers and takers.
const (
	demoMakers = 3
	demoTakers = 4
)

func demoCommand() *cobra.Command {
	s := settings{limits: gateway.DefaultLimits()}
	var clear clearing
	var crash time.Duration
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run a venue with instruments, accounts and traders, to try it",
		Long: "demo starts a venue with embedded defaults, lets makers and takers trade through the public gateway, and serves a\n" +
			"page. With --offers and --jobs it clears recorded marketplace offers against a recorded job trace instead, and ends.",
		Args: cobra.NoArgs,
	}
	s.addTo(c)
	c.Flags().StringVar(&clear.offers, "offers", "", "CSV of marketplace offers to sell (.csv, .gz, .xz)")
	c.Flags().StringVar(&clear.jobs, "jobs", "", "CSV of jobs that buy")
	c.Flags().Uint64Var(&clear.seed, "seed", 1, "seed of what the jobs are willing to pay")
	c.Flags().DurationVar(&crash, "crash", 0, "let all prices fall by a tenth this often, 0 for never")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if (clear.offers == "") != (clear.jobs == "") {
			return errors.New("--offers and --jobs go together")
		}
		if err := s.check(); err != nil {
			return err
		}
		if clear.offers != "" {
			return failed(clear.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr()))
		}
		return failed(demo(c, s, crash))
	}
	return c
}

// demo runs the venue with its traders until Ctrl-C.
func demo(c *cobra.Command, s settings, crash time.Duration) error {
	v, err := openInstance(c.Context(), s, newLog(c.ErrOrStderr()))
	if err != nil {
		return err
	}
	d := &demoVenue{instance: v, fair: newFairValues(time.Now()), crash: crash}
	if err := d.prepare(c.Context()); err != nil {
		return errors.Join(err, v.close())
	}
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	traders := d.startTraders(ctx)
	d.banner(c.OutOrStdout())
	err = v.wait(c.Context())
	fmt.Fprintf(c.OutOrStdout(), "\nclosing; orders, positions and balances stay in %s\n", s.dir)
	cancel()
	traders.Wait()
	return errors.Join(err, v.close())
}

// demoVenue is an instance with the demo's accounts and traders.
type demoVenue struct {
	*instance
	fair   *fairValues
	crash  time.Duration // How often prices crash, 0 for never.
	mine   *credentials
	agents *credentials
}

// prepare lists, funds, makes keys, and opens the doors.
func (d *demoVenue) prepare(ctx context.Context) error {
	g := &genesis{Instruments: demoListings(time.Now()), Liquidation: usualLiquidation()}
	g.Accounts = demoAccounts(g.Instruments)
	if err := d.setUp(ctx, g); err != nil {
		return err
	}
	d.fair.resume(d.market.Indices(nil))
	if err := d.makeKeys(); err != nil {
		return err
	}
	d.mux.HandleFunc("GET /demo/session.json", d.sessionFile)
	d.open()
	return nil
}

// demoAccounts gives the visitor, the makers and the takers money, and capacity
// of each spot window. The last account is the visitor's too: it is empty, and
// isolated in the first future.
func demoAccounts(listings []listing) []opening {
	capacity := func(lots int64) map[string]int64 {
		all := map[string]int64{}
		for _, l := range listings {
			if l.Kind == "spot" {
				all[l.Symbol] = lots
			}
		}
		return all
	}
	accounts := []opening{{Owner: 1, Money: "250000", Capacity: capacity(50)}}
	for n := range demoMakers {
		accounts = append(accounts, opening{Owner: venue.OwnerID(10 + n), Money: "5000000", Capacity: capacity(5000)})
	}
	for n := range demoTakers {
		accounts = append(accounts, opening{Owner: venue.OwnerID(20 + n), Money: "2000000", Capacity: capacity(500)})
	}
	for _, l := range listings {
		if l.Kind == "future" {
			accounts = append(accounts, opening{Owner: 1, Isolated: l.Symbol})
			break
		}
	}
	return append(accounts, opening{Owner: gamblerOwner, Money: gamblerMoney})
}

// isolatedAccount is the visitor's second account in a venue that had none before
// the demo.
const isolatedAccount = venue.FirstAccount + 1 + demoMakers + demoTakers

// startTraders runs makers, takers and the reference prices until ctx ends.
func (d *demoVenue) startTraders(ctx context.Context) *sync.WaitGroup {
	var wg sync.WaitGroup
	for n := range demoMakers + demoTakers {
		var s client.Strategy = &agent.Maker{
			Fair: d.fair.price, Edge: venue.Price(4 + 3*n), Step: 4, Levels: 4, Lots: 12, Inventory: 400, Pace: 700 * time.Millisecond,
		}
		if n >= demoMakers {
			s = &agent.Taker{Pace: 700 * time.Millisecond, Lots: 6, Limit: 60}
		}
		wg.Go(func() { d.trade(ctx, agentName(n), uint64(n), s) })
	}
	wg.Go(func() { d.quoteReferences(ctx) })
	wg.Go(func() { d.gamble(ctx) })
	return &wg
}

func agentName(n int) string {
	if n < demoMakers {
		return fmt.Sprintf("maker-%d", n+1)
	}
	return fmt.Sprintf("taker-%d", n-demoMakers+1)
}

// trade runs one strategy, and again after a pause when its session ends.
func (d *demoVenue) trade(ctx context.Context, name string, seed uint64, s client.Strategy) {
	cfg, err := d.agents.config(name)
	if err != nil {
		d.log.Error("trader without a key", "trader", name, "error", err)
		return
	}
	cfg.Reset, cfg.CancelOnDisconnect = true, true
	run := client.RunConfig{Client: cfg, Symbols: d.fair.symbols(), Depth: 10, Seed: seed}
	for ctx.Err() == nil {
		if err := client.Run(ctx, run, s); err != nil && ctx.Err() == nil {
			d.log.Warn("trader stopped", "trader", name, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
}

// quoteReferences moves the fair values, marks the markets that follow no index
// with them, and lets the contributors read them for the others.
func (d *demoVenue) quoteReferences(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	fleet := newDemoFleet(rng)
	crashed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		d.fair.move()
		if d.crash > 0 && time.Since(crashed) >= d.crash {
			crashed = time.Now()
			d.fair.crash(0.1)
		}
		d.read(rng)
		d.meter(fleet)
		for _, symbol := range d.fair.symbols() {
			i, ok := d.market.BySymbol(symbol)
			if !ok || i.Kind == venue.Perpetual || i.Kind == venue.Capped {
				continue
			}
			// Overload is no reason to stop: the next tick brings the next mark.
			_ = d.seq.Submit(operator, &venue.SetMark{Instrument: i.ID, Price: d.fair.price(symbol)})
		}
	}
}

// sessionFile gives the page its key. It answers only this machine's browser, on
// a page of this venue: another site that tricks the browser into asking has
// another origin or names another host.
func (d *demoVenue) sessionFile(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	local := err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
	from := r.Header.Get("Sec-Fetch-Site")
	if !local || from != "" && from != "same-origin" && from != "none" {
		http.NotFound(w, r)
		return
	}
	k := d.mine.Keys[usePage]
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"compId": k.CompID, "keyId": k.ID, "secret": k.Secret, "target": compID, "account": fmt.Sprint(venue.FirstAccount),
		"links": map[string]string{"openapi": "/v1/openapi.json", "health": "/healthz"},
	})
}

// banner says where everything is and what to try, with commands that work as
// they stand in the directory that the demo runs in.
func (d *demoVenue) banner(out io.Writer) {
	symbol := d.fair.symbols()[0]
	try := os.Args[0] + " trade "
	if d.settings.dir != defaultData {
		try += "--client " + clientFile(d.settings.dir) + " "
	}
	url := d.url()
	fmt.Fprintf(out, `
clearhour is open.

  page       %s
  API        %s/v1/instruments   (description: /v1/openapi.json)
  FIX-JSON   ws%s/fix/v1
`, url, url, strings.TrimPrefix(url, "http"))
	if d.settings.ops != "" {
		fmt.Fprintf(out, "  metrics    http://%s/metrics\n", d.settings.ops)
	}
	fmt.Fprintf(out, "  your keys  %s\n\nTry, in a second terminal in this directory:\n\n", clientFile(d.settings.dir))
	for _, words := range []string{
		"markets", "book " + symbol, "buy " + symbol + " 2", "sell " + symbol + " 1 " + d.fair.text(symbol, 1.05),
		"orders", "positions", "account", "balances", "watch",
	} {
		fmt.Fprintln(out, "  "+try+words)
	}
	fmt.Fprintln(out, "\nCtrl-C stops the venue. Start it again and everything is as it was.")
}
