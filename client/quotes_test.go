package client_test

import (
	"errors"
	"testing"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/venue"
)

func TestMassQuote(t *testing.T) {
	r := start(t, gateway.Limits{})
	news := make(chan client.QuoteNews, 1)
	fills := make(chan client.Report, 4)
	alice := r.dial(16, "ALICE", func(c *client.Config) {
		c.OnQuotes = func(n client.QuoteNews) { news <- n }
		c.OnReport = func(rep *client.Report) { fills <- *rep }
	})
	bob := r.dial(17, "BOB", nil)
	ctx := timeout(t)
	if _, err := bob.Place(ctx, limit(venue.Buy, 1, 250)); err != nil {
		t.Fatal(err)
	}

	quote := client.Quote{Symbol: gatewaytest.Symbol, Bid: 240, BidQty: 5, Ask: 260, AskQty: 7}
	got, err := alice.MassQuote(ctx, 1, quote)
	if err != nil || len(got) != 1 || got[0].Bid.Order == 0 || got[0].Bid.Price != 240 || got[0].Ask.Qty != 7 || got[0].Ask.Err != nil {
		t.Fatalf("MassQuote(%+v) = %+v, %v", quote, got, err)
	}
	// An ask that would trade is refused by itself.
	quote.Ask, quote.Bid = 250, 241
	got, err = alice.MassQuote(ctx, 1, quote)
	if err != nil || got[0].Bid.Price != 241 || got[0].Ask.Price != 260 || got[0].Ask.Err == nil || got[0].Ask.Err.Code != gateway.WouldTake || got[0].Ask.Err.Text == "" {
		t.Fatalf("MassQuote(%+v) = %+v, %v", quote, got, err)
	}
	if _, err := alice.MassQuote(ctx, 1, client.Quote{Symbol: "NOTHING"}); !errors.Is(err, client.ErrUnknownSymbol) {
		t.Errorf("a quote in NOTHING: %v", err)
	}
	var refused *client.Error
	if _, err := alice.MassQuote(ctx, 1, make([]client.Quote, 0)...); !errors.As(err, &refused) {
		t.Errorf("a mass quote without entries: %v, want a refusal", err)
	}

	limits := venue.QuoteLimits{Window: venue.Second, Frozen: 30 * venue.Second, Qty: 3, Delta: 3}
	if err := alice.ProtectQuotes(ctx, 1, limits); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.Place(ctx, limit(venue.Buy, 3, 260)); err != nil {
		t.Fatal(err)
	}
	if n := <-news; n.Set != 1 || n.FrozenUntil == 0 {
		t.Errorf("news of the protection: %+v", n)
	}
	if f := <-fills; f.ExecType != 'F' || f.LastQty != 3 || f.Order != got[0].Ask.Order {
		t.Errorf("the fill of a quote is reported as %+v", f)
	}
	if err := alice.ProtectQuotes(ctx, 1, venue.QuoteLimits{}); err != nil {
		t.Fatal(err)
	}
	if n, err := alice.CancelQuotes(ctx, 0); n != 1 || err != nil {
		t.Errorf("CancelQuotes = %d, %v; want the ask that is left", n, err)
	}
}
