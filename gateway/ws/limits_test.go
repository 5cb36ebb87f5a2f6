package ws_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/gateway/ws"
)

// rawFrame is a masked frame with any first byte, announced with any length.
func rawFrame(first byte, payload []byte, announced int) []byte {
	b := []byte{first, 0x80 | 127}
	b = binary.BigEndian.AppendUint64(b, uint64(announced))
	b = append(b, 0, 0, 0, 0) // The mask that changes nothing.
	return append(b, payload...)
}

// rules: FIX-80

// TestFrames sends frames that a client must not send. The connection ends with
// the right code, and the memory stays flat.
func TestFrames(t *testing.T) {
	r := start(t, ws.Config{}, gateway.Limits{})
	var bomb bytes.Buffer
	z, err := flate.NewWriter(&bomb, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	z.Write(bytes.Repeat([]byte{'a'}, 32<<20))
	z.Close()
	tests := []struct {
		name string
		send func(c net.Conn)
		code int
	}{
		{"65 KiB", func(c net.Conn) { c.Write(rawFrame(0x81, make([]byte, 65<<10), 65<<10)) }, 1009},
		{"announced as 1 GiB", func(c net.Conn) { c.Write(rawFrame(0x81, nil, 1<<30)) }, 1009},
		{"65 KiB in fragments", func(c net.Conn) {
			c.Write(rawFrame(0x01, make([]byte, 40<<10), 40<<10))
			c.Write(rawFrame(0x80, make([]byte, 25<<10), 25<<10))
		}, 1009},
		{"bomb of 32 MiB", func(c net.Conn) { c.Write(rawFrame(0xc1, bomb.Bytes(), bomb.Len())) }, 1002},
		{"no mask", func(c net.Conn) { c.Write([]byte{0x81, 2, 'h', 'i'}) }, 1002},
		{"unknown opcode", func(c net.Conn) { c.Write(rawFrame(0x83, nil, 0)) }, 1002},
		{"continuation of nothing", func(c net.Conn) { c.Write(rawFrame(0x80, []byte("x"), 1)) }, 1002},
		{"long ping", func(c net.Conn) { c.Write(rawFrame(0x89, make([]byte, 126), 126)) }, 1002},
		{"binary", func(c net.Conn) { c.Write(rawFrame(0x82, []byte("{}"), 2)) }, 1003},
		{"not UTF-8", func(c net.Conn) { c.Write(rawFrame(0x81, []byte("{\"Header\":{\"58\":\"\xff\"}"), 20)) }, 1007},
		{"garbage", func(c net.Conn) { c.Write(rawFrame(0x81, []byte("8=FIX.4.4"), 9)) }, 4001},
		{"64 KiB of garbage", func(c net.Conn) { c.Write(rawFrame(0x81, bytes.Repeat([]byte{'['}, 64<<10), 64<<10)) }, 4001},
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := dial(t, r, "EVE", "K16")
			tt.send(p.conn.NetConn())
			if code := p.closed(); code != tt.code {
				t.Errorf("close code %d, want %d", code, tt.code)
			}
		})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 16<<20 {
		t.Errorf("%d bytes were allocated, want less than 16 MiB", grown)
	}
}

// TestLargestFrame takes a message of exactly the limit.
func TestLargestFrame(t *testing.T) {
	r := start(t, ws.Config{}, gateway.Limits{})
	p := dial(t, r, "ALICE", "K16")
	p.logon()
	p.seq++
	at := gateway.AppendStamp(nil, clock())
	frame := fmt.Sprintf(`{"Header":{"BeginString":"FIXT.1.1","MsgType":"1","SenderCompID":"ALICE","TargetCompID":"CLEARHOUR","MsgSeqNum":"2","SendingTime":"%s"},"Body":{"TestReqID":"x"},"Trailer":{}}`, at)
	frame += strings.Repeat(" ", gateway.MaxFrame-len(frame))
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		t.Fatal(err)
	}
	p.recv("0")
}

func TestSubprotocol(t *testing.T) {
	r := start(t, ws.Config{}, gateway.Limits{})
	conn, _, err := websocket.DefaultDialer.Dial(r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p := &peer{t: t, conn: conn}
	if code := p.closed(); code != 4000 {
		t.Errorf("close code %d, want 4000", code)
	}
}

// TestNoCompression offers compression; it is not taken.
func TestNoCompression(t *testing.T) {
	r := start(t, ws.Config{}, gateway.Limits{})
	d := websocket.Dialer{Subprotocols: []string{ws.Subprotocol}, EnableCompression: true}
	conn, resp, err := d.Dial(r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		t.Errorf("extensions %q, want none", got)
	}
}

// rules: FIX-81

func TestConnectionsPerAddress(t *testing.T) {
	r := start(t, ws.Config{PerIP: 3}, gateway.Limits{})
	for range 3 {
		dial(t, r, "X", "K16")
	}
	d := websocket.Dialer{Subprotocols: []string{ws.Subprotocol}}
	_, resp, err := d.Dial(r.url, nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the fourth connection: %v %v, want status 429", resp, err)
	}
	for end := time.Now().Add(5 * time.Second); r.srv.Stats().Open != 3 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if got := r.srv.Stats(); got.Open != 3 || got.Refused != 1 {
		t.Errorf("stats %+v, want 3 open and 1 refused", got)
	}
}

func TestLogonTimeout(t *testing.T) {
	r := start(t, ws.Config{LogonTimeout: 100 * time.Millisecond}, gateway.Limits{})
	slow := dial(t, r, "SLOW", "K16")
	good := dial(t, r, "GOOD", "K17")
	good.logon()
	if code := slow.closed(); code != 4000 {
		t.Errorf("close code %d of a connection that does not log on, want 4000", code)
	}
	good.send("1", `"TestReqID":"here"`)
	good.recv("0")
}

// TestFlood opens connections that say nothing; a session that is on goes on.
func TestFlood(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := ws.LimitListener(inner, 8)
	defer l.Close()
	var served atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		var held []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				for _, c := range held {
					c.Close()
				}
				return
			}
			held = append(held, c)
			served.Add(1)
		}
	}()
	refused := 0
	var conns []net.Conn
	for range 500 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
	for _, c := range conns {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); err != nil && !strings.Contains(err.Error(), "timeout") {
			refused++
		}
		c.Close()
	}
	l.Close()
	<-done
	if served.Load() != 8 || refused != 492 {
		t.Errorf("%d connections were served and %d refused, want 8 and 492", served.Load(), refused)
	}
}

// TestSlowReader has one client that never reads among those that do: it is
// closed with 4008 at the hard limit, and the others are told in time.
func TestSlowReader(t *testing.T) {
	limits := unlimited()
	r := start(t, ws.Config{SoftLimit: 64 << 10, HardLimit: 256 << 10, SendBuffer: 16 << 10, WriteTimeout: 30 * time.Second}, limits)
	slow, good := dialBuffer(t, r, "SLOW", "K16", 16<<10), dial(t, r, "GOOD", "K17")
	slow.logon()
	good.logon()
	worst := time.Duration(0)
	for i := 0; r.srv.Stats().Slow == 0; i++ {
		if i > 20_000 {
			t.Fatal("the slow client was never found slow")
		}
		slow.send("D", orderBody(fmt.Sprint("s", i), "1", "1", "1.00"))
		if i%20 == 0 {
			at := time.Now()
			good.send("D", orderBody(fmt.Sprint("g", i), "1", "1", "1.01"))
			good.recv("8")
			worst = max(worst, time.Since(at))
		}
	}
	if worst > 2*time.Second {
		t.Errorf("a client that reads waited %v for an answer", worst)
	}
	if code := slow.closed(); code != 4008 {
		t.Errorf("close code %d, want 4008", code)
	}

	// What was not read comes when it comes back.
	again := dial(t, r, "SLOW", "K16")
	again.seq = slow.seq
	again.send("A", logonBody("K16")+`,"NextExpectedMsgSeqNum":"2"`)
	again.recv("A")
	for i := range 200 {
		m := again.recv("8")
		if got := m.Text(gateway.TagClOrdID); got != fmt.Sprint("s", i) {
			t.Fatalf("report %d is about %s, want s%d", i, got, i)
		}
	}
}

// TestSlowBook has a client that follows a book and does not read for a while:
// it misses no trade, and gets a new book when it reads again.
func TestSlowBook(t *testing.T) {
	r := start(t, ws.Config{SoftLimit: 32 << 10, HardLimit: 64 << 20, SendBuffer: 16 << 10, WriteTimeout: 30 * time.Second}, unlimited())
	slow, maker := dialBuffer(t, r, "SLOW", "K16", 16<<10), dial(t, r, "MAKER", "K17")
	slow.logon()
	maker.logon()
	slow.send("V", `"MDReqID":"m","SubscriptionRequestType":"1","MarketDepth":"0","NoRelatedSym":[{"Symbol":"`+gatewaytest.Symbol+`"}]`)
	const n = 4000
	for i := range n {
		maker.send("D", orderBody(fmt.Sprint("m", i), "1", "1", fmt.Sprintf("%d.%02d", 1+i%50, i%100)))
		maker.recv("8")
	}
	x, w, expected := 0, 0, uint64(0)
	for {
		frame := slow.frame()
		var m gateway.Message
		if err := gateway.Decode(frame, &m); err != nil {
			t.Fatal(err)
		}
		switch m.Type {
		case gateway.MsgSnapshot:
			if m.Has(gateway.TagBookChecksum) {
				w++
				v, _ := m.Int(gateway.TagRptSeq)
				expected = uint64(v)
			}
		case gateway.MsgIncrement:
			x++
			for i := range m.Entries(gateway.TagNoMDEntries) {
				expected++
				if got := string(m.In(gateway.TagNoMDEntries, i, gateway.TagRptSeq)); got != fmt.Sprint(expected) {
					t.Fatalf("RptSeq %s, want %d", got, expected)
				}
			}
		}
		if w >= 2 && expected == n {
			break
		}
	}
	if x >= n {
		t.Errorf("%d updates were sent, want fewer than %d", x, n)
	}
}

// TestSync waits for an envelope that the loop has not seen yet.
func TestSync(t *testing.T) {
	var synced atomic.Int64
	r := start(t, ws.Config{Sync: func() error { synced.Add(1); return nil }}, gateway.Limits{})
	synced.Store(0)
	p := dial(t, r, "ALICE", "K16")
	p.logon()
	done := make(chan error, 1)
	go func() { done <- r.srv.Sync(t.Context(), 2) }()
	select {
	case err := <-done:
		t.Fatalf("Sync returned %v before envelope 2", err)
	case <-time.After(20 * time.Millisecond):
	}
	p.send("D", orderBody("a", "1", "1", "1.00"))
	p.recv("8")
	if err := <-done; err != nil || synced.Load() != 1 {
		t.Errorf("Sync = %v after %d syncs of the store, want 1", err, synced.Load())
	}
}

// TestCancelOnDisconnect cuts a session; its orders are canceled after the
// grace, and not when it came back in time.
func TestCancelOnDisconnect(t *testing.T) {
	r := start(t, ws.Config{}, gateway.Limits{})
	p := dial(t, r, "ALICE", "K16")
	p.send("A", logonBody("K16")+`,"CancelOnDisconnect":"Y","CoDGrace":"150"`)
	p.recv("A")
	p.send("D", orderBody("a", "1", "1", "1.00"))
	p.recv("8")
	p.conn.Close()
	back := dial(t, r, "ALICE", "K16")
	back.seq = p.seq
	for end := time.Now().Add(5 * time.Second); r.srv.Stats().Open != 1 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	back.send("A", logonBody("K16")+`,"CancelOnDisconnect":"Y"`)
	back.recv("A")
	time.Sleep(300 * time.Millisecond)
	back.send("H", `"ClOrdID":"a","TransactTime":"NOW"`)
	if got := back.recv("8").Text(gateway.TagOrdStatus); got != "0" {
		t.Errorf("status %s of an order whose session came back, want 0", got)
	}
	next := back.m.Text(gateway.TagMsgSeqNum)
	back.conn.Close()
	watch := dial(t, r, "OTHER", "K16")
	watch.logon()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		watch.send("H", `"ClOrdID":"a","TransactTime":"NOW"`)
		if watch.recv("8").Text(gateway.TagOrdStatus) == "4" {
			break
		}
	}
	last := dial(t, r, "ALICE", "K16")
	last.seq = back.seq
	last.send("A", logonBody("K16")+`,"NextExpectedMsgSeqNum":"`+next+`"`)
	last.recv("A")
	last.recv("8") // The status, once more.
	if got := last.recv("8"); got.Text(gateway.TagExecRestatementReason) != "12" || got.Text(gateway.TagOrdStatus) != "4" {
		t.Errorf("report after the cut: status %s reason %s, want 4 and 12", got.Text(gateway.TagOrdStatus), got.Text(gateway.TagExecRestatementReason))
	}
}
