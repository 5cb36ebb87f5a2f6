package rule

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ended writes a rational in full when it ends within 40 decimals, else with 12,
// half-even.
func ended(r *big.Rat) string {
	if far := times(r, "1"+strings.Repeat("0", longestEnd)); far.IsInt() {
		return plain(far.Num(), longestEnd)
	}
	return twelve(r)
}

// bounded is v between low and high.
func bounded(v, low, high any) *big.Rat { return most(low, least(v, high)) }

// vwapTwin is the mean price of the first lots of a side, nil when it is too thin.
func vwapTwin(side [][]any, want int) *big.Rat {
	value, left := new(big.Rat), want
	for _, l := range side {
		n := min(left, l[1].(int))
		value = plus(value, times(l[0], n))
		left -= n
	}
	if left > 0 {
		return nil
	}
	return over(value, want)
}

func sideTwin(t *rapid.T, label string, low, high int64, order int) [][]any {
	side := [][]any{}
	for range rapid.IntRange(0, 5).Draw(t, label) {
		price := plain(big.NewInt(rapid.Int64Range(low, high).Draw(t, label+" price")), 3)
		side = append(side, []any{price, rapid.IntRange(1, 40).Draw(t, label+" qty")})
	}
	slices.SortStableFunc(side, func(a, b []any) int { return order * num(a[0]).Cmp(num(b[0])) })
	return side
}

// markTwin is MRK-01 for one case.
func markTwin(bids, asks [][]any, last, band, previous string, x obj) (*big.Rat, bool) {
	var found []*big.Rat
	bid, ask := vwapTwin(bids, x["impact_qty"].(int)), vwapTwin(asks, x["impact_qty"].(int))
	for _, name := range x["fresh"].([]string) {
		switch {
		case name == "index":
			found = append(found, plus(x["index"], x["basis"]))
		case name == "book" && bid != nil && ask != nil:
			found = append(found, over(plus(bid, ask), 2))
		case name == "last":
			v := num(last)
			if len(bids) > 0 {
				v = most(v, bids[0][0])
			}
			if len(asks) > 0 {
				v = least(v, asks[0][0])
			}
			found = append(found, v)
		}
	}
	slices.SortFunc(found, (*big.Rat).Cmp)
	mark := num(previous)
	switch len(found) {
	case 1:
		mark = found[0]
	case 2:
		mark = over(plus(found[0], found[1]), 2)
	case 3:
		mark = found[1]
	}
	return bounded(mark, times(x["index"], minus(1, band)), times(x["index"], plus(1, band))), len(found) == 0
}

// rules: MRK-01.
func TestMRK01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bids, asks := sideTwin(t, "bids", 1500, 2100, -1), sideTwin(t, "asks", 2100, 2600, 1)
		last, previous := decimals(t, "last", 1400, 2700, 3), decimals(t, "previous", 1400, 2700, 3)
		band := rate(t, "band", 300_000)
		in, want := []obj{}, []obj{}
		for range rapid.IntRange(1, 3).Draw(t, "cases") {
			fresh := []string{}
			for _, name := range []string{"last", "book", "index"} {
				if rapid.Bool().Draw(t, name) {
					fresh = append(fresh, name)
				}
			}
			x := obj{
				"name": "x", "index": plain(big.NewInt(rapid.Int64Range(18_000, 24_000).Draw(t, "index")), 4),
				"basis": decimals(t, "basis", -2000, 2000, 5), "impact_qty": rapid.IntRange(1, 100).Draw(t, "impact"), "fresh": fresh,
			}
			mark, stale := markTwin(bids, asks, last, band, previous, x)
			in, want = append(in, x), append(want, obj{"name": "x", "mark": ended(mark), "stale": stale})
		}
		compare(t, "MRK-01",
			obj{"bids": bids, "asks": asks, "last": last, "band": band, "previous": previous, "cases": in},
			obj{"cases": want})
	})
}

// indexTwin is IDX-01: weights are spread round by round as the rule tells it.
func indexTwin(prices, volumes []*big.Rat, spread, limit string) (median *big.Rat, weights []*big.Rat, raw *big.Rat) {
	sorted := slices.Clone(prices)
	slices.SortFunc(sorted, (*big.Rat).Cmp)
	n := len(sorted)
	median = over(plus(sorted[(n-1)/2], sorted[n/2]), 2)
	total := new(big.Rat)
	for _, v := range volumes {
		total = plus(total, v)
	}
	for _, v := range volumes {
		weights = append(weights, over(v, total))
	}
	capped := make([]bool, n)
	for {
		excess, below := new(big.Rat), new(big.Rat)
		for i, w := range weights {
			if w.Cmp(num(limit)) > 0 {
				excess = plus(excess, minus(w, limit))
				weights[i], capped[i] = num(limit), true
			}
		}
		if excess.Sign() == 0 {
			break
		}
		for i, w := range weights {
			if !capped[i] {
				below = plus(below, w)
			}
		}
		for i, w := range weights {
			if !capped[i] {
				weights[i] = plus(w, over(times(excess, w), below))
			}
		}
	}
	raw = new(big.Rat)
	for i, w := range weights {
		raw = plus(raw, times(w, bounded(prices[i], times(median, minus(1, spread)), times(median, plus(1, spread)))))
	}
	return median, weights, raw
}

// rules: IDX-01.
func TestIDX01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		limit := plain(big.NewInt(rapid.Int64Range(int64((1_000_000+n-1)/n), 1_000_000).Draw(t, "cap")), 6)
		spread := rate(t, "clamp", 1_000_000)
		cs, weights := []obj{}, obj{}
		var prices, volumes []*big.Rat
		for i := range n {
			p, v := decimals(t, "price", 1, 4_000_000, 7), decimals(t, "volume", 1, 1_000_000, 3)
			cs = append(cs, obj{"id": fmt.Sprint(i), "price": p, "volume": v})
			prices, volumes = append(prices, num(p)), append(volumes, num(v))
		}
		median, w, raw := indexTwin(prices, volumes, spread, limit)
		for i := range w {
			weights[fmt.Sprint(i)] = ended(w[i])
		}
		up := rounded(plus(raw, "0.00005"), 4, -1) // Half up is down after half a unit.
		compare(t, "IDX-01", obj{"clamp": spread, "cap": limit, "contributors": cs}, obj{
			"median": ended(median), "weights": weights, "raw": ended(raw),
			"published": over(new(big.Rat).SetInt(up), 10_000).FloatString(4),
		})
	})
}

// TestIDX01HalfUp shows the publication: the mean of 2.1 and 2.1001 is 2.10005.
func TestIDX01HalfUp(t *testing.T) {
	compare(t, "IDX-01",
		obj{"clamp": "0.1", "cap": "0.5", "contributors": []obj{{"id": "A", "price": "2.1", "volume": "9"}, {"id": "B", "price": "2.1001", "volume": "1"}}},
		obj{"median": "2.10005", "weights": obj{"A": "0.5", "B": "0.5"}, "raw": "2.10005", "published": "2.1001"})
}

// rules: IDX-02.
func TestIDX02AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		providers := []obj{}
		contracted, counted := new(big.Rat), new(big.Rat)
		for range rapid.IntRange(1, 5).Draw(t, "n") {
			c := rapid.Int64Range(1, 1000).Draw(t, "contracted")
			d := rapid.Int64Range(0, c).Draw(t, "delivered")
			x := rapid.Int64Range(0, d).Draw(t, "unattested")
			providers = append(providers, obj{"contracted": ended(over(c, 4)), "delivered": ended(over(d, 4)), "unattested": ended(over(x, 4))})
			contracted, counted = plus(contracted, over(c, 4)), plus(counted, over(minus(d, x), 4))
		}
		index := new(big.Rat).SetFrac(rounded(times(100, over(counted, contracted)), 2, 0), big.NewInt(100))
		q := rapid.IntRange(-50, 50).Draw(t, "contracts")
		price, point := decimals(t, "price", 0, 100_000, 4), decimals(t, "point", 1, 1000, 5)
		compare(t, "IDX-02", obj{"providers": providers, "contracts": q, "price": price, "point_value": point}, obj{
			"delivered_counted": ended(counted), "index": index.FloatString(2),
			"payoff_long": roundDown(times(q, point, minus(index, price))),
		})
	})
}

// TestIDX02HalfEven shows the rounding of the index: 1 of 20,000 is 0.005 points,
// 3 are 0.015 and 5 are 0.025.
func TestIDX02HalfEven(t *testing.T) {
	for delivered, want := range map[string]string{"1": "0.00", "3": "0.02", "5": "0.02"} {
		compare(t, "IDX-02",
			obj{"providers": []obj{{"contracted": "20000", "delivered": delivered, "unattested": "0"}}, "contracts": 0, "price": "0", "point_value": "1"},
			obj{"delivered_counted": delivered, "index": want, "payoff_long": "0"})
	}
}

// fundingTwin walks the period second by second.
func fundingTwin(period, from, to int, before string, observed [][]any) *big.Rat {
	sum, value, next := new(big.Rat), before, 0
	for s := range period {
		for next < len(observed) && observed[next][0].(int) <= s {
			value = observed[next][1].(string)
			next++
		}
		if s < from || s >= to {
			sum = plus(sum, value)
		}
	}
	return sum
}

// rules: FUN-01.
func TestFUN01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.IntRange(1, 60).Draw(t, "period")
		from := rapid.IntRange(0, period).Draw(t, "from")
		to := rapid.IntRange(from, period).Draw(t, "to")
		leg := func(name string) ([][]any, string) {
			times := rapid.SliceOfN(rapid.IntRange(0, period), 0, 6).Draw(t, name)
			slices.Sort(times)
			obs := [][]any{}
			for _, at := range times {
				obs = append(obs, []any{at, decimals(t, name+" value", 1, 40_000, 4)})
			}
			return obs, decimals(t, name+" before", 1, 40_000, 4)
		}
		marks, mark := leg("mark")
		indices, index := leg("index")
		q, m := rapid.IntRange(-50, 50).Draw(t, "contracts"), decimals(t, "multiplier", 1, 1000, 4)
		auction := []int{from, to}
		if from == to && rapid.Bool().Draw(t, "none") {
			auction = []int{}
		}
		counted := period - (to - from)
		unit, want := new(big.Rat), obj{"twap_mark": nil, "twap_index": nil}
		if counted > 0 {
			a := over(fundingTwin(period, from, to, mark, marks), counted)
			b := over(fundingTwin(period, from, to, index, indices), counted)
			unit = times(minus(a, b), over(counted, period))
			want["twap_mark"], want["twap_index"] = ended(a), ended(b)
		}
		want["payment_per_unit"], want["long_pays"] = ended(unit), roundUp(times(q, m, unit))
		compare(t, "FUN-01", obj{
			"period": period, "auction": auction, "contracts": q, "multiplier": m,
			"mark": obj{"before": mark, "obs": marks}, "index": obj{"before": index, "obs": indices},
		}, want)
	})
}

// rules: FUN-02.
func TestFUN02AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		index := decimals(t, "index", 1, 40_000, 4)
		samples, premiums, sum := [][]string{}, []string{}, new(big.Rat)
		n := rapid.IntRange(1, 5).Draw(t, "samples")
		for range n {
			bid, ask := decimals(t, "bid", 0, 40_000, 4), decimals(t, "ask", 0, 40_000, 4)
			p := over(minus(most(0, minus(bid, index)), most(0, minus(index, ask))), index)
			samples, premiums, sum = append(samples, []string{bid, ask}), append(premiums, ended(p)), plus(sum, p)
		}
		base, factor := decimals(t, "default", -1000, 1000, 6), decimals(t, "factor", 0, 10, 1)
		mmf := rapid.Int64Range(0, 50_000).Draw(t, "mmf")
		imf := mmf + rapid.Int64Range(0, 50_000).Draw(t, "imf")
		limit := times(factor, minus(over(imf, 1_000_000), over(mmf, 1_000_000)))
		unclamped := plus(over(sum, n), base)
		r := bounded(unclamped, minus(0, limit), limit)
		q, m, hours := rapid.IntRange(-50, 50).Draw(t, "contracts"), decimals(t, "multiplier", 1, 1000, 4), decimals(t, "hours", 0, 80, 2)
		compare(t, "FUN-02", obj{
			"index": index, "samples": samples, "default": base, "clamp_factor": factor, "imf": plain(big.NewInt(imf), 6),
			"mmf": plain(big.NewInt(mmf), 6), "contracts": q, "multiplier": m, "hours": hours,
		}, obj{
			"premiums": premiums, "unclamped": ended(unclamped), "rate8h": ended(r),
			"long_pays": roundUp(over(times(q, m, index, r, hours), 8)),
		})
	})
}

func TestMarksRefusals(t *testing.T) {
	for _, c := range []struct{ id, old, new, want string }{
		{"MRK-01", `"band": "0.02"`, `"band": "1.5"`, "band: 1.5 is out of range, want 0 to 1"},
		{"MRK-01", `"last": "2.157",`, ``, "last: missing"},
		{"MRK-01", `"last": "2.157"`, `"last": "0"`, "last: 0 is not above zero"},
		{"MRK-01", `["2.140", 30]`, `["2.151", 30]`, "bids: the best bid is above the best ask"},
		{"MRK-01", `["2.138", 50]`, `["2.138", 0]`, "bids[1][1]: 0 is out of range, want 1 to 2147483647"},
		{"MRK-01", `"impact_qty": 60`, `"impact_qty": 0`, "cases[0].impact_qty: 0 is out of range, want 1 to 2147483647"},
		{"MRK-01", `["index", "book", "last"]`, `["index", "oracle"]`, `cases[0].fresh[1]: is "oracle", want index, book or last`},
		{"MRK-01", `["index", "book", "last"]`, `["book", "book"]`, "cases[0].fresh[1]: book is given twice"},
		{"MRK-01", `"index": "2.15"`, `"index": "-1"`, "cases[0].index: -1 is not above zero"},
		{"IDX-01", `"cap": "0.3"`, `"cap": "0.19"`, "cap: 5 contributors at 0.19 do not make one"},
		{"IDX-01", `"clamp": "0.1"`, `"clamp": "-0.1"`, "clamp: -0.1 is out of range, want 0 to 1"},
		{"IDX-01", `"id": "B"`, `"id": "A"`, `contributors[1].id: "A" is given twice`},
		{"IDX-01", `"volume": "60"`, `"volume": "0"`, "contributors[3].volume: 0 is not above zero"},
		{"IDX-01", `"price": "3.00"`, `"prise": "3.00"`, "contributors[3].prise: unknown"},
		{"IDX-02", `"delivered": "744"`, `"delivered": "744.5"`, "providers[0].delivered: 744.5 is out of range, the limit is 744"},
		{"IDX-02", `"unattested": "1.5"`, `"unattested": "745"`, "providers[0].unattested: 745 is out of range, the limit is 744"},
		{"IDX-02", `"contracted": "744"`, `"contracted": "-1"`, "providers[0].contracted: -1 is out of range, the limit is 0"},
		{"IDX-02", `"point_value": "100"`, `"point_value": "0"`, "point_value: 0 is not above zero"},
		{"FUN-01", `"period": 3600`, `"period": 0`, "period: 0 is out of range, want 1 to 1099511627776"},
		{"FUN-01", `[1200, 1800]`, `[1200]`, "auction: has 1 elements, want start and end, or none"},
		{"FUN-01", `[1200, 1800]`, `[1800, 1200]`, "auction[1]: 1200 is out of range, want 1800 to 3600"},
		{"FUN-01", `[600, "2.16"]`, `[1600, "2.16"]`, "mark.obs[1][0]: 1500 is out of range, want 1600 to 3600"},
		{"FUN-01", `[2400, "2.15"]`, `[3601, "2.15"]`, "index.obs[1][0]: 3601 is out of range, want 900 to 3600"},
		{"FUN-01", `[2400, "2.15"]`, `[2400]`, "index.obs[1]: has 1 elements, want 2"},
		{"FUN-02", `"mmf": "0.03"`, `"mmf": "0.06"`, "mmf: 0.06 is above imf, 0.05"},
		{"FUN-02", `"index": "2"`, `"index": "0"`, "index: 0 is not above zero"},
		{"FUN-02", `"hours": "1"`, `"hours": "-1"`, "hours: -1 is below zero"},
		{"FUN-02", `"default": "0.0001"`, `"default": "0.0000001"`, "default: has 7 decimals, at most 6 are exact"},
		{"FUN-02", `["2.01", "2.02"]`, `["2.01", "-2.02"]`, "samples[0][1]: -2.02 is below zero"},
		{"FUN-02", `"contracts": 10`, `"contracts": 9999999999`, "contracts: 9999999999 is out of range, want -2147483647 to 2147483647"},
	} {
		refused(t, c.id, c.old, c.new, c.want)
	}
}

// TestLargestMarks runs the rules at the edge of what they take: they answer or
// refuse, and never panic.
func TestLargestMarks(t *testing.T) {
	examples := map[string]string{}
	for _, id := range []string{"MRK-01", "IDX-01", "IDX-02", "FUN-01", "FUN-02", "SET-01", "SET-03", "FEE-01"} {
		examples[id] = example(t, id)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]struct {
			id     string
			values []string
		}{
			{"MRK-01", []string{"2.140", "2.157", "2.141", "2.15", "-0.004", "0.003", "2.3"}},
			{"IDX-01", []string{"2.15", "500", "250", "3.00"}},
			{"IDX-02", []string{"744", "1.5", "98.5", "100"}},
			{"FUN-01", []string{"2.15", "2.16", "2.145", "744"}},
			{"FUN-02", []string{"2", "2.01", "0.0001", "6", "0.05", "744", "1"}},
			{"SET-01", []string{"744", "2.1", "2.15", "2.12"}},
			{"SET-03", []string{"0.001", "2.1", "2.2", "0.1"}},
			{"FEE-01", []string{"1000000", "0.0002", "-0.0004", "744", "2.153", "999999.999999"}},
		}).Draw(t, "rule")
		raw := examples[c.id]
		for _, v := range c.values {
			whole := rapid.StringMatching(`-?[0-9]{1,20}`).Draw(t, v)
			part := rapid.StringMatching(`(\.[0-9]{1,18})?`).Draw(t, v+" part")
			if rapid.Bool().Draw(t, "change") {
				raw = strings.ReplaceAll(raw, `"`+v+`"`, `"`+whole+part+`"`)
			}
		}
		if rapid.Bool().Draw(t, "lots") {
			raw = strings.ReplaceAll(raw, `"contracts": 10`, `"contracts": 2147483647`)
		}
		_, err := Run(c.id, []byte(raw))
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("Run(%s, %s) = %v, want an *Error", c.id, raw, err)
		}
	})
}
