package risk

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// Instruments of the tests: three futures, two spot instruments, a capped future
// with a fee, and a future with an open-interest scale and a limit of positions.
const (
	future   venue.InstrumentID = 1
	second   venue.InstrumentID = 2
	third    venue.InstrumentID = 3
	spot     venue.InstrumentID = 4
	freeSpot venue.InstrumentID = 5
	capped   venue.InstrumentID = 6
	grown    venue.InstrumentID = 7
	window   venue.AssetID      = 2
	alice                       = venue.FirstAccount
	bob                         = venue.FirstAccount + 1
)

// dollar is a million micro-dollars.
const dollar venue.Amount = 1_000_000

// world is a ledger, a risk, the marks and the open orders.
type world struct {
	l      *ledger.Ledger
	r      *Risk
	marks  []venue.Mark
	orders map[venue.HoldingID][]ledger.Open
	walks  int

	pledges map[venue.AssetID]Pledge
}

// Each is the slow OpenOrders.
func (w *world) Each(h venue.HoldingID, fn func(ledger.Open) bool) {
	w.walks++
	for _, o := range w.orders[h] {
		if !fn(o) {
			return
		}
	}
}

func newWorld(accounts int) *world {
	w := &world{orders: map[venue.HoldingID][]ledger.Open{}, marks: make([]venue.Mark, 9), pledges: map[venue.AssetID]Pledge{}}
	w.l = ledger.New(ledger.Limits{Accounts: 24, Holdings: 40, Balances: 60, Instruments: 8, PerAccount: 7, Orders: 30})
	w.r = New(w.l, w)
	for _, i := range testTerms() {
		w.r.List(&i)
	}
	for range accounts {
		w.l.OpenAccount(w.l.NextAccount(), 1)
	}
	return w
}

func (w *world) mark(i venue.InstrumentID, p venue.Price) {
	w.marks[i].Price = p
	w.marks[i].Version++
	w.marks[0].Price++
}

func (w *world) check(a venue.AccountID, i venue.InstrumentID, o ledger.Open) (Need, venue.Refusal) {
	h, _ := w.l.Find(a, i)
	return w.r.Check(h, w.marks, &Order{Account: a, Instrument: i, Open: o, Bounded: true})
}

// place checks and opens; it returns the holding, 0 when refused.
func (w *world) place(a venue.AccountID, i venue.InstrumentID, o ledger.Open) (venue.HoldingID, venue.Refusal) {
	need, why := w.check(a, i, o)
	if why.Refused() {
		return 0, why
	}
	h, ok := w.l.Hold(a, i)
	if !ok {
		panic("Hold failed after Check")
	}
	w.r.Reserve(h, w.marks, need.Open)
	w.orders[h] = append(w.orders[h], need.Open)
	return h, why
}

// close takes lots off the k-th order of a holding.
func (w *world) close(h venue.HoldingID, k int, q venue.Qty) {
	list := w.orders[h]
	part := list[k]
	part.Qty = q
	w.r.Release(h, w.marks, part, q == list[k].Qty)
	list[k].Qty -= q
	if list[k].Qty == 0 {
		w.orders[h] = append(list[:k:k], list[k+1:]...)
	}
}

// position gives an account a position against bob, past all checks.
func (w *world) position(a venue.AccountID, i venue.InstrumentID, p venue.Price, q venue.Qty) venue.HoldingID {
	h, _ := w.l.Hold(a, i)
	other, _ := w.l.Hold(bob, i)
	side := venue.Buy
	if q < 0 {
		side, q = venue.Sell, -q
	}
	w.l.Trade(h, side, p, q, 0)
	w.l.Trade(other, side.Opposite(), p, q, 0)
	return h
}

func buy(p venue.Price, q venue.Qty) ledger.Open {
	return ledger.Open{Side: venue.Buy, Price: p, Qty: q}
}

func sell(p venue.Price, q venue.Qty) ledger.Open {
	return ledger.Open{Side: venue.Sell, Price: p, Qty: q}
}

func reduce(o ledger.Open) ledger.Open {
	o.ReduceOnly = true
	return o
}

// MAR-01 by hand: 5 % to 50_000, 10 % to 250_000, 20 % above (of MM the half, and a
// millionth more in the last bracket).
func TestMAR01Brackets(t *testing.T) {
	terms := testTerms()[1]
	var im, mm schedule
	im.fill(terms.Brackets, func(b venue.Bracket) venue.Rate { return b.Initial })
	mm.fill(terms.Brackets, func(b venue.Bracket) venue.Rate { return b.Maintenance })
	for _, c := range []struct{ notional, im, mm venue.Amount }{
		{0, 0, 0},
		{1, 1, 1}, // Rounded up.
		{20, 1, 1},
		{21, 2, 1},
		{50_000 * dollar, 2_500 * dollar, 1_250 * dollar},
		{50_000*dollar + 1, 2_500*dollar + 1, 1_250*dollar + 1},
		{250_000 * dollar, 22_500 * dollar, 11_250 * dollar},
		{400_000 * dollar, 52_500 * dollar, 26_250*dollar + 150_000},
		{10_250_000_900_001, 2_022_500_180_001, 1_011_260_090_002}, // One millionth too much.
		{400_000*dollar + 1, 52_500*dollar + 1, 26_250*dollar + 150_001},
		// 22_500e6 + 0.2·(2^60 − 1 − 250_000e6) and 11_250e6 + 0.100001·(the same).
		{venue.MaxAmount, 230_584_273_421_369_395, 115_293_289_631_939_305},
	} {
		if got := im.of(c.notional); got != c.im {
			t.Errorf("initial of %d = %d, want %d", c.notional, got, c.im)
		}
		if got := mm.of(c.notional); got != c.mm {
			t.Errorf("maintenance of %d = %d, want %d", c.notional, got, c.mm)
		}
	}
}

// MAR-02 by hand: q = 10, 720 h, mark 2.00, imr 10 %, taker 0.05 %; buys 5 @ 2.10 and
// 3 @ 1.90, sells 20 @ 1.95, and a reduce-only sell that does not count.
func TestMAR02OpenOrders(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 1_000_000*dollar)
	w.mark(future, 200)
	w.position(alice, future, 200, 10)
	for _, o := range []ledger.Open{buy(210, 5), buy(190, 3), reduce(sell(150, 2)), sell(195, 20)} {
		if _, why := w.place(alice, future, o); why.Refused() {
			t.Fatalf("%+v refused %+v", o, why)
		}
	}
	h, _ := w.l.Find(alice, future)
	// long 18, short 10: 10 % of 18·720·2 = 2592. Open loss: 5·0.10·720 = 360 and
	// 20·0.05·720 = 720. Fees: 0.05 % of 720·(10.5 + 5.7 + 39) = 19.872.
	const want = 2592*dollar + 1080*dollar + 19_872_000
	if got := w.r.Refresh(h, w.marks); got != want {
		t.Errorf("need = %d, want %d", got, want)
	}
	if got := w.l.Holding(h).OpenLoss; got != 1080*dollar {
		t.Errorf("open loss = %d, want %d", got, 1080*dollar)
	}
	// At 2.10 only the sells lose: 20·0.15·720 = 2160; 10 % of 18·720·2.1 = 2721.6.
	w.mark(future, 210)
	if got, want := w.r.Refresh(h, w.marks), 2721_600_000+2160*dollar+19_872_000; got != want {
		t.Errorf("need at the new mark = %d, want %d", got, want)
	}
}

// The walk over open orders is skipped when no limit can be past the mark.
func TestOpenLossBounds(t *testing.T) {
	w := newWorld(1)
	w.l.Deposit(alice, venue.USD, 1_000_000*dollar)
	w.mark(future, 200)
	var h venue.HoldingID
	for _, o := range []ledger.Open{buy(190, 5), buy(195, 5), sell(205, 5), sell(210, 5)} {
		h, _ = w.place(alice, future, o)
	}
	for _, c := range []struct {
		mark  venue.Price
		walks int
		loss  venue.Amount
	}{
		{195, 0, 0},
		{205, 0, 0},
		{194, 1, 5 * 7_200_000}, // The buy at 195.
		{206, 2, 5 * 7_200_000}, // The sell at 205.
		{200, 2, 0},
	} {
		w.mark(future, c.mark)
		w.r.Refresh(h, w.marks)
		w.r.Refresh(h, w.marks) // Nothing has changed: no walk.
		if got := w.l.Holding(h).OpenLoss; got != c.loss || w.walks != c.walks {
			t.Errorf("at %d: open loss %d after %d walks, want %d after %d", c.mark, got, w.walks, c.loss, c.walks)
		}
	}
}

// LIQ-01: equity below maintenance, strictly; orders do not count.
func TestLIQ01StrictTrigger(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 1000*dollar)
	w.mark(future, 200)
	w.position(alice, future, 200, 10) // 14_400 of notional.
	if _, why := w.place(alice, future, reduce(sell(200, 10))); why.Refused() {
		t.Fatalf("reduce-only refused %+v", why)
	}
	// (10·720·2 − 1000) / (10·720·0.95) = 1.959064.. is the liquidation price.
	for _, c := range []struct {
		mark venue.Price
		want bool
	}{{200, false}, {196, false}, {195, true}} {
		w.mark(future, c.mark)
		if st := w.r.Status(alice, w.marks); st.Liquidatable() != c.want {
			t.Errorf("at %d: %+v liquidatable %v, want %v", c.mark, st, !c.want, c.want)
		}
	}
	safe := Status{Cash: 10, Maintenance: 10}
	if none := (Status{Cash: -1}); safe.Liquidatable() || none.Liquidatable() {
		t.Error("equality, or no maintenance margin, counts as liquidatable")
	}
}

// MAR-09: below initial margin only what reduces is taken.
func TestMAR09BelowInitialMargin(t *testing.T) {
	for _, c := range []struct {
		name     string
		position venue.Qty
		open     []ledger.Open // Open before.
		order    ledger.Open
		want     venue.Qty // Accepted lots.
		reason   venue.Reason
	}{
		{"plain sell within the position", 10, nil, sell(200, 10), 10, venue.OK},
		{"plain sell beyond the position", 10, nil, sell(200, 11), 0, venue.InsufficientMargin},
		{"plain sell with sells open", 10, []ledger.Open{sell(220, 4)}, sell(200, 6), 6, venue.OK},
		{"plain sell with too many sells open", 10, []ledger.Open{sell(220, 4)}, sell(200, 7), 0, venue.InsufficientMargin},
		{"plain sell with reduce-only sells open", 10, []ledger.Open{reduce(sell(220, 4))}, sell(200, 7), 0, venue.InsufficientMargin},
		{"plain buy", 10, nil, buy(190, 1), 0, venue.InsufficientMargin},
		{"reduce-only is clipped", 10, []ledger.Open{sell(220, 4)}, reduce(sell(200, 11)), 6, venue.OK},
		{"reduce-only of nothing", 10, []ledger.Open{sell(220, 10)}, reduce(sell(200, 1)), 0, venue.NothingToReduce},
		{"reduce-only of the wrong side", 10, nil, reduce(buy(200, 1)), 0, venue.NothingToReduce},
		{"buy back within the short", -10, nil, buy(200, 10), 10, venue.OK},
		{"buy back beyond the short", -10, nil, buy(200, 11), 0, venue.InsufficientMargin},
		{"reduce-only buy is clipped", -10, nil, reduce(buy(200, 11)), 10, venue.OK},
		{"flat", 0, nil, sell(200, 1), 0, venue.InsufficientMargin},
		{"flat reduce-only", 0, nil, reduce(sell(200, 1)), 0, venue.NothingToReduce},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(2)
			w.mark(future, 200)
			if c.position != 0 {
				h := w.position(alice, future, 200, c.position)
				w.l.Deposit(alice, venue.USD, w.r.Refresh(h, w.marks)/2) // Below initial margin.
			}
			for _, o := range c.open {
				if _, why := w.place(alice, future, o); why.Refused() {
					t.Fatalf("%+v refused %+v", o, why)
				}
			}
			need, why := w.check(alice, future, c.order)
			if need.Open.Qty != c.want || why.Reason != c.reason {
				t.Errorf("%+v: accepted %d, %+v; want %d, %d", c.order, need.Open.Qty, why, c.want, c.reason)
			}
		})
	}
}

// What is needed to the micro-dollar: accepted, one less: refused with what is free.
func TestCheckAtTheLimit(t *testing.T) {
	for _, c := range []struct {
		name  string
		i     venue.InstrumentID
		order ledger.Open
		need  venue.Amount
	}{
		// 10 % of 10·720·2, 0.05 % of it.
		{"future at the mark", future, buy(200, 10), 1440*dollar + 7_200_000},
		// 10·0.10·720 more, fees of 2.10.
		{"future above the mark", future, buy(210, 10), 1440*dollar + 720*dollar + 7_560_000},
		{"future short below the mark", future, sell(190, 10), 1440*dollar + 720*dollar + 6_840_000},
		{"future below the mark", future, buy(190, 10), 1440*dollar + 6_840_000},
		// 2·24·3 + 0.25 % + 3.
		{"spot", spot, buy(2000, 3), 144*dollar + 360_000 + 3},
		{"spot without a fee", freeSpot, buy(2000, 3), 144 * dollar},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(1)
			w.mark(future, 200)
			w.l.Deposit(alice, venue.USD, c.need-1)
			_, why := w.check(alice, c.i, c.order)
			if why.Reason != venue.InsufficientMargin && why.Reason != venue.InsufficientFunds || why.Field != venue.FieldAmount || why.Limit != int64(c.need-1) {
				t.Errorf("with one micro-dollar less: %+v, want a refusal with limit %d", why, c.need-1)
			}
			w.l.Deposit(alice, venue.USD, 1)
			need, why := w.check(alice, c.i, c.order)
			if why.Refused() || need.Amount != c.need {
				t.Errorf("with enough: %+v, %+v; want %d", need, why, c.need)
			}
			if _, why := w.place(alice, c.i, c.order); why.Refused() {
				t.Fatalf("placing refused %+v", why)
			}
			if _, held := w.r.Balance(alice, venue.USD, w.marks); held != c.need {
				t.Errorf("held %d, want %d", held, c.need)
			}
			if free := w.r.Free(alice, w.marks); free != 0 {
				t.Errorf("free %d, want 0", free)
			}
		})
	}
}

func TestCheckRefusals(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 1_000_000*dollar)
	w.l.Deposit(alice, window, 5)
	w.mark(future, 200)
	for range 3 {
		w.place(alice, spot, sell(100, 1))
	}
	most := w.l.MaxQty(future)
	w.position(alice, future, 200, 10)
	for _, c := range []struct {
		name  string
		i     venue.InstrumentID
		order ledger.Open
		want  venue.Refusal
	}{
		{"future without a mark", second, buy(1, 1), venue.Refusal{Reason: venue.NoMark, Field: venue.FieldMark}},
		{"reduce-only without a mark", second, reduce(buy(1, 1)), venue.Refusal{Reason: venue.NoMark, Field: venue.FieldMark}},
		{"base not there", spot, sell(100, 3), venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldQty, Limit: 2}},
		{"base of another instrument is the same", freeSpot, sell(100, 3), venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldQty, Limit: 2}},
		{"long beyond the bound", future, buy(200, most-9), venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldQty, Limit: int64(most - 10)}},
		{"short beyond the bound", future, sell(200, most+11), venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldQty, Limit: int64(most + 10)}},
		{"spot beyond the bound", spot, buy(1, w.l.MaxQty(spot)+1), venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldQty, Limit: int64(w.l.MaxQty(spot))}},
	} {
		if _, got := w.check(alice, c.i, c.order); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	for w.l.Account(alice).Orders < 30 {
		w.place(alice, future, buy(100, 1))
	}
	want := venue.Refusal{Reason: venue.TooManyOrders, Field: venue.FieldAccount, Limit: 30}
	if _, got := w.check(alice, future, buy(100, 1)); got != want {
		t.Errorf("one order too many: %+v, want %+v", got, want)
	}
}

// Unrealised profit neither leaves nor turns into something that can leave;
// unrealised losses count at once.
func TestUnrealisedProfitStays(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 3000*dollar)
	w.mark(future, 200)
	w.position(alice, future, 200, 10) // Needs 1440 at 2.00.
	for _, c := range []struct {
		mark         venue.Price
		out          venue.Amount
		free, equity venue.Amount
	}{
		{200, 1560 * dollar, 1560 * dollar, 3000 * dollar},
		// 720·10·0.5 = 3600 of profit; needs 1800.
		{250, 1200 * dollar, 4800 * dollar, 6600 * dollar},
		// 720·10·0.10 = 720 of loss; needs 1368.
		{190, 912 * dollar, 912 * dollar, 2280 * dollar},
		{150, 0, -1680 * dollar, -600 * dollar},
	} {
		w.mark(future, c.mark)
		if got := w.r.Withdrawable(alice, venue.USD, w.marks); got != c.out {
			t.Errorf("at %d: withdrawable %d, want %d", c.mark, got, c.out)
		}
		if got := w.r.Free(alice, w.marks); got != c.free {
			t.Errorf("at %d: free %d, want %d", c.mark, got, c.free)
		}
		if st := w.r.Status(alice, w.marks); st.Equity() != c.equity {
			t.Errorf("at %d: equity %d, want %d", c.mark, st.Equity(), c.equity)
		}
		most := venue.Qty(c.out / (24 * dollar)) // Lots at 1.00 without a fee.
		if _, why := w.check(alice, freeSpot, buy(1000, most+1)); why.Reason != venue.InsufficientFunds || why.Limit != int64(c.out) {
			t.Errorf("at %d: buying more than can leave: %+v, want limit %d", c.mark, why, c.out)
		}
		if most > 0 {
			if _, why := w.check(alice, freeSpot, buy(1000, most)); why.Refused() {
				t.Errorf("at %d: buying %d lots refused %+v", c.mark, most, why)
			}
		}
	}
	w.mark(future, 250)
	for _, c := range []struct {
		a    venue.AccountID
		s    venue.AssetID
		n    venue.Amount
		want venue.Refusal
	}{
		{alice, venue.USD, 1200 * dollar, venue.Refusal{}},
		{alice, venue.USD, 1200*dollar + 1, venue.Refusal{Reason: venue.WithdrawalTooLarge, Field: venue.FieldAmount, Limit: int64(1200 * dollar)}},
		{alice, venue.USD, 0, venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: 1}},
		{alice, window, 1, venue.Refusal{Reason: venue.WithdrawalTooLarge, Field: venue.FieldAmount}},
		{venue.Fees, venue.USD, 1, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount, Limit: 17}},
	} {
		if got := w.r.CanWithdraw(c.a, c.s, c.n, w.marks); got != c.want {
			t.Errorf("CanWithdraw(%d, %d, %d) = %+v, want %+v", c.a, c.s, c.n, got, c.want)
		}
	}
}

// A replacement is checked as if the old order were gone.
func TestCheckReplacement(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 1440*dollar+7_200_000)
	w.mark(future, 200)
	h, why := w.place(alice, future, buy(200, 10))
	if why.Refused() {
		t.Fatalf("refused %+v", why)
	}
	replace := func(o ledger.Open) venue.Refusal {
		_, why := w.r.Check(h, w.marks, &Order{Account: alice, Instrument: future, Open: o, Old: buy(200, 10)})
		return why
	}
	for _, c := range []struct {
		name  string
		order ledger.Open
		want  venue.Reason
	}{
		{"the same", buy(200, 10), venue.OK},
		{"cheaper", buy(199, 10), venue.OK},
		{"dearer", buy(201, 10), venue.InsufficientMargin},
		{"larger", buy(200, 11), venue.InsufficientMargin},
		{"smaller and dearer", buy(210, 6), venue.OK},
	} {
		if why := replace(c.order); why.Reason != c.want {
			t.Errorf("%s: %+v, want %d", c.name, why, c.want)
		}
	}
	w.mark(future, 300) // Now it needs more than there is: only less is taken.
	if why := replace(buy(200, 9)); why.Refused() {
		t.Errorf("smaller below initial margin refused %+v", why)
	}
	if why := replace(buy(201, 10)); why.Reason != venue.InsufficientMargin {
		t.Errorf("dearer below initial margin: %+v, want %d", why, venue.InsufficientMargin)
	}
}

// Replacements that hold, or only close, count the order that they replace once.
func TestCheckReplacementFreesTheOld(t *testing.T) {
	w := newWorld(2)
	w.mark(future, 200)
	w.l.Deposit(alice, window, 5)
	w.l.Deposit(alice, venue.USD, 24*5*dollar)
	w.position(alice, future, 200, 10) // Far below initial margin.
	for _, c := range []struct {
		name      string
		i         venue.InstrumentID
		old       ledger.Open
		good, bad ledger.Open
	}{
		{"closing sell", future, sell(210, 6), sell(205, 10), sell(205, 11)},
		{"spot sell", freeSpot, sell(1000, 5), sell(900, 5), sell(900, 6)},
	} {
		h, why := w.place(alice, c.i, c.old)
		if why.Refused() {
			t.Fatalf("%s: refused %+v", c.name, why)
		}
		o := Order{Account: alice, Instrument: c.i, Open: c.good, Old: c.old}
		if _, why := w.r.Check(h, w.marks, &o); why.Refused() {
			t.Errorf("%s: %+v refused %+v", c.name, c.good, why)
		}
		o.Open = c.bad
		if _, why := w.r.Check(h, w.marks, &o); !why.Refused() {
			t.Errorf("%s: %+v accepted", c.name, c.bad)
		}
	}
	w = newWorld(1)
	w.l.Deposit(alice, venue.USD, 24*5*dollar)
	h, _ := w.place(alice, freeSpot, buy(1000, 5))
	most := w.l.MaxQty(freeSpot)
	for _, c := range []struct {
		order ledger.Open
		want  venue.Refusal
	}{
		{buy(500, 10), venue.Refusal{}},
		{buy(501, 10), venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldAmount}},
		{buy(1, most), venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldAmount}},
		{buy(1, most+1), venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldQty, Limit: int64(most)}},
	} {
		o := Order{Account: alice, Instrument: freeSpot, Open: c.order, Old: buy(1000, 5)}
		if _, got := w.r.Check(h, w.marks, &o); got != c.want {
			t.Errorf("spot buy replaced by %+v: %+v, want %+v", c.order, got, c.want)
		}
	}
}

// MAR-09: below initial margin a new order that could go through zero is refused
// even where its instrument would need no more with it.
func TestMAR09NoMoreNeededIsNotEnough(t *testing.T) {
	w := newWorld(2)
	w.mark(third, 200) // Without fees.
	h := w.position(alice, third, 200, 10)
	before := w.r.Refresh(h, w.marks)
	w.l.Deposit(alice, venue.USD, before/2)
	if _, why := w.check(alice, third, sell(200, 15)); why.Reason != venue.InsufficientMargin {
		t.Errorf("sell of 15 on a position of 10: %+v, want %d", why, venue.InsufficientMargin)
	}
	if need, why := w.check(alice, third, sell(200, 10)); why.Refused() || need.Amount != before {
		t.Errorf("sell of 10 on a position of 10: %+v, %+v; want a need of %d", need, why, before)
	}
}

// Reduce-only lots beyond what they could reduce are to be trimmed.
func TestExcess(t *testing.T) {
	w := newWorld(2)
	w.l.Deposit(alice, venue.USD, 1_000_000*dollar)
	w.mark(future, 200)
	h := w.position(alice, future, 200, 10)
	w.place(alice, future, reduce(sell(210, 6)))
	for _, c := range []struct {
		name string
		do   func()
		want venue.Qty
	}{
		{"within", func() {}, 0},
		{"position shrinks to 5", func() { w.position(alice, future, 200, -5) }, 1},
		{"plain sell of 2", func() { w.place(alice, future, sell(220, 2)) }, 3},
		{"plain sell of 9", func() { w.place(alice, future, sell(220, 9)) }, 6},
		{"flat", func() { w.position(alice, future, 200, -5) }, 6},
		{"short", func() { w.position(alice, future, 200, -5) }, 6},
	} {
		c.do()
		if got := w.r.Excess(h, venue.Sell); got != c.want {
			t.Errorf("%s: excess %d, want %d", c.name, got, c.want)
		}
		if got := w.r.Excess(h, venue.Buy); got != 0 {
			t.Errorf("%s: excess of buys %d, want 0", c.name, got)
		}
	}
}

// However an order is cut into fills, and whatever better prices it gets, what
// it held covers value and fees of every fill (R-ROUND, FEE-01).
func TestSpotHoldCoversFills(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(2)
		o := buy(venue.Price(rapid.IntRange(1, 3000).Draw(t, "price")), venue.Qty(rapid.IntRange(1, 40).Draw(t, "qty")))
		need := w.l.BuyHold(spot, int64(o.Price)*int64(o.Qty), o.Qty)
		w.l.Deposit(alice, venue.USD, need)
		w.l.Deposit(bob, window, 40)
		h, why := w.place(alice, spot, o)
		if why.Refused() {
			t.Fatalf("order refused %+v", why)
		}
		seller, _ := w.l.Hold(bob, spot)
		for len(w.orders[h]) > 0 {
			q := venue.Qty(rapid.IntRange(1, int(w.orders[h][0].Qty)).Draw(t, "fill"))
			p := venue.Price(rapid.IntRange(1, int(o.Price)).Draw(t, "at"))
			w.close(h, 0, q)
			value := venue.Amount(p) * venue.Amount(q) * 24_000
			w.l.Trade(h, venue.Buy, p, q, venue.Fee(value, 2500))
			w.l.Trade(seller, venue.Sell, p, q, 0)
			if cash, held := w.l.Balance(alice, venue.USD); cash < held {
				t.Fatalf("after %d at %d there are %d and %d are held", q, p, cash, held)
			}
		}
	})
}
