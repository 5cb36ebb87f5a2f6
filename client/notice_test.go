package client_test

import (
	"context"
	"reflect"
	"sync"
	"testing"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/venue"
)

// acts are what the venue does to account 16, each in the form of its event.
var acts = []venue.Event{
	&venue.AccountStateChanged{Account: 16, State: venue.StateLiquidating, Cash: 1_000_000, Unrealised: -900_000, Initial: 300_000, Maintenance: 150_000},
	&venue.PositionTransferred{Instrument: 1, From: 16, To: venue.Insurance, Qty: 3, Value: 180_000_001},
	&venue.PositionTransferred{Instrument: 1, From: 17, To: 16, Qty: -2, Value: -120_000_000},
	&venue.FundingPaid{Account: 16, Instrument: 1, Qty: -3, Amount: -2_500_000},
	&venue.VariationPaid{Account: 16, Instrument: 1, Qty: 4, Price: 251, Amount: -720_000},
	&venue.PositionChanged{Account: 16, Instrument: 1, Qty: 4, Cost: 200_000_000},
	&venue.GainsHaircut{Account: 16, Instrument: 1, Amount: 1_250_000},
	&venue.DebtPaid{Account: 16, From: venue.Residue, Amount: 3_000_001},
	&venue.AssetListed{Asset: 2, Symbol: "ETH", Decimals: 8},
	&venue.CollateralSeized{Account: 16, Asset: 2, Amount: 150_000_000, Value: 12_000_000},
	&venue.Transferred{Account: 17, To: 16, Asset: venue.USD, Amount: 12_500_000},
	&venue.QuoteProtectionTriggered{Account: 16, Set: 3, Until: 1_796_083_200 * venue.Second},
}

// told are the same acts as a program hears of them, but for instrument, number
// and time.
var told = []client.Event{
	client.AccountEvent{AccountNotice: client.AccountNotice{State: "liquidating", Cash: 1_000_000, Unrealised: -900_000, Initial: 300_000, Maintenance: 150_000}},
	client.PositionEvent{PositionNotice: client.PositionNotice{Reason: "takeover", Side: venue.Sell, Qty: 3, Price: 2_500_000, Value: 180_000_001}},
	client.PositionEvent{PositionNotice: client.PositionNotice{Reason: "deleveraging", Side: venue.Sell, Qty: 2, Price: 2_500_000, Value: 120_000_000}},
	client.PaymentEvent{PaymentNotice: client.PaymentNotice{Kind: "FUND", Qty: -3, Gained: 2_500_000}},
	client.PaymentEvent{PaymentNotice: client.PaymentNotice{Kind: "TVAR", Qty: 4, Gained: -720_000}},
	client.PaymentEvent{PaymentNotice: client.PaymentNotice{Kind: "VADJ", Qty: 4, Gained: -1_250_000}},
	client.TransferEvent{TransferNotice: client.TransferNotice{Reason: "debt-paid", From: venue.Residue, To: 16, Asset: "USD", Amount: "3.000001"}},
	client.TransferEvent{TransferNotice: client.TransferNotice{Reason: "seizure", From: 16, To: venue.Insurance, Asset: "ETH", Amount: "1.50000000", Value: 12_000_000}},
	client.TransferEvent{TransferNotice: client.TransferNotice{Reason: "transfer", From: 17, To: 16, Asset: "USD", Amount: "12.500000"}},
	client.QuotesEvent{QuoteNews: client.QuoteNews{Set: 3, FrozenUntil: 1_796_083_200 * venue.Second}},
}

// bare takes from an event what the test cannot know, and says whether there is
// an instrument where there should be one.
func bare(e client.Event) (client.Event, bool) {
	switch e := e.(type) {
	case client.AccountEvent:
		known := e.Seq != 0 && e.At != 0
		e.Seq, e.At = 0, 0
		return e, known
	case client.PositionEvent:
		known := e.Instrument.Symbol == gatewaytest.Symbol && e.Seq != 0 && e.At != 0
		e.Instrument, e.Seq, e.At = nil, 0, 0
		return e, known
	case client.PaymentEvent:
		known := e.Instrument.Symbol == gatewaytest.Symbol && e.At != 0
		e.Instrument, e.At = nil, 0
		return e, known
	case client.TransferEvent:
		known := e.Seq != 0 && e.At != 0
		e.Seq, e.At = 0, 0
		return e, known
	case client.QuotesEvent:
		return e, true
	case client.StatusEvent, client.BookEvent, client.TradeEvent, client.OrderEvent, client.TimerEvent, client.StateEvent, client.LiquidationEvent:
	}
	return e, false
}

// compare fails where what was heard is not what the acts are told as.
func compare(t *testing.T, heard []client.Event) {
	t.Helper()
	if len(heard) != len(told) {
		t.Fatalf("heard %d notices, want %d: %+v", len(heard), len(told), heard)
	}
	for n := range told {
		if got, known := bare(heard[n]); !known || !reflect.DeepEqual(got, told[n]) {
			t.Errorf("%T is told as %+v (named and numbered %t), want %+v", told[n], got, known, told[n])
		}
	}
}

// TestNotices hears through the callbacks what the venue does to an account.
// rules: FIX-74, FIX-75, FIX-76
func TestNotices(t *testing.T) {
	r := start(t, gateway.Limits{})
	var mu sync.Mutex
	var heard []client.Event
	hear := func(e client.Event) {
		mu.Lock()
		heard = append(heard, e)
		mu.Unlock()
	}
	c := r.dial(16, "ALICE", func(cfg *client.Config) {
		cfg.OnQuotes = func(n client.QuoteNews) { hear(client.QuotesEvent{QuoteNews: n}) }
		cfg.Notices = client.Notices{
			OnAccount:  func(n *client.AccountNotice) { hear(client.AccountEvent{AccountNotice: *n}) },
			OnPosition: func(n *client.PositionNotice) { hear(client.PositionEvent{PositionNotice: *n}) },
			OnPayment:  func(n *client.PaymentNotice) { hear(client.PaymentEvent{PaymentNotice: *n}) },
			OnTransfer: func(n *client.TransferNotice) { hear(client.TransferEvent{TransferNotice: *n}) },
		}
	})
	if _, err := c.Instruments(timeout(t)); err != nil {
		t.Fatal(err)
	}
	r.venue.Happens(acts...)
	eventually(t, "all notices", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(heard) >= len(told)
	})
	compare(t, heard)
}

// listener is a strategy that keeps what it hears of the venue's acts.
type listener struct {
	started chan struct{}
	heard   []client.Event
	done    chan struct{}
	// position is what the runner thinks of the account at the end.
	position venue.Qty
}

func (l *listener) Start(client.Env) error {
	close(l.started)
	return nil
}

func (l *listener) On(env client.Env, e client.Event) {
	if _, ok := bare(e); !ok {
		return
	}
	if l.heard = append(l.heard, e); len(l.heard) == len(told) {
		l.position = env.Account().Position(gatewaytest.Symbol)
		close(l.done)
	}
}

func (l *listener) Stop(client.Env) {}

// TestStrategyHears hears the same as events of a strategy, whose position is
// what the venue left of it.
func TestStrategyHears(t *testing.T) {
	r := start(t, gateway.Limits{})
	l := &listener{started: make(chan struct{}), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(timeout(t))
	ran := make(chan error, 1)
	go func() {
		ran <- client.Run(ctx, client.RunConfig{Client: client.Config{URL: r.url, CompID: "L", KeyID: "K16", Secret: []byte("s")}}, l)
	}()
	<-l.started
	r.venue.Happens(acts...)
	select {
	case <-l.done:
	case <-ctx.Done():
	}
	cancel()
	if err := <-ran; err != nil {
		t.Errorf("Run = %v", err)
	}
	compare(t, l.heard)
	if l.position != -5 {
		t.Errorf("the position is %d, want -5: 3 taken over, 2 deleveraged", l.position)
	}
}
