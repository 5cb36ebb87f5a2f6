package rest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clearhour/clearhour/gateway"
)

// targets are a good request for each route.
var targets = map[string]string{
	"/v1/time":                 "/v1/time",
	"/v1/status":               "/v1/status",
	"/v1/limits":               "/v1/limits",
	"/v1/instruments":          "/v1/instruments",
	"/v1/instruments/{symbol}": "/v1/instruments/" + spot,
	"/v1/book":                 "/v1/book?symbol=" + spot,
	"/v1/trades":               "/v1/trades?symbol=" + spot,
	"/v1/ticker":               "/v1/ticker?symbol=" + spot,
	"/v1/candles":              "/v1/candles?resolution=1m&symbol=" + spot,
	"/v1/orders":               "/v1/orders",
	"/v1/orders/{id}":          "/v1/orders/" + orderText(orderID(1)),
	"/v1/orders:by-cl-id/{cl}": "/v1/orders:by-cl-id/a%2F1%25x",
	"/v1/fills":                "/v1/fills",
	"/v1/account":              "/v1/account",
	"/v1/positions":            "/v1/positions",
	"/v1/balances":             "/v1/balances",
	"/v1/changes":              "/v1/changes",
	"/v1/insurance":            "/v1/insurance",
	"/v1/indices":              "/v1/indices",
	"/v1/openapi.json":         "/v1/openapi.json",

	"/v1/admin/changes":              "/v1/admin/changes",
	"/v1/admin/changes/{id}/approve": "/v1/admin/changes/c1/approve",
	"/v1/admin/changes/{id}":         "/v1/admin/changes/c1",
	"/v1/admin/readings":             "/v1/admin/readings",
	"/v1/admin/meters":               "/v1/admin/meters",
	"/v1/admin/impact":               "/v1/admin/impact",
	"/v1/admin/changes/{id}/impact":  "/v1/admin/changes/c1/impact",
	"/v1/changes/{id}/impact":        "/v1/changes/c1/impact",
	"/healthz":                       "/healthz",
	"/readyz":                        "/readyz",
}

// access is what each route needs. A route that is not here fails the test: who
// adds one says who may use it.
var access = map[string]gateway.Scope{
	"/v1/time": 0, "/v1/status": 0, "/v1/limits": 0, "/v1/instruments": 0, "/v1/instruments/{symbol}": 0,
	"/v1/book": 0, "/v1/trades": 0, "/v1/ticker": 0, "/v1/candles": 0, "/v1/openapi.json": 0, "/healthz": 0, "/readyz": 0,
	"/v1/changes": 0, "/v1/insurance": 0, "/v1/indices": 0, "/v1/admin/changes": gateway.Admin, "/v1/admin/changes/{id}/approve": gateway.Admin, "/v1/admin/changes/{id}": gateway.Admin,
	"/v1/admin/changes/{id}/impact": gateway.Admin, "/v1/admin/impact": gateway.Admin, "/v1/changes/{id}/impact": 0,
	"/v1/admin/readings": gateway.WriteReadings, "/v1/admin/meters": gateway.WriteReadings,
	"/v1/orders": gateway.ReadAccount, "/v1/orders/{id}": gateway.ReadAccount, "/v1/orders:by-cl-id/{cl}": gateway.ReadAccount,
	"/v1/fills": gateway.ReadAccount, "/v1/positions": gateway.ReadAccount, "/v1/account": gateway.ReadAccount, "/v1/balances": gateway.ReadAccount,
}

// TestScopes asks each route with each single scope, with none and with no key.
func TestScopes(t *testing.T) {
	b := newBench(t, nil)
	seen := map[string]bool{}
	for _, r := range b.server.Routes() {
		seen[r.Path] = true
		want, ok := access[r.Path]
		if !ok || r.Access.Scope != want || r.Access.Open != (want == 0) {
			t.Errorf("%s has access %+v, the table says %v (%v)", r.Path, r.Access, want, ok)
			continue
		}
		target := targets[r.Path]
		for scope := gateway.Scope(1); scope <= gateway.WriteReadings; scope <<= 1 {
			status := http.StatusForbidden
			if want == 0 || scope == want {
				status = http.StatusOK
			}
			w := b.ask(r.Method, target, "alice/"+scope.String())
			if r.Method != http.MethodGet && scope == want && w.Code != http.StatusForbidden {
				continue // It was let in; what it lacks is a body.
			}
			if w.Code != status {
				t.Errorf("%s with %v: status %d, want %d: %s", target, scope, w.Code, status, w.Body)
			}
		}
		for key, refused := range map[string]int{"": 401, "nobody": 401, "alice/": 403} {
			status := refused
			if want == 0 {
				status = http.StatusOK
			}
			if w := b.ask(r.Method, target, key); w.Code != status {
				t.Errorf("%s with key %q: status %d, want %d", target, key, w.Code, status)
			}
		}
	}
	for path := range access {
		if !seen[path] {
			t.Errorf("%s is in the table and is no route", path)
		}
	}
	for path := range b.server.api.OpenAPI().Paths {
		if !seen[path] {
			t.Errorf("%s is in the description and was not registered with access", path)
		}
	}
}

// TestAccounts asks every route of an account for what another account has, and
// wants the answer that things have which do not exist.
func TestAccounts(t *testing.T) {
	b := newBench(t, nil)
	for _, r := range b.server.Routes() {
		if r.Access.Scope != gateway.ReadAccount {
			continue
		}
		theirs, none := targets[r.Path]+"?account=17", targets[r.Path]+"?account=999"
		switch r.Path {
		case "/v1/orders/{id}":
			theirs, none = "/v1/orders/"+orderText(orderID(2)), "/v1/orders/"+orderText(orderID(99))
		case "/v1/orders:by-cl-id/{cl}":
			// A name is looked up among the caller's own; naming the account is refused.
			if w := b.get("/v1/orders:by-cl-id/b1", "alice"); w.Code != http.StatusNotFound {
				t.Errorf("alice finds the order of bob by its name: %s", w.Body)
			}
		}
		wTheirs, wNone := b.get(theirs, "alice"), b.get(none, "alice")
		a, n := b.problem(wTheirs), b.problem(wNone)
		a.Instance, n.Instance = "", ""
		for _, w := range []*httptest.ResponseRecorder{wTheirs, wNone} {
			w.Header().Del("RateLimit") // One is asked after the other.
		}
		if wTheirs.Code != http.StatusNotFound || a != n || fmt.Sprint(wTheirs.Header()) != fmt.Sprint(wNone.Header()) {
			t.Errorf("%s: %+v %v\n%s: %+v %v\nwant the same with status 404", theirs, a, wTheirs.Header(), none, n, wNone.Header())
		}
		if w := b.get(theirs, "bob"); w.Code != http.StatusOK && r.Path != "/v1/orders:by-cl-id/{cl}" {
			t.Errorf("%s by bob: status %d, want 200", theirs, w.Code)
		}
	}
	if w := b.get("/v1/positions?account=18", "alice"); w.Code != http.StatusOK {
		t.Errorf("the second account of alice: status %d", w.Code)
	}
}
