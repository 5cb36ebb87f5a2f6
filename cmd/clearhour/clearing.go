package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/sim/trace"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
)

// clearing clears recorded offers against a recorded job trace: one day of
// hourly windows, every offer a seller, every job a buyer, all through the
// gateway.
type clearing struct {
	offers, jobs string
	seed         uint64
}

// hours is how many windows a day has.
const hours = 24

// capacity is what a host offers of a model: GPUs at a price, in every hour.
type capacity struct {
	model, host string
	gpus        int
	price       venue.Amount // Micro-dollars per GPU-hour.
}

// demand is a job: GPUs in a row of hours, at most so dear.
type demand struct {
	model, cluster string
	gpus           int
	first, last    int // Hours of the day, both included.
	limit          venue.Amount
}

// plan is a day of supply and demand.
type plan struct {
	supplyDay, demandDay string
	models               []string
	supply               []capacity
	demand               []demand
	median               map[string]venue.Amount
}

// run reads the files, clears them on a venue of its own, and reports.
func (x *clearing) run(ctx context.Context, out, progress io.Writer) error {
	p, err := x.plan()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "offers of %s: %d from %d hosts, %d GPU-hours; jobs of %s: %d of %d clusters, %d GPU-hours\n",
		p.supplyDay, len(p.supply), count(p.supply, func(c capacity) string { return c.host }), p.offered(""),
		p.demandDay, len(p.demand), count(p.demand, func(d demand) string { return d.cluster }), p.wanted(""))
	dir, err := os.MkdirTemp("", "clearhour-clearing-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := settings{dir: dir, listen: "127.0.0.1:0", limits: gateway.DefaultLimits()}
	s.core.OrdersPerAccount, s.core.OrdersPerHolding = 10_000, 10_000
	s.limits.Orders, s.limits.Cancels = gateway.Rate{}, gateway.Rate{} // The files are to be cleared, not a person's clicks.
	v, err := openInstance(ctx, s, newLog(io.Discard))
	if err != nil {
		return err
	}
	m := &clearingRun{instance: v, plan: p, out: out, progress: progress}
	err = m.trade(ctx)
	err = errors.Join(err, v.stop())
	if err == nil {
		err = m.report()
	}
	return errors.Join(err, v.close())
}

func count[T any](list []T, key func(T) string) int {
	seen := map[string]bool{}
	for _, v := range list {
		seen[key(v)] = true
	}
	return len(seen)
}

// plan picks the last day of the offers and the busiest day of the jobs.
func (x *clearing) plan() (*plan, error) {
	offers, err := trace.ReadOffers(x.offers)
	if err != nil {
		return nil, err
	}
	jobs, err := trace.ReadJobs(x.jobs)
	if err != nil {
		return nil, err
	}
	if len(offers) == 0 || len(jobs) == 0 {
		return nil, errors.New("nothing to clear: the files hold no offers or no jobs")
	}
	p := &plan{median: map[string]venue.Amount{}}
	p.sell(offers)
	p.buy(jobs, rand.New(rand.NewPCG(x.seed, 7)))
	return p, nil
}

// sell takes the offers of the last day. A machine is offered whole and in
// parts at the same time: only its largest offer is capacity.
func (p *plan) sell(offers []trace.Offer) {
	for _, o := range offers {
		p.supplyDay = max(p.supplyDay, o.Day)
	}
	largest := map[[2]string]trace.Offer{}
	for _, o := range offers {
		key := [2]string{o.Model, o.Machine}
		if was := largest[key]; o.Day == p.supplyDay && (o.GPUs > was.GPUs || o.GPUs == was.GPUs && o.Price < was.Price) {
			largest[key] = o
		}
	}
	prices := map[string][]venue.Amount{}
	for _, o := range largest {
		p.supply = append(p.supply, capacity{o.Model, o.Host, o.GPUs, o.Price})
		prices[o.Model] = append(prices[o.Model], o.Price)
	}
	slices.SortFunc(p.supply, func(a, b capacity) int {
		return cmp.Or(strings.Compare(a.model, b.model), strings.Compare(a.host, b.host), cmp.Compare(a.price, b.price), cmp.Compare(a.gpus, b.gpus))
	})
	for model, list := range prices {
		slices.Sort(list)
		p.median[model] = list[len(list)/2]
		p.models = append(p.models, model)
	}
	slices.Sort(p.models)
}

// buy takes the jobs that began on the busiest day. A trace of jobs names no
// price and no model, so both are drawn, by seed: the model in proportion to
// what is offered, and the price between half and twice the median offer.
func (p *plan) buy(jobs []trace.Job, rng *rand.Rand) {
	day := func(j trace.Job) venue.Time { return j.Start / (hours * 3600 * venue.Second) }
	perDay := map[venue.Time]int{}
	for _, j := range jobs {
		perDay[day(j)]++
	}
	busiest := day(jobs[0])
	for d, n := range perDay {
		if n > perDay[busiest] || n == perDay[busiest] && d < busiest {
			busiest = d
		}
	}
	p.demandDay = time.Unix(int64(busiest)*hours*3600, 0).UTC().Format(time.DateOnly)
	slices.SortStableFunc(jobs, func(a, b trace.Job) int { return cmp.Compare(a.Start, b.Start) })
	for _, j := range jobs {
		if day(j) != busiest {
			continue
		}
		first := int(j.Start/(3600*venue.Second)) % hours
		length := int(max(1, (j.Duration+3599)/3600))
		d := demand{cluster: j.Cluster, gpus: j.GPUs, first: first, last: min(first+length, hours) - 1}
		d.model = p.draw(rng)
		d.limit = p.median[d.model] * venue.Amount(50+rng.IntN(151)) / 100
		p.demand = append(p.demand, d)
	}
}

// draw picks a model in proportion to the GPUs that are offered.
func (p *plan) draw(rng *rand.Rand) string {
	n := rng.IntN(p.offered("") / hours)
	for _, c := range p.supply {
		if n -= c.gpus; n < 0 {
			return c.model
		}
	}
	return p.models[len(p.models)-1]
}

// offered and wanted are GPU-hours of a model, of all when it is empty.
func (p *plan) offered(model string) (sum int) {
	for _, c := range p.supply {
		if model == "" || c.model == model {
			sum += c.gpus * hours
		}
	}
	return sum
}

func (p *plan) wanted(model string) (sum int) {
	for _, d := range p.demand {
		if model == "" || d.model == model {
			sum += d.gpus * (d.last - d.first + 1)
		}
	}
	return sum
}

// clearingRun is a venue that clears a plan.
type clearingRun struct {
	*instance
	creds         *credentials
	plan          *plan
	out, progress io.Writer
	sent, total   atomic.Int64
	answered      atomic.Int64
}

// clearingTick is the tick of the windows in micro-dollars, and its text.
const (
	clearingTick     = 1000
	clearingTickText = "0.001"
)

// classOf is the hardware class of a model.
func classOf(model string) string { return strings.ReplaceAll(model, " ", "-") }

// symbolOf names the window of a model and an hour.
func symbolOf(model string, hour int) string {
	return fmt.Sprintf("%s.ANY.H.%02d", classOf(model), hour)
}

// trade lists the windows, opens the accounts, and sends every offer and then
// every job through the gateway.
func (m *clearingRun) trade(ctx context.Context) error {
	hosts, clusters := m.parties()
	if err := m.setUp(ctx, m.genesis(hosts, clusters)); err != nil {
		return err
	}
	m.open()
	uses := map[string][]venue.AccountID{}
	for n, name := range append(slices.Clone(hosts), clusters...) {
		uses[name] = []venue.AccountID{venue.FirstAccount + venue.AccountID(n)}
	}
	var err error
	if m.creds, err = m.keysFor(clientFile(m.settings.dir), uses); err != nil {
		return err
	}
	start := time.Now()
	m.total.Store(int64(m.orders()))
	stop := m.showProgress()
	err = m.send(ctx, hosts, m.offersOf)
	if err == nil {
		err = m.send(ctx, clusters, m.jobsOf)
	}
	stop()
	fmt.Fprintf(m.out, "%d orders answered in %v\n", m.answered.Load(), time.Since(start).Round(time.Millisecond))
	return err
}

func (m *clearingRun) parties() (hosts, clusters []string) {
	for _, c := range m.plan.supply {
		hosts = append(hosts, "h"+c.host)
	}
	for _, d := range m.plan.demand {
		clusters = append(clusters, "c"+d.cluster)
	}
	slices.Sort(hosts)
	slices.Sort(clusters)
	return slices.Compact(hosts), slices.Compact(clusters)
}

// orders is how many orders the plan makes: one for each hour.
func (m *clearingRun) orders() int {
	n := len(m.plan.supply) * hours
	for _, d := range m.plan.demand {
		n += d.last - d.first + 1
	}
	return n
}

// genesis lists a window for each model and hour, gives hosts their capacity
// and clusters money.
func (m *clearingRun) genesis(hosts, clusters []string) *genesis {
	g := &genesis{}
	day := time.Now().UTC().Truncate(hours*time.Hour).AddDate(0, 0, 2) // Spot ends when its window starts.
	for _, model := range m.plan.models {
		for h := range hours {
			start := day.Add(time.Duration(h) * time.Hour)
			g.Instruments = append(g.Instruments, listing{Mark: dollars(m.plan.median[model]), Instrument: plain.Instrument{
				Symbol: symbolOf(model, h), Kind: "spot", Class: classOf(model), Region: "ANY", Grade: "S", Window: "H",
				Start: start, End: start.Add(time.Hour), Tick: clearingTickText, Low: clearingTickText, High: "1000", MaxQty: 100000,
				Band: "1", Maker: "0.0002", Taker: "0.0005",
			}})
		}
	}
	for n, host := range hosts {
		g.Accounts = append(g.Accounts, opening{Owner: venue.OwnerID(n + 1), Money: "1", Capacity: map[string]int64{}})
		for _, c := range m.plan.supply {
			if "h"+c.host == host {
				for h := range hours {
					g.Accounts[n].Capacity[symbolOf(c.model, h)] += int64(c.gpus)
				}
			}
		}
	}
	for n := range clusters {
		g.Accounts = append(g.Accounts, opening{Owner: venue.OwnerID(len(hosts) + n + 1), Money: "10000000"})
	}
	return g
}

// ticksUp is a price of micro-dollars in ticks, rounded up.
func ticksUp(a venue.Amount) venue.Price { return venue.Price((a + clearingTick - 1) / clearingTick) }

// dollars writes micro-dollars as such a price.
func dollars(a venue.Amount) string {
	ticks := ticksUp(a)
	return fmt.Sprintf("%d.%03d", ticks/1000, ticks%1000)
}

// order is what a party sends.
type order struct {
	model string
	hour  int
	side  venue.Side
	gpus  int
	price venue.Price
}

func (m *clearingRun) offersOf(name string) (list []order) {
	for _, c := range m.plan.supply {
		if "h"+c.host != name {
			continue
		}
		for h := range hours {
			list = append(list, order{c.model, h, venue.Sell, c.gpus, ticksUp(c.price)})
		}
	}
	return list
}

func (m *clearingRun) jobsOf(name string) (list []order) {
	for _, d := range m.plan.demand {
		if "c"+d.cluster != name {
			continue
		}
		for h := d.first; h <= d.last; h++ {
			list = append(list, order{d.model, h, venue.Buy, d.gpus, venue.Price(d.limit / clearingTick)})
		}
	}
	return list
}

// sessions is how many parties trade at the same time.
const sessions = 8

// send lets each party log on, send its orders and wait for their answers.
func (m *clearingRun) send(ctx context.Context, names []string, orders func(string) []order) error {
	var wg sync.WaitGroup
	errs := make(chan error, len(names))
	free := make(chan struct{}, sessions)
	for _, name := range names {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := m.party(ctx, name, orders(name)); err != nil {
				errs <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

// window bounds the orders of a party that wait for an answer.
const window = 256

// party sends the orders of one account.
func (m *clearingRun) party(ctx context.Context, name string, list []order) error {
	cfg, err := m.creds.config(name)
	if err != nil {
		return err
	}
	answers := make(chan struct{}, len(list))
	cfg.Once = true
	cfg.OnReport = func(r *client.Report) {
		if r.ExecType == '0' || r.ExecType == '8' {
			answers <- struct{}{}
		}
	}
	c, err := client.Dial(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	waiting := 0
	for n := range list {
		o := &list[n]
		err := c.Send(&client.Order{
			Symbol: symbolOf(o.model, o.hour), ClOrdID: c.NewID(), Side: o.side, Type: venue.Limit, TIF: venue.GTC, Price: o.price, Qty: venue.Qty(o.gpus),
		})
		if err != nil {
			return err
		}
		m.sent.Add(1)
		for waiting++; waiting >= window; waiting-- {
			if err := m.answer(ctx, c, answers); err != nil {
				return err
			}
		}
	}
	for ; waiting > 0; waiting-- {
		if err := m.answer(ctx, c, answers); err != nil {
			return err
		}
	}
	return nil
}

// answer waits for the answer to one order.
func (m *clearingRun) answer(ctx context.Context, c *client.Client, answers chan struct{}) error {
	c.Flush()
	select {
	case <-answers:
		m.answered.Add(1)
		return nil
	case <-time.After(10 * time.Second):
		return errors.New("an order was not answered within 10 s")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// showProgress prints a line that says how far the run is, until it is stopped.
func (m *clearingRun) showProgress() (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				fmt.Fprintf(m.progress, "\r%d of %d orders answered\n", m.answered.Load(), m.total.Load())
				return
			case <-tick.C:
				fmt.Fprintf(m.progress, "\r%d of %d orders answered", m.answered.Load(), m.total.Load())
			}
		}
	}()
	return func() { close(done); <-ended }
}
