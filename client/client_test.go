package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/gateway/ws"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func clock() venue.Time { return venue.Time(time.Now().UnixNano()) }

// rig is a venue with a WebSocket server. Its connections can be cut.
type rig struct {
	t     testing.TB
	venue *gatewaytest.Venue
	srv   *ws.Server
	url   string

	mu    sync.Mutex
	conns []net.Conn
	down  atomic.Bool
}

func start(t testing.TB, limits gateway.Limits) *rig {
	t.Helper()
	r := &rig{t: t, venue: gatewaytest.New(clock, false)}
	market, accounts := marketdata.New(), blotter.New(blotter.Limits{})
	hub, err := gateway.NewHub(gateway.HubConfig{
		Name: "CLEARHOUR", Submit: r.venue, Auth: gatewaytest.Open{}, Market: market,
		Blotter: accounts, Margin: margin.New(market, accounts, margin.Config{}), Store: &gateway.MemoryStore{}, Limits: limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.srv = ws.New(ws.Config{Hub: hub})
	mux := http.NewServeMux()
	mux.Handle(ws.Path, r.srv)
	server := httptest.NewServer(mux)
	r.url = "ws" + strings.TrimPrefix(server.URL, "http") + ws.Path
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- r.srv.Run(ctx, r.venue) }()
	if err := r.srv.Sync(t.Context(), 1); err != nil { // The instrument is listed.
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop, done := context.WithTimeout(context.Background(), 5*time.Second)
		defer done()
		if err := r.srv.Close(stop); err != nil {
			t.Errorf("close: %v", err)
		}
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
		server.Close()
	})
	return r
}

// dial connects as an account.
func (r *rig) dial(account int, name string, change func(*client.Config)) *client.Client {
	r.t.Helper()
	cfg := client.Config{URL: r.url, CompID: name, KeyID: fmt.Sprintf("K%d", account), Secret: []byte("s"), DialContext: r.dialer}
	if change != nil {
		change(&cfg)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := client.Dial(ctx, cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	return c
}

// dialer remembers connections, so that they can be cut.
func (r *rig) dialer(ctx context.Context, network, addr string) (net.Conn, error) {
	if r.down.Load() {
		return nil, errors.New("the network is down")
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err == nil {
		r.mu.Lock()
		r.conns = append(r.conns, c)
		r.mu.Unlock()
	}
	return c, err
}

// cut breaks all connections without a word.
func (r *rig) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
	r.conns = nil
}

func timeout(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func limit(side venue.Side, qty venue.Qty, price venue.Price) client.Order {
	return client.Order{Symbol: gatewaytest.Symbol, Side: side, Qty: qty, Price: price}
}

// eventually waits for something that happens soon.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in 10 s: %s", what)
		}
	}
}

func TestTrading(t *testing.T) {
	r := start(t, gateway.Limits{})
	fills := make(chan client.Report, 10)
	alice := r.dial(16, "ALICE", func(c *client.Config) {
		c.OnReport = func(rep *client.Report) {
			if rep.ExecType == 'F' {
				fills <- *rep
			}
		}
	})
	bob := r.dial(17, "BOB", nil)
	ctx := timeout(t)

	book, err := bob.Follow(ctx, gatewaytest.Symbol, 0)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := alice.Place(ctx, limit(venue.Sell, 5, 250))
	if err != nil || ask.ExecType != '0' || ask.Leaves != 5 || ask.Price != 250 {
		t.Fatalf("Place = %+v, %v", ask, err)
	}
	eventually(t, "the ask in the book", func() bool {
		l, ok := book.Best(venue.Sell)
		return ok && l == client.Level{Price: 250, Qty: 5, Orders: 1}
	})

	changed, err := alice.Amend(ctx, client.Target{Symbol: gatewaytest.Symbol, Side: venue.Sell, OrderID: ask.Order}, client.Change{Price: 255, Qty: 7})
	if err != nil || changed.ExecType != '5' || changed.Price != 255 || changed.Leaves != 7 || changed.Orig != ask.ClOrdID {
		t.Fatalf("Amend = %+v, %v", changed, err)
	}
	if _, err := bob.Place(ctx, limit(venue.Buy, 3, 260)); err != nil {
		t.Fatal(err)
	}
	fill := <-fills
	if fill.Last != 255 || fill.LastQty != 3 || fill.Leaves != 4 || !fill.Maker || fill.Fee == 0 {
		t.Errorf("fill = %+v", fill)
	}
	gone, err := alice.Cancel(ctx, client.Target{Symbol: gatewaytest.Symbol, Side: venue.Sell, ClOrdID: changed.ClOrdID.String()})
	if err != nil || gone.Status != '4' || gone.Leaves != 0 || gone.Filled != 3 {
		t.Errorf("Cancel = %+v, %v", gone, err)
	}
	eventually(t, "an empty book", func() bool { _, ok := book.Best(venue.Sell); return !ok })

	_, err = alice.Cancel(ctx, client.Target{Symbol: gatewaytest.Symbol, Side: venue.Sell, OrderID: ask.Order})
	if !errors.Is(err, &client.Error{Code: gateway.TooLate}) {
		t.Errorf("a second Cancel = %v, want TOO_LATE", err)
	}
	for i := range 3 {
		if _, err := alice.Place(ctx, limit(venue.Buy, 1, venue.Price(100+i))); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := alice.CancelAll(ctx, ""); n != 3 || err != nil {
		t.Errorf("CancelAll = %d, %v; want 3", n, err)
	}
	if book.Resyncs() != 0 {
		t.Errorf("%d resyncs of the book, want none", book.Resyncs())
	}
}

func TestRefusals(t *testing.T) {
	r := start(t, gateway.Limits{})
	c := r.dial(16, "ALICE", nil)
	ctx := timeout(t)
	order := func(change func(*client.Order)) client.Order {
		o := limit(venue.Buy, 1, 100)
		change(&o)
		return o
	}
	tests := []struct {
		name  string
		order client.Order
		code  gateway.Code
		retry bool
	}{
		{"price", order(func(o *client.Order) { o.Price = 1 << 30 }), gateway.PriceRange, false},
		{"quantity", order(func(o *client.Order) { o.Qty = 1 << 30 }), gateway.BadLot, false},
		{"type", order(func(o *client.Order) { o.Type, o.Stop = venue.StopLimit, 5 }), gateway.UnsupportedCombo, false},
		{"side", order(func(o *client.Order) { o.Side = 3 }), gateway.BadValue, false},
		{"id", order(func(o *client.Order) { o.ClOrdID = "a b" }), gateway.BadValue, false},
	}
	for _, tt := range tests {
		_, err := c.Place(ctx, tt.order)
		var e *client.Error
		if !errors.As(err, &e) || e.Code != tt.code || e.Retryable() != tt.retry {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.code)
		}
	}
	r.venue.SetFull(true)
	_, err := c.Place(ctx, limit(venue.Buy, 1, 100))
	var e *client.Error
	if !errors.As(err, &e) || e.Code != gateway.Overloaded || !e.Retryable() {
		t.Errorf("on a full venue: %v, want OVERLOADED, retryable", err)
	}
	r.venue.SetFull(false)
	if _, err := c.Status(ctx, "never"); !errors.Is(err, &client.Error{Code: gateway.UnknownOrder}) && err == nil {
		t.Errorf("Status of nothing = %v, want UNKNOWN_ORDER", err)
	}
	first, err := c.Place(ctx, order(func(o *client.Order) { o.ClOrdID = "twice" }))
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Place(ctx, order(func(o *client.Order) { o.ClOrdID = "twice" }))
	if err != nil || again.ExecType != 'I' || again.Order != first.Order || again.Leaves != 1 {
		t.Errorf("a repeated Place = %+v, %v; want what the order is", again, err)
	}
}

func TestWrongKey(t *testing.T) {
	r := start(t, gateway.Limits{})
	ctx := timeout(t)
	_, err := client.Dial(ctx, client.Config{URL: r.url, CompID: "ALICE", KeyID: "nobody", Secret: []byte("s")})
	if !errors.Is(err, err) || err == nil {
		t.Fatal("a logon with an unknown key succeeded")
	}
	var e *client.Error
	if !errors.As(err, &e) || e.Code != gateway.AuthInvalidKey {
		t.Errorf("Dial = %v, want AUTH_INVALID_KEY", err)
	}
}

// TestReconnect cuts the connection again and again while orders trade: every
// report arrives once.
func TestReconnect(t *testing.T) {
	r := start(t, gateway.Limits{Orders: gateway.Rate{}, Subscriptions: 10, Symbols: 10, RecvWindow: 5 * venue.Second, MaxRecvWindow: 60 * venue.Second})
	var mu sync.Mutex
	seen := map[gateway.EventKey]int{}
	var last gateway.EventKey
	filled := venue.Qty(0)
	maker := r.dial(16, "MAKER", func(c *client.Config) {
		c.BackoffMin, c.BackoffMax = time.Millisecond, 10*time.Millisecond
		c.OnReport = func(rep *client.Report) {
			mu.Lock()
			defer mu.Unlock()
			if rep.Exec.IsZero() {
				return
			}
			seen[rep.Exec]++
			if !rep.Exec.After(last) {
				t.Errorf("report %v after %v", rep.Exec, last)
			}
			last = rep.Exec
			filled += rep.LastQty
		}
	})
	ctx := timeout(t)
	book, err := maker.Follow(ctx, gatewaytest.Symbol, 0)
	if err != nil {
		t.Fatal(err)
	}
	taker := r.dial(17, "TAKER", func(c *client.Config) { c.DialContext = nil }) // Its connection holds.
	const rounds, each = 10, 20
	if _, err := maker.Place(ctx, limit(venue.Sell, rounds*each, 250)); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		for range each {
			o := limit(venue.Buy, 1, 250)
			o.ClOrdID = taker.NewID()
			if err := taker.Send(&o); err != nil {
				t.Fatal(err)
			}
		}
		taker.Flush()
		if round%3 == 1 {
			r.down.Store(true)
		}
		r.cut()
		time.Sleep(5 * time.Millisecond)
		r.down.Store(false)
	}
	eventually(t, "all fills", func() bool { mu.Lock(); defer mu.Unlock(); return filled == rounds*each })
	mu.Lock()
	for k, n := range seen {
		if n != 1 {
			t.Errorf("report %v came %d times", k, n)
		}
	}
	mu.Unlock()
	eventually(t, "an empty book", func() bool {
		_, ready := book.Seq()
		_, any := book.Best(venue.Sell)
		return ready && !any
	})
}

// TestOrdersAcrossACut sends orders while the connection breaks: each is known
// to the venue once, or was never entered.
func TestOrdersAcrossACut(t *testing.T) {
	r := start(t, gateway.Limits{RecvWindow: 5 * venue.Second, MaxRecvWindow: 60 * venue.Second})
	acks := map[string]int{}
	var mu sync.Mutex
	c := r.dial(16, "ALICE", func(c *client.Config) {
		c.BackoffMin = time.Millisecond
		c.OnReport = func(rep *client.Report) {
			mu.Lock()
			defer mu.Unlock()
			if rep.ExecType == '0' {
				acks[rep.ClOrdID.String()]++
			}
		}
	})
	sent := map[string]bool{}
	for i := range 300 {
		o := limit(venue.Buy, 1, 100)
		o.ClOrdID = fmt.Sprint("o", i)
		if c.Send(&o) == nil {
			sent[o.ClOrdID] = true
		}
		if i%10 == 0 {
			c.Flush()
		}
		if i%50 == 49 {
			r.cut()
			time.Sleep(3 * time.Millisecond)
			if err := c.WaitConnected(timeout(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.Flush()
	eventually(t, "an answer to each order", func() bool { mu.Lock(); defer mu.Unlock(); return len(acks) == len(sent) })
	mu.Lock()
	defer mu.Unlock()
	for id, n := range acks {
		if n != 1 || !sent[id] {
			t.Errorf("order %s was accepted %d times, sent: %v", id, n, sent[id])
		}
	}
}

func TestAccount(t *testing.T) {
	r := start(t, gateway.Limits{})
	c := r.dial(16, "ALICE", nil)
	ctx := timeout(t)
	balances, err := c.Balances(ctx)
	if err != nil || len(balances) != 1 || balances[0].Asset != "USD" || balances[0].Total != 1_000_000_000_000 || balances[0].Decimals != 6 {
		t.Errorf("Balances = %+v, %v", balances, err)
	}
	if positions, err := c.Positions(ctx); err != nil || len(positions) != 0 {
		t.Errorf("Positions = %+v, %v; want none", positions, err)
	}
	list, err := c.Instruments(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("Instruments = %v, %v", list, err)
	}
	i := list[0]
	if i.Tick != 10_000 || i.Hours != 24 || i.Low != 1 || i.High != 100_000 || i.Taker != 500 || !i.Open || i.Class != "H100-SXM-80" {
		t.Errorf("terms = %+v", i)
	}
	if p, err := i.ParsePrice("2.50"); p != 250 || err != nil || i.FormatPrice(p) != "2.50" {
		t.Errorf("ParsePrice(2.50) = %d, %v; FormatPrice = %s", p, err, i.FormatPrice(p))
	}
}
