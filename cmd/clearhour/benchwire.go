package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Shape of the network measurements.
const (
	wireWindow  = 4_096  // Orders without an answer in the peak run.
	wireSingles = 10_000 // Orders of the run with one outstanding.
	wireRate    = 100_000
	wireOpen    = 10 * time.Second // How long the open loop lasts.
)

// benchVenueCommand is the venue of the network measurements: a process of its
// own, as a customer would meet it, without limits of rate.
func benchVenueCommand() *cobra.Command {
	var s settings
	c := &cobra.Command{
		Use: "bench-venue", Short: "The venue of `bench wire`", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return failed(benchVenue(c.Context(), s, c.OutOrStdout(), c.ErrOrStderr()))
		},
	}
	c.Flags().StringVar(&s.dir, "data", "", "data directory")
	c.Flags().BoolVar(&s.unsynced, "unsynced", false, "do not sync the journal")
	return c
}

// benchVenue runs until its context ends; it prints the path of its credentials
// when it takes orders.
func benchVenue(ctx context.Context, s settings, out, log io.Writer) error {
	s.listen, s.limits = "127.0.0.1:0", gateway.DefaultLimits()
	s.limits.Orders, s.limits.Cancels = gateway.Rate{}, gateway.Rate{}
	s.queue = 256 << 20 // The client has half of this machine: a pause of it is no reason to lose it.
	v, err := openInstance(ctx, s, newLog(log))
	if err != nil {
		return err
	}
	list := demoListings(time.Now())[:1]
	err = v.setUp(ctx, &genesis{Instruments: list, Accounts: []opening{{Owner: 1, Money: "1000000000"}}})
	if err == nil {
		v.open()
		_, err = v.keysFor(clientFile(s.dir), map[string][]venue.AccountID{useTrade: {venue.FirstAccount}})
	}
	if err == nil {
		fmt.Fprintln(out, clientFile(s.dir), list[0].Symbol)
		err = v.wait(ctx)
	}
	return errors.Join(err, v.close())
}

func benchWire(ctx context.Context, out io.Writer, o *benchOptions) error {
	for _, unsynced := range []bool{false, true} {
		what := "synced: every answer after fdatasync"
		if unsynced {
			what = "unsynced: every answer after write(2); survives the process, not the machine"
		}
		fmt.Fprintln(out, what)
		if err := wireOnce(ctx, out, o, unsynced); err != nil {
			return err
		}
	}
	return nil
}

// wireOnce starts a venue and measures it in the three ways.
func wireOnce(ctx context.Context, out io.Writer, o *benchOptions, unsynced bool) error {
	dir, err := os.MkdirTemp(o.dir, "clearhour-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file, symbol, stop, err := startBenchVenue(ctx, dir, unsynced)
	if err != nil {
		return err
	}
	defer stop()
	p, err := newPacer(ctx, file, symbol)
	if err != nil {
		return err
	}
	defer p.close()
	for _, run := range []struct {
		name string
		do   func(context.Context, *benchOptions) (wireResult, error)
	}{
		{fmt.Sprintf("one outstanding, %d orders", wireSingles), p.singles},
		{fmt.Sprintf("open loop, %d orders/s for %v", wireRate, wireOpen), p.openLoop},
		{fmt.Sprintf("peak, window %d, %d orders", wireWindow, o.orders), p.peak},
	} {
		r, err := run.do(ctx, o)
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", run.name, err), p.Err())
		}
		fmt.Fprintf(out, "  %-42s %9.0f orders/s  p50 %8v  p99 %8v  p99.9 %8v  max %8v\n", run.name, r.rate, r.at(0.5), r.at(0.99), r.at(0.999), r.at(1))
	}
	return nil
}

// startBenchVenue runs the venue as a process and waits until it takes orders.
func startBenchVenue(ctx context.Context, dir string, unsynced bool) (file, symbol string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", "", nil, err
	}
	args := []string{"bench-venue", "--data", filepath.Join(dir, "venue")}
	if unsynced {
		args = append(args, "--unsynced")
	}
	log, err := os.Create(filepath.Join(dir, "venue.log"))
	if err != nil {
		return "", "", nil, err
	}
	c := exec.CommandContext(ctx, self, args...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	c.Stderr = log
	ready, err := c.StdoutPipe()
	if err != nil {
		return "", "", nil, err
	}
	if err := c.Start(); err != nil {
		return "", "", nil, err
	}
	stop = func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
		_ = log.Close()
	}
	line, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil {
		stop()
		text, _ := os.ReadFile(log.Name())
		return "", "", nil, fmt.Errorf("the venue did not start: %w: %s", err, text)
	}
	file, symbol, _ = strings.Cut(strings.TrimSpace(line), " ")
	return file, symbol, stop, nil
}

// wireResult is the answer times of a run.
type wireResult struct {
	rate  float64
	times []time.Duration
}

func (r *wireResult) at(q float64) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return r.times[min(int(q*float64(len(r.times))), len(r.times)-1)].Round(time.Microsecond)
}

// pacer sends immediate-or-cancel orders into an empty book and notes when each
// is answered first; the report of its end comes right behind. Every order
// carries its number as ClOrdID, so that an answer finds its time.
type pacer struct {
	*client.Client
	symbol   string
	start    time.Time
	next     int64
	sentAt   []int64 // Nanoseconds from start, by number, in the current run.
	took     []time.Duration
	base     int64 // Number of the first order of the run.
	answered atomic.Int64
	refused  atomic.Int64
	news     chan struct{}
}

func newPacer(ctx context.Context, file, symbol string) (*pacer, error) {
	creds, err := loadCredentials(file)
	if err != nil {
		return nil, err
	}
	cfg, err := creds.config(useTrade)
	if err != nil {
		return nil, err
	}
	p := &pacer{symbol: symbol, start: time.Now(), news: make(chan struct{}, 1)}
	cfg.Once, cfg.OnReport = true, p.note
	p.Client, err = client.Dial(ctx, cfg)
	return p, err
}

func (p *pacer) close() { _ = p.Close(context.Background()) }

// begin prepares a run of n orders.
func (p *pacer) begin(n int) {
	p.base, p.sentAt, p.took = p.next, make([]int64, n), make([]time.Duration, n)
	p.answered.Store(0)
}

// note takes an answer; it runs on the client's goroutine.
func (p *pacer) note(r *client.Report) {
	switch r.ExecType {
	case '0':
	case '8':
		p.refused.Add(1)
	default:
		return // The order ends; its time is that of the first answer.
	}
	n := int64(0)
	for _, b := range r.ClOrdID[:r.ClOrdID.Len()] {
		n = n*10 + int64(b-'0')
	}
	if at := n - p.base; at >= 0 && at < int64(len(p.took)) {
		p.took[at] = time.Since(p.start) - time.Duration(atomic.LoadInt64(&p.sentAt[at]))
	}
	p.answered.Add(1)
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// order sends the next order as if it had been due at a time.
func (p *pacer) order(due time.Duration) error {
	n := p.next
	p.next++
	atomic.StoreInt64(&p.sentAt[n-p.base], int64(due))
	return p.Send(&client.Order{
		Symbol: p.symbol, ClOrdID: fmt.Sprint(n), Side: venue.Buy, Type: venue.Limit, TIF: venue.IOC, Price: venue.Price(1900 + n%200), Qty: 1,
	})
}

// await waits until n orders of the run are answered.
func (p *pacer) await(ctx context.Context, n int64) error {
	for p.answered.Load() < n {
		select {
		case <-p.news:
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Second):
			return fmt.Errorf("%d of %d orders answered after 10 s", p.answered.Load(), n)
		}
	}
	if p.refused.Load() > 0 {
		return fmt.Errorf("%d orders were refused", p.refused.Load())
	}
	return nil
}

func (p *pacer) result(since time.Duration) wireResult {
	took := time.Since(p.start) - since
	slices.Sort(p.took)
	return wireResult{float64(len(p.took)) / took.Seconds(), p.took}
}

// singles sends the next order when the last one was answered.
func (p *pacer) singles(ctx context.Context, _ *benchOptions) (wireResult, error) {
	p.begin(wireSingles)
	since := time.Since(p.start)
	for n := range int64(wireSingles) {
		if err := p.order(time.Since(p.start)); err != nil {
			return wireResult{}, err
		}
		p.Flush()
		if err := p.await(ctx, n+1); err != nil {
			return wireResult{}, err
		}
	}
	return p.result(since), nil
}

// openLoop sends orders by the clock whether or not earlier ones were answered;
// their times count from when they were due.
func (p *pacer) openLoop(ctx context.Context, _ *benchOptions) (wireResult, error) {
	total := int(wireRate * wireOpen.Seconds())
	p.begin(total)
	since := time.Since(p.start)
	for sent := 0; sent < total; {
		due := int((time.Since(p.start) - since).Seconds() * wireRate)
		for ; sent < min(due, total); sent++ {
			if err := p.order(since + time.Duration(float64(sent)/wireRate*1e9)); err != nil {
				return wireResult{}, err
			}
		}
		p.Flush()
		if ctx.Err() != nil {
			return wireResult{}, ctx.Err()
		}
		time.Sleep(200 * time.Microsecond)
	}
	if err := p.await(ctx, int64(total)); err != nil {
		return wireResult{}, err
	}
	return p.result(since), nil
}

// peak keeps a window of orders without an answer.
func (p *pacer) peak(ctx context.Context, o *benchOptions) (wireResult, error) {
	p.begin(o.orders)
	since := time.Since(p.start)
	for sent := int64(0); sent < int64(o.orders); sent++ {
		if sent%256 == 0 {
			p.Flush()
			if err := p.await(ctx, sent-wireWindow+256); err != nil {
				return wireResult{}, err
			}
		}
		if err := p.order(time.Since(p.start)); err != nil {
			return wireResult{}, err
		}
	}
	p.Flush()
	if err := p.await(ctx, int64(o.orders)); err != nil {
		return wireResult{}, err
	}
	return p.result(since), nil
}
