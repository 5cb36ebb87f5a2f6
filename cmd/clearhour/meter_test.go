package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// fleetGenesis lists an index of availability that is metered by the minute, takes
// meters for a grace, and a capped future that settles to it.
const fleetGenesis = `{
  "instruments": [{
    "symbol": "AVL.H100C.NAE.M.2099-01", "kind": "capped", "class": "H100-SXM-80", "region": "NA-E", "grade": "C", "window": "M",
    "start": "2099-01-01T00:00:00Z", "end": "2099-02-01T00:00:00Z", "multiplier": 100,
    "tick": "0.01", "low": "0", "high": "100", "mark": "99", "max_qty": 5000, "band": "0.20", "maker": "0.0002", "taker": "0.0005"
  }],
  "accounts": [{"owner": 1, "money": "250000"}],
  "changes": [
    {"index": {"symbol": "AVL.H100C.NAE", "kind": "availability", "period": "1m", "window": %q}},
    {"reference": {"symbol": "AVL.H100C.NAE.M.2099-01", "index": "AVL.H100C.NAE", "impact": 10, "band": "0.2", "span": "5m", "every": "1s",
      "index_age": "48h", "last_age": "5m", "stale": "1"}}
  ]
}`

// TestMeters has two providers say what they owed and delivered in a minute. One of
// them corrects what it said; the index then says what the fleet came to, and the
// market that settles to it shows it as its mark.
//
// rules: IDX-02
func TestMeters(t *testing.T) {
	t.Parallel()
	const index = "AVL.H100C.NAE"
	const room = 20 * time.Second // From the genesis file to the end of the grace.
	var period time.Time
	o := openOfficeWith(t, func() []byte {
		now := time.Now().UTC()
		period = now.Truncate(time.Minute).Add(-2 * time.Minute)
		return fmt.Appendf(nil, fleetGenesis, now.Add(room).Sub(period.Add(time.Minute)).String())
	}, map[string][]string{"oslo": {"--source", "1"}, "reno": {"--source", "2"}, "trader": {"--account", "16"}})
	start := period.Format(time.RFC3339)

	o.wants("taken", "oslo", "meter", index, start, "744", "700")
	o.wants("taken", "oslo", "meter", index, start, "744", "744", "--unattested", "1.5")
	o.refuses("no scope", "trader", "meter", index, start, "744", "744")
	o.refuses("0.0025", "reno", "meter", index, start, "744", "739.251")
	o.refuses("limit 2678400 GPU-seconds", "reno", "meter", index, start, "744", "745")
	o.refuses("no such index", "reno", "meter", "NOTHING", start, "744", "744")
	o.refuses("start", "reno", "meter", index, "yesterday", "744", "744")
	o.refuses("limit "+period.Format(time.DateOnly), "reno", "meter", index, period.Add(-time.Minute).Format(time.RFC3339), "744", "744")
	o.wants("taken", "reno", "meter", index, start, "744", "739.25")
	if got := o.get("/v1/indices"); !strings.Contains(got, `"kind":"availability"`) || strings.Contains(got, `"price"`) {
		t.Fatalf("before the grace is over the indices are %s", got)
	}

	// 742.5 and 739.25 of 1488 hours.
	for _, want := range []string{
		`"price":"99.580000"`, `"contributors":2`, `"stale":false`, `"contracted_gpu_s":"5356800"`, `"counted_gpu_s":"5334300"`,
		fmt.Sprintf(`"metered_from_ms":%d`, period.UnixMilli()),
	} {
		for begun := time.Now(); !strings.Contains(o.get("/v1/indices"), want); time.Sleep(100 * time.Millisecond) {
			if time.Since(begun) > 2*room {
				t.Fatalf("the indices are %s, want %s", o.get("/v1/indices"), want)
			}
		}
	}
	o.refuses("BAD_VALUE (hour)", "reno", "meter", index, start, "744", "744")
	for begun := time.Now(); !strings.Contains(o.get("/v1/ticker?symbol=AVL.H100C.NAE.M.2099-01"), `"mark":"99.58"`); time.Sleep(100 * time.Millisecond) {
		if time.Since(begun) > room {
			t.Fatalf("the market shows %s", o.get("/v1/ticker?symbol=AVL.H100C.NAE.M.2099-01"))
		}
	}
}
