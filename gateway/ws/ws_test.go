package ws_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

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

// rig is a venue with a WebSocket server.
type rig struct {
	venue *gatewaytest.Venue
	hub   *gateway.Hub
	srv   *ws.Server
	url   string
}

// start runs a rig until the end of the test.
func start(t testing.TB, cfg ws.Config, limits gateway.Limits) *rig {
	t.Helper()
	return startWith(t, cfg, limits, &gateway.MemoryStore{})
}

// startWith runs a rig with a store.
func startWith(t testing.TB, cfg ws.Config, limits gateway.Limits, store gateway.Store) *rig {
	t.Helper()
	r := &rig{venue: gatewaytest.New(clock, false)}
	market, accounts := marketdata.New(), blotter.New(blotter.Limits{})
	hub, err := gateway.NewHub(gateway.HubConfig{
		Name: "CLEARHOUR", Submit: r.venue, Auth: gatewaytest.Open{}, Market: market,
		Blotter: accounts, Margin: margin.New(market, accounts, margin.Config{}), Store: store, Limits: limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.hub = hub
	cfg.Hub = hub
	r.srv = ws.New(cfg)
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

// peer is a client that writes and reads raw messages.
type peer struct {
	t    testing.TB
	conn *websocket.Conn
	name string
	key  string
	seq  int
	m    gateway.Message
}

func dial(t testing.TB, r *rig, name, key string) *peer {
	t.Helper()
	return dialBuffer(t, r, name, key, 0)
}

// dialBuffer connects with a small receive buffer. It has to be set before the
// connection is made: a window that shrinks later can stall both directions.
func dialBuffer(t testing.TB, r *rig, name, key string, size int) *peer {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{ws.Subprotocol}}
	if size > 0 {
		small := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
			return c.Control(func(fd uintptr) {
				if err := syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, size); err != nil {
					t.Error(err)
				}
			})
		}}
		d.NetDialContext = small.DialContext
	}
	conn, _, err := d.Dial(r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &peer{t: t, conn: conn, name: name, key: key}
}

// send sends a message with the next number.
func (p *peer) send(msgType, body string) {
	p.t.Helper()
	p.seq++
	at := gateway.AppendStamp(nil, clock())
	frame := fmt.Sprintf(`{"Header":{"BeginString":"FIXT.1.1","MsgType":"%s","SenderCompID":"%s","TargetCompID":"CLEARHOUR","MsgSeqNum":"%d","SendingTime":"%s"},"Body":{%s},"Trailer":{}}`,
		msgType, p.name, p.seq, at, strings.ReplaceAll(body, "NOW", string(at)))
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		p.t.Fatalf("send %s: %v", frame, err)
	}
}

// recv reads the next message and checks its type.
func (p *peer) recv(msgType string) *gateway.Message {
	p.t.Helper()
	frame := p.frame()
	p.m = gateway.Message{}
	err := gateway.Decode(frame, &p.m)
	if problem := p.m.Problem(); err != nil || problem.Is() {
		p.t.Fatalf("%s is no message: %v %+v", frame, err, problem)
	}
	if p.m.Type.String() != msgType {
		p.t.Fatalf("got %s, want a message of type %s", frame, msgType)
	}
	return &p.m
}

func (p *peer) frame() []byte {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, frame, err := p.conn.ReadMessage()
	if err != nil {
		p.t.Fatalf("read: %v", err)
	}
	return frame
}

// closed reads up to the close frame and returns its code.
func (p *peer) closed() int {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, _, err := p.conn.ReadMessage()
		if err == nil {
			continue
		}
		if c, ok := errors.AsType[*websocket.CloseError](err); ok {
			return c.Code
		}
		p.t.Fatalf("read: %v, want a close frame", err)
	}
}

func (p *peer) logon() {
	p.t.Helper()
	p.send("A", logonBody(p.key))
	p.recv("A")
}

func logonBody(key string) string {
	return `"EncryptMethod":"0","HeartBtInt":"30","Username":"` + key + `","RawData":"1.x","Password":"x","DefaultApplVerID":"9"`
}

func orderBody(id, side, qty, price string) string {
	return fmt.Sprintf(`"ClOrdID":"%s","Symbol":"%s","Side":"%s","OrderQty":"%s","OrdType":"2","Price":"%s","TimeInForce":"1","TransactTime":"NOW"`,
		id, gatewaytest.Symbol, side, qty, price)
}

func TestTradeAndFollow(t *testing.T) {
	r := start(t, ws.Config{}, gateway.Limits{})
	alice, bob := dial(t, r, "ALICE", "K16"), dial(t, r, "BOB", "K17")
	alice.logon()
	bob.logon()

	alice.send("V", `"MDReqID":"m","SubscriptionRequestType":"1","MarketDepth":"0","NoRelatedSym":[{"Symbol":"`+gatewaytest.Symbol+`"}]`)
	book := alice.recv("W")
	if book.Text(gateway.TagBookChecksum) == "" || string(book.In(gateway.TagNoMDEntries, 0, gateway.TagMDEntryType)) != "J" {
		t.Errorf("the first W is not that of an empty book")
	}
	alice.recv("W") // Of the trades.

	bob.send("D", orderBody("b1", "2", "5", "2.50"))
	ack := bob.recv("8")
	if ack.Text(gateway.TagExecType) != "0" || ack.Text(gateway.TagClOrdID) != "b1" || ack.Text(gateway.TagPrice) != "2.50" || ack.Text(gateway.TagLeavesQty) != "5" {
		t.Errorf("ack is wrong: exec type %s, id %s", ack.Text(gateway.TagExecType), ack.Text(gateway.TagClOrdID))
	}
	x := alice.recv("X")
	if got := string(x.In(gateway.TagNoMDEntries, 0, gateway.TagMDEntryPx)); got != "2.50" {
		t.Errorf("X has price %q, want 2.50", got)
	}

	alice.send("D", orderBody("a1", "1", "3", "2.60"))
	bob.recv("8")
	fill := &bob.m
	if fill.Text(gateway.TagExecType) != "F" || fill.Text(gateway.TagLastPx) != "2.50" || fill.Text(gateway.TagCumQty) != "3" || fill.Text(gateway.TagAvgPx) != "2.500000" || fill.Text(gateway.TagLastLiquidityInd) != "1" {
		t.Errorf("maker's fill: type %s px %s cum %s avg %s", fill.Text(gateway.TagExecType), fill.Text(gateway.TagLastPx), fill.Text(gateway.TagCumQty), fill.Text(gateway.TagAvgPx))
	}
	types := map[string]int{}
	for range 4 { // Acknowledgement, fill, trade, book: reports before public data of a batch.
		frame := alice.frame()
		var m gateway.Message
		if err := gateway.Decode(frame, &m); err != nil {
			t.Fatal(err)
		}
		types[m.Type.String()+m.Text(gateway.TagExecType)]++
	}
	if types["80"] != 1 || types["8F"] != 1 || types["X"] != 2 {
		t.Errorf("alice got %v, want one 80, one 8F, two X", types)
	}
	alice.send("5", ``)
	alice.recv("5")
	if code := alice.closed(); code != 1000 {
		t.Errorf("close code %d, want 1000", code)
	}
}
