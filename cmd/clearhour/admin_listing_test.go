package main

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

const newFuture = `{
  "symbol": "H100C.NAE.M.2027-02", "kind": "future", "class": "H100-SXM-80", "region": "NA-E", "grade": "C", "window": "M",
  "start": "2027-02-01T00:00:00Z", "end": "2027-03-01T00:00:00Z",
  "tick": "0.001", "low": "0.100", "high": "16.000", "mark": "2.200", "max_qty": 5000,
  "band": "0.20", "maker": "0.0002", "taker": "0.0005",
  "brackets": [{"initial": "0.10", "maintenance": "0.05"}], "max_position": 100
}`

// dial connects a trader over the socket; phases takes what is told of markets.
func (o *office) dial(ctx context.Context, who string, phases chan<- string) *client.Client {
	o.t.Helper()
	secret, err := base64.StdEncoding.DecodeString(o.secrets[who])
	if err != nil {
		o.t.Fatal(err)
	}
	c, err := client.Dial(ctx, client.Config{
		URL: "ws://" + o.address + "/fix/v1", CompID: who, KeyID: who, Secret: secret,
		Notices: client.Notices{OnStatus: func(n *client.StatusNotice) { phases <- n.Instrument.Symbol + " " + n.Phase }},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// change proposes with one operator and approves with the other.
func (o *office) change(id string, args ...string) {
	o.t.Helper()
	o.wants("proposed", "ann", append(append([]string{"propose"}, args...), "--reason", "scheduled", "--id", id)...)
	o.wants(id+" applied", "ben", "approve", id)
}

func (o *office) file(name, text string) string {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return name
}

// TestListingWhileRunning has two operators list a future in a running venue: it is
// halted and without a mark, is given one, and opened. A client that was connected
// before hears of it, has an order taken, and one refused when it is halted again.
//
// rules: ADM-01, ADM-03, ADM-05
func TestListingWhileRunning(t *testing.T) {
	const symbol = "H100C.NAE.M.2027-02"
	o := openOffice(t)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	phases := make(chan string, 100)
	c := o.dial(ctx, "trader", phases)
	listed := func() int {
		all, err := c.Instruments(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	place := func() error {
		_, err := c.Place(ctx, client.Order{Symbol: symbol, ClOrdID: c.NewID(), Side: venue.Buy, TIF: venue.GTC, Price: 2100, Qty: 1})
		return err
	}
	told := func(want string) {
		t.Helper()
		for {
			select {
			case got := <-phases:
				if got == want {
					return
				}
			case <-ctx.Done():
				t.Fatalf("nobody was told %q", want)
			}
		}
	}
	if n := listed(); n != 1 {
		t.Fatalf("%d instruments are listed at the start", n)
	}

	file := o.file("future.json", newFuture)
	o.refuses("unknown field", "ann", "propose", "list", o.file("odd.json", `{"symbol": "X", "colour": "blue"}`), "--reason", "scheduled")
	o.refuses("kind", "ann", "propose", "list", o.file("kind.json", strings.Replace(newFuture, `"future"`, `"option"`, 1)), "--reason", "scheduled")
	o.wants("propose mark "+symbol+" 2.200", "ann", "propose", "list", file, "--reason", "scheduled", "--id", "list-2")
	if n := listed(); n != 1 {
		t.Errorf("%d instruments are listed before the approval", n)
	}
	o.wants("list-2 applied", "ben", "approve", "list-2")
	if n := listed(); n != 2 {
		t.Fatalf("%d instruments are listed, want the new one too", n)
	}
	if got := o.get("/v1/instruments/" + symbol); !strings.Contains(got, `"max_position":"100"`) {
		t.Errorf("reference data: %s", got)
	}
	book, err := c.Follow(ctx, symbol, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := place(); !errors.Is(err, &client.Error{Code: gateway.InstrumentNotOpen}) {
		t.Errorf("an order before the opening: %v", err)
	}
	o.change("mark-2", "mark", symbol, "2.200")
	o.change("open-2", "phase", symbol, "continuous")
	told(symbol + " continuous")
	if err := place(); err != nil {
		t.Fatalf("an order after the opening: %v", err)
	}
	for best, ok := book.Best(venue.Buy); !ok || best.Price != 2100; best, ok = book.Best(venue.Buy) {
		if ctx.Err() != nil {
			t.Fatal("the book does not show the order")
		}
		time.Sleep(5 * time.Millisecond)
	}
	o.change("halt-2", "phase", symbol, "halted")
	told(symbol + " halted")
	if err := place(); !errors.Is(err, &client.Error{Code: gateway.InstrumentNotOpen}) {
		t.Errorf("an order while it is halted: %v", err)
	}

	o.change("btc", "file", o.file("btc.json", `{"asset": {"symbol": "BTC", "decimals": 8}}`))
	o.wants("proposed", "ann", "propose", "file", o.file("pledge.json", `{"collateral": {"asset": "BTC", "price": "60000", "rate": "0.85"}}`),
		"--reason", "risk", "--id", "pledge")
	o.wants("effective", "ben", "approve", "pledge")
	o.wants(`"collateral":{"asset":"BTC","price":"60000.000000","rate":"0.85`, "ben", "list")
}
