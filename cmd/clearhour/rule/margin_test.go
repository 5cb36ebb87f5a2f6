package rule

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestMAR01AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var brackets []obj
		end := int64(0)
		for range rapid.IntRange(1, 8).Draw(t, "brackets") {
			end += rapid.Int64Range(1, 1_000_000_000).Draw(t, "upto")
			brackets = append(brackets, obj{
				"upto": plain(big.NewInt(end), 2),
				"imr":  rate(t, "imr", 1_000_000), "mmr": rate(t, "mmr", 1_000_000),
			})
		}
		brackets[len(brackets)-1]["upto"] = "1000000000000"
		multiplier, mark := decimals(t, "multiplier", 1, 10_000, 2), decimals(t, "mark", 0, 50_000, 5)
		q := rapid.IntRange(-1000, 1000).Draw(t, "q")
		n := times(size(q), multiplier, mark)
		need := func(field string) string {
			sum, from := new(big.Rat), new(big.Rat)
			for _, b := range brackets {
				sum = plus(sum, times(most(0, minus(least(n, b["upto"]), from)), b[field]))
				from = num(b["upto"])
			}
			return roundUp(sum)
		}
		compare(t, "MAR-01",
			obj{"brackets": brackets, "multiplier": multiplier, "mark": mark, "cases": []obj{{"name": "x", "contracts": q}}},
			obj{"cases": []obj{{"name": "x", "notional": exactly(n), "im": need("imr"), "mm": need("mmr")}}})
	})
}

func TestMAR02AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.IntRange(-1000, 1000).Draw(t, "q")
		m, mark := decimals(t, "multiplier", 1, 10_000, 2), decimals(t, "mark", 0, 50_000, 4)
		imr, taker := rate(t, "imr", 1_000_000), rate(t, "taker", 10_000)
		orders := []obj{}
		long, short, loss, fees := q, -q, new(big.Rat), new(big.Rat)
		for range rapid.IntRange(0, 6).Draw(t, "orders") {
			side, rem := rapid.SampledFrom([]string{"buy", "sell"}).Draw(t, "side"), rapid.IntRange(0, 500).Draw(t, "rem")
			limit := decimals(t, "limit", 0, 50_000, 4)
			o := obj{"side": side, "rem": rem, "limit": limit}
			if rapid.Bool().Draw(t, "reduce") {
				o["reduce_only"] = rapid.Bool().Draw(t, "reduce-only")
			}
			orders = append(orders, o)
			if o["reduce_only"] == true {
				continue
			}
			worse := minus(limit, mark)
			if side == "buy" {
				long += rem
			} else {
				short += rem
				worse = minus(mark, limit)
			}
			loss = plus(loss, times(most(0, worse), rem, m))
			fees = plus(fees, times(rem, m, limit))
		}
		long, short = max(0, long), max(0, short)
		base, reserve := times(imr, max(long, short), m, mark), times(taker, fees)
		compare(t, "MAR-02",
			obj{"q": q, "multiplier": m, "mark": mark, "imr": imr, "taker_rate": taker, "orders": orders},
			obj{
				"long": long, "short": short, "base_im": roundUp(base), "open_loss": roundUp(loss), "fee_reserve": roundUp(reserve),
				"total_im": exactly(plus(ratUp(base), ratUp(loss), ratUp(reserve))),
			})
	})
}

func TestMAR03AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		imf, part := rate(t, "imf", 1_000_000), rate(t, "part", 1_000_000)
		lo := rapid.Int64Range(0, 1_000_000_000).Draw(t, "lo")
		hi := lo + rapid.Int64Range(1, 1_000_000_000).Draw(t, "width")
		oi := decimals(t, "oi", 0, 3_000_000_000, 3)
		n := decimals(t, "notional", 0, 1_000_000_000_000, 8)
		eff := least(1, plus(imf, times(most(0, over(minus(oi, lo), hi-lo)), minus(1, imf))))
		compare(t, "MAR-03",
			obj{"imf": imf, "maint_fraction": part, "lo": fmt.Sprint(lo), "hi": fmt.Sprint(hi), "notional": n, "oi": []string{oi}},
			obj{"results": []obj{{"imf_eff": twelve(eff), "im": roundUp(times(n, eff)), "mm": roundUp(times(n, imf, part))}}})
	})
}

func TestMAR04AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		balances, sum := []obj{}, new(big.Rat)
		for i := range rapid.IntRange(0, 5).Draw(t, "balances") {
			bal, price := decimals(t, "bal", -1_000_000, 1_000_000, 8), decimals(t, "price", 0, 100_000, 6)
			part := rate(t, "rate", 1_000_000)
			balances = append(balances, obj{"asset": fmt.Sprint("a", i), "bal": bal, "price": price, "rate": part})
			sum = plus(sum, roundDown(least(times(bal, price, part), times(bal, price))))
		}
		upnl := decimals(t, "upnl", -1_000_000_000, 1_000_000_000, 6)
		compare(t, "MAR-04", obj{"balances": balances, "upnl": upnl},
			obj{"collateral_value": exactly(sum), "equity": exactly(plus(sum, upnl))})
	})
}

// restingTwin is an order of MAR-08 in a book that is searched from end to end.
type restingTwin struct {
	party, side string
	price       *big.Rat
	qty         int
}

func TestMAR08AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps, after := []obj{}, []obj{}
		var book []restingTwin
		pos, cost := map[string]int{}, map[string]*big.Rat{"A": new(big.Rat), "B": new(big.Rat), "C": new(big.Rat)}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			s := restingTwin{
				rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "party"), rapid.SampledFrom([]string{"buy", "sell"}).Draw(t, "side"),
				big.NewRat(rapid.Int64Range(0, 20).Draw(t, "price"), 1), rapid.IntRange(1, 9).Draw(t, "qty"),
			}
			s.price.Mul(s.price, big.NewRat(5, 1))
			if meetsOwn(book, s) {
				continue // Refused, which another test shows.
			}
			steps = append(steps, obj{"party": s.party, "side": s.side, "qty": s.qty, "price": s.price.RatString()})
			book = cross(book, s, func(p string, q int, price *big.Rat) {
				if pos[p]*q >= 0 {
					cost[p] = plus(cost[p], times(q, price))
				} else if left := pos[p] + q; left*pos[p] >= 0 {
					cost[p] = times(cost[p], over(left, pos[p]))
				} else {
					cost[p] = times(left, price)
				}
				pos[p] += q
			})
			after = append(after, partyTwin(s.party, pos[s.party], cost[s.party], book))
		}
		final := partyTwin("A", pos["A"], cost["A"], book)
		delete(final, "party")
		compareCapped(t, obj{"cap": "100", "steps": steps}, append(after, final))
	})
}

// compareCapped compares what MAR-08 says after each step and at the end. The
// ledger keeps the cost of a position in micro-dollars, so that each of at most
// 20 reductions moves the margin of a position by less than one.
func compareCapped(t *rapid.T, in obj, want []obj) {
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Run("MAR-08", raw)
	if err != nil {
		t.Fatalf("Run(%s): %v", raw, err)
	}
	var got struct {
		After  []mar08Text
		FinalA mar08Text `json:"final_A"`
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	for i, g := range append(got.After, got.FinalA) {
		w := want[i]
		off := size(minus(g.PositionMargin, w["position_margin"]))
		party, _ := w["party"].(string)
		if g.Party != party || g.Pos != w["pos"] || g.OrderMargin != w["order_margin"] || off.Cmp(big.NewRat(20, 1_000_000)) > 0 {
			t.Fatalf("Run(%s), answer %d\n got %+v\nwant %v", raw, i, g, w)
		}
	}
}

type mar08Text struct {
	Party          string
	Pos            int
	PositionMargin string `json:"position_margin"`
	OrderMargin    string `json:"order_margin"`
}

// better says whether a stands before b on their side of the book; equals keep
// their order of arrival.
func better(a, b restingTwin) bool {
	if a.side == "buy" {
		return a.price.Cmp(b.price) > 0
	}
	return a.price.Cmp(b.price) < 0
}

// reached returns the index of the order that s would trade with first, or -1.
func reached(book []restingTwin, s restingTwin) int {
	best := -1
	for i, o := range book {
		crossed := s.price.Cmp(o.price) >= 0
		if s.side == "sell" {
			crossed = s.price.Cmp(o.price) <= 0
		}
		if o.side != s.side && o.qty > 0 && crossed && (best < 0 || better(o, book[best])) {
			best = i
		}
	}
	return best
}

func meetsOwn(book []restingTwin, s restingTwin) bool {
	own := false
	cross(slices.Clone(book), s, func(p string, _ int, _ *big.Rat) { own = own || p == "own" })
	return own
}

// cross trades s at the prices of the book and rests what is left.
func cross(book []restingTwin, s restingTwin, trade func(party string, q int, price *big.Rat)) []restingTwin {
	for i := reached(book, s); i >= 0 && s.qty > 0; i = reached(book, s) {
		o := &book[i]
		q := min(o.qty, s.qty)
		o.qty -= q
		s.qty -= q
		if o.party == s.party {
			trade("own", 0, o.price)
			return book
		}
		if s.side == "sell" {
			q = -q
		}
		trade(s.party, q, o.price)
		trade(o.party, -q, o.price)
	}
	return append(book, s)
}

// partyTwin is what MAR-08 asks of a party.
func partyTwin(party string, pos int, cost *big.Rat, book []restingTwin) obj {
	margin := cost
	if pos < 0 {
		margin = plus(times(-pos, 100), cost)
	}
	need := map[string]*big.Rat{}
	for side, free := range map[string]int{"buy": max(0, -pos), "sell": max(0, pos)} {
		var mine []restingTwin
		for _, o := range book {
			if o.party == party && o.side == side {
				mine = append(mine, o)
			}
		}
		slices.SortStableFunc(mine, func(a, b restingTwin) int {
			if better(a, b) {
				return -1
			}
			return 1
		})
		sum := new(big.Rat)
		for _, o := range mine {
			for range o.qty { // Lot by lot.
				free--
				if free >= 0 {
					continue
				}
				if side == "buy" {
					sum = plus(sum, o.price)
				} else {
					sum = plus(sum, minus(100, o.price))
				}
			}
		}
		need[side] = sum
	}
	return obj{"party": party, "pos": pos, "position_margin": margin, "order_margin": exactly(most(need["buy"], need["sell"]))}
}

func TestMAR09AgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(0, 12)
		pos, buys, sells := rapid.IntRange(-12, 12).Draw(t, "pos"), small.Draw(t, "buys"), small.Draw(t, "sells")
		equity, im := small.Draw(t, "equity"), small.Draw(t, "im")
		orders, results := []obj{}, obj{}
		for i := range rapid.IntRange(0, 6).Draw(t, "orders") {
			id, qty := fmt.Sprint("o", i), rapid.IntRange(1, 15).Draw(t, "qty")
			side, reduce := rapid.SampledFrom([]string{"buy", "sell"}).Draw(t, "side"), rapid.Bool().Draw(t, "reduce")
			orders = append(orders, obj{"id": id, "side": side, "qty": qty, "reduce_only": reduce})
			open, closes := sells, pos > 0
			if side == "buy" {
				open, closes = buys, pos < 0
			}
			positionSize := max(pos, -pos)
			switch {
			case reduce && closes:
				results[id] = max(0, min(qty, positionSize-open))
			case reduce:
				results[id] = 0
			case equity >= im || closes && open+qty <= positionSize:
				results[id] = qty
			default:
				results[id] = 0
			}
		}
		compare(t, "MAR-09", obj{"position": pos, "open_buys": buys, "open_sells": sells, "equity": fmt.Sprint(equity), "im": fmt.Sprint(im), "orders": orders},
			obj{"results": results})
	})
}

func TestMarginRefusals(t *testing.T) {
	for _, c := range []struct{ id, old, new, want string }{
		{"MAR-01", `"mark": "2.15"`, `"mark": "-2.15"`, "mark: -2.15 is below zero"},
		{"MAR-01", `"multiplier": "720"`, `"multiplier": "0"`, "multiplier: 0 is not above zero"},
		{"MAR-01", `"contracts": 10`, `"contracts": 100000`, "cases[0].contracts: the notional 154800000 is above the last bracket, 2000000"},
		{"MAR-01", `"imr": "0.05"`, `"imr": "0.0500001"`, "brackets[0].imr: has 7 decimals, at most 6 are exact"},
		{"MAR-01", `"imr": "0.05"`, `"imr": "1.01"`, "brackets[0].imr: 1.01 is out of range, want 0 to 1"},
		{"MAR-01", `"upto": "500000"`, `"upto": "100000"`, "brackets[1].upto: is not above the bracket before"},
		{"MAR-01", `"upto": "500000"`, `"upto": null`, "brackets[1].upto: is null, want an end in all but the last bracket"},
		{"MAR-01", `"mark"`, `"marc"`, "marc: unknown"},
		{"MAR-02", `"rem": 5`, `"rem": 2147483647`, "orders[0]: a value of 2147483647 contracts at 2.2 is out of range"},
		{"MAR-02", `"side": "buy"`, `"side": "bid"`, `orders[0].side: is "bid", want buy or sell`},
		{"MAR-02", `"rem": 5`, `"rem": -5`, "orders[0].rem: -5 is out of range, want 0 to 2147483647"},
		{"MAR-02", `"q": 10,`, ``, "q: missing"},
		{"MAR-03", `"hi": "4000000"`, `"hi": "1000000"`, "hi: is not above lo"},
		{"MAR-03", `"hi": "4000000"`, `"hi": "10000000000000000"`, "hi: is too far above lo: at most 9223372036854"},
		{"MAR-04", `"rate": "1"`, `"rate": "-1"`, "balances[0].rate: -1 is out of range, want 0 to 1000"},
		{"MAR-04", `"bal": "1000"`, `"bal": "9000000000000000"`, "balances: the value is out of range"},
		{"MAR-08", `"price": "95"`, `"price": "100.5"`, "steps[0].price: 100.5 is above the cap"},
		{"MAR-08", `"party": "B"`, `"party": "A"`, "steps[1]: would trade with an order of its own party"},
		{"MAR-08", `"qty": 10`, `"qty": 2147483647`, "steps[0].qty: with it the orders are worth too much"},
		{"MAR-09", `"id": "b"`, `"id": "a"`, `orders[1].id: "a" is given twice`},
		{"MAR-09", `"im": "1000"`, `"im": 1000`, "im: is a number, want a decimal in a string"},
	} {
		refused(t, c.id, c.old, c.new, c.want)
	}
}

// TestMarginFine shows units finer than a micro-dollar: the result is rounded
// once, whatever the unit.
func TestMarginFine(t *testing.T) {
	// 3 × 0.01 × 0.0000123 = 0.000000369; 10 % of it is 0.0000000369, up to 0.000001.
	compare(t, "MAR-01",
		obj{"brackets": []obj{{"upto": nil, "imr": "0.1", "mmr": "0"}}, "multiplier": "0.01", "mark": "0.0000123", "cases": []obj{{"name": "x", "contracts": 3}}},
		obj{"cases": []obj{{"name": "x", "notional": "0.000000369", "im": "0.000001", "mm": "0"}}})
}
