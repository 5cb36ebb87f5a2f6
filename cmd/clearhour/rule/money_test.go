package rule

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// rules: SET-01.
func TestSET01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"A", "B", "C", "D"}
		m := decimals(t, "multiplier", 1, 10_000, 4)
		prev, next := decimals(t, "prev", 1, 40_000, 4), decimals(t, "new", 1, 40_000, 4)
		before, now, amounts := obj{}, obj{}, obj{}
		left := 0
		for i, name := range names {
			q := rapid.IntRange(-50, 50).Draw(t, name)
			if i == 2 {
				q = -left
			}
			if i == 3 { // D has nothing at the last mark and may never appear.
				continue
			}
			left += q
			before[name], now[name] = q, q
			amounts[name] = times(m, q, minus(next, prev))
		}
		trades := []obj{}
		for range rapid.IntRange(0, 6).Draw(t, "trades") {
			buyer, seller := rapid.SampledFrom(names).Draw(t, "buyer"), rapid.SampledFrom(names).Draw(t, "seller")
			q, p := rapid.IntRange(1, 50).Draw(t, "qty"), decimals(t, "price", 1, 40_000, 4)
			trades = append(trades, obj{"buyer": buyer, "seller": seller, "qty": q, "price": p})
			for name, signed := range map[string]int{buyer: q, seller: -q} {
				if buyer == seller {
					signed = 0
				}
				was, _ := now[name].(int)
				now[name] = was + signed
				if amounts[name] == nil {
					amounts[name] = new(big.Rat)
				}
				amounts[name] = plus(amounts[name], times(m, signed, minus(next, p)))
			}
		}
		for name, a := range amounts {
			amounts[name] = ended(a.(*big.Rat))
		}
		compare(t, "SET-01",
			obj{"multiplier": m, "prev": prev, "new": next, "prev_pos": before, "trades": trades},
			obj{"amounts": amounts, "sum": "0", "positions": now})
	})
}

// rules: SET-03.
func TestSET03AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick, carry := decimals(t, "tick", 1, 100, 4), rapid.IntRange(0, 3).Draw(t, "carry")
		hourly, values := []any{}, []*big.Rat{}
		var last *big.Rat
		run := 0
		for range rapid.IntRange(0, 12).Draw(t, "hours") {
			if rapid.Bool().Draw(t, "known") {
				v := decimals(t, "value", 0, 40_000, 4)
				hourly, values, last, run = append(hourly, v), append(values, num(v)), num(v), 0
				continue
			}
			hourly = append(hourly, nil)
			if run++; last != nil && run <= carry {
				values = append(values, last)
			}
		}
		var price any
		if len(values) > 0 {
			sum := new(big.Rat)
			for _, v := range values {
				sum = plus(sum, v)
			}
			ticks := over(over(sum, len(values)), tick)
			price = ended(times(new(big.Rat).SetInt(rounded(plus(ticks, "0.5"), 0, -1)), tick))
		}
		q, total := rapid.IntRange(-50, 50).Draw(t, "contracts"), rapid.IntRange(0, 9000).Draw(t, "total")
		left, floor := rapid.IntRange(0, total).Draw(t, "left"), rate(t, "floor", 1_000_000)
		compare(t, "SET-03", obj{
			"tick": tick, "max_carry": carry, "cases": []obj{{"name": "x", "hourly": hourly}},
			"delta": []obj{{"contracts": q, "hours_left": left, "total": total, "floor_fraction": floor}},
		}, obj{
			"cases": []obj{{"name": "x", "price": price}},
			"delta": []string{ended(times(q, most(left, times(floor, total))))},
		})
	})
}

// rules: FEE-01.
func TestFEE01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mins := rapid.SliceOfNDistinct(rapid.Int64Range(1, 5000), 0, 5, rapid.ID).Draw(t, "mins")
		mins = append(mins, 0) // Not in order.
		tiers := []obj{}
		for _, m := range mins {
			tiers = append(tiers, obj{
				"min": plain(big.NewInt(m), 2), "maker": plain(big.NewInt(rapid.Int64Range(-1000, 1000).Draw(t, "maker")), 6),
				"taker": rate(t, "taker", 1000),
			})
		}
		pick := func(volume, side string) any {
			reached := slices.DeleteFunc(slices.Clone(tiers), func(x obj) bool { return num(x["min"]).Cmp(num(volume)) > 0 })
			return slices.MaxFunc(reached, func(a, b obj) int { return num(a["min"]).Cmp(num(b["min"])) })[side]
		}
		q, m, price := rapid.IntRange(1, 500).Draw(t, "contracts"), decimals(t, "multiplier", 1, 10_000, 2), decimals(t, "price", 0, 40_000, 4)
		takerVolume, makerVolume := decimals(t, "taker volume", 0, 6000, 2), decimals(t, "maker volume", 0, 6000, 2)
		notional := times(q, m, price)
		taker := ratUp(times(notional, pick(takerVolume, "taker")))
		maker := times(notional, pick(makerVolume, "maker"))
		if maker.Sign() < 0 {
			maker = minus(0, least(num(roundDown(minus(0, maker))), taker))
		} else {
			maker = ratUp(maker)
		}
		compare(t, "FEE-01", obj{
			"tiers": tiers, "trade": obj{"contracts": q, "multiplier": m, "price": price},
			"cases": []obj{{"name": "x", "taker_volume": takerVolume, "maker_volume": makerVolume}},
		}, obj{"notional": ended(notional), "cases": []obj{
			{"name": "x", "taker_fee": ended(taker), "maker_fee": ended(maker), "venue": ended(plus(taker, maker))},
		}})
	})
}

func TestMoneyRefusals(t *testing.T) {
	for _, c := range []struct{ id, old, new, want string }{
		{"SET-01", `"A": 5`, `"A": 6`, "prev_pos: the positions sum to 1, want 0"},
		{"SET-01", `"A": 5`, `"A": 99999999999`, "prev_pos.A: 99999999999 is out of range, want -2147483647 to 2147483647"},
		{"SET-01", `"qty": 2`, `"qty": 0`, "trades[0].qty: 0 is out of range, want 1 to 2147483647"},
		{"SET-01", `"multiplier": "744"`, `"multiplier": "0"`, "multiplier: 0 is not above zero"},
		{"SET-01", `"new": "2.15",`, ``, "new: missing"},
		{"SET-01", `"price": "2.2"`, `"price": 2.2`, "trades[1].price: is a number, want a decimal in a string"},
		{"SET-03", `"tick": "0.001"`, `"tick": "0"`, "tick: 0 is not above zero"},
		{"SET-03", `"max_carry": 2`, `"max_carry": -1`, "max_carry: -1 is out of range, want 0 to 1073741824"},
		{"SET-03", `"hours_left": 24`, `"hours_left": 745`, "delta[1].hours_left: 745 is out of range, want 0 to 744"},
		{"SET-03", `"floor_fraction": "0.1"`, `"floor_fraction": "1.1"`, "delta[0].floor_fraction: 1.1 is out of range, want 0 to 1"},
		{"SET-03", `"hourly": [null]`, `"hourly": [1]`, "cases[2].hourly[0]: is a number, want a decimal in a string"},
		{"FEE-01", `"min": "0"`, `"min": "1"`, "tiers: the lowest has to begin at 0"},
		{"FEE-01", `"min": "10000000"`, `"min": "1000000"`, "tiers: two begin at 1000000"},
		{"FEE-01", `"taker": "0.0005"`, `"taker": "-0.0005"`, "tiers[0].taker: -0.0005 is out of range, want 0 to 1"},
		{"FEE-01", `"price": "2.153"`, `"price": "2.1530001"`, "trade.price: times the multiplier has more than 6 decimals"},
		{"FEE-01", `"taker_volume": "0"`, `"taker_volume": "-1"`, "cases[0].taker_volume: -1 is below zero"},
		{"FEE-01", `"contracts": 7`, `"contracts": 0`, "trade.contracts: 0 is out of range, want 1 to 2147483647"},
	} {
		refused(t, c.id, c.old, c.new, c.want)
	}
}
