package plain

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

func listed() *Listed {
	return &Listed{
		Instruments: []*venue.Instrument{{
			ID: 1, Symbol: "H100", Tick: 1000, Low: 1, High: 100_000, MaxQty: 1000, Band: 100_000, Maker: 100, Taker: 500,
			Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
		}},
		Indices: []Named{{1, "PIX"}}, Assets: []Named{{1, "USD"}},
	}
}

// TestRoundTrip reads changes, writes them in plain words, and reads those again.
func TestRoundTrip(t *testing.T) {
	for _, text := range []string{
		`{"phase":{"symbol":"H100","phase":"halted"}}`,
		`{"mark":{"symbol":"H100","price":"2.150"}}`,
		`{"terms":{"symbol":"H100","band":"0.2","brackets":[{"upto":"1000","initial":"0.2","maintenance":"0.1"},{"initial":"0.4","maintenance":"0.2"}]}}`,
		`{"schedule":{"symbol":"H100","steps":[{"at":"08:30","phase":"pre-open"},{"at":"09:00","phase":"continuous"}]}}`,
		`{"protections":{"symbol":"H100","breaker":"0.05","window":"10m","base":"5m","triggers":[{"move":"0.1","extend":"1m"}]}}`,
		`{"reference":{"symbol":"H100","index":"PIX","impact":10,"band":"0.05","span":"5m","every":"10s","index_age":"1m","last_age":"1m","stale":"1.5"}}`,
		`{"reference":{"symbol":"H100","index":"PIX","impact":10,"band":"0.05","span":"5m","every":"10s","index_age":"1m","last_age":"1m","stale":"1.5",` +
			`"funding":"8h","method":"impact-premium","default":"0.0001","clamp_factor":"0.75"}}`,
		`{"fee_tiers":{"tiers":[{"min":"0","maker":"0.0002","taker":"0.0005"},{"min":"1000000","maker":"-0.0001","taker":"0.0003"}]}}`,
		`{"liquidation":{"target":"1.2","fee":"0.005","spread":"1.5","fraction":"0.1","max_consumed":"0.25","full_size":10,"cap":"0.25","window":"8h","step":"5s"}}`,
		`{"insurance":{"amount":"1000"}}`,
		`{"settle":{"symbol":"H100","from":3,"max_carry":2,"values":["2.1","","2.2"]}}`,
		`{"operator":{"operator":3,"enrolled":true}}`,
		`{"asset":{"symbol":"GPU","decimals":2}}`,
		`{"index":{"symbol":"AIX","clamp":"0.2","cap":"0.34","contributors":3,"period":"1m","window":"5m","widest":"15m"}}`,
		`{"index":{"symbol":"AVL","kind":"availability","period":"1h","window":"6h"}}`,
	} {
		var c Change
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		first, err := c.Command(listed())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, ok := Of(first, listed())
		if !ok {
			t.Fatalf("%s: no plain words for %T", text, first)
		}
		second, err := again.Command(listed())
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("%s is %+v, in plain words %+v, which is %+v (%v)", text, first, again, second, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "exactly one",
		`{"insurance":{"amount":"1"},"mark":{"symbol":"H100","price":"1"}}`:      "exactly one",
		`{"phase":{"symbol":"NONE","phase":"halted"}}`:                           `symbol "NONE"`,
		`{"phase":{"symbol":"H100","phase":"asleep"}}`:                           `phase "asleep"`,
		`{"mark":{"symbol":"H100","price":"2.1505"}}`:                            `price "2.1505"`,
		`{"schedule":{"symbol":"H100","steps":[{"at":"8","phase":"pre-open"}]}}`: `at "8"`,
		`{"protections":{"symbol":"H100","window":"soon"}}`:                      `window "soon"`,
		`{"reference":{"symbol":"H100","index":"NONE","stale":"1"}}`:             `index "NONE"`,
		`{"liquidation":{"target":"1.2.3"}}`:                                     `target "1.2.3"`,
		`{"index":{"symbol":"AVL","kind":"fleet"}}`:                              `kind "fleet"`,
		`{"reference":{"symbol":"H100","index":"PIX","method":"none"}}`:          `method "none"`,
	} {
		var c Change
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Command(listed()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
