package risk

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// The slow twin: every requirement from the rule's text, in rationals, over the
// list of open orders, with nothing cached.

func rat(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

func mul(x ...*big.Rat) *big.Rat {
	p := rat(1)
	for _, f := range x {
		p.Mul(p, f)
	}
	return p
}

func up(r *big.Rat) venue.Amount {
	n := new(big.Int).Add(r.Num(), r.Denom())
	return venue.Amount(n.Sub(n, big.NewInt(1)).Div(n, r.Denom()).Int64())
}

func ppm(r venue.Rate) *big.Rat { return big.NewRat(int64(r), 1_000_000) }

// bracketed is MAR-01.
func bracketed(brackets []venue.Bracket, notional *big.Rat, pick func(venue.Bracket) venue.Rate) venue.Amount {
	return up(exactly(brackets, notional, pick))
}

func exactly(brackets []venue.Bracket, notional *big.Rat, pick func(venue.Bracket) venue.Rate) *big.Rat {
	sum, from := rat(0), rat(0)
	for _, b := range brackets {
		upto := rat(int64(b.Upto))
		if notional.Cmp(upto) < 0 {
			upto = notional
		}
		if part := new(big.Rat).Sub(upto, from); part.Sign() > 0 {
			sum.Add(sum, mul(part, ppm(pick(b))))
		}
		from = rat(int64(b.Upto))
	}
	return sum
}

// slowNeed is MAR-02 for a future, with its parts rounded up one by one.
func slowNeed(t venue.Instrument, q, interest venue.Qty, mark venue.Price, orders []ledger.Open) venue.Amount {
	tv := rat(int64(t.TickValue()))
	long, short := q, -q
	loss, value := rat(0), rat(0)
	for _, o := range orders {
		if o.ReduceOnly {
			continue
		}
		worse := int64(o.Price - mark)
		if o.Side == venue.Buy {
			long += o.Qty
		} else {
			short += o.Qty
			worse = -worse
		}
		loss.Add(loss, mul(rat(max(0, worse)), rat(int64(o.Qty)), tv))
		value.Add(value, mul(rat(int64(o.Price)), rat(int64(o.Qty)), tv))
	}
	notional := mul(rat(int64(max(0, long, short))), rat(int64(mark)), tv)
	return grownMargin(t, notional, interest) + up(loss) + up(mul(value, ppm(t.Taker)))
}

// grownMargin is MAR-03: of what the schedule leaves of the notional a share is
// needed as well.
func grownMargin(t venue.Instrument, notional *big.Rat, interest venue.Qty) venue.Amount {
	initial := exactly(t.Brackets, notional, func(b venue.Bracket) venue.Rate { return b.Initial })
	if s := t.Interest; s.High != 0 {
		part := big.NewRat(int64(min(max(interest, s.Low), s.High)-s.Low), int64(s.High-s.Low))
		initial.Add(initial, part.Mul(part, new(big.Rat).Sub(notional, initial)))
	}
	return up(initial)
}

// lotsOf returns the limits of the plain lots of each side, best price first.
func lotsOf(orders []ledger.Open) map[venue.Side][]venue.Price {
	lots := map[venue.Side][]venue.Price{}
	for _, o := range orders {
		for range o.Qty {
			if !o.ReduceOnly {
				lots[o.Side] = append(lots[o.Side], o.Price)
			}
		}
	}
	slices.Sort(lots[venue.Sell])
	slices.Sort(lots[venue.Buy])
	slices.Reverse(lots[venue.Buy])
	return lots
}

// slowReach is the most that an account can have less beyond what is locked after
// any number of buys and any number of sells have filled. In which order they do
// makes no difference: the cash is less by what was bought, more by what was sold,
// and a short lot locks the cap.
func slowReach(t venue.Instrument, q venue.Qty, orders []ledger.Open) (most venue.Amount) {
	lots := lotsOf(orders)
	bought := venue.Price(0)
	for b := range len(lots[venue.Buy]) + 1 {
		spent := bought
		for s := range len(lots[venue.Sell]) + 1 {
			short := max(0, -q-venue.Qty(b)+venue.Qty(s)) - max(0, -q)
			most = max(most, (venue.Amount(spent)+venue.Amount(short)*venue.Amount(t.High))*t.TickValue())
			if s < len(lots[venue.Sell]) {
				spent -= lots[venue.Sell][s]
			}
		}
		if b < len(lots[venue.Buy]) {
			bought += lots[venue.Buy][b]
		}
	}
	return most
}

// slowPaid is MAR-08: lot by lot, best price first, what the orders of the dearer
// side can lock, and the fees of all of them.
func slowPaid(t venue.Instrument, q venue.Qty, orders []ledger.Open) venue.Amount {
	lots := lotsOf(orders)
	value, n := rat(0), venue.Amount(0)
	for _, o := range orders {
		for range o.Qty {
			if !o.ReduceOnly {
				value.Add(value, mul(rat(int64(o.Price)), rat(int64(t.TickValue()))))
				n++
			}
		}
	}
	need := venue.Amount(0)
	for side, list := range lots {
		sum := venue.Amount(0)
		for k, p := range list {
			switch {
			case k < int(-q*side.Sign()): // It closes.
			case side == venue.Buy:
				sum += venue.Amount(p) * t.TickValue()
			default:
				sum += venue.Amount(t.High-p) * t.TickValue()
			}
		}
		need = max(need, sum)
	}
	return need + up(mul(value, ppm(t.Taker))) + n
}

func slowHold(t venue.Instrument, orders []ledger.Open) venue.Amount {
	value, lots := rat(0), int64(0)
	for _, o := range orders {
		if o.Side == venue.Buy {
			value.Add(value, mul(rat(int64(o.Price)), rat(int64(o.Qty)), rat(int64(t.TickValue()))))
			lots += int64(o.Qty)
		}
	}
	hold := up(value) + up(mul(value, ppm(t.Taker)))
	if t.Taker > 0 {
		hold += venue.Amount(lots)
	}
	return hold
}

// slowTotals are of an account; the equity is without its collateral.
type slowTotals struct {
	equity, needs, held, losses, cash, maintenance, collateral venue.Amount
	committed                                                  venue.Amount // By orders in capped futures.
}

// slow sums an account with extra as a further open order of instrument i. Its
// cash is without what capped futures lock.
func (w *world) slow(a venue.AccountID, i venue.InstrumentID, extra ...ledger.Open) slowTotals {
	cash, _ := w.l.Balance(a, venue.USD)
	s := slowTotals{cash: cash, equity: cash, collateral: w.slowPledged(a, 0, 0)}
	for _, t := range testTerms() {
		var orders []ledger.Open
		var q venue.Qty
		var cost venue.Amount
		if h, ok := w.l.Find(a, t.ID); ok {
			orders = append(orders, w.orders[h]...)
			q, cost = w.l.Holding(h).Qty, w.l.Holding(h).Cost
		}
		if t.ID == i {
			orders = append(orders, extra...)
		}
		if t.Kind == venue.Spot {
			s.held += slowHold(t, orders)
			continue
		}
		if t.Kind == venue.Capped {
			locked := slowLocked(t, q, cost)
			s.cash -= locked
			s.equity -= locked
			s.committed += slowReach(t, q, orders)
			s.needs += slowPaid(t, q, orders)
			continue
		}
		mark := w.marks[t.ID].Price
		u := venue.Amount(q)*venue.Amount(mark)*t.TickValue() - cost
		s.equity += u
		s.losses += min(0, u)
		s.needs += slowNeed(t, q, w.interest(t.ID), mark, orders)
		notional := mul(rat(int64(max(q, -q))), rat(int64(mark)), rat(int64(t.TickValue())))
		s.maintenance += bracketed(t.Brackets, notional, func(b venue.Bracket) venue.Rate { return b.Maintenance })
	}
	return s
}

func slowLocked(t venue.Instrument, q venue.Qty, cost venue.Amount) venue.Amount {
	if q < 0 {
		return cost - venue.Amount(q)*venue.Amount(t.High)*t.TickValue()
	}
	return cost
}

// interest is the open interest, account by account.
func (w *world) interest(i venue.InstrumentID) (sum venue.Qty) {
	for h := venue.HoldingID(1); h <= w.l.Holdings(); h++ {
		if x := w.l.Holding(h); x.Instrument == i {
			sum += max(0, x.Qty)
		}
	}
	return sum
}

// slowWithin is MAR-12: all accounts are of one owner.
func (w *world) slowWithin(a venue.AccountID, i venue.InstrumentID, o ledger.Open) bool {
	limit := testTerms()[i-1].MaxPosition
	var all, own, before venue.Qty
	for b := alice; b < w.l.NextAccount(); b++ {
		reach := venue.Qty(0)
		if h, ok := w.l.Find(b, i); ok {
			reach = w.l.Holding(h).Qty * o.Side.Sign()
			for _, x := range w.orders[h] {
				if x.Side == o.Side && !x.ReduceOnly {
					reach += x.Qty
				}
			}
		}
		if b == a {
			before = max(0, reach)
			own = max(0, reach+o.Qty)
			reach += o.Qty
		}
		all += max(0, reach)
	}
	return limit == 0 || all <= limit || own == before
}

// slowAccepts is what Check says of a new order for a future or a spot buy.
func (w *world) slowAccepts(a venue.AccountID, i venue.InstrumentID, o ledger.Open) bool {
	if !w.slowWithin(a, i, o) {
		return false
	}
	with := w.slow(a, i, o)
	kind := testTerms()[i-1].Kind
	if kind == venue.Spot {
		return with.cash-with.held >= 0 && with.cash+with.losses-with.needs-with.held >= 0
	}
	if kind == venue.Capped {
		now := w.slow(a, i)
		if added := with.needs - now.needs; added <= max(0, now.cash+now.losses-now.needs-now.held) {
			return true
		}
	} else if with.equity+with.collateral-with.held >= with.needs {
		return true
	}
	h, ok := w.l.Find(a, i)
	if !ok {
		return false
	}
	q, same := w.l.Holding(h).Qty, o.Qty
	for _, x := range w.orders[h] {
		if x.Side == o.Side {
			same += x.Qty
		}
	}
	closes := q > 0 && o.Side == venue.Sell || q < 0 && o.Side == venue.Buy
	return closes && same <= max(q, -q) && (testTerms()[i-1].Kind == venue.Capped || w.slowBears(a, i, q, o))
}

// slowBears says whether closing the whole position at the limit of an order, each lot
// for itself, costs no more than the position's share of the equity (MAR-15).
func (w *world) slowBears(a venue.AccountID, i venue.InstrumentID, q venue.Qty, o ledger.Open) bool {
	s, t := w.slow(a, 0), testTerms()[i-1]
	size, tv := rat(int64(max(q, -q))), rat(int64(t.TickValue()))
	marked := mul(size, rat(int64(w.marks[i].Price)), tv)
	margin := bracketed(t.Brackets, marked, func(b venue.Bracket) venue.Rate { return b.Maintenance })
	share := rat(int64(s.equity + s.collateral))
	if t.Taker > 0 {
		share.Sub(share, size)
	}
	share.Mul(share, big.NewRat(int64(margin), int64(s.maintenance)))
	worth := mul(size, rat(int64(o.Price)), tv)
	loss := new(big.Rat).Sub(marked, worth)
	if q < 0 {
		loss.Neg(loss)
	}
	loss.Add(loss, mul(worth, ppm(t.Taker)))
	return loss.Cmp(share) <= 0
}

func (w *world) compare(t *rapid.T) {
	for a := alice; a < w.l.NextAccount(); a++ {
		s := w.slow(a, 0)
		if got, want := w.r.Free(a, w.marks), s.equity+s.collateral-s.held-s.needs; got != want {
			t.Fatalf("account %d: free %d, want %d", a, got, want)
		}
		if got, want := w.r.Withdrawable(a, venue.USD, w.marks), max(0, min(s.cash-s.held, s.cash+s.losses-s.needs-s.held)); got != want {
			t.Fatalf("account %d: withdrawable %d, want %d", a, got, want)
		}
		want := Status{
			Cash: s.cash, Held: s.held, Unrealised: s.equity - s.cash, Initial: s.needs, Maintenance: s.maintenance,
			Collateral: s.collateral, Committed: s.committed,
		}
		if got := w.r.Status(a, w.marks); got != want {
			t.Fatalf("account %d: status %+v, want %+v", a, got, want)
		}
	}
	for h := venue.HoldingID(1); h <= w.l.Holdings(); h++ {
		x := w.l.Holding(h)
		terms := testTerms()[x.Instrument-1]
		want := slowHold(terms, w.orders[h])
		switch x.Kind {
		case venue.Future:
			want = slowNeed(terms, x.Qty, w.interest(x.Instrument), w.marks[x.Instrument].Price, w.orders[h])
		case venue.Capped:
			want = slowPaid(terms, x.Qty, w.orders[h]) + slowLocked(terms, x.Qty, x.Cost)
		case venue.Spot, venue.Perpetual:
		}
		if got := w.r.Refresh(h, w.marks); got != want {
			t.Fatalf("holding %+v with %+v needs %d, want %d", *x, w.orders[h], got, want)
		}
	}
	if !w.l.Conserved() {
		t.Fatal("the books do not balance")
	}
}

// Random orders, fills, cancels, trades, marks and collateral. Decisions, needs and
// what is free are those of the twin after every step, cached or not.
//
// rules: MAR-04
func TestAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(3)
		for i := future; i <= third; i++ {
			w.mark(i, 200)
		}
		w.mark(capped, 200)
		w.mark(grown, 200)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			w.step(t)
			if rapid.Bool().Draw(t, "compare") { // Not always, so that caches get old.
				w.compare(t)
			}
		}
		w.compare(t)
	})
}

func (w *world) step(t *rapid.T) {
	a := alice + venue.AccountID(rapid.IntRange(0, 2).Draw(t, "account"))
	i := venue.InstrumentID(rapid.IntRange(1, 7).Draw(t, "instrument"))
	kind := testTerms()[i-1].Kind
	op := rapid.IntRange(0, 11).Draw(t, "op")
	switch {
	case op >= 10:
		w.stepPledge(t, a)
	case op == 0:
		w.l.Deposit(a, venue.USD, venue.Amount(rapid.IntRange(1, 1_000_000_000).Draw(t, "amount")))
		w.l.Deposit(a, window, 3)
	case op <= 2 && kind != venue.Spot:
		w.mark(i, venue.Price(rapid.IntRange(1, 400).Draw(t, "mark")))
	case op == 3 && kind != venue.Spot:
		q := venue.Qty(rapid.IntRange(-9, 9).Draw(t, "trade"))
		if h, ok := w.l.Find(a, i); ok && rapid.Bool().Draw(t, "flatten") {
			q = -w.l.Holding(h).Qty
		}
		if q != 0 && a != bob {
			w.position(a, i, venue.Price(rapid.IntRange(150, 250).Draw(t, "price")), q)
			if w.r.SetInterest(i, w.l.Interest(i)) { // As the engine does at the end of an envelope.
				w.mark(i, w.marks[i].Price)
			}
		}
	case op <= 5:
		h, ok := w.l.Find(a, i)
		if ok && len(w.orders[h]) > 0 {
			k := rapid.IntRange(0, len(w.orders[h])-1).Draw(t, "order")
			w.close(h, k, venue.Qty(rapid.IntRange(1, int(w.orders[h][k].Qty)).Draw(t, "qty")))
		}
	default:
		w.stepPlace(t, a, i, kind)
	}
}

func (w *world) stepPlace(t *rapid.T, a venue.AccountID, i venue.InstrumentID, kind venue.Kind) {
	if w.l.Account(a).Orders == 30 {
		return
	}
	o := ledger.Open{
		Side:  venue.Side(rapid.IntRange(1, 2).Draw(t, "side")),
		Price: venue.Price(rapid.IntRange(1, 400).Draw(t, "limit")),
		Qty:   venue.Qty(rapid.IntRange(1, 20).Draw(t, "qty")),
	}
	o.ReduceOnly = kind != venue.Spot && rapid.IntRange(0, 4).Draw(t, "reduce") == 0
	plain := !o.ReduceOnly && (kind != venue.Spot || o.Side == venue.Buy)
	want := plain && w.slowAccepts(a, i, o)
	_, why := w.place(a, i, o)
	if plain && why.Refused() == want {
		t.Fatalf("order %+v of account %d in %d: %+v, want accepted %v", o, a, i, why, want)
	}
}
