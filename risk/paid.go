package risk

import (
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// A capped future in the books of an account (MAR-08):
//
//	position   Locked, a part of Held (ledger): no equity, no maintenance margin,
//	           no unrealised result
//	orders     a part of Needs, from their acceptance to their end
//
// What an order needs is what it can lock, so that a fill moves money from Needs
// to Held. It can need more for a moment than was set aside, never lock more: a
// position that orders of one side opened counts in full until those of the
// other side close it.

// orderList gathers the open orders of a holding, in memory that is kept.
type orderList struct {
	visit  func(ledger.Open) bool
	orders []ledger.Open
}

func (l *orderList) add(o ledger.Open) bool {
	l.orders = append(l.orders, o)
	return true
}

// openOf returns the open orders of a holding, to be used at once.
func (r *Risk) openOf(h venue.HoldingID) []ledger.Open {
	l := &r.list
	l.orders = l.orders[:0]
	if h != 0 {
		r.orders.Each(h, l.visit)
	}
	return l.orders
}

// Paid returns what the plain open orders in a capped future need, what they can
// lock and the fees of all of them, and of that what they can lock. It sorts the
// orders, of which e is the extent.
func (t *Terms) Paid(qty venue.Qty, e Extent, open []ledger.Open) (need, reach venue.Amount) {
	c := Capped{Cap: t.cap, TickValue: t.tickValue}
	fees := t.BuyHold(e.ticks, e.buyQty+e.sellQty) - venue.Amount(e.ticks)*t.tickValue
	return c.Orders(qty, open) + fees, c.Reach(qty, open)
}

// Locked returns what a position in a capped future locks.
func (t *Terms) Locked(qty venue.Qty, cost venue.Amount) venue.Amount {
	c := Capped{Cap: t.cap, TickValue: t.tickValue}
	return c.Position(qty, cost)
}

// refreshCapped is refresh for a capped future. Marks do not matter to it.
func (r *Risk) refreshCapped(a *ledger.Account, h venue.HoldingID, x *ledger.Holding, m venue.Mark) {
	x.MarkVersion = m.Version
	if !x.Stale {
		return
	}
	x.Stale = false
	a.Stale--
	need := venue.Amount(0)
	x.OpenLoss = 0
	if x.BuyQty|x.SellQty != 0 {
		need, x.OpenLoss = r.terms[x.Instrument].Paid(x.Qty, extentOf(x), r.openOf(h))
	}
	a.Needs += need - x.Need
	x.Need = need
}

// checkCapped is checkFuture for a capped future: the order needs money that is
// free without unrealised profit, unless it only closes.
func (r *Risk) checkCapped(h venue.HoldingID, x *ledger.Holding, t *Terms, marks []venue.Mark, o *Order) (Need, venue.Refusal) {
	a := r.ledger.Account(o.Account)
	r.upToDate(a, marks)
	mark := marks[o.Instrument].Price
	e := extentOf(x).without(o.Old, mark, t.tickValue).With(o.Open, mark, t.tickValue)
	if room := t.room(x.Qty, e, o.Open.Side); room < 0 {
		return Need{}, tooLarge(o.Open.Qty + room)
	}
	open := append(r.openOf(h), o.Open)
	r.list.orders = open
	if o.Old.Qty != 0 {
		open = without(open, o.Old)
	}
	need := Need{Open: o.Open}
	need.Amount, _ = t.Paid(x.Qty, e, open)
	left := max(0, spendable(a))
	covered := need.Amount-x.Need <= left || Accepts(o.Open.Qty, r.reducible(x, o), false, false) > 0
	if smaller := o.Open.Qty <= o.Old.Qty && need.Amount <= x.Need; !covered && !smaller {
		return Need{}, venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldAmount, Limit: int64(left)}
	}
	return need, venue.Refusal{}
}

// without takes one order away that is like old.
func without(open []ledger.Open, old ledger.Open) []ledger.Open {
	for i := range open {
		if open[i] == old {
			open[i].Qty = 0
			break
		}
	}
	return open
}

// Fees returns what a party pays of a fee for a trade of a holding in a capped
// future: no more than its account then has beyond what is held, so that a
// position can always be closed, and no account comes to owe by one.
func (r *Risk) Fees(h venue.HoldingID, side venue.Side, price venue.Price, qty venue.Qty, fee venue.Amount) venue.Amount {
	return min(fee, max(0, r.ledger.Beyond(h, side, price, qty)))
}
