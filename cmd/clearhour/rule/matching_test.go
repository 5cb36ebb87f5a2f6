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

// ticks draws a price of some ticks of 10^-2 times tick.
func ticks(t *rapid.T, label string, tick int64, low, high int64) string {
	return plain(big.NewInt(tick*rapid.Int64Range(low, high).Draw(t, label)), 2)
}

// drawBook draws bids and asks around 100 ticks, which may cross.
func drawBook(t *rapid.T, tick int64) (bids, asks []any) {
	for range rapid.IntRange(0, 6).Draw(t, "bids") {
		bids = append(bids, []any{ticks(t, "bid", tick, 95, 106), rapid.IntRange(1, 6).Draw(t, "qty")})
	}
	for range rapid.IntRange(0, 6).Draw(t, "asks") {
		asks = append(asks, []any{ticks(t, "ask", tick, 94, 105), rapid.IntRange(1, 6).Draw(t, "qty")})
	}
	return append([]any{}, bids...), append([]any{}, asks...)
}

// uncrossSlowly walks every tick from the best ask to the best bid.
func uncrossSlowly(tick, ref any, bids, asks [][2]*big.Rat) obj {
	var best, worst *big.Rat
	for _, b := range bids {
		if best == nil || b[0].Cmp(best) > 0 {
			best = b[0]
		}
	}
	for _, a := range asks {
		if worst == nil || a[0].Cmp(worst) < 0 {
			worst = a[0]
		}
	}
	if best == nil || worst == nil || best.Cmp(worst) < 0 {
		return obj{"price": nil, "volume": 0, "surplus": 0}
	}
	type candidate struct{ price, volume, surplus *big.Rat }
	var all []candidate
	for p := worst; p.Cmp(best) <= 0; p = plus(p, tick) {
		buys, sells := new(big.Rat), new(big.Rat)
		for _, b := range bids {
			if b[0].Cmp(p) >= 0 {
				buys = plus(buys, b[1])
			}
		}
		for _, a := range asks {
			if a[0].Cmp(p) <= 0 {
				sells = plus(sells, a[1])
			}
		}
		all = append(all, candidate{p, least(buys, sells), minus(buys, sells)})
	}
	keep := func(by func(candidate) *big.Rat) {
		low := by(slices.MinFunc(all, func(x, y candidate) int { return by(x).Cmp(by(y)) }))
		all = slices.DeleteFunc(all, func(c candidate) bool { return by(c).Cmp(low) != 0 })
	}
	keep(func(c candidate) *big.Rat { return minus(0, c.volume) })
	keep(func(c candidate) *big.Rat { return size(c.surplus) })
	lowest, highest := all[0], all[len(all)-1]
	signs := map[int]bool{}
	for _, c := range all {
		signs[c.surplus.Sign()] = true
	}
	switch {
	case signs[1] && len(signs) == 1:
		all = all[len(all)-1:]
	case signs[-1] && len(signs) == 1:
	case ref != nil:
		slices.Reverse(all)
		keep(func(c candidate) *big.Rat { return size(minus(c.price, ref)) })
	default:
		middle := over(plus(lowest.price, highest.price), 2)
		all = slices.DeleteFunc(all, func(c candidate) bool { return c.price.Cmp(middle) > 0 })
		all = all[len(all)-1:]
	}
	return obj{"price": exactly(all[0].price), "volume": whole(all[0].volume), "surplus": whole(all[0].surplus)}
}

func whole(r *big.Rat) int64 { return r.Num().Int64() }

func sideOf(levels []any) [][2]*big.Rat {
	var side [][2]*big.Rat
	for _, l := range levels {
		pair, _ := l.([]any)
		side = append(side, [2]*big.Rat{num(pair[0]), num(pair[1])})
	}
	return side
}

func TestAuctionPriceAgainstEveryTick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := rapid.SampledFrom([]int64{1, 5, 25}).Draw(t, "tick")
		bids, asks := drawBook(t, tick)
		var ref any
		if rapid.Bool().Draw(t, "known") {
			ref = decimals(t, "reference", tick*9000, tick*11_000, 4)
			if rapid.Bool().Draw(t, "near") {
				ref = plain(big.NewInt(rapid.Int64Range(tick*1880, tick*2120).Draw(t, "reference")*5), 4) // Halves of ticks, too.
			}
		}
		size := plain(big.NewInt(tick), 2)
		want := uncrossSlowly(size, ref, sideOf(bids), sideOf(asks))
		compare(t, "AUC-01", obj{"tick": size, "reference": ref, "bids": bids, "asks": asks}, want)
		want["name"] = "x"
		compare(t, "AUC-02", obj{"tick": size, "cases": []any{obj{"name": "x", "reference": ref, "bids": bids, "asks": asks}}},
			obj{"cases": []any{want}})
	})
}

func TestAuctionAllocationByPriceAndTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bids, asks := drawBook(t, 1)
		orders := func(side string, levels []any) []any {
			out := []any{}
			for i, l := range levels {
				pair, _ := l.([]any)
				o := obj{"id": fmt.Sprint(side, i), "price": pair[0], "qty": pair[1], "time": rapid.IntRange(0, 4).Draw(t, "time")}
				if rapid.Bool().Draw(t, "iceberg") {
					o["display"] = 1
				}
				out = append(out, o)
			}
			return out
		}
		buys, sells := orders("b", bids), orders("a", asks)
		x := uncrossSlowly("0.01", "1", sideOf(bids), sideOf(asks))
		fills := obj{}
		volume, _ := x["volume"].(int64)
		for sign, side := range map[int][]any{1: buys, -1: sells} {
			sorted := slices.Clone(side)
			slices.SortStableFunc(sorted, func(p, q any) int {
				x, _ := p.(obj)
				y, _ := q.(obj)
				if c := num(y["price"]).Cmp(num(x["price"])); c != 0 {
					return sign * c
				}
				return num(x["time"]).Cmp(num(y["time"]))
			})
			rest := volume
			for _, o := range sorted {
				o, _ := o.(obj)
				id, _ := o["id"].(string)
				q := min(rest, whole(num(o["qty"])))
				if rest -= q; q > 0 {
					fills[id] = q
				}
			}
		}
		compare(t, "AUC-03", obj{"tick": "0.01", "reference": "1", "bids": buys, "asks": sells},
			obj{"price": x["price"], "volume": x["volume"], "fills": fills})
	})
}

func TestProRataAgainstTheWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 7).Draw(t, "orders")
		top := rapid.IntRange(-n-1, n-1).Draw(t, "top")
		resting := []any{}
		sizes := make([]*big.Rat, n)
		all := new(big.Rat)
		for i := range n {
			q := rapid.IntRange(1, 60).Draw(t, "qty")
			sizes[i] = num(q)
			all = plus(all, q)
			o := obj{"id": fmt.Sprint(i), "qty": q}
			if i == top || rapid.IntRange(0, 3).Draw(t, "says so") == 0 {
				o["top"] = i == top
			}
			resting = append(resting, o)
		}
		q := num(rapid.IntRange(1, 200).Draw(t, "aggressor"))
		in := obj{"cases": []any{obj{"name": "x", "aggressor": whole(q), "resting": resting}}}
		got := make([]*big.Rat, n)
		others := all
		for i := range n {
			got[i] = new(big.Rat)
			if q.Cmp(all) >= 0 {
				got[i] = sizes[i]
			}
		}
		if q.Cmp(all) < 0 {
			if top >= 0 {
				got[top] = least(q, sizes[top])
				q, others = minus(q, got[top]), minus(others, sizes[top])
			}
			residue := q
			for i := range n {
				if i == top {
					continue
				}
				if lots := new(big.Rat).SetInt(rounded(times(over(sizes[i], others), q), 0, -1)); lots.Cmp(num(2)) >= 0 {
					got[i] = lots
					residue = minus(residue, lots)
				}
			}
			for i := range n {
				if i != top {
					more := least(residue, minus(sizes[i], got[i]))
					got[i], residue = plus(got[i], more), minus(residue, more)
				}
			}
		}
		fills := obj{}
		for i := range n {
			fills[fmt.Sprint(i)] = whole(got[i])
		}
		compare(t, "MAT-01", in, obj{"cases": []any{obj{"name": "x", "fills": fills}}})
	})
}

func TestSelfTradePreventionAgainstAList(t *testing.T) {
	type maker struct {
		owner      string
		qty, price int64
	}
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]string{"cancel_taker", "cancel_maker", "cancel_both", "decrement"}).Draw(t, "mode")
		tif := rapid.SampledFrom([]string{"GTC", "IOC"}).Draw(t, "tif")
		var book []maker
		asks := []any{}
		for range rapid.IntRange(0, 6).Draw(t, "asks") {
			m := maker{rapid.SampledFrom([]string{"me", "x", "y"}).Draw(t, "owner"), rapid.Int64Range(1, 6).Draw(t, "qty"), rapid.Int64Range(100, 103).Draw(t, "price")}
			book = append(book, m)
			asks = append(asks, []any{m.owner, m.qty, plain(big.NewInt(m.price), 2)})
		}
		left, limit := rapid.Int64Range(1, 20).Draw(t, "qty"), rapid.Int64Range(99, 104).Draw(t, "limit")
		in := obj{"owner": "me", "cases": []any{obj{"name": "x", "mode": mode, "asks": asks, "order": obj{"side": "buy", "qty": left, "price": plain(big.NewInt(limit), 2), "tif": tif}}}}
		slices.SortStableFunc(book, func(x, y maker) int { return int(x.price - y.price) })
		trades, prevented, over := []any{}, int64(0), false
		for i := range book {
			m := &book[i]
			if left == 0 || over || m.price > limit {
				break
			}
			if m.owner != "me" {
				q := min(left, m.qty)
				trades = append(trades, []any{m.owner, q, plain(big.NewInt(m.price), 2)})
				left, m.qty = left-q, m.qty-q
				continue
			}
			switch mode {
			case "cancel_taker":
				over = true
			case "cancel_maker":
				m.qty = 0
			case "cancel_both":
				over, m.qty = true, 0
			case "decrement":
				q := min(left, m.qty)
				left, m.qty, prevented = left-q, m.qty-q, prevented+q
			}
		}
		own := int64(0)
		for _, m := range book {
			if m.owner == "me" {
				own += m.qty
			}
		}
		canceled, rests := int64(0), left
		if over || tif == "IOC" {
			canceled, rests = left, 0
		}
		compare(t, "MAT-02", in, obj{"cases": []any{obj{
			"name": "x", "trades": trades, "taker_cancelled": canceled, "taker_resting": rests, "own_maker_left": own, "prevented": prevented,
		}}})
	})
}

func TestMatchingRulesRefuseByName(t *testing.T) {
	for _, c := range []struct{ id, in, want string }{
		{"AUC-01", `{"tick":"0.01","reference":null,"bids":[["1.005",1]],"asks":[]}`, "bids[0][0]: 1.005 is no multiple of the tick 0.01"},
		{"AUC-01", `{"tick":"0","reference":null,"bids":[],"asks":[]}`, "tick: 0 is not above zero"},
		{"AUC-01", `{"tick":"1","reference":null,"bids":[["1",0]],"asks":[]}`, "bids[0][1]: 0 is out of range"},
		{"AUC-01", `{"tick":"0.0001","reference":null,"bids":[["1",1]],"asks":[["100000",1]]}`, "prices are 999990000 ticks apart"},
		{"AUC-02", `{"tick":"1","cases":[{"name":"a","bids":[],"asks":[]}]}`, "cases[0].reference: missing"},
		{"AUC-03", `{"tick":"1","reference":null,"bids":[{"id":"a","price":"1","qty":1,"time":0}],"asks":[{"id":"a","price":"1","qty":1,"time":0}]}`, "asks[0].id: \"a\" is given twice"},
		{"AUC-03", `{"tick":"1","reference":null,"bids":[{"id":"a","price":"1","qty":1,"display":2,"time":0}],"asks":[]}`, "bids[0].display: 2 is more than the quantity"},
		{"MAT-01", `{"cases":[{"name":"a","aggressor":1,"resting":[{"id":"a","qty":1,"top":true},{"id":"b","qty":1,"top":true}]}]}`, "cases[0].resting[1].top: a second TOP order"},
		{"MAT-02", `{"owner":"me","cases":[{"name":"a","mode":"none","asks":[],"order":{"side":"buy","qty":1,"price":"1","tif":"GTC"}}]}`, "cases[0].mode: is \"none\""},
		{"MAT-03", `{"mark":"1","tick":"1","band":"0.1","asks":[],"orders":[{"id":"a","side":"buy","type":"limit","qty":1}]}`, "orders[0].price: missing"},
		{"MAT-03", `{"mark":"1","tick":"1","band":"0.1","asks":[],"orders":[{"id":"a","side":"buy","type":"market","price":"1","qty":1}]}`, "orders[0].price: a market order has no price"},
		{"MAT-04", `{"prev_settle":"1","pct":"-1","tick":"1","window_trades":[],"asks":[],"orders":[]}`, "pct: -1 is out of range"},
		{"MAT-05", `{"reference":"1","triggers":[{"move":"0.1","extend_s":-1}],"cases":[]}`, "triggers[0].extend_s: -1 is out of range"},
		{"MAT-07", `{"window_s":"1","qty_limit":1,"delta_limit":1,"frozen_s":"1","cases":[{"name":"a","fills":[["2",1],["1",1]]}]}`, "cases[0].fills[1][0]: 1 is before"},
		{"MAT-07", `{"window_s":"1","qty_limit":0,"delta_limit":1,"frozen_s":"1","cases":[]}`, "qty_limit: 0 is out of range"},
	} {
		_, err := Run(c.id, []byte(c.in))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Run(%s, %s) = %v, want %q", c.id, c.in, err, c.want)
		}
	}
}
