package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// Extent is what the plain open orders of a holding come to: lots of each side,
// the sum of limit ticks times lots of both, and the open loss. Four fields, so
// that it is passed in registers.
type Extent struct {
	buyQty, sellQty venue.Qty
	ticks           int64
	openLoss        venue.Amount
}

func extentOf(x *ledger.Holding) Extent {
	return Extent{x.BuyQty, x.SellQty, x.BuyTicks + x.SellTicks, x.OpenLoss}
}

// With adds an order at the mark; a negative quantity takes it away, and
// reduce-only orders do not count (MAR-02).
func (e Extent) With(o ledger.Open, mark venue.Price, tickValue venue.Amount) Extent {
	if o.ReduceOnly {
		return e
	}
	e.openLoss += loss(o, mark, tickValue)
	e.ticks += int64(o.Price) * int64(o.Qty)
	if o.Side == venue.Buy {
		e.buyQty += o.Qty
	} else {
		e.sellQty += o.Qty
	}
	return e
}

// without takes an order away.
func (e Extent) without(o ledger.Open, mark venue.Price, tickValue venue.Amount) Extent {
	o.Qty = -o.Qty
	return e.With(o, mark, tickValue)
}

// Requirement is the initial margin of a future by its parts, in micro-dollars
// but for the lots of both sides.
type Requirement struct {
	// Long and Short are the positions after all buys or all sells, as lots, at
	// least 0.
	Long, Short venue.Qty
	// Base is the bracketed margin of the larger one.
	Base venue.Amount
	// OpenLoss is what filling all orders at their limits would lose.
	OpenLoss venue.Amount
	// Fees is what the orders would pay as takers.
	Fees venue.Amount
}

// Total is the initial margin.
func (q *Requirement) Total() venue.Amount { return q.Base + q.OpenLoss + q.Fees }

// Requirement returns the initial margin of a position and open orders at a mark
// by its parts (MAR-02). The caller sees to it that notionals and sums stay
// within MaxAmount.
func (t *Terms) Requirement(qty venue.Qty, e Extent, mark venue.Price) Requirement {
	long, short := e.worst(qty)
	return Requirement{Long: long, Short: short, Base: t.bracketed(long, short, mark), OpenLoss: e.openLoss, Fees: t.fees(e)}
}

// need is the total of Requirement. It adds the parts up as they come: a struct
// of five fields would go through memory.
func (t *Terms) need(qty venue.Qty, e Extent, mark venue.Price) venue.Amount {
	long, short := e.worst(qty)
	return t.bracketed(long, short, mark) + e.openLoss + t.fees(e)
}

// worst returns the positions after all buys or all sells, as lots.
func (e Extent) worst(qty venue.Qty) (long, short venue.Qty) {
	return max(0, qty+e.buyQty), max(0, -qty+e.sellQty)
}

// bracketed is the initial margin of the larger side.
func (t *Terms) bracketed(long, short venue.Qty, mark venue.Price) venue.Amount {
	return t.Initial(venue.Amount(max(long, short)) * venue.Amount(mark) * t.tickValue)
}

// fees is what the orders would pay as takers.
func (t *Terms) fees(e Extent) venue.Amount {
	return ledger.Charge(venue.Amount(e.ticks)*t.tickValue, t.taker)
}

// loss is what a plain order would lose against the mark by filling at its
// limit.
func loss(o ledger.Open, mark venue.Price, tickValue venue.Amount) venue.Amount {
	worse := o.Price - mark
	if o.Side == venue.Sell {
		worse = -worse
	}
	if worse <= 0 || o.ReduceOnly {
		return 0
	}
	return venue.Amount(worse) * venue.Amount(o.Qty) * tickValue
}

// refresh brings the cached results of a margined future, and with them the sums
// of its account, in line with its position, its orders and the mark.
func (r *Risk) refresh(a *ledger.Account, h venue.HoldingID, x *ledger.Holding, m venue.Mark) {
	assert.That(m.Version != 0, "future held without a mark")
	t := &r.terms[x.Instrument]
	if t.kind == venue.Capped {
		r.refreshCapped(a, h, x, m)
		return
	}
	if x.MarkVersion != m.Version {
		x.OpenLoss = r.openLoss(h, x, t, m.Price)
		x.MarkVersion = m.Version
	}
	need := t.need(x.Qty, extentOf(x), m.Price)
	if m.Stale {
		need = t.Stale(need)
	}
	unrealised := t.Unrealised(x.Qty, x.Cost, m.Price)
	a.Needs += need - x.Need
	a.Unrealised += unrealised - x.Unrealised
	a.Losses += min(0, unrealised) - min(0, x.Unrealised)
	x.Need, x.Unrealised = need, unrealised
	if x.Stale {
		x.Stale = false
		a.Stale--
	}
}

// openLoss sums the losses of the open orders at a mark. It walks them only when
// the bounds of their limits leave room for one.
func (r *Risk) openLoss(h venue.HoldingID, x *ledger.Holding, t *Terms, mark venue.Price) venue.Amount {
	buys := x.BuyQty != 0 && venue.Price(x.HighBuy) > mark
	sells := x.SellQty != 0 && venue.Price(x.LowSell) < mark
	if !buys && !sells {
		return 0
	}
	w := &r.walk
	w.mark, w.tickValue, w.sum = mark, t.tickValue, 0
	w.high, w.low = -1<<31, 1<<31-1
	r.orders.Each(h, w.visit)
	x.HighBuy, x.LowSell = w.high, w.low
	return w.sum
}

// lossWalk accumulates over the orders of a holding.
type lossWalk struct {
	visit     func(ledger.Open) bool
	mark      venue.Price
	tickValue venue.Amount
	sum       venue.Amount
	high, low int32 // The exact bounds, found on the way.
}

func (w *lossWalk) add(o ledger.Open) bool {
	w.sum += loss(o, w.mark, w.tickValue)
	switch {
	case o.ReduceOnly:
	case o.Side == venue.Buy:
		w.high = max(w.high, int32(o.Price))
	default:
		w.low = min(w.low, int32(o.Price))
	}
	return true
}
