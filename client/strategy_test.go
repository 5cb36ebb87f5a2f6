package client_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/venue"
)

// maker quotes one lot on both sides, and quotes again when one is filled. It
// stops after three fills.
type maker struct {
	quotes   map[venue.Side]client.Ref
	fills    int
	timers   int
	trades   int
	books    int
	stopped  bool
	position venue.Qty
	open     int
	done     chan struct{}
}

func (m *maker) Start(env client.Env) error {
	m.quotes = map[venue.Side]client.Ref{}
	env.Every(5*time.Millisecond, "tick")
	env.After(time.Millisecond, "once")
	m.quote(env, venue.Buy, 240)
	m.quote(env, venue.Sell, 260)
	return nil
}

func (m *maker) quote(env client.Env, s venue.Side, p venue.Price) {
	m.quotes[s] = env.Submit(client.Order{Symbol: gatewaytest.Symbol, Side: s, Price: p, Qty: 1})
}

func (m *maker) On(env client.Env, e client.Event) {
	switch e := e.(type) {
	case client.OrderEvent:
		if e.Report.ExecType != 'F' {
			return
		}
		m.fills++
		m.position = env.Account().Position(gatewaytest.Symbol)
		env.Record("fills", float64(m.fills))
		if m.fills == 3 {
			close(m.done)
			return
		}
		m.quote(env, e.Report.Side, e.Report.Price)
		env.Amend(m.quotes[e.Report.Side.Opposite()], client.Change{Price: 250 + 10*venue.Price(e.Report.Side.Opposite().Sign())*-1, Qty: 1})
	case client.TradeEvent:
		m.trades++
	case client.BookEvent:
		m.books++
		if _, ok := env.Book(e.Symbol).Best(venue.Buy); !ok {
			return
		}
	case client.TimerEvent:
		m.timers++
	case client.StateEvent:
	}
}

func (m *maker) Stop(env client.Env) {
	m.stopped = true
	env.Account().Open(func(client.Ref, *client.Report) { m.open++ })
}

func TestStrategy(t *testing.T) {
	r := start(t, gateway.Limits{})
	other := r.dial(17, "OTHER", nil)
	m := &maker{done: make(chan struct{})}
	recorded := 0
	ctx, cancel := context.WithCancel(timeout(t))
	ran := make(chan error, 1)
	go func() {
		ran <- client.Run(ctx, client.RunConfig{
			Client: client.Config{URL: r.url, CompID: "MAKER", KeyID: "K16", Secret: []byte("s")},
			Record: func(string, float64) { recorded++ },
		}, m)
	}()
	book, err := other.Follow(ctx, gatewaytest.Symbol, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []venue.Side{venue.Buy, venue.Sell, venue.Buy} {
		eventually(t, "a quote", func() bool { _, ok := book.Best(s.Opposite()); return ok })
		if _, err := other.Place(ctx, client.Order{Symbol: gatewaytest.Symbol, Side: s, Qty: 1, Price: 250 + 20*venue.Price(s.Sign()), TIF: venue.IOC}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	<-m.done
	cancel()
	if err := <-ran; err != nil {
		t.Errorf("Run = %v", err)
	}
	if m.fills != 3 || m.position != -1 || m.trades != 3 || m.books == 0 || m.timers < 3 || !m.stopped || recorded != 3 {
		t.Errorf("fills %d position %d trades %d books %d timers %d stopped %v recorded %d", m.fills, m.position, m.trades, m.books, m.timers, m.stopped, recorded)
	}
	eventually(t, "its quotes gone", func() bool {
		_, bid := book.Best(venue.Buy)
		_, ask := book.Best(venue.Sell)
		return !bid && !ask
	})
}

// refuses is a strategy that does not want to start.
type refuses struct{ maker }

func (*refuses) Start(client.Env) error { return errors.New("not today") }

func TestStrategyRefuses(t *testing.T) {
	r := start(t, gateway.Limits{})
	s := &refuses{}
	err := client.Run(timeout(t), client.RunConfig{Client: client.Config{URL: r.url, CompID: "MAKER", KeyID: "K16", Secret: []byte("s")}}, s)
	if err == nil || s.stopped {
		t.Errorf("Run = %v, stopped %v; want the error of Start and no Stop", err, s.stopped)
	}
}

// TestBookResync gives a follower an update that does not fit: it asks for a new
// snapshot.
func TestBookResync(t *testing.T) {
	r := start(t, gateway.Limits{})
	c := r.dial(16, "ALICE", nil)
	ctx := timeout(t)
	book, err := c.Follow(ctx, gatewaytest.Symbol, 0)
	if err != nil {
		t.Fatal(err)
	}
	book.Break()
	if _, err := c.Place(ctx, limit(venue.Buy, 4, 200)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a new snapshot", func() bool {
		l, ok := book.Best(venue.Buy)
		return ok && l.Price == 200 && book.Resyncs() == 1
	})
}
