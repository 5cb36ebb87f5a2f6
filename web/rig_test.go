package web_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/sequencer"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/auth"
	"github.com/clearhour/clearhour/gateway/rest"
	"github.com/clearhour/clearhour/gateway/ws"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
	"github.com/clearhour/clearhour/web"
)

// Accounts of a rig: the trader at the page, and the two that make its market.
const (
	trader = venue.FirstAccount + iota
	maker
	taker
)

// operator is the session of the rig's own commands.
const operator venue.SessionID = 2

// history is how long before now the market of a rig begins.
const history = 4 * time.Hour

// rig is a whole venue behind the page: engine, journal, gateway, REST.
type rig struct {
	t      testing.TB
	url    string
	lines  *lines
	seq    *sequencer.Sequencer
	ws     *ws.Server
	market *marketdata.View
	terms  []venue.Instrument
	rng    *rand.Rand
	orders []resting
	next   uint64
	secret []byte       // Of the page's key.
	cut    atomic.Bool  // The page's connection is refused.
	lag    atomic.Int64 // How far the venue's clock is behind, in ns.
}

// resting is an order of the maker that may be canceled.
type resting struct {
	id         venue.ClOrdID
	instrument int
}

// source feeds the gateway from the ring of the sequencer.
type source struct{ reader *sequencer.Reader }

func (s source) Next(ctx context.Context) ([]venue.Entry, bool, func(), error) {
	b, err := s.reader.Next(ctx)
	if err != nil {
		return nil, false, nil, err
	}
	return b.Entries, b.Image, b.Release, nil
}

// startRig runs a venue with four hours of trades. With a key the page trades,
// without it reads.
func startRig(t testing.TB, withKey bool) *rig {
	t.Helper()
	r := &rig{t: t, rng: rand.New(rand.NewPCG(7, 11)), terms: listings(time.Now())}
	r.lag.Store(int64(history))
	disk, err := journal.OS(t.TempDir())
	check(t, err)
	log, _, err := journal.Open(disk, journal.Options{Mode: journal.Written})
	check(t, err)
	core := engine.New(engine.Limits{})
	r.seq = sequencer.New(core, log, sequencer.Config{Clock: func() venue.Time {
		return venue.Time(time.Now().UnixNano() - r.lag.Load())
	}})
	keys, err := auth.Open(filepath.Join(t.TempDir(), "keys.json"))
	check(t, err)
	guard := auth.NewGuard(keys, time.Now)
	r.market = marketdata.New()
	blotters := blotter.New(blotter.Limits{})
	margins := margin.New(r.market, blotters, margin.Config{})
	hub, err := gateway.NewHub(gateway.HubConfig{
		Name: "CLEARHOUR", Submit: r.seq, Auth: guard, Market: r.market, Blotter: blotters, Margin: margins, Store: &gateway.MemoryStore{},
	})
	check(t, err)
	r.ws = ws.New(ws.Config{Hub: hub})
	api := rest.New(rest.Config{Market: r.market, Blotter: blotters, Margin: margins, Auth: guard})
	reader := r.seq.NewReader(true)
	ended := make(chan error, 1)
	go func() { ended <- r.ws.Run(context.Background(), source{reader}) }()
	_, err = r.seq.Start()
	check(t, err)
	server := r.serve(api, keys, withKey)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = r.ws.Close(ctx)
		if err := r.seq.Close(ctx); err != nil {
			t.Errorf("close the sequencer: %v", err)
		}
		<-ended
		reader.Close()
		r.drop()
		server.Close()
		_ = log.Close()
		_ = disk.Close()
		core.Close()
	})
	r.list()
	r.past()
	return r
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serve puts page, socket and API behind one address, as the demo does.
func (r *rig) serve(api http.Handler, keys *auth.Store, withKey bool) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/fix/v1", func(w http.ResponseWriter, req *http.Request) {
		if r.cut.Load() {
			http.Error(w, "cut", http.StatusServiceUnavailable)
			return
		}
		r.ws.ServeHTTP(w, req)
	})
	mux.Handle("/v1/", api)
	mux.Handle("/", web.Handler())
	if withKey {
		_, secret, err := keys.Create(auth.Key{
			ID: "page", Kind: auth.HMAC, Owner: venue.OwnerID(trader), Accounts: []venue.AccountID{trader},
			Scopes: gateway.ReadMarket | gateway.ReadAccount | gateway.WriteOrders, CompID: "PAGE", MaxSessions: 4,
		})
		check(r.t, err)
		r.secret = secret.Private
		mux.HandleFunc("GET /demo/session.json", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{
				"compId": "PAGE", "keyId": "page", "secret": base64.StdEncoding.EncodeToString(secret.Private),
				"target": "CLEARHOUR", "account": fmt.Sprint(trader), "links": map[string]string{"OpenAPI": "/v1/openapi.json"},
			})
		})
	}
	server := httptest.NewUnstartedServer(mux)
	r.lines = &lines{Listener: server.Listener}
	server.Listener = r.lines
	server.Start()
	r.url = server.URL
	return server
}

// listings are two hardware classes: spot days and month futures.
func listings(now time.Time) []venue.Instrument {
	day := now.UTC().Truncate(24 * time.Hour)
	var all []venue.Instrument
	for _, c := range []struct{ class, short string }{{"H100-SXM-80", "H100C"}, {"A100-SXM-80", "A100C"}} {
		for n := 1; n <= 3; n++ {
			start := day.AddDate(0, 0, n)
			all = append(all, terms(c.class, c.short+".NAE.D."+start.Format("2006-01-02"), venue.Spot, start, start.AddDate(0, 0, 1)))
		}
		for n := 1; n <= 2; n++ {
			start := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			all = append(all, terms(c.class, c.short+".NAE.M."+start.Format("2006-01"), venue.Future, start, start.AddDate(0, 1, 0)))
		}
	}
	base := venue.USD
	for i := range all {
		all[i].ID = venue.InstrumentID(i + 1)
		if all[i].Kind == venue.Spot {
			base++
			all[i].Base = base
		}
	}
	return all
}

func terms(class, symbol string, kind venue.Kind, start, end time.Time) venue.Instrument {
	i := venue.Instrument{
		Symbol: symbol, Kind: kind, Class: class, Region: "NA-E", Grade: "C", Window: venue.WindowDay,
		Start: venue.Time(start.UnixNano()), End: venue.Time(end.UnixNano()), Quote: venue.USD, Tick: 1000,
		Hours: int64(end.Sub(start) / time.Hour), Low: 100, High: 16000, MaxQty: 5000, Band: 200_000, Maker: 200, Taker: 500,
	}
	if kind == venue.Future {
		i.Window = venue.WindowMonth
		i.Brackets = []venue.Bracket{{Upto: 1_000_000_000_000, Initial: 100_000, Maintenance: 50_000}, {Upto: venue.MaxAmount, Initial: 250_000, Maintenance: 125_000}}
	}
	return i
}

// mark is where the price of an instrument starts, in ticks.
func mark(i *venue.Instrument) venue.Price {
	if strings.HasPrefix(i.Symbol, "A100") {
		return 1120
	}
	return 2150
}

func (r *rig) submit(c venue.Command) {
	r.t.Helper()
	if err := r.seq.Submit(operator, c); err != nil {
		r.t.Fatalf("submit %T: %v", c, err)
	}
}

func (r *rig) ref(prefix string) venue.ClOrdID {
	r.next++
	id, _ := venue.ParseClOrdID(fmt.Sprintf("%s%d", prefix, r.next))
	return id
}

func (r *rig) list() {
	accounts := []venue.AccountID{trader, maker, taker}
	for _, a := range accounts {
		r.submit(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(a)})
	}
	money := map[venue.AccountID]venue.Amount{trader: 250_000_000_000, maker: 100_000_000_000_000, taker: 100_000_000_000_000}
	for _, a := range accounts {
		r.submit(&venue.Deposit{Account: a, Asset: venue.USD, Amount: money[a], Ref: r.ref("D")})
	}
	for n := range r.terms {
		i := &r.terms[n]
		if i.Kind == venue.Spot {
			r.submit(&venue.ListAsset{Asset: i.Base, Symbol: i.Symbol})
		}
		r.submit(&venue.ListInstrument{Terms: *i})
		r.submit(&venue.SetMark{Instrument: i.ID, Price: mark(i)})
		r.submit(&venue.SetPhase{Instrument: i.ID, Phase: venue.Continuous})
		if i.Kind == venue.Spot {
			for _, a := range accounts {
				lots := venue.Amount(1_000_000)
				if a == trader {
					lots = 40
				}
				r.submit(&venue.Deposit{Account: a, Asset: i.Base, Amount: lots, Ref: r.ref("C")})
			}
		}
	}
}

// past plays the market from its beginning to now.
func (r *rig) past() {
	const step = 15 * time.Second
	for at := history; at > 0; at -= step {
		r.lag.Store(int64(at))
		for n := range r.terms {
			r.step(n)
		}
		r.settle()
	}
	r.lag.Store(0)
	r.settle()
}

// settle waits until everything submitted is applied, so that it has the time of
// its step.
func (r *rig) settle() {
	for s := r.seq.Stats(); s.QueueBytes > 0; s = r.seq.Stats() {
		time.Sleep(200 * time.Microsecond)
	}
}

// around is the price that the market of an instrument moves about at a moment.
func (r *rig) around(n int) venue.Price {
	last := mark(&r.terms[n])
	if trades := r.market.Trades(r.terms[n].ID, 0, 1, nil); len(trades) > 0 {
		last = trades[0].Price
	}
	pull := (mark(&r.terms[n]) - last) / 40
	return last + pull + venue.Price(r.rng.IntN(7)-3)
}

// step lets maker and taker act once in an instrument.
func (r *rig) step(n int) {
	mid := r.around(n)
	for _, side := range []venue.Side{venue.Buy, venue.Sell} {
		away := venue.Price(1 + r.rng.IntN(26))
		r.place(maker, n, side, venue.GTC, mid-venue.Price(side.Sign())*away, venue.Qty(1+r.rng.IntN(60)))
	}
	for len(r.orders) > 40*len(r.terms) {
		o := r.orders[0]
		r.orders = r.orders[1:]
		r.submit(&venue.CancelOrder{Account: maker, Orig: o.id, ClOrdID: r.ref("X")})
	}
	if r.rng.IntN(3) > 0 {
		side := venue.Side(1 + r.rng.IntN(2))
		r.place(taker, n, side, venue.IOC, mid+venue.Price(side.Sign())*12, venue.Qty(1+r.rng.IntN(25)))
	}
}

func (r *rig) place(a venue.AccountID, n int, side venue.Side, tif venue.TimeInForce, price venue.Price, qty venue.Qty) {
	id := r.ref("M")
	r.submit(&venue.PlaceOrder{
		Account: a, Instrument: r.terms[n].ID, Side: side, Type: venue.Limit, TIF: tif, STP: venue.CancelTaker, Price: price, Qty: qty, ClOrdID: id,
	})
	if tif == venue.GTC {
		r.orders = append(r.orders, resting{id, n})
	}
}

// live moves the market until the end of the test.
func (r *rig) live() {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(60 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				r.step(r.rng.IntN(len(r.terms)))
			}
		}
	}()
	r.t.Cleanup(func() { close(stop); <-done })
}

// lines is a listener that can cut what it accepted, sockets included: a test
// server forgets those.
type lines struct {
	net.Listener
	mu   sync.Mutex
	open []net.Conn
}

// Accept implements net.Listener.
func (l *lines) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.mu.Lock()
		l.open = append(l.open, c)
		l.mu.Unlock()
	}
	return c, err
}

// drop ends all connections as a broken network does.
func (r *rig) drop() {
	r.lines.mu.Lock()
	defer r.lines.mu.Unlock()
	for _, c := range r.lines.open {
		_ = c.Close()
	}
	r.lines.open = nil
}

// sellInto sells to everybody who bids a price or more, in the first instrument.
func (r *rig) sellInto(px string) {
	price, bad := scale.ParsePrice([]byte(px), &r.terms[0])
	if bad != nil {
		r.t.Fatalf("price %q: %v", px, bad)
	}
	r.place(taker, 0, venue.Sell, venue.IOC, price, 4000)
}
