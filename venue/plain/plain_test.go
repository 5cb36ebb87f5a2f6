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
		Indices: []Named{{1, "PIX"}}, Assets: []Named{{1, "USD"}, {2, "GPU"}},
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
		`{"instrument":{"symbol":"H100.M","kind":"future","class":"H100-SXM-80","region":"NA-E","grade":"C","window":"M","start":"2027-01-01T00:00:00Z","end":"2027-02-01T00:00:00Z","match":"pro-rata","tick":"0.001","low":"0.1","high":"16","max_qty":5000,"band":"0.2","maker":"0.0002","taker":"0.0005","brackets":[{"upto":"1000","initial":"0.1","maintenance":"0.05"},{"initial":"0.2","maintenance":"0.1"}],"open_interest_scale":{"low":100,"high":300},"max_position":50}}`,
		`{"instrument":{"symbol":"GPU","kind":"spot","class":"H100-SXM-80","region":"NA-E","grade":"C","window":"D","start":"2027-01-01T00:00:00Z","end":"2027-01-02T00:00:00Z","tick":"0.001","low":"0.1","high":"16","max_qty":5000,"band":"0.2","maker":"0","taker":"0"}}`,
		`{"instrument":{"symbol":"H100.D","kind":"spot","class":"H100-SXM-80","region":"NA-E","grade":"C","window":"D","start":"2027-01-01T00:00:00Z","end":"2027-01-02T00:00:00Z","base":"GPU","tick":"0.001","low":"0.1","high":"16","max_qty":5000,"band":"0.2","maker":"0","taker":"0"}}`,
		`{"instrument":{"symbol":"H100.PERP","kind":"perpetual","class":"H100-SXM-80","region":"NA-E","grade":"C","hours":24,"tick":"0.001","low":"0.1","high":"16","max_qty":5000,"band":"0.2","maker":"0","taker":"0","brackets":[{"initial":"0.2","maintenance":"0.1"}]}}`,
		`{"instrument":{"symbol":"RAIN","kind":"capped","class":"H100-SXM-80","region":"NA-E","grade":"C","window":"D","start":"2027-01-01T00:00:00Z","end":"2027-01-02T00:00:00Z","multiplier":100,"tick":"1","low":"0","high":"100","max_qty":5000,"band":"1","maker":"0","taker":"0"}}`,
		`{"collateral":{"asset":"GPU","price":"60000","rate":"0.85"}}`,
		`{"collateral":{"asset":"GPU","price":"60000","rate":"0.85","index":"PIX"}}`,
		`{"terms":{"symbol":"H100","open_interest_scale":{"low":100,"high":300},"max_position":50}}`,
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
		`{"insurance":{"amount":"1"},"mark":{"symbol":"H100","price":"1"}}`:                         "exactly one",
		`{"phase":{"symbol":"NONE","phase":"halted"}}`:                                              `symbol "NONE"`,
		`{"phase":{"symbol":"H100","phase":"asleep"}}`:                                              `phase "asleep"`,
		`{"mark":{"symbol":"H100","price":"2.1505"}}`:                                               `price "2.1505"`,
		`{"schedule":{"symbol":"H100","steps":[{"at":"8","phase":"pre-open"}]}}`:                    `at "8"`,
		`{"protections":{"symbol":"H100","window":"soon"}}`:                                         `window "soon"`,
		`{"reference":{"symbol":"H100","index":"NONE","stale":"1"}}`:                                `index "NONE"`,
		`{"instrument":{"symbol":"S","kind":"spot","tick":"1","band":"1","maker":"0","taker":"0"}}`: `base "S": no such asset`,
		`{"instrument":{"symbol":"S","kind":"option","tick":"1"}}`:                                  `kind "option"`,
		`{"instrument":{"symbol":"S","kind":"future","window":"X","tick":"1"}}`:                     `window "X"`,
		`{"instrument":{"symbol":"S","kind":"future","match":"luck"}}`:                              `match "luck"`,
		`{"instrument":{"symbol":"S","kind":"future","tick":"0","low":"1"}}`:                        `band`,
		`{"instrument":{"symbol":"S","kind":"future","start":"9999-01-01T00:00:00Z"}}`:              `start "9999`,
		`{"collateral":{"asset":"NONE","price":"1","rate":"1"}}`:                                    `asset "NONE"`,
		`{"collateral":{"asset":"GPU","price":"1","rate":"1","index":"NONE"}}`:                      `index "NONE"`,
		`{"liquidation":{"target":"1.2.3"}}`:                                                        `target "1.2.3"`,
		`{"index":{"symbol":"AVL","kind":"fleet"}}`:                                                 `kind "fleet"`,
		`{"reference":{"symbol":"H100","index":"PIX","method":"none"}}`:                             `method "none"`,
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
