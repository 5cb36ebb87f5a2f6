package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

func TestRefusals(t *testing.T) {
	b := newBench(t, nil)
	long := strings.Repeat("x", maxTarget)
	for _, c := range []struct {
		target string
		status int
		code   gateway.Code
		field  string
	}{
		{"/v1/book", 422, gateway.MissingField, "symbol"},
		{"/v1/book?symbol=NOPE", 404, gateway.UnknownInstrument, "symbol"},
		{"/v1/instruments/NOPE", 404, gateway.UnknownInstrument, "symbol"},
		{"/v1/book?symbol=" + spot + "&depht=5", 422, gateway.UnknownField, "depht"},
		{"/v1/time?now=1", 422, gateway.UnknownField, "now"},
		{"/v1/book?symbol=" + spot + "&depth=0", 422, gateway.BadValue, "depth"},
		{"/v1/book?symbol=" + spot + "&depth=1001", 422, gateway.BadValue, "depth"},
		{"/v1/book?symbol=" + spot + "&depth=ten", 422, gateway.BadFormat, "depth"},
		{"/v1/book?symbol=" + spot + "&symbol=" + spot, 422, gateway.DuplicateField, "symbol"},
		{"/v1/book?symbol=%zz", 400, gateway.Malformed, ""},
		{"/v1/book?symbol=a;b", 400, gateway.Malformed, ""},
		{"/v1/time?" + long, 400, gateway.Malformed, ""},
		{"/v1/trades?symbol=" + spot + "&limit=1001", 422, gateway.BadValue, "limit"},
		{"/v1/trades?symbol=" + spot + "&cursor=x", 422, gateway.BadFormat, "cursor"},
		{"/v1/candles?symbol=" + spot + "&resolution=5m", 422, gateway.BadValue, "resolution"},
		{"/v1/candles?symbol=" + spot + "&resolution=1m&cursor=-1", 422, gateway.BadFormat, "cursor"},
		{"/v1/orders?cursor=1-1-1", 422, gateway.BadFormat, "cursor"},
		{"/v1/orders?cursor=0-0", 422, gateway.BadFormat, "cursor"},
		{"/v1/orders?status=ended&cursor=1-1", 422, gateway.BadValue, "cursor"},
		{"/v1/orders?side=up", 422, gateway.BadValue, "side"},
		{"/v1/orders?symbol=NOPE", 404, gateway.UnknownInstrument, "symbol"},
		{"/v1/orders/x", 404, gateway.UnknownOrder, "id"},
		{"/v1/orders/0", 404, gateway.UnknownOrder, "id"},
		{"/v1/orders/0" + orderText(orderID(1)), 404, gateway.UnknownOrder, "id"},
		{"/v1/orders:by-cl-id/none", 404, gateway.UnknownOrder, "cl"},
		{"/v1/fills?account=-1", 422, gateway.BadFormat, "account"},
		{"/v1/nothing", 404, gateway.UnsupportedMessage, ""},
		{"/", 404, gateway.UnsupportedMessage, ""},
		{"/metrics", 404, gateway.UnsupportedMessage, ""},
	} {
		w := b.get(c.target, "alice")
		p := b.problem(w)
		if w.Code != c.status || p.Code != c.code.String() || p.Numeric != uint16(c.code) || p.Field != c.field || p.Title == "" {
			t.Errorf("%.80s = %d %+v, want %d %v field %q", c.target, w.Code, p, c.status, c.code, c.field)
		}
		if path, _, _ := strings.Cut(c.target, "?"); p.Instance != path && !strings.Contains(path, "%") {
			t.Errorf("%.80s: instance %q", c.target, p.Instance)
		}
	}
	w := b.do(httptest.NewRequest(http.MethodDelete, "/v1/orders", nil), "alice")
	if p := b.problem(w); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("DELETE = %+v with Allow %q, want 405", p, w.Header().Get("Allow"))
	}
	w = b.do(httptest.NewRequest(http.MethodGet, "/v1/orders", bytes.NewReader(make([]byte, maxBody+1))), "alice")
	if p := b.problem(w); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too long = %+v, want 413", p)
	}
	w = b.get("/v1/orders", "slow")
	if p := b.problem(w); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "2" {
		t.Errorf("a denial with a wait = %+v, Retry-After %q, want 429 and 2", p, w.Header().Get("Retry-After"))
	}
	if w = b.get("/v1/orders", ""); w.Header().Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

// TestSigned shows what is handed to the authenticator: the text as sent.
func TestSigned(t *testing.T) {
	b := newBench(t, nil)
	r := httptest.NewRequest(http.MethodGet, "/v1/orders:by-cl-id/a%2F1%25x?account=16", strings.NewReader("body"))
	r.Header.Set(gateway.HeaderTimestamp, "1")
	r.Header.Set(gateway.HeaderRecvWindow, "2")
	r.Header.Set(gateway.HeaderSignature, "3")
	r.RemoteAddr = "[::ffff:192.0.2.7]:99"
	if w := b.do(r, "alice"); w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	got := b.keys.got
	if got.Target != "/v1/orders:by-cl-id/a%2F1%25x?account=16" || got.Method != "GET" || string(got.Body) != "body" ||
		got.Timestamp != "1" || got.RecvWindow != "2" || got.Signature != "3" || got.Remote.String() != "192.0.2.7" {
		t.Errorf("signed request = %+v", got)
	}
}

func TestAnswers(t *testing.T) {
	b := newBench(t, nil)
	b.wantJSON("/v1/time", "", `{"time_ms":1795334400000,"time":"2026-11-22T08:00:00.000Z"}`)
	b.wantJSON("/v1/status", "", `{"state":"operational","sequence":4,"time_ms":1795334400000,
		"instruments":[{"symbol":"`+spot+`","phase":"continuous"},{"symbol":"`+future+`","phase":"halted"}]}`)
	b.wantJSON("/v1/instruments/"+future, "", `{"symbol":"`+future+`","id":2,"kind":"future","class":"H100-SXM-80","region":"NA-E","grade":"C","window":"D",
		"start_ms":1796083200000,"start":"2026-12-01T00:00:00.000Z","end_ms":1796169600000,"end":"2026-12-02T00:00:00.000Z","quote":"USD",
		"tick":"0.01","lot_hours":"24","low":"0.01","high":"100.00","max_qty":"5000","band":"0.100000","maker_fee":"0.000200","taker_fee":"0.000500",
		"margin":[{"upto":"1152921504606.846975","initial":"0.200000","maintenance":"0.100000"}]}`)
	sum, _ := b.market.Checksum(1)
	b.wantJSON("/v1/book?depth=1&symbol="+spot, "", fmt.Sprintf(`{"symbol":"%s","sequence":4,"rpt_seq":4,"time_ms":1795334400000,"checksum":%d,"phase":"continuous",
		"bids":[],"asks":[{"price":"2.51","qty":"8","orders":1}]}`, spot, sum))
	trade := `{"id":"9007199254740993","time_ms":1795334400000,"price":"2.51","qty":"2","taker_side":"buy","sequence":4}`
	b.wantJSON("/v1/trades?symbol="+spot, "", `{"trades":[`+trade+`]}`)
	b.wantJSON("/v1/ticker?symbol="+spot, "", `{"symbol":"`+spot+`","phase":"continuous","sequence":4,"time_ms":1795334400000,"mark":"2.50",
		"ask":{"price":"2.51","qty":"8","orders":1},"last":`+trade+`,"day":{"open":"2.51","high":"2.51","low":"2.51","volume":"2","trades":1}}`)
	b.wantJSON("/v1/candles?resolution=1d&symbol="+spot, "", `{"candles":[{"start_ms":1795305600000,"open":"2.51","high":"2.51","low":"2.51","close":"2.51","volume":"2","trades":1}]}`)
	order := `{"id":"9007199254740994","account":16,"cl_ord_id":"a/1%x","last_cl_ord_id":"a/1%x","symbol":"` + spot + `","side":"sell","type":"limit","tif":"GTC",
		"post_only":true,"status":"partially_filled","price":"2.51","qty":"10","filled":"2","leaves":"8","avg_price":"2.510000","fees":"0.001205",
		"created_ms":1795334400000,"updated_ms":1795334400000,"sequence":4}`
	b.wantJSON("/v1/orders", "alice", `{"orders":[`+order+`]}`)
	b.wantJSON(targets["/v1/orders/{id}"], "alice", order)
	b.wantJSON(targets["/v1/orders:by-cl-id/{cl}"], "alice", order)
	b.wantJSON("/v1/fills", "bob", `{"fills":[{"trade_id":"9007199254740993","order_id":"9007199254740995","cl_ord_id":"b1","symbol":"`+spot+`","side":"buy",
		"liquidity":"taker","price":"2.51","qty":"2","leaves":"1","fee":"0.003012","time_ms":1795334400000,"sequence":4}]}`)
	b.wantJSON("/v1/positions", "bob", `{"positions":[{"symbol":"`+future+`","kind":"future","qty":"-3","cost":"-7.530000","margin":"37.440000",
		"maintenance_margin":"18.720000","unrealised":"-179.670000","mark":"2.60","mark_stale":false,"mark_sources":["index","last"],
		"liquidation_price":"15.683054","adl_rank":2,"adl_of":2,"adl_lamps":3,"sequence":4}]}`)
	b.wantJSON("/v1/account", "bob", `{"account":17,"state":"healthy","equity":"1054.897890","cash":"1234.567890","unrealised":"-179.670000","collateral":"0.000000","held":"60.270121",
		"initial_margin":"37.440000","maintenance_margin":"18.720000","free":"957.187769","mark_stale":false}`)
	b.wantJSON("/v1/balances", "bob", `{"balances":[{"asset":"USD","total":"1234.567890","held":"4.567890","free":"1230.000000","sequence":4}]}`)
}

// TestNoFloats reads every answer and finds no number with a fraction or an
// exponent, and none that a float would not keep.
func TestNoFloats(t *testing.T) {
	b := newBench(t, nil)
	for path, target := range targets {
		if path == "/v1/openapi.json" {
			continue // Its numbers are limits of schemas.
		}
		d := json.NewDecoder(b.get(target, "alice").Body)
		d.UseNumber()
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", target, err)
			}
			if n, ok := token.(json.Number); ok {
				if v, err := n.Int64(); err != nil || v > 1<<53 {
					t.Errorf("%s has the number %s", target, n)
				}
			}
		}
	}
}

func TestEntityTags(t *testing.T) {
	b := newBench(t, nil)
	for _, target := range []string{"/v1/instruments", "/v1/instruments/" + spot} {
		first := b.get(target, "")
		tag := first.Header().Get("ETag")
		if tag == "" || first.Header().Get("Cache-Control") != revalidate {
			t.Fatalf("%s: headers %v", target, first.Header())
		}
		for header, want := range map[string]int{tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200} {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Header.Set("If-None-Match", header)
			w := b.do(r, "")
			if w.Code != want || w.Header().Get("ETag") != tag || want == 304 && w.Body.Len() != 0 {
				t.Errorf("%s with If-None-Match %s: status %d, ETag %s, want %d, %s", target, header, w.Code, w.Header().Get("ETag"), want, tag)
			}
		}
	}
	before := b.get("/v1/instruments", "").Header().Get("ETag")
	b.apply(func(t *venue.Tape) {
		t.InstrumentListed().Terms = venue.Instrument{ID: 3, Symbol: "C", Tick: 1, Quote: 1}
	})
	if after := b.get("/v1/instruments", "").Header().Get("ETag"); after == before {
		t.Errorf("the tag stays %s when an instrument is listed", after)
	}
}

func TestPages(t *testing.T) {
	b := newBench(t, nil)
	for i := range 7 {
		b.accept(alice, 10+i, "p"+string(rune('0'+i)), venue.Sell, 300, 1)
		b.apply(func(t *venue.Tape) {
			*t.Traded() = venue.Traded{
				Instrument: 1, Trade: venue.TradeID(1<<54 + i), Price: 300, Qty: 1, TakerSide: venue.Buy,
				Maker: venue.Fill{Account: bob}, Taker: venue.Fill{Account: alice, Order: orderID(1), Leaves: 7},
			}
		})
		b.now = b.now.Add(time.Minute)
	}
	for _, c := range []struct {
		target, list, id string
		want             int
	}{
		{"/v1/orders?limit=3", "orders", "id", 8},
		{"/v1/orders?limit=3&side=sell&symbol=" + spot, "orders", "id", 8},
		{"/v1/fills?limit=3", "fills", "trade_id", 8},
		{"/v1/trades?limit=3&symbol=" + spot, "trades", "id", 8},
		{"/v1/candles?limit=3&resolution=1m&symbol=" + spot, "candles", "start_ms", 7},
		{"/v1/candles?limit=3&resolution=1m&start=1795334460000&symbol=" + spot, "candles", "start_ms", 6},
	} {
		var ids []string
		next := ""
		for range 10 {
			target := c.target
			if next != "" {
				target += "&cursor=" + next
			}
			w := b.get(target, "alice")
			var page map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", target, w.Code, w.Body)
			}
			for _, item := range page[c.list].([]any) {
				ids = append(ids, fmt.Sprint(item.(map[string]any)[c.id]))
			}
			next, _ = page["next_cursor"].(string)
			if next == "" {
				break
			}
		}
		distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
		if len(ids) != c.want || len(distinct) != c.want {
			t.Errorf("%s by pages: %v, want %d different ones", c.target, ids, c.want)
		}
	}
}

func TestEndedOrders(t *testing.T) {
	b := newBench(t, nil)
	b.apply(func(t *venue.Tape) {
		*t.OrderCanceled() = venue.OrderCanceled{Account: alice, Instrument: 1, Order: orderID(1), Qty: 8, Reason: venue.CanceledByUser}
		*t.OrderRejected() = venue.OrderRejected{Account: alice, Instrument: 99, ClOrdID: clID("r"), Side: venue.Buy, Qty: 1, Refusal: venue.Refusal{Reason: venue.UnknownInstrument}}
	})
	w := b.get("/v1/orders?status=ended", "alice")
	for _, want := range []string{`"reason":"CANCELED_BY_USER"`, `"status":"rejected"`, `"reason":"UNKNOWN_INSTRUMENT"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("ended orders = %s, want %s in it", w.Body, want)
		}
	}
	if w := b.get("/v1/orders:by-cl-id/r", "alice"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), `"id"`) {
		t.Errorf("rejected order by name: %d %s", w.Code, w.Body)
	}
}

func TestRateLimits(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.PerAddress, c.PerKey = Limit{5, 5 * time.Second}, Limit{3, 3 * time.Second}
	})
	for i, want := range []int{200, 200, 200, 429, 429} {
		w := b.get("/v1/balances", "alice")
		if w.Code != want {
			t.Errorf("signed request %d: status %d, want %d", i+1, w.Code, want)
		}
		if i == 0 && (w.Header().Get("RateLimit-Policy") != `"key";q=3;w=3` || w.Header().Get("RateLimit") != `"key";r=2;t=1`) {
			t.Errorf("headers %v", w.Header())
		}
	}
	w := b.get("/v1/time", "")
	if p := b.problem(w); p.Code != "RATE_LIMITED" || w.Header().Get("Retry-After") != "1" || !p.Retryable {
		t.Errorf("sixth request of the address: %+v, Retry-After %q", p, w.Header().Get("Retry-After"))
	}
	r := httptest.NewRequest(http.MethodGet, "/v1/time", nil)
	r.RemoteAddr = "198.51.100.1:1"
	if w := b.do(r, ""); w.Code != http.StatusOK {
		t.Errorf("another address: status %d", w.Code)
	}
	b.now = b.now.Add(time.Second)
	if w := b.get("/v1/balances", "alice"); w.Code != http.StatusOK {
		t.Errorf("a second later: status %d", w.Code)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter[int](Limit{1, time.Second})
	for i := range maxLimited + 1000 {
		l.take(i, epoch)
	}
	if len(l.full) > maxLimited {
		t.Errorf("%d keys are kept, want at most %d", len(l.full), maxLimited)
	}
}

func TestState(t *testing.T) {
	b := newBench(t, nil)
	ops := b.server.Operations()
	ask := func(h http.Handler, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	for _, h := range []http.Handler{b.server, ops} {
		b.ready = nil
		if w := ask(h, "/readyz"); w.Code != http.StatusOK {
			t.Errorf("ready: status %d", w.Code)
		}
		b.ready = errors.New("journal is replayed")
		if w := ask(h, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "journal is replayed") {
			t.Errorf("not ready: status %d, %s", w.Code, w.Body)
		}
		if w := ask(h, "/healthz"); w.Code != http.StatusOK {
			t.Errorf("healthy while not ready: status %d", w.Code)
		}
	}
	if w := ask(b.server, "/v1/status"); !strings.Contains(w.Body.String(), `"unavailable"`) {
		t.Errorf("status while not ready: %s", w.Body)
	}
}

func TestMetrics(t *testing.T) {
	m := NewMetrics(func() Gauges {
		return Gauges{Sequenced: 10, Durable: 7, Projected: 9, StateHash: 0xdeadbeefdeadbeef, StateHashSeq: 5, Connections: 3}
	})
	b := newBench(t, func(c *Config) { c.Metrics = m })
	m.Round(100, 250, 9000, 300*time.Microsecond, 40*time.Microsecond)
	b.get("/v1/orders/1", "alice")
	b.get("/v1/orders/2", "alice")
	b.get("/nowhere", "")
	w := httptest.NewRecorder()
	b.server.Operations().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		"clearhour_commands_total 100", "clearhour_events_total 250", "clearhour_batches_total 1",
		`clearhour_journal_sync_seconds_bucket{le="0.0004"} 1`, "clearhour_durable_lag 3", "clearhour_projected_lag 0", "clearhour_connections 3",
		`clearhour_state_hash_info{hash="deadbeefdeadbeef",sequence="5"} 1`,
		`clearhour_http_requests_total{route="GET /v1/orders/{id}",status="404"} 2`,
		`clearhour_http_requests_total{route="none",status="404"} 1`,
	} {
		if !strings.Contains(w.Body.String(), want+"\n") {
			t.Errorf("metrics lack %s", want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { m.Round(1, 2, 3, 4, 5) }); n != 0 {
		t.Errorf("Round allocates %v times, want 0", n)
	}
}

func TestHeaders(t *testing.T) {
	b := newBench(t, nil)
	for _, target := range []string{"/v1/time", "/v1/orders", "/nowhere", "/healthz"} {
		h := b.get(target, "").Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
}

// TestPanic shows that a fault in one answer is answered and told.
func TestPanic(t *testing.T) {
	b := newBench(t, nil)
	b.server.mux.HandleFunc("GET /fault", func(http.ResponseWriter, *http.Request) { panic("fault") })
	w := b.get("/fault", "")
	if p := b.problem(w); w.Code != http.StatusInternalServerError || p.Code != "INTERNAL" || p.Detail != "" {
		t.Errorf("a fault = %+v, want INTERNAL without a detail", p)
	}
}

// TestOpenAPI compares the description with the golden file: a change of the API
// is seen in a review.
func TestOpenAPI(t *testing.T) {
	b := newBench(t, nil)
	got := b.get("/v1/openapi.json", "").Body.Bytes()
	const golden = "testdata/openapi.json"
	if *rewrite {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the description is not that of %s; run the test with -rewrite and read the difference", golden)
	}
	for _, word := range []string{`"ErrorModel"`, `"format": "double"`, `"type": "number"`} {
		if bytes.Contains(got, []byte(word)) {
			t.Errorf("the description has %s", word)
		}
	}
}

func FuzzPlace(f *testing.F) {
	for _, s := range []string{"", "1-1", "0-0", "18446744073709551615-4294967295", "1-", "-1", "01-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, problem := parsePlace(s)
		if problem == nil && s != "" && placeText(p) != s {
			t.Errorf("%q is read as %+v, whose text it is not", s, p)
		}
		if id, ok := parseOrder(s); ok && orderText(id) != s {
			t.Errorf("%q is read as order %d, whose text it is not", s, id)
		}
	})
}

// FuzzQuery asks with any query and wants an answer that is JSON and never a
// fault.
func FuzzQuery(f *testing.F) {
	f.Add("/v1/book", "symbol="+spot+"&depth=5")
	f.Add("/v1/orders", "account=16&cursor=1-1&limit=7&side=buy")
	f.Add("/v1/candles", "symbol="+spot+"&resolution=1m&start=9000000000000&end=1")
	b := newBench(f, nil)
	f.Fuzz(func(t *testing.T, path, query string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery = path, query
		if !strings.HasPrefix(path, "/v1/") {
			return
		}
		r.Header.Set(gateway.HeaderKey, "alice")
		w := httptest.NewRecorder()
		b.server.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%q ? %q: status %d: %s", path, query, w.Code, w.Body)
		}
		if w.Code >= http.StatusBadRequest && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%q ? %q: status %d, body %q", path, query, w.Code, w.Body)
		}
	})
}

func BenchmarkBook(b *testing.B) {
	bench := newBench(b, nil)
	r := httptest.NewRequest(http.MethodGet, "/v1/book?depth=10&symbol="+spot, nil)
	for b.Loop() {
		bench.server.ServeHTTP(httptest.NewRecorder(), r)
	}
}
