package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

var rewrite = flag.Bool("rewrite", false, "write golden files")

const (
	alice venue.AccountID = 16
	bob   venue.AccountID = 17
	nemo  venue.AccountID = 999 // Does not exist.

	spot   = "H100C.NAE.D.2026-12-01"
	future = "H100F.NAE.M.2027-01"
)

var epoch = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// keyring lets in whoever names a key: "alice" and "bob" with all scopes,
// "alice-<scopes>" with those.
type keyring struct{ got *gateway.SignedRequest }

func (k *keyring) Request(r *gateway.SignedRequest) (gateway.Caller, *gateway.Denial) {
	k.got = r
	name, scopes, few := strings.Cut(r.Key, "/")
	c := gateway.Caller{Key: r.Key, Scopes: gateway.AllScopes}
	switch name {
	case "alice":
		c.Accounts = []venue.AccountID{alice, 18}
	case "bob":
		c.Accounts = []venue.AccountID{bob}
	case "":
		return c, &gateway.Denial{Code: gateway.AuthMissing}
	case "slow":
		return c, &gateway.Denial{Code: gateway.RateLimited, RetryAfter: 1500 * time.Millisecond}
	default:
		return c, &gateway.Denial{Code: gateway.AuthInvalidKey}
	}
	if few {
		c.Scopes = 0
		for s := range strings.SplitSeq(scopes, ",") {
			if one, err := gateway.ParseScope(s); err == nil {
				c.Scopes |= one
			}
		}
	}
	return c, nil
}

// bench is a server with views that tests fill.
type bench struct {
	t      testing.TB
	server *Server
	keys   *keyring
	now    time.Time
	ready  error
	seq    venue.Seq
	tape   venue.Tape
	market *marketdata.View
	blot   *blotter.View
}

func newBench(t testing.TB, change func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, keys: &keyring{}, now: epoch, market: marketdata.New(), blot: blotter.New(blotter.Limits{})}
	c := Config{
		Market: b.market, Blotter: b.blot, Margin: margin.New(b.market, b.blot, margin.Config{}), Auth: b.keys, Clock: func() time.Time { return b.now }, Version: "test",
		Impact: moves{}, Ready: func() error { return b.ready }, PerAddress: Limit{1e6, time.Second}, PerKey: Limit{1e6, time.Second},
	}
	if change != nil {
		change(&c)
	}
	b.server = New(c)
	b.reference()
	b.orders()
	return b
}

func (b *bench) apply(fill func(*venue.Tape)) {
	b.seq++
	b.tape.Reset()
	b.tape.Begin(&venue.Envelope{Seq: b.seq, Time: venue.Time(b.now.UnixNano()), Session: 20})
	fill(&b.tape)
	b.market.ApplyAll(b.tape.Entries)
	b.blot.ApplyAll(b.tape.Entries)
}

func (b *bench) reference() {
	start := venue.Time(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).UnixNano())
	terms := venue.Instrument{
		ID: 1, Symbol: spot, Kind: venue.Spot, Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Window: venue.WindowDay,
		Start: start, End: start + 86400*venue.Second, Base: 2, Quote: venue.USD, Tick: 10_000, Hours: 24,
		Low: 1, High: 10_000, MaxQty: 5000, Band: 100_000, Maker: 200, Taker: 500,
	}
	contract := terms
	contract.ID, contract.Symbol, contract.Kind, contract.Base = 2, future, venue.Future, 0
	contract.Brackets = []venue.Bracket{{Upto: venue.MaxAmount, Initial: 200_000, Maintenance: 100_000}}
	b.apply(func(t *venue.Tape) {
		*t.AssetListed() = venue.AssetListed{Asset: venue.USD, Symbol: "USD", Decimals: 6}
		*t.AssetListed() = venue.AssetListed{Asset: 2, Symbol: "H100C.NAE.D.2026-12-01", Decimals: 0}
		t.InstrumentListed().Terms = terms
		t.InstrumentListed().Terms = contract
		*t.PhaseChanged() = venue.PhaseChanged{Instrument: 1, Phase: venue.Continuous}
		*t.MarkChanged() = venue.MarkChanged{Instrument: 1, Price: 250}
		*t.MarkChanged() = venue.MarkChanged{Instrument: 2, Price: 260, Sources: venue.MarkFromIndex | venue.MarkFromLast}
		*t.AccountOpened() = venue.AccountOpened{Account: alice, Owner: 1}
		*t.AccountOpened() = venue.AccountOpened{Account: bob, Owner: 2}
		*t.ChangeProposed() = venue.ChangeProposed{
			Operator: 1, Change: clID("c1"), Reason: venue.ForRisk, Lapses: 1_900_000_000 * venue.Second,
			Content: wire.Content(&venue.SetMark{Instrument: 2, Price: 250}),
		}
	})
}

// moves is what every change would do: it makes alice reduce-only in the future.
type moves struct{}

func (moves) Impact(context.Context, venue.Command) (*Replay, error) {
	return &Replay{Seq: 7, Time: 1_800_000_000 * venue.Second, Accounts: 2, Complete: true, Moved: []Moved{
		{Account: alice, From: venue.StateHealthy, To: venue.StateReduceOnly, Instruments: []venue.InstrumentID{2}},
		{Account: bob, From: venue.StateReduceOnly, To: venue.StateLiquidating, Instruments: []venue.InstrumentID{2}},
		{Account: 18, From: venue.StateHealthy, To: venue.StateReduceOnly},
	}}, nil
}

func clID(s string) venue.ClOrdID {
	id, ok := venue.ParseClOrdID(s)
	if !ok {
		panic("bad id in a test: " + s)
	}
	return id
}

// orderID is the id of the n-th order: beyond what a float keeps exactly.
func orderID(n int) venue.OrderID { return 1<<53 + 1 + venue.OrderID(n) }

func (b *bench) accept(a venue.AccountID, n int, name string, side venue.Side, p venue.Price, q venue.Qty) {
	b.apply(func(t *venue.Tape) {
		*t.OrderAccepted() = venue.OrderAccepted{
			Account: a, Instrument: 1, Order: orderID(n), ClOrdID: clID(name), Side: side, Type: venue.Limit, TIF: venue.GTC, Price: p, Qty: q, Flags: venue.PostOnly,
		}
		*t.LevelChanged() = venue.LevelChanged{Instrument: 1, Side: side, Price: p, Qty: q, Orders: 1}
	})
}

// orders gives alice and bob an order, a trade with each other, a balance and a
// position.
func (b *bench) orders() {
	b.accept(alice, 1, "a/1%x", venue.Sell, 251, 10)
	b.accept(bob, 2, "b1", venue.Buy, 251, 3)
	b.apply(func(t *venue.Tape) {
		*t.Traded() = venue.Traded{
			Instrument: 1, Trade: 1<<53 + 1, Price: 251, Qty: 2, TakerSide: venue.Buy,
			Maker: venue.Fill{Account: alice, Order: orderID(1), Leaves: 8, Fee: 1205},
			Taker: venue.Fill{Account: bob, Order: orderID(2), Leaves: 1, Fee: 3012},
		}
		*t.LevelChanged() = venue.LevelChanged{Instrument: 1, Side: venue.Sell, Price: 251, Qty: 8, Orders: 1}
		*t.LevelChanged() = venue.LevelChanged{Instrument: 1, Side: venue.Buy, Price: 251}
		for _, a := range []venue.AccountID{alice, bob} {
			*t.BalanceChanged() = venue.BalanceChanged{Account: a, Asset: venue.USD, Total: 1_234_567_890, Held: 4_567_890}
			*t.PositionChanged() = venue.PositionChanged{Account: a, Instrument: 2, Qty: -3, Cost: -7_530_000, Margin: 1_506_000}
		}
	})
}

// get asks with a key, none when it is empty.
func (b *bench) get(target, key string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, target, nil), key)
}

func (b *bench) do(r *http.Request, key string) *httptest.ResponseRecorder {
	b.t.Helper()
	if key != "" {
		r.Header.Set(gateway.HeaderKey, key)
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	return w
}

// problem reads an answer as a problem.
func (b *bench) problem(w *httptest.ResponseRecorder) Problem {
	b.t.Helper()
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		b.t.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != problemType || p.Status != w.Code {
		b.t.Errorf("problem %+v with type %s and status %d, want %s and the status of the body", p, got, w.Code, problemType)
	}
	return p
}

// wantJSON compares an answer with JSON text, without regard to layout.
func (b *bench) wantJSON(target, key, want string) {
	b.t.Helper()
	w := b.get(target, key)
	var got, expected bytes.Buffer
	if err := json.Indent(&got, w.Body.Bytes(), "", " "); err != nil || w.Code != http.StatusOK {
		b.t.Fatalf("%s: status %d, body %q, %v", target, w.Code, w.Body, err)
	}
	if err := json.Indent(&expected, []byte(want), "", " "); err != nil {
		b.t.Fatal(err)
	}
	if strings.TrimSpace(got.String()) != strings.TrimSpace(expected.String()) {
		b.t.Errorf("%s = %s\nwant %s", target, got.String(), expected.String())
	}
}

// ask sends a request of any method without a body.
func (b *bench) ask(method, target, key string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(httptest.NewRequest(method, target, nil), key)
}
