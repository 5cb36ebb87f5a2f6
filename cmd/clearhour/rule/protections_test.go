package rule

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// onTick rounds to a whole number of ticks: up, down or, for 0, to the nearest.
func onTick(r *big.Rat, tick any, mode int) *big.Rat {
	return times(new(big.Rat).SetInt(rounded(over(r, tick), 0, mode)), tick)
}

type slowAsk struct {
	price *big.Rat
	qty   int64
}

// drawAsks draws asks near 100 ticks and returns them sorted, too.
func drawAsks(t *rapid.T, tick int64) (asks []any, sorted []slowAsk) {
	asks = []any{}
	for range rapid.IntRange(0, 5).Draw(t, "asks") {
		p, q := ticks(t, "ask", tick, 95, 115), rapid.Int64Range(1, 9).Draw(t, "qty")
		asks = append(asks, []any{p, q})
		sorted = append(sorted, slowAsk{num(p), q})
	}
	slices.SortStableFunc(sorted, func(x, y slowAsk) int { return x.price.Cmp(y.price) })
	return asks, sorted
}

func TestBandAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := rapid.SampledFrom([]int64{1, 5}).Draw(t, "tick")
		asks, book := drawAsks(t, tick)
		mark, band := plain(big.NewInt(rapid.Int64Range(900*tick, 1100*tick).Draw(t, "mark")), 3), rate(t, "band", 200_000)
		step := plain(big.NewInt(tick), 2)
		lower := onTick(times(mark, minus(1, band)), step, 1)
		upper := onTick(times(mark, plus(1, band)), step, -1)
		orders, results := []any{}, obj{}
		buy := func(limit *big.Rat, qty int64) (filled int64, value *big.Rat) {
			value = new(big.Rat)
			for i := range book {
				if book[i].price.Cmp(limit) <= 0 {
					q := min(qty-filled, book[i].qty)
					filled, book[i].qty = filled+q, book[i].qty-q
					value = plus(value, times(book[i].price, q))
				}
			}
			return filled, value
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "orders") {
			id, qty := fmt.Sprint(i), rapid.Int64Range(1, 12).Draw(t, "qty")
			o := obj{"id": id, "side": "buy", "type": "market", "qty": qty}
			orders = append(orders, o)
			if rapid.Bool().Draw(t, "market") {
				filled, value := buy(upper, qty)
				var vwap any
				if filled > 0 {
					vwap = average(over(value, filled))
				}
				results[id] = obj{"filled": filled, "cancelled": qty - filled, "vwap": vwap}
				continue
			}
			p := ticks(t, "price", tick, 80, 120)
			o["type"], o["price"] = "limit", p
			sell := rapid.IntRange(0, 3).Draw(t, "sell") == 0
			if sell { // At the lower bound or above: too high for all bids, which are at most at the asks.
				o["side"] = "sell"
			}
			switch bad := sell && num(p).Cmp(lower) < 0 || !sell && num(p).Cmp(upper) > 0; {
			case bad:
				results[id] = "rejected"
			case sell:
				o["price"] = plain(big.NewInt(500*tick), 2)
				results[id] = "accepted"
			default:
				buy(num(p), qty)
				results[id] = "accepted"
			}
		}
		compare(t, "MAT-03", obj{"mark": mark, "tick": step, "band": band, "asks": asks, "orders": orders},
			obj{"upper": exactly(upper), "lower": exactly(lower), "results": results})
	})
}

// average is exact when the decimals end, else six of them, half-even.
func average(r *big.Rat) string {
	for n := int64(0); n <= 18; n++ {
		if new(big.Rat).SetFrac(rounded(r, n, 0), new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil)).Cmp(r) == 0 {
			return plain(rounded(r, n, 0), n)
		}
	}
	return plain(rounded(r, 6, 0), 6)
}

func TestBreakerAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asks, book := drawAsks(t, 1)
		settle, pct := plain(big.NewInt(rapid.Int64Range(900, 1100).Draw(t, "settle")), 3), rate(t, "pct", 200_000)
		window := []any{}
		low, high := onTick(plus(settle, "0.0000001"), "0.01", 0), onTick(plus(settle, "0.0000001"), "0.01", 0) // Halves upwards.
		for i := range rapid.IntRange(0, 4).Draw(t, "trades") {
			p := ticks(t, "trade", 1, 95, 105)
			window = append(window, p)
			if i == 0 {
				low, high = num(p), num(p)
			}
			low, high = least(low, p), most(high, p)
		}
		variant := onTick(times(settle, pct), "0.01", -1)
		upper, lower := plus(low, variant), minus(high, variant)
		orders, outcomes := []any{}, obj{}
		for i := range rapid.IntRange(0, 4).Draw(t, "orders") {
			id, qty, limit := fmt.Sprint(i), rapid.Int64Range(1, 30).Draw(t, "qty"), ticks(t, "limit", 1, 93, 117)
			tif := rapid.SampledFrom([]string{"GTC", "DAY", "IOC", "FOK"}).Draw(t, "tif")
			orders = append(orders, obj{"id": id, "side": "buy", "price": limit, "qty": qty, "tif": tif})
			rest, bad, once := qty, false, tif == "IOC" || tif == "FOK"
			for _, a := range book {
				if rest > 0 && a.price.Cmp(num(limit)) <= 0 {
					rest -= min(rest, a.qty)
					bad = bad || a.price.Cmp(lower) < 0 || a.price.Cmp(upper) > 0
				}
			}
			trades := rest < qty && (tif != "FOK" || rest == 0)
			switch {
			case trades && !bad:
				outcomes[id] = "traded"
			case once:
				outcomes[id] = "rejected"
			case trades:
				outcomes[id] = "auction"
			default:
				outcomes[id] = "resting"
			}
		}
		compare(t, "MAT-04", obj{"prev_settle": settle, "pct": pct, "tick": "0.01", "window_trades": window, "asks": asks, "orders": orders},
			obj{"variant": exactly(variant), "upper": exactly(upper), "lower": exactly(lower), "outcomes": outcomes})
	})
}

func TestTriggersAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		triggers, moves, lengths := []any{}, []string{}, []int64{}
		for range rapid.IntRange(0, 4).Draw(t, "triggers") {
			moves = append(moves, rate(t, "move", 200_000))
			lengths = append(lengths, rapid.Int64Range(0, 300).Draw(t, "extend"))
			triggers = append(triggers, obj{"move": moves[len(moves)-1], "extend_s": lengths[len(lengths)-1]})
		}
		reference := decimals(t, "reference", 9000, 11_000, 2)
		price := func() string { return times(reference, plus(1, rate(t, "up", 250_000))).FloatString(8) }
		trade, ends := price(), []any{}
		for range rapid.IntRange(0, 5).Draw(t, "ends") {
			ends = append(ends, price())
		}
		used := make([]bool, len(moves))
		check := func(p any) (int64, bool) {
			for i, m := range moves {
				if !used[i] && size(minus(p, reference)).Cmp(times(reference, m)) > 0 {
					used[i] = true
					return lengths[i], true
				}
			}
			return 0, false
		}
		total, auction := check(trade)
		for i, hit := 0, auction; hit && i < len(ends); i++ {
			var more int64
			more, hit = check(ends[i])
			total += more
		}
		compare(t, "MAT-05", obj{"reference": reference, "triggers": triggers, "cases": []any{obj{"name": "x", "trade": trade, "indicative_at_each_end": ends}}},
			obj{"cases": []any{obj{"name": "x", "auction": auction, "total_s": total}}})
	})
}

func TestQuoteProtectionAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		window, frozen := decimals(t, "window", 1, 300, 2), decimals(t, "frozen", 1, 300, 3)
		qty, delta := rapid.Int64Range(1, 40).Draw(t, "qty"), rapid.Int64Range(1, 30).Draw(t, "delta")
		type fill struct {
			at  *big.Rat
			qty int64
		}
		var all []fill
		fills, now := []any{}, new(big.Rat)
		var at, until any
		for range rapid.IntRange(0, 20).Draw(t, "fills") {
			now = plus(now, decimals(t, "step", 0, 50, 1))
			q := rapid.Int64Range(1, 9).Draw(t, "lots")
			if rapid.Bool().Draw(t, "sold") {
				q = -q
			}
			fills, all = append(fills, []any{exactly(now), q}), append(all, fill{now, q})
			sum, net := int64(0), int64(0)
			for _, f := range all {
				if f.at.Cmp(minus(now, window)) > 0 {
					sum, net = sum+max(f.qty, -f.qty), net+f.qty
				}
			}
			if at == nil && (sum >= qty || net >= delta || -net >= delta) {
				at, until = exactly(now), exactly(plus(now, frozen))
			}
		}
		compare(t, "MAT-07", obj{"window_s": window, "qty_limit": qty, "delta_limit": delta, "frozen_s": frozen, "cases": []any{obj{"name": "x", "fills": fills}}},
			obj{"cases": []any{obj{"name": "x", "triggered_at": at, "frozen_until": until}}})
	})
}
