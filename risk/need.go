package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// sums are the plain open orders of a holding: lots, limit ticks, open loss.
type sums struct {
	buyQty, sellQty     venue.Qty
	buyTicks, sellTicks int64
	openLoss            venue.Amount
}

func sumsOf(x *ledger.Holding) sums {
	return sums{x.BuyQty, x.SellQty, x.BuyTicks, x.SellTicks, x.OpenLoss}
}

// add counts sign times an order at the mark; reduce-only orders do not count.
func (s *sums) add(o ledger.Open, sign venue.Qty, mark venue.Price, t *terms) {
	if o.ReduceOnly {
		return
	}
	q := sign * o.Qty
	s.openLoss += venue.Amount(sign) * loss(o, mark, t.tickValue)
	if o.Side == venue.Buy {
		s.buyQty += q
		s.buyTicks += int64(o.Price) * int64(q)
		return
	}
	s.sellQty += q
	s.sellTicks += int64(o.Price) * int64(q)
}

// worst returns the larger of the position after all buys and after all sells.
func (s *sums) worst(qty venue.Qty) venue.Qty {
	return max(0, qty+s.buyQty, -qty+s.sellQty)
}

// need is the initial margin of a future with a position and open orders
// (MAR-02). It is the one place that says what a holding requires.
func (t *terms) need(qty venue.Qty, s *sums, mark venue.Price) venue.Amount {
	notional := venue.Amount(s.worst(qty)) * venue.Amount(mark) * t.tickValue
	fees := ledger.Charge(venue.Amount(s.buyTicks+s.sellTicks)*t.tickValue, t.taker)
	return t.initial.of(notional) + s.openLoss + fees
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
	if x.MarkVersion != m.Version {
		x.OpenLoss = r.openLoss(h, x, t, m.Price)
		x.MarkVersion = m.Version
	}
	s := sumsOf(x)
	need := t.need(x.Qty, &s, m.Price)
	unrealised := venue.Amount(x.Qty)*venue.Amount(m.Price)*t.tickValue - x.Cost
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
func (r *Risk) openLoss(h venue.HoldingID, x *ledger.Holding, t *terms, mark venue.Price) venue.Amount {
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
