package risk

import (
	"testing"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// benchWorld is an account with positions in n futures, orders open in each, and
// money enough.
func benchWorld(n int) (*world, venue.HoldingID) {
	w := &world{orders: map[venue.HoldingID][]ledger.Open{}, marks: make([]venue.Mark, n+2)}
	w.l = ledger.New(ledger.Limits{Accounts: 24, Holdings: 600, Balances: 40, Instruments: n + 1, PerAccount: 256, Orders: 4000})
	w.r = New(w.l, w)
	for range 2 {
		w.l.OpenAccount(w.l.NextAccount(), 1)
	}
	w.l.Deposit(alice, venue.USD, 100_000_000*dollar)
	w.l.Deposit(bob, window, 1000)
	var h venue.HoldingID
	for i := 1; i <= n; i++ {
		t := testTerms()[1]
		t.ID = venue.InstrumentID(i)
		w.r.List(&t)
		w.mark(t.ID, 2000)
		h = w.position(alice, t.ID, 2000, 10)
		w.place(alice, t.ID, buy(1990, 5))
		w.place(alice, t.ID, sell(2010, 5))
	}
	s := testTerms()[3]
	s.ID = venue.InstrumentID(n + 1)
	w.r.List(&s)
	w.l.Hold(alice, s.ID)
	return w, h
}

// cycle is what an order that rests and is canceled costs risk.
func (w *world) cycle(h venue.HoldingID, o *Order) bool {
	need, why := w.r.Check(h, w.marks, o)
	if why.Refused() {
		return false
	}
	w.r.Reserve(h, w.marks, need.Open)
	w.r.Release(h, w.marks, need.Open, true)
	w.r.Refresh(h, w.marks)
	return true
}

func BenchmarkCycle(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
		spot bool
	}{{"1", 1, false}, {"5", 5, false}, {"256", 255, false}, {"spot", 5, true}} {
		b.Run(c.name, func(b *testing.B) {
			w, h := benchWorld(c.n)
			o := &Order{Account: alice, Instrument: venue.InstrumentID(c.n), Open: buy(1995, 3)}
			if c.spot {
				o.Instrument++
				h, _ = w.l.Find(alice, o.Instrument)
			}
			b.ReportAllocs()
			for b.Loop() {
				if !w.cycle(h, o) {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	w, h := benchWorld(5)
	o := &Order{Account: alice, Instrument: 5, Open: buy(1995, 3)}
	for b.Loop() {
		w.r.Check(h, w.marks, o)
	}
}

// BenchmarkFill is what the fill of a resting order costs both accounts.
func BenchmarkFill(b *testing.B) {
	w, h := benchWorld(5)
	other, _ := w.l.Find(bob, 5)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		x, y := h, other
		if i&1 == 1 {
			x, y = y, x
		}
		w.r.Reserve(x, w.marks, buy(2000, 3))
		w.r.Reserve(y, w.marks, sell(2000, 3))
		w.r.Release(x, w.marks, buy(2000, 3), true)
		w.r.Release(y, w.marks, sell(2000, 3), true)
		w.l.Trade(x, venue.Buy, 2000, 3, 10)
		w.l.Trade(y, venue.Sell, 2000, 3, 10)
		w.r.Refresh(x, w.marks)
		w.r.Refresh(y, w.marks)
	}
}

// BenchmarkCheckAfterMark is a check when all five marks have moved.
func BenchmarkCheckAfterMark(b *testing.B) {
	w, h := benchWorld(5)
	o := &Order{Account: alice, Instrument: 5, Open: buy(1995, 3)}
	for b.Loop() {
		for i := range w.marks {
			w.marks[i].Version++
		}
		w.marks[0].Price++
		w.r.Check(h, w.marks, o)
	}
}

func TestAllocs(t *testing.T) {
	w, h := benchWorld(5)
	other, _ := w.l.Find(bob, 5)
	o := &Order{Account: alice, Instrument: 5, Open: buy(1995, 3)}
	price := venue.Price(1900)
	if n := testing.AllocsPerRun(1000, func() {
		w.cycle(h, o)
		w.l.Trade(h, venue.Buy, 2000, 3, 10)
		w.l.Trade(other, venue.Sell, 2000, 3, 10)
		price = 1900 + (price+7)%200 // Past the limits: the orders are walked.
		w.mark(5, price)
		w.r.Free(alice, w.marks)
		w.r.CanWithdraw(alice, venue.USD, 1, w.marks)
		w.l.Trade(h, venue.Sell, 2000, 3, 10)
		w.l.Trade(other, venue.Buy, 2000, 3, 10)
		w.l.Deposit(alice, venue.USD, 1)
	}); n != 0 {
		t.Errorf("a cycle of commands allocates %v times, want 0", n)
	}
	if w.walks == 0 {
		t.Error("the orders were never walked")
	}
}

// BenchmarkRank ranks a thousand candidates.
func BenchmarkRank(b *testing.B) {
	all := make([]Candidate, 1000)
	for i := range all {
		n := venue.Amount(i*7919%1000+1) * dollar
		all[i] = Candidate{Account: venue.FirstAccount + venue.AccountID(i), Qty: -10, Cost: -2 * n, Notional: n + 500*dollar, Equity: n}
	}
	work := make([]Candidate, len(all))
	for b.Loop() {
		copy(work, all)
		Rank(work)
	}
}

// BenchmarkLeastClose plans a partial liquidation over three brackets.
func BenchmarkLeastClose(b *testing.B) {
	i := testTerms()[1]
	t := TermsOf(&i)
	p := Partial{Qty: 200, Mark: 3000, Exec: 2990, Equity: 5_000 * dollar, Fee: 5000, Target: 1_100_000}
	b.ReportAllocs()
	for b.Loop() {
		t.LeastClose(&p)
	}
}
