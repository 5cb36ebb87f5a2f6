package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// rules: FIX-01, FIX-02, FIX-03, FIX-04, FIX-10, FIX-11, FIX-13, FIX-80, AUTH-01, AUTH-04, AUTH-05

// visitor is a raw connection to a demo with the key of its visitor.
type visitor struct {
	t      *testing.T
	conn   *websocket.Conn
	comp   string
	key    keyEntry
	secret []byte
	seq    int
}

// visit connects to a demo without a word.
func visit(t *testing.T, d *running, use string) *visitor {
	t.Helper()
	c, err := loadCredentials(filepath.Join(d.Dir, clientFile(defaultData)))
	if err != nil {
		t.Fatal(err)
	}
	k, secret, err := c.key(use)
	if err != nil {
		t.Fatal(err)
	}
	dialer := websocket.Dialer{Subprotocols: []string{"fix50sp2.json.v1"}}
	conn, answer, err := dialer.Dial("ws://"+d.address+"/fix/v1", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	t.Cleanup(func() { conn.Close() })
	return &visitor{t: t, conn: conn, comp: k.CompID, key: k, secret: secret}
}

func now() venue.Time { return venue.Time(time.Now().UnixNano()) }

// message is the text of a message with the next number.
func (v *visitor) message(kind, body string) []byte {
	v.seq++
	at := string(gateway.AppendStamp(nil, now()))
	return fmt.Appendf(nil, `{"Header":{"BeginString":"FIXT.1.1","MsgType":"%s","SenderCompID":"%s","TargetCompID":"CLEARHOUR","MsgSeqNum":"%d","SendingTime":"%s"},"Body":{%s}}`,
		kind, v.comp, v.seq, at, strings.ReplaceAll(body, "NOW", at))
}

func (v *visitor) send(text []byte) {
	v.t.Helper()
	if err := v.conn.WriteMessage(websocket.TextMessage, text); err != nil {
		v.t.Fatalf("send %.200s: %v", text, err)
	}
}

// logonText is the body of a Logon that was signed at a time with a nonce.
func (v *visitor) logonText(at time.Time, nonce, secret []byte) string {
	raw := gateway.LogonRawData(at.UnixMilli(), nonce)
	return fmt.Sprintf(`"EncryptMethod":"0","HeartBtInt":"30","ResetSeqNumFlag":"Y","Username":"%s","RawData":"%s","Password":"%s"`,
		v.key.ID, raw, gateway.SignLogonHMAC(secret, raw))
}

func (v *visitor) logon() {
	v.t.Helper()
	v.send(v.message("A", v.logonText(time.Now(), fmt.Appendf(nil, "%024d", time.Now().UnixNano()), v.secret)))
	v.expect("A", nil)
}

// expect reads the next message and compares its type and some fields.
func (v *visitor) expect(kind string, want map[string]string) {
	v.t.Helper()
	_ = v.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, text, err := v.conn.ReadMessage()
	if err != nil {
		v.t.Fatalf("got %v, want a message of type %s with %v", err, kind, want)
	}
	var m struct {
		Header struct{ MsgType string }
		Body   map[string]any
	}
	if err := json.Unmarshal(text, &m); err != nil {
		v.t.Fatalf("%s: %v", text, err)
	}
	ok := m.Header.MsgType == kind
	for field, value := range want {
		ok = ok && m.Body[field] == value
	}
	if !ok {
		v.t.Errorf("got %s, want type %s with %v", text, kind, want)
	}
}

// closed reads up to the close frame and compares its code.
func (v *visitor) closed(want int) {
	v.t.Helper()
	_ = v.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		if _, _, err := v.conn.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, want) {
				v.t.Errorf("the connection ended with %v, want close code %d", err, want)
			}
			return
		}
	}
}

// refusedOrders are orders that the venue or its gateway refuses, with the
// documented answer. S is the symbol.
var refusedOrders = []struct {
	name, body, kind string
	want             map[string]string
}{
	{"unknown symbol", `"Symbol":"NOTHING","OrderQty":"1","Price":"2.500"`, "8", map[string]string{"ErrorCode": "2000", "RefFieldName": "Symbol"}},
	{"off-tick price", `S,"OrderQty":"1","Price":"2.5005"`, "8", map[string]string{"ErrorCode": "2003", "RefFieldName": "Price"}},
	{"zero quantity", `S,"OrderQty":"0","Price":"2.500"`, "8", map[string]string{"ErrorCode": "2004", "RefFieldName": "OrderQty"}},
	{"negative quantity", `S,"OrderQty":"-1","Price":"2.500"`, "8", map[string]string{"ErrorCode": "2004", "RefFieldName": "OrderQty"}},
	{"part of a lot", `S,"OrderQty":"1.5","Price":"2.500"`, "8", map[string]string{"ErrorCode": "2004", "RefFieldName": "OrderQty"}},
	{"quantity above the limit", `S,"OrderQty":"5001","Price":"2.500"`, "8", map[string]string{"ErrorCode": "2004", "RefFieldName": "OrderQty"}},
	{"quantity above int64", `S,"OrderQty":"9223372036854775808","Price":"2.500"`, "8", map[string]string{"ErrorCode": "2004", "RefFieldName": "OrderQty"}},
	{"price outside of the range", `S,"OrderQty":"1","Price":"16.001"`, "8", map[string]string{"ErrorCode": "2023", "RefFieldName": "Price"}},
	{"price outside of the band", `S,"OrderQty":"1","Price":"0.500"`, "8", map[string]string{"ErrorCode": "2005", "RefFieldName": "Price"}},
	{"exponent", `S,"OrderQty":"1e0","Price":"2.500"`, "3", map[string]string{"SessionRejectReason": "6", "RefFieldName": "OrderQty"}},
	{"JSON number", `S,"OrderQty":1,"Price":"2.500"`, "3", map[string]string{"SessionRejectReason": "6", "RefFieldName": "OrderQty"}},
	{"JSON float", `S,"OrderQty":"1","Price":2.5`, "3", map[string]string{"SessionRejectReason": "6", "RefFieldName": "Price"}},
	{"JSON exponent", `S,"OrderQty":"1","Price":25e-1`, "3", map[string]string{"SessionRejectReason": "6", "RefFieldName": "Price"}},
	{"duplicate key", `S,"OrderQty":"1","OrderQty":"1","Price":"2.500"`, "3", map[string]string{"SessionRejectReason": "13", "RefFieldName": "OrderQty"}},
	{"duplicate by number", `S,"OrderQty":"1","38":"1","Price":"2.500"`, "3", map[string]string{"SessionRejectReason": "13", "RefFieldName": "OrderQty"}},
	{"unknown key", `S,"OrderQty":"1","Price":"2.500","Colour":"red"`, "3", map[string]string{"SessionRejectReason": "3", "RefFieldName": "Colour"}},
	{"missing key", `S,"Price":"2.500"`, "3", map[string]string{"SessionRejectReason": "1", "RefFieldName": "OrderQty"}},
}

// frame is a masked frame with any first byte.
func frame(first byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint64([]byte{first, 0x80 | 127}, uint64(len(payload)))
	return append(append(b, 0, 0, 0, 0), payload...) // The mask changes nothing.
}

// bomb is 32 MiB of one letter, compressed, in a frame that says so.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(bytes.Repeat([]byte{'a'}, 32<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return frame(0xc1, b.Bytes())
}

// TestBadInput sends a demo what a venue must not be hurt by, over a real socket
// and with the real program. Each is answered as the specification says; what
// the account has stays the same, and the venue lives.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir)
	defer d.interrupt(t)
	symbol := demoListings(time.Now())[0].Symbol
	call(t, dir, "trade", "sell", symbol, "1", "2.500", "--id", "stays")
	before := mine(t, dir)

	t.Run("orders", func(t *testing.T) {
		v := visit(t, d, useTrade)
		v.logon()
		for n, o := range refusedOrders {
			t.Run(o.name, func(t *testing.T) {
				v.t = t
				body := strings.ReplaceAll(o.body, "S,", `"Symbol":"`+symbol+`",`)
				v.send(v.message("D", fmt.Sprintf(`"ClOrdID":"bad-%d","Side":"2","OrdType":"2","TransactTime":"NOW",%s`, n, body)))
				v.expect(o.kind, o.want)
			})
		}
		v.t = t
		v.send(v.message("1", `"TestReqID":"alive"`))
		v.expect("0", map[string]string{"TestReqID": "alive"})
	})
	t.Run("frames", func(t *testing.T) {
		for _, c := range []struct {
			name  string
			bytes []byte
			code  int
		}{
			{"65 KiB", frame(0x81, make([]byte, 65<<10)), 1009},
			{"compressed bomb", bomb(t), 1002},
			{"garbage instead of a Logon", frame(0x81, []byte("hello")), 4001},
			{"JSON that is no message", frame(0x81, []byte(`{"a":1}`)), 4001},
			{"order instead of a Logon", frame(0x81, visit(t, d, useWatch).message("D", `"ClOrdID":"1"`)), 4000},
			{"binary", frame(0x82, []byte("{}")), 1003},
		} {
			t.Run(c.name, func(t *testing.T) {
				v := visit(t, d, useWatch)
				if _, err := v.conn.NetConn().Write(c.bytes); err != nil {
					t.Fatal(err)
				}
				v.closed(c.code)
			})
		}
	})
	t.Run("logons", func(t *testing.T) { badLogons(t, d) })
	t.Run("who does not read", func(t *testing.T) { notReading(t, d, dir, symbol) })

	if after := mine(t, dir); after != before {
		t.Errorf("after bad input:\n%s\nwant as before:\n%s", after, before)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		answer, err := http.Get("http://" + d.address + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d after bad input", path, answer.StatusCode)
		}
	}
	if out := call(t, dir, "trade", "cancel", "stays"); !strings.Contains(out, "canceled") {
		t.Errorf("cancel after bad input: %q", out)
	}
}

// badLogons presents proofs that are none.
func badLogons(t *testing.T, d *running) {
	nonce := []byte("a nonce of enough bytes.")
	once := visit(t, d, useWatch)
	used := once.logonText(time.Now(), nonce, once.secret)
	once.send(once.message("A", used))
	once.expect("A", nil)
	once.send(once.message("5", ""))
	once.closed(websocket.CloseNormalClosure)
	for _, c := range []struct{ name, body, code string }{
		{"bad signature", once.logonText(time.Now(), []byte("another nonce, also long"), []byte("not the secret")), "1102"},
		{"unknown key", strings.ReplaceAll(once.logonText(time.Now(), nonce, once.secret), once.key.ID, "nobody"), "1101"},
		{"stale timestamp", once.logonText(time.Now().Add(-2*time.Minute), nonce, once.secret), "1103"},
		{"timestamp of tomorrow", once.logonText(time.Now().Add(24*time.Hour), nonce, once.secret), "1103"},
		{"replayed nonce", used, "1104"},
		{"no credentials", `"EncryptMethod":"0","HeartBtInt":"30"`, "1100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, d, useWatch)
			v.send(v.message("A", c.body))
			v.expect("5", map[string]string{"ErrorCode": c.code, "SessionStatus": "5"})
			v.closed(4003)
		})
	}
}

// notReading asks for long answers and reads none of them. Others trade on
// meanwhile, and the venue gets rid of it.
func notReading(t *testing.T, d *running, dir, symbol string) {
	v := visit(t, d, useWatch)
	if err := v.conn.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	v.logon()
	gone := make(chan error, 1)
	go func() {
		for {
			_ = v.conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
			ask := v.message("x", `"SecurityReqID":"again","SecurityListRequestType":"4"`)
			if err := v.conn.WriteMessage(websocket.TextMessage, ask); err != nil {
				gone <- err
				return
			}
		}
	}()
	for n := range 5 {
		id := fmt.Sprint("meanwhile-", n)
		if out := call(t, dir, "trade", "sell", symbol, "1", "2.500", "--id", id); !strings.Contains(out, "open: 1 of 1") {
			t.Errorf("order of another client: %q", out)
		}
		call(t, dir, "trade", "cancel", id)
	}
	select {
	case err := <-gone:
		t.Logf("the venue closed the connection: %v", err)
	case <-time.After(40 * time.Second):
		t.Error("the client that reads nothing is still connected after 40 s")
	}
}
