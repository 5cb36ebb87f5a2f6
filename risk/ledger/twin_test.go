package ledger

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// twin is the slow ledger: maps, lists of orders, big integers, and every hold
// summed up anew from the open orders.
type twin struct {
	terms  map[venue.InstrumentID]venue.Instrument
	money  map[venue.AccountID]*big.Int
	units  map[[2]int]int64 // (account, asset)
	pos    map[[2]int]int64 // (account, instrument)
	cost   map[[2]int]*big.Int
	orders []*twinOrder
}

type twinOrder struct {
	account    venue.AccountID
	instrument venue.InstrumentID
	holding    venue.HoldingID
	open       Open
}

func newTwin() *twin {
	w := &twin{map[venue.InstrumentID]venue.Instrument{}, map[venue.AccountID]*big.Int{}, map[[2]int]int64{}, map[[2]int]int64{}, map[[2]int]*big.Int{}, nil}
	for _, i := range testTerms() {
		w.terms[i.ID] = i
	}
	return w
}

func (w *twin) pay(from, to venue.AccountID, n *big.Int) {
	for _, a := range []venue.AccountID{from, to} {
		if w.money[a] == nil {
			w.money[a] = new(big.Int)
		}
	}
	w.money[from].Sub(w.money[from], n)
	w.money[to].Add(w.money[to], n)
}

func pairKey(a venue.AccountID, i venue.InstrumentID) [2]int { return [2]int{int(a), int(i)} }

// side books one side of a trade, lot by lot of what is closed at once: position
// and cost by the definition (closed share of the cost rounded down).
func (w *twin) side(a venue.AccountID, i venue.InstrumentID, side venue.Side, p venue.Price, q venue.Qty, fee venue.Amount) {
	t := w.terms[i]
	w.pay(a, venue.Fees, big.NewInt(int64(fee)))
	lot := new(big.Int).Mul(big.NewInt(int64(p)), big.NewInt(int64(t.TickValue())))
	signed := int64(q) * int64(side.Sign())
	if t.Kind == venue.Spot {
		w.pay(a, clearing, new(big.Int).Mul(lot, big.NewInt(signed)))
		w.units[[2]int{int(a), int(t.Base)}] += signed
		return
	}
	k := pairKey(a, i)
	if w.cost[k] == nil {
		w.cost[k] = new(big.Int)
	}
	if have := w.pos[k]; have*signed < 0 {
		closed := min(max(have, -have), int64(q))
		part := new(big.Int).Mul(w.cost[k], big.NewInt(closed))
		part.Div(part, big.NewInt(max(have, -have))) // Euclidean division is floor here.
		w.cost[k].Sub(w.cost[k], part)
		got := new(big.Int).Mul(lot, big.NewInt(-closed*int64(side.Sign())))
		w.pay(clearing, a, got.Sub(got, part))
		w.pos[k] += closed * int64(side.Sign())
		signed -= closed * int64(side.Sign())
	}
	w.pos[k] += signed
	w.cost[k].Add(w.cost[k], new(big.Int).Mul(lot, big.NewInt(signed)))
}

// clearing is an account of the twin alone, through which sides settle.
const clearing venue.AccountID = 9

// held sums the cash and base holds of an account from its open orders.
func (w *twin) held(a venue.AccountID) (cash int64, units map[venue.AssetID]int64) {
	units = map[venue.AssetID]int64{}
	for i, t := range w.terms {
		value, lots := new(big.Int), int64(0)
		for _, o := range w.orders {
			if o.account != a || o.instrument != i || t.Kind != venue.Spot {
				continue
			}
			if o.open.Side == venue.Sell {
				units[t.Base] += int64(o.open.Qty)
				continue
			}
			lots += int64(o.open.Qty)
			value.Add(value, big.NewInt(int64(o.open.Price)*int64(o.open.Qty)*int64(t.TickValue())))
		}
		fee := new(big.Rat).SetFrac(new(big.Int).Mul(value, big.NewInt(int64(t.Taker))), big.NewInt(1_000_000))
		cash += value.Int64() + ceil(fee)
		if t.Taker > 0 {
			cash += lots
		}
	}
	return cash, units
}

func ceil(r *big.Rat) int64 {
	n := new(big.Int).Add(r.Num(), r.Denom())
	return n.Sub(n, big.NewInt(1)).Div(n, r.Denom()).Int64()
}

// compare fails where the ledger differs from the twin.
func (w *twin) compare(t *rapid.T, l *Ledger) {
	if !l.Conserved() {
		t.Fatal("the books do not balance")
	}
	for a := alice; a < l.NextAccount(); a++ {
		w.compareAccount(t, l, a)
	}
	for k, q := range w.pos {
		h, ok := l.Find(venue.AccountID(k[0]), venue.InstrumentID(k[1]))
		if !ok && q == 0 {
			continue // Recycled.
		}
		if x := l.Holding(h); !ok || int64(x.Qty) != q || int64(x.Cost) != w.cost[k].Int64() {
			t.Fatalf("holding %v is %d at %d, want %d at %v", k, x.Qty, x.Cost, q, w.cost[k])
		}
	}
}

func (w *twin) compareAccount(t *rapid.T, l *Ledger, a venue.AccountID) {
	heldCash, heldUnits := w.held(a)
	cash, held := l.Balance(a, venue.USD)
	want := int64(0)
	if w.money[a] != nil {
		want = w.money[a].Int64()
	}
	if int64(cash) != want || int64(held) != heldCash {
		t.Fatalf("account %d has %d and holds %d, want %d and %d", a, cash, held, want, heldCash)
	}
	for s := window; s <= 3; s++ {
		total, held := l.Balance(a, s)
		if int64(total) != w.units[[2]int{int(a), int(s)}] || int64(held) != heldUnits[s] {
			t.Fatalf("account %d has %d of asset %d and holds %d, want %d and %d", a, total, s, held, w.units[[2]int{int(a), int(s)}], heldUnits[s])
		}
	}
	var orders uint16
	margined := map[venue.InstrumentID]bool{}
	for _, o := range w.orders {
		if o.account == a {
			orders++
			margined[o.instrument] = w.terms[o.instrument].Kind == venue.Future
		}
	}
	if got := l.Account(a).Orders; got != orders {
		t.Fatalf("account %d counts %d orders, want %d", a, got, orders)
	}
	for i := range w.terms {
		if w.pos[pairKey(a, i)] != 0 {
			margined[i] = true
		}
	}
	var stale uint16
	for h := l.Account(a).Margined; h != 0; h = l.Holding(h).NextMargined {
		if l.Holding(h).Stale {
			stale++
		}
		if i := l.Holding(h).Instrument; !margined[i] {
			t.Fatalf("account %d has instrument %d margined twice or for nothing", a, i)
		}
		delete(margined, l.Holding(h).Instrument)
	}
	if got := l.Account(a).Stale; got != stale {
		t.Fatalf("account %d counts %d stale holdings, want %d", a, got, stale)
	}
	for i, m := range margined {
		if m {
			t.Fatalf("account %d lacks instrument %d in its margined list", a, i)
		}
	}
}

// Random deposits, orders, fills and cancels; the books balance after every
// step and are those of the twin.
func TestAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, w := newTest(nopTB{}, 3), newTwin()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "op") {
			case 0:
				stepTransfer(t, l, w)
			case 1, 2:
				stepOpen(t, l, w)
			case 3, 4:
				stepFill(t, l, w)
			case 5:
				stepCancel(t, l, w)
			}
			w.compare(t, l)
			restored(t, l)
		}
	})
}

// nopTB is for helpers inside rapid checks, where failing means panicking.
type nopTB struct{ testing.TB }

func (nopTB) Helper()                   {}
func (nopTB) Fatal(args ...any)         { panic(args) }
func (nopTB) Fatalf(f string, a ...any) { panic(a) }

func account(t *rapid.T) venue.AccountID {
	return alice + venue.AccountID(rapid.IntRange(0, 2).Draw(t, "account"))
}

func stepTransfer(t *rapid.T, l *Ledger, w *twin) {
	a, s := account(t), venue.AssetID(rapid.IntRange(1, 3).Draw(t, "asset"))
	n := venue.Amount(rapid.IntRange(1, 2_000_000_000).Draw(t, "amount"))
	sign := venue.Amount(1)
	if total, held := l.Balance(a, s); rapid.Bool().Draw(t, "withdraw") && total-held >= n {
		l.Withdraw(a, s, n)
		sign = -1
	} else {
		l.Deposit(a, s, n)
	}
	if s == venue.USD {
		w.pay(venue.World, a, big.NewInt(int64(sign*n)))
		return
	}
	w.units[[2]int{int(a), int(s)}] += int64(sign * n)
}

func stepOpen(t *rapid.T, l *Ledger, w *twin) {
	a, i := account(t), venue.InstrumentID(rapid.IntRange(1, 4).Draw(t, "instrument"))
	o := Open{
		Side:  venue.Side(rapid.IntRange(1, 2).Draw(t, "side")),
		Price: venue.Price(rapid.IntRange(1, 40).Draw(t, "price")),
		Qty:   venue.Qty(rapid.IntRange(1, 9).Draw(t, "qty")),
	}
	kind := w.terms[i].Kind
	o.ReduceOnly = kind == venue.Future && rapid.IntRange(0, 3).Draw(t, "reduce") == 0
	if total, held := l.Balance(a, w.terms[i].Base); kind == venue.Spot && o.Side == venue.Sell && total-held < venue.Amount(o.Qty) {
		return
	}
	if l.CanHold(a, i).Refused() {
		return
	}
	h, _ := l.Hold(a, i)
	l.Opened(h, o)
	if rapid.IntRange(0, 9).Draw(t, "dormant") == 0 { // One that counts and needs nothing, for a moment.
		l.Opened(h, Open{Side: o.Side})
		if !l.Conserved() {
			t.Fatal("a dormant order unbalances the books")
		}
		l.Closed(h, Open{Side: o.Side}, true)
	}
	w.orders = append(w.orders, &twinOrder{a, i, h, o})
}

// stepFill fills an order of each side of one instrument against each other.
func stepFill(t *rapid.T, l *Ledger, w *twin) {
	if len(w.orders) == 0 {
		return
	}
	x := w.orders[rapid.IntRange(0, len(w.orders)-1).Draw(t, "order")]
	var y *twinOrder
	for _, o := range w.orders {
		if o.instrument == x.instrument && o.open.Side != x.open.Side {
			y = o
		}
	}
	if y == nil {
		return
	}
	q := venue.Qty(rapid.IntRange(1, int(min(x.open.Qty, y.open.Qty))).Draw(t, "qty"))
	for _, o := range []*twinOrder{x, y} {
		fee := venue.Amount(rapid.IntRange(0, 50).Draw(t, "fee"))
		w.close(l, o, q)
		l.Trade(o.holding, o.open.Side, x.open.Price, q, fee)
		w.side(o.account, o.instrument, o.open.Side, x.open.Price, q, fee)
	}
}

func stepCancel(t *rapid.T, l *Ledger, w *twin) {
	if len(w.orders) == 0 {
		return
	}
	o := w.orders[rapid.IntRange(0, len(w.orders)-1).Draw(t, "order")]
	w.close(l, o, venue.Qty(rapid.IntRange(1, int(o.open.Qty)).Draw(t, "qty")))
}

func (w *twin) close(l *Ledger, o *twinOrder, q venue.Qty) {
	part := o.open
	part.Qty = q
	o.open.Qty -= q
	l.Closed(o.holding, part, o.open.Qty == 0)
	if o.open.Qty != 0 {
		return
	}
	for i := range w.orders {
		if w.orders[i] == o {
			w.orders = append(w.orders[:i:i], w.orders[i+1:]...)
			return
		}
	}
}
