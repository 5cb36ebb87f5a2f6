package rule

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLIQ01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, mmr := decimals(t, "multiplier", 1, 10_000, 2), rate(t, "mmr", 999_999)
		q := rapid.IntRange(-500, 500).Draw(t, "q")
		entry, collateral := decimals(t, "entry", 0, 50_000, 4), decimals(t, "collateral", -10_000_000, 10_000_000, 6)
		prices, states := []string{}, []obj{}
		for range rapid.IntRange(0, 4).Draw(t, "prices") {
			p := decimals(t, "price", 0, 50_000, 4)
			equity, mm := plus(collateral, times(q, m, minus(p, entry))), times(mmr, size(q), m, p)
			prices = append(prices, p)
			states = append(states, obj{"equity": exactly(equity), "mm": roundUp(mm), "liquidatable": mm.Sign() > 0 && equity.Cmp(mm) < 0})
		}
		var price any
		if value := times(size(q), m, entry); q > 0 {
			price = twelve(over(minus(value, collateral), times(q, m, minus(1, mmr))))
		} else if q < 0 {
			price = twelve(over(plus(value, collateral), times(-q, m, plus(1, mmr))))
		}
		compare(t, "LIQ-01",
			obj{"multiplier": m, "mmr": mmr, "cases": []obj{{"name": "x", "q": q, "entry": entry, "collateral": collateral, "prices": prices}}},
			obj{"cases": []obj{{"name": "x", "liq_price": price, "states": states}}})
	})
}

// TestLIQ01Equality shows the strict trigger: 10 contracts of 10 hours bought at
// 2 with 100 of collateral, at 10 %. Equity is 100 + 100 × (P − 2), the margin
// 10 × P: both are 11.111.. at P = 1.111..; with collateral 110 both are 10 at 1.
func TestLIQ01Equality(t *testing.T) {
	compare(t, "LIQ-01",
		obj{"multiplier": "10", "mmr": "0.1", "cases": []obj{{"name": "x", "q": 10, "entry": "2", "collateral": "110", "prices": []string{"1", "0.9999"}}}},
		obj{"cases": []obj{{"name": "x", "liq_price": "1", "states": []obj{
			{"equity": "10", "mm": "10", "liquidatable": false},
			{"equity": "9.99", "mm": "9.999", "liquidatable": true},
		}}}})
}

func TestLIQ02AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.IntRange(-60, 60).Draw(t, "q")
		m, mark := decimals(t, "multiplier", 1, 1000, 1), decimals(t, "mark", 1, 5000, 2)
		exec := exactly(most(0, plus(mark, decimals(t, "slip", -100, 100, 3))))
		mmr, fee, target := rate(t, "mmr", 200_000), rate(t, "fee", 20_000), rate(t, "target", 2_000_000)
		// Around what the position needs, so that every outcome is drawn.
		equity := roundDown(times(size(q), m, mark, mmr, rate(t, "equity", 3_000_000)))
		after := func(x int) (e, mm *big.Rat) {
			e = minus(minus(equity, times(x, m, size(minus(mark, exec)))), times(fee, x, m, exec))
			return e, times(mmr, minus(size(q), x), m, mark)
		}
		want := max(q, -q)
		for x := range want {
			if e, mm := after(x); e.Cmp(times(target, mm)) >= 0 {
				want = x
				break
			}
		}
		e, mm := after(want)
		compare(t, "LIQ-02",
			obj{"q": q, "multiplier": m, "mark": mark, "exec": exec, "mmr": mmr, "fee": fee, "target": target, "cases": []obj{{"name": "x", "equity": equity}}},
			obj{"cases": []obj{{"name": "x", "x": want, "equity_after": roundDown(e), "mm_after": roundUp(mm)}}})
	})
}

func TestLIQ03AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		equity, mmr, m := decimals(t, "equity", -1_000_000, 1_000_000, 6), rate(t, "mmr", 500_000), decimals(t, "multiplier", 1, 1000, 1)
		if mmr == "0" {
			mmr = "0.01"
		}
		positions, mm, total := []obj{}, []*big.Rat{}, new(big.Rat)
		for i := range rapid.IntRange(1, 5).Draw(t, "positions") {
			q := rapid.IntRange(1, 500).Draw(t, "q") * rapid.SampledFrom([]int{-1, 1}).Draw(t, "sign")
			mark := decimals(t, "mark", 1, 50_000, 4)
			positions = append(positions, obj{"id": fmt.Sprint("p", i), "q": q, "mark": mark})
			mm = append(mm, ratUp(times(mmr, size(q), m, mark)))
			total = plus(total, mm[i])
		}
		prices, margins := obj{}, []string{}
		var exact []*big.Rat
		for i, p := range positions {
			share := over(times(equity, mm[i]), total)
			perUnit := over(share, times(size(p["q"]), m))
			if p["q"].(int) > 0 {
				perUnit = minus(0, perUnit)
			}
			exact = append(exact, plus(p["mark"], perUnit))
			prices[p["id"].(string)], margins = twelve(exact[i]), append(margins, exactly(mm[i]))
		}
		at := rapid.IntRange(0, len(positions)-1).Draw(t, "closed")
		sign := num(positions[at]["q"]).Sign()
		lots := rapid.IntRange(1, int(size(positions[at]["q"]).Num().Int64())).Draw(t, "contracts")
		value, maxFee := ratUp(times(sign, lots, m, exact[at])), rate(t, "max fee", 50_000)
		closing, deltas := []string{}, []string{}
		for range rapid.IntRange(0, 3).Draw(t, "prices") {
			p := decimals(t, "price", 0, 50_000, 4)
			proceeds := times(sign, lots, m, p)
			delta := minus(proceeds, value)
			if delta.Sign() > 0 {
				delta = least(delta, times(maxFee, size(proceeds)))
			}
			closing, deltas = append(closing, p), append(deltas, roundDown(delta))
		}
		id := positions[at]["id"].(string)
		compare(t, "LIQ-03",
			obj{
				"equity": equity, "mmr": mmr, "multiplier": m, "positions": positions, "max_fee": maxFee,
				"close": obj{"position": id, "contracts": lots, "prices": closing},
			},
			obj{"mm": margins, "bankruptcy_price": prices, "bankruptcy_value_" + id: exactly(value), "fund_delta": deltas})
	})
}

func TestLIQ04AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pos, full := rapid.IntRange(-300, 300).Draw(t, "pos"), rapid.IntRange(0, 100).Draw(t, "full")
		available := rapid.IntRange(1, 300).Draw(t, "available")
		fraction, consumed := rate(t, "fraction", 1_000_000), rate(t, "consumed", 1_000_000)
		if fraction == "0" || consumed == "0" {
			return // Never flat, which another test shows.
		}
		ceil := func(r *big.Rat) int {
			return int(rounded(r, 0, 1).Int64())
		}
		sizes := []int{}
		for left := max(pos, -pos); left > 0; left -= sizes[len(sizes)-1] {
			want := left
			if left > full {
				want = ceil(times(left, fraction))
			}
			sizes = append(sizes, min(want, ceil(times(available, consumed))))
		}
		compare(t, "LIQ-04",
			obj{"cases": []obj{{"name": "x", "pos": pos, "fraction": fraction, "full_size": full, "max_consumed": consumed, "available": available}}},
			obj{"cases": []obj{{"name": "x", "sizes": sizes}}})
	})
}

// shortTwin is a short of LIQ-05 with its score.
type shortTwin struct {
	id    string
	q     int
	entry string
	score *big.Rat
}

func TestLIQ05AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, mark := decimals(t, "multiplier", 1, 1000, 1), decimals(t, "mark", 1, 5000, 2)
		bankruptcy := decimals(t, "bankruptcy", 1, 5000, 2)
		exec := exactly(most(0, minus(bankruptcy, decimals(t, "loss", 0, 500, 3))))
		lots := rapid.IntRange(0, 300).Draw(t, "contracts")
		fund, top, drawn := decimals(t, "fund", 0, 100_000, 2), decimals(t, "top", 0, 200_000, 2), decimals(t, "drawn", 0, 50_000, 2)
		part := rate(t, "cap", 1_000_000)
		shorts, ranked := drawShorts(t, m, mark)
		slices.SortFunc(ranked, func(a, b shortTwin) int {
			if c := b.score.Cmp(a.score); c != 0 {
				return c
			}
			if a.q != b.q {
				return b.q - a.q
			}
			return strings.Compare(a.id, b.id)
		})
		remaining := most(0, least(minus(times(part, top), drawn), fund))
		covered, perLot := lots, times(minus(bankruptcy, exec), m)
		if perLot.Sign() > 0 {
			covered = int(least(lots, new(big.Rat).SetInt(rounded(over(remaining, perLot), 0, -1))).Num().Int64())
		}
		rank, fills, realised := []string{}, obj{}, obj{}
		left := lots - covered
		for _, s := range ranked {
			rank = append(rank, s.id)
			if n := min(left, s.q); n > 0 {
				fills[s.id], realised[s.id] = n, exactly(times(minus(s.entry, bankruptcy), n, m))
				left -= n
			}
		}
		compare(t, "LIQ-05",
			obj{
				"multiplier": m, "mark": mark, "bankruptcy": bankruptcy, "exec": exec, "contracts": lots,
				"fund": fund, "window_max": top, "cap_pct": part, "drawn": drawn, "shorts": shorts,
			},
			obj{
				"covered": covered, "fund_pays": exactly(times(covered, perLot)), "adl_contracts": lots - covered,
				"rank": rank, "fills": fills, "realised": realised,
			})
	})
}

// drawShorts draws shorts of which some are alike.
func drawShorts(t *rapid.T, m, mark string) ([]obj, []shortTwin) {
	shorts, twins := []obj{}, []shortTwin{}
	for i := range rapid.IntRange(0, 8).Draw(t, "shorts") {
		s := shortTwin{id: fmt.Sprint("s", 9-i), q: rapid.IntRange(1, 4).Draw(t, "q") * 20, entry: fmt.Sprint(rapid.IntRange(1, 60).Draw(t, "entry"))}
		equity := fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "equity") * 1000)
		profit := over(minus(s.entry, mark), s.entry)
		leverage := over(times(s.q, m, mark), equity)
		s.score = times(profit, leverage)
		if profit.Sign() <= 0 {
			s.score = over(profit, leverage)
		}
		twins = append(twins, s)
		shorts = append(shorts, obj{"id": s.id, "q": -s.q, "entry": s.entry, "equity": equity})
	}
	return shorts, twins
}

func TestLIQ06AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gains, ids, owed := obj{}, []string{}, int64(0)
		for i := range rapid.IntRange(0, 9).Draw(t, "gains") {
			id := fmt.Sprint("a", (i*7)%10)
			g := rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, 1<<56)).Draw(t, "gain")
			gains[id], ids, owed = g, append(ids, id), owed+g
		}
		collected := rapid.Int64Range(0, owed).Draw(t, "collected")
		slices.Sort(ids)
		paid, rest, missing := obj{}, map[string]*big.Rat{}, collected
		for _, id := range ids {
			if owed == 0 {
				paid[id] = 0
				continue
			}
			exact := over(times(gains[id], collected), owed)
			whole := rounded(exact, 0, -1).Int64()
			paid[id], rest[id] = whole, minus(exact, whole)
			missing -= whole
		}
		slices.SortStableFunc(ids, func(a, b string) int {
			if owed == 0 {
				return 0
			}
			return rest[b].Cmp(rest[a])
		})
		for _, id := range ids[:missing] {
			paid[id] = paid[id].(int64) + 1
		}
		compare(t, "LIQ-06",
			obj{"cases": []obj{{"name": "x", "gains": gains, "collected": collected}}},
			obj{"cases": []obj{{"name": "x", "paid": paid}}})
	})
}

func TestLiquidationRefusals(t *testing.T) {
	for _, c := range []struct{ id, old, new, want string }{
		{"LIQ-01", `"mmr": "0.05"`, `"mmr": "5"`, "mmr: 5 is out of range, want 0 to 1"},
		{"LIQ-01", `"q": 10,`, `"q": 10.5,`, "cases[0].q: 10.5 is not a whole number without point and exponent"},
		{"LIQ-01", `"entry": "2"`, `"entry": "99999999999"`, "cases[0].entry: a value of 10 contracts at 99999999999 is out of range"},
		{"LIQ-01", `"collateral": "2000"`, `"collaterall": "2000"`, "cases[0].collaterall: unknown"},
		{"LIQ-02", `"mark": "50"`, `"mark": "0"`, "mark: 0 is not above zero"},
		{"LIQ-02", `"exec": "49.5",`, ``, "exec: missing"},
		{"LIQ-03", `"position": "A"`, `"position": "C"`, `close.position: "C" is none of the positions`},
		{"LIQ-03", `"contracts": 50`, `"contracts": 101`, "close.contracts: 101 is more than the position, 100"},
		{"LIQ-03", `"q": 100`, `"q": 0`, "positions[0].q: is 0, want a position"},
		{"LIQ-03", `"mmr": "0.05"`, `"mmr": "0"`, "mmr: 0 is not above zero"},
		{"LIQ-03", `"id": "B"`, `"id": "A"`, `positions[1].id: "A" is given twice`},
		{"LIQ-04", `"fraction": "0.25"`, `"fraction": "0"`, "cases[0]: is not flat after 0 steps"},
		{"LIQ-04", `"available": 120`, `"available": 0`, "cases[0]: is not flat after 0 steps"},
		{"LIQ-05", `"entry": "100"`, `"entry": "0"`, "shorts[0].entry: 0 is not above zero"},
		{"LIQ-05", `"id": "s2"`, `"id": "s1"`, `shorts[0].id: "s1" is given twice`},
		{"LIQ-05", `"drawn": "1000"`, `"drawn": "-1"`, "drawn: -1 is below zero"},
		{"LIQ-06", `"collected": 200`, `"collected": 302`, "cases[0].collected: 302 is out of range, want 0 to 301, what is owed"},
		{"LIQ-06", `"A": 100`, `"A": -1`, "cases[0].gains.A: -1 is out of range"},
	} {
		refused(t, c.id, c.old, c.new, c.want)
	}
}
