package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// Order is what Check has to know of an order.
type Order struct {
	// Account and Instrument exist; the account may trade.
	Account    venue.AccountID
	Instrument venue.InstrumentID
	// Open is side, effective limit (the bound of the band for a market order),
	// lots and whether it is reduce-only.
	Open ledger.Open
	// Old is the open rest of the order that this one replaces; its Qty is 0 for
	// a new order. It has the side and the reduce-only flag of Open.
	Old ledger.Open
	// Bounded says that no debt may come of an order that closes (MAR-15).
	Bounded bool
	// Market says that the order has no limit of its own: the bound that it has may
	// become tighter.
	Market bool
	// Elected says that it is a stop that wakes: a reduce-only one takes the place of
	// the reduce-only orders that rest, which are trimmed then (MAR-10).
	Elected bool
}

// Need is what an accepted order takes.
type Need struct {
	// Open is the order as it may be opened: a reduce-only order is clipped to
	// what there is to reduce, a market order bounded (MAR-15).
	Open ledger.Open
	// Amount is what the instrument needs with the order, in micro-dollars: the
	// initial margin of a future, what the orders for a capped one can lock, the
	// cash held by the buys of a spot instrument.
	Amount venue.Amount
}

// Check says whether the account has what the order could cost at worst, and
// changes nothing. h is the holding of the pair, 0 when Find found none.
//
// An order for a future is taken when the equity at the marks covers all needs
// of the account with the order added, or when it only closes: its side closes
// and all open orders of that side with it are at most the position (MAR-09).
// A reduce-only order is clipped to that. What is taken because it closes may,
// when bounded, not leave a debt (MAR-15). A replacement that is not larger is also
// taken when the instrument needs no more with it than before. A spot buy and an
// order for a capped future (MAR-08) need money that is free without unrealised
// profit, a spot sell free units of the base asset. The open interest is that in
// force before the order (MAR-03).
//
// Refusals: InsufficientMargin and InsufficientFunds (the limit is what is free:
// micro-dollars with FieldAmount, lots with FieldQty), BeyondBankruptcy (the limit is
// the worst price that is allowed), NothingToReduce, NoMark,
// NotionalTooLarge (the limit is how many lots fit MaxExposure), PositionLimit
// (the limit is that of the terms, MAR-12), TooManyOrders,
// TooManyInstrumentsOfAccount, MemoryExhausted.
func (r *Risk) Check(h venue.HoldingID, marks []venue.Mark, o *Order) (Need, venue.Refusal) {
	if why := r.room(h, o); why.Refused() {
		return Need{}, why
	}
	x := &r.none
	if h != 0 {
		x = r.ledger.Holding(h)
	}
	t := &r.terms[o.Instrument]
	if t.kind == venue.Spot {
		return r.checkSpot(x, t, marks, o)
	}
	if marks[o.Instrument].Version == 0 {
		return Need{}, venue.Refusal{Reason: venue.NoMark, Field: venue.FieldMark}
	}
	if o.Open.ReduceOnly {
		return r.checkReduce(h, x, marks, o)
	}
	if t.limit != 0 {
		if why := r.withinLimit(x, t.limit, o); why.Refused() {
			return Need{}, why
		}
	}
	if t.kind == venue.Capped {
		return r.checkCapped(h, x, t, marks, o)
	}
	return r.checkFuture(h, x, t, marks, o)
}

// room refuses an order for which there is no memory or that is one too many.
func (r *Risk) room(h venue.HoldingID, o *Order) venue.Refusal {
	if o.Old.Qty == 0 && r.ledger.Account(o.Account).Orders >= r.most {
		return venue.Refusal{Reason: venue.TooManyOrders, Field: venue.FieldAccount, Limit: int64(r.most)}
	}
	if h == 0 {
		return r.ledger.CanHold(o.Account, o.Instrument)
	}
	return venue.Refusal{}
}

func (r *Risk) checkFuture(h venue.HoldingID, x *ledger.Holding, t *Terms, marks []venue.Mark, o *Order) (Need, venue.Refusal) {
	a := r.ledger.Account(o.Account)
	r.upToDate(a, marks) // And with it x, if it has anything.
	mark := marks[o.Instrument].Price
	e := extentOf(x)
	if o.Old.Qty != 0 {
		e = e.without(o.Old, mark, t.tickValue)
	}
	e = e.With(o.Open, mark, t.tickValue)
	if room := t.room(x.Qty, e, o.Open.Side); room < 0 {
		return Need{}, tooLarge(o.Open.Qty + room)
	}
	need := Need{Open: o.Open, Amount: t.need(x.Qty, e, mark)}
	if marks[o.Instrument].Stale {
		need.Amount = t.Stale(need.Amount)
	}
	left := free(a) + r.pledged(o.Account)
	if need.Amount-x.Need <= left {
		return need, venue.Refusal{}
	}
	closes := Accepts(o.Open.Qty, r.reducible(x, o), false, false) > 0
	if smaller := o.Open.Qty <= o.Old.Qty && need.Amount <= x.Need; !closes && !smaller {
		return Need{}, venue.Refusal{Reason: venue.InsufficientMargin, Field: venue.FieldAmount, Limit: int64(left)}
	}
	return need, r.bound(h, x, marks, o, &need.Open)
}

// room is what MaxExposure leaves beyond the position after all orders of a side.
func (t *Terms) room(qty venue.Qty, e Extent, side venue.Side) venue.Qty {
	if side == venue.Buy {
		return t.maxQty - qty - e.buyQty
	}
	return t.maxQty + qty - e.sellQty
}

func tooLarge(most venue.Qty) venue.Refusal {
	return venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldQty, Limit: int64(most)}
}

// reducible is Reducible of a holding, without the order that o replaces, or all
// those that make room for it.
func (r *Risk) reducible(x *ledger.Holding, o *Order) venue.Qty {
	if o.Elected && o.Open.ReduceOnly {
		return Reducible(x.Qty, x.Plain(o.Open.Side), o.Open.Side)
	}
	return Reducible(x.Qty, x.Open(o.Open.Side)-o.Old.Qty, o.Open.Side)
}

// Reducible is how many lots of a side can fill without the position going
// through zero, whatever else is open on that side fills before; it is negative
// when the open orders alone could.
func Reducible(position, open venue.Qty, side venue.Side) venue.Qty {
	if side == venue.Buy {
		position = -position
	}
	return max(0, position) - open
}

// Accepts is how many of qty lots are taken of an order, 0 for none (MAR-09):
// of a reduce-only order what can be reduced, of any other order all or nothing,
// all when the account is covered or when the order can only reduce.
func Accepts(qty, reducible venue.Qty, reduceOnly, covered bool) venue.Qty {
	switch {
	case reduceOnly:
		return max(0, min(qty, reducible))
	case covered || qty <= reducible:
		return qty
	}
	return 0
}

func (r *Risk) checkReduce(h venue.HoldingID, x *ledger.Holding, marks []venue.Mark, o *Order) (Need, venue.Refusal) {
	need := Need{Open: o.Open}
	need.Open.Qty = Accepts(o.Open.Qty, r.reducible(x, o), true, true)
	if need.Open.Qty == 0 {
		return Need{}, venue.Refusal{Reason: venue.NothingToReduce, Field: venue.FieldQty}
	}
	need.Amount = r.Refresh(h, marks)
	return need, r.bound(h, x, marks, o, &need.Open)
}

func (r *Risk) checkSpot(x *ledger.Holding, t *Terms, marks []venue.Mark, o *Order) (Need, venue.Refusal) {
	assert.That(!o.Open.ReduceOnly, "reduce-only order in a spot instrument")
	if o.Open.Side == venue.Sell {
		_, total, held := r.ledger.Base(x)
		if x == &r.none { // The account may have some without ever having traded it.
			total, held = r.ledger.Balance(o.Account, t.base)
		}
		free := total - held + venue.Amount(o.Old.Qty)
		if venue.Amount(o.Open.Qty) > free {
			return Need{}, venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldQty, Limit: int64(free)}
		}
		return Need{Open: o.Open, Amount: x.Need}, venue.Refusal{}
	}
	qty := x.BuyQty - o.Old.Qty + o.Open.Qty
	ticks := x.BuyTicks - int64(o.Old.Price)*int64(o.Old.Qty) + int64(o.Open.Price)*int64(o.Open.Qty)
	if qty > t.maxQty {
		return Need{}, tooLarge(t.maxQty - qty + o.Open.Qty)
	}
	need := Need{Open: o.Open, Amount: r.ledger.BuyHold(o.Instrument, ticks, qty)}
	a := r.ledger.Account(o.Account)
	r.upToDate(a, marks)
	if left := max(0, spendable(a)); need.Amount-x.Need > left {
		return Need{}, venue.Refusal{Reason: venue.InsufficientFunds, Field: venue.FieldAmount, Limit: int64(left)}
	}
	return need, venue.Refusal{}
}

// Reserve opens what Check accepted: it counts the order in its holding, which
// exists by now, and sets aside what it needs.
func (r *Risk) Reserve(h venue.HoldingID, marks []venue.Mark, o ledger.Open) {
	x := r.ledger.Holding(h)
	m := &marks[x.Instrument]
	if x.BuyQty == 0 && x.SellQty == 0 {
		x.OpenLoss, x.MarkVersion = 0, m.Version // No order, no loss, at any mark.
	}
	version := r.adjust(x, m, o)
	r.ledger.Opened(h, o)
	x.MarkVersion = version
}

// Release takes lots of an open order out: filled, canceled or reduced, at the
// price with which they were reserved. done says that nothing of the order is
// left. For a fill it comes before the ledger's Trade.
func (r *Risk) Release(h venue.HoldingID, marks []venue.Mark, o ledger.Open, done bool) {
	x := r.ledger.Holding(h)
	less := o
	less.Qty = -o.Qty
	version := r.adjust(x, &marks[x.Instrument], less)
	r.ledger.Closed(h, o, done)
	x.MarkVersion = version
}

// adjust keeps OpenLoss exact for the mark it was computed at when an order comes
// or goes, and returns the version for which it is. At another mark it is
// computed anew when it is next read.
func (r *Risk) adjust(x *ledger.Holding, m *venue.Mark, o ledger.Open) uint32 {
	if x.Kind != venue.Future || x.MarkVersion != m.Version {
		return 0
	}
	x.OpenLoss += loss(o, m.Price, r.terms[x.Instrument].tickValue)
	return m.Version
}

// Refresh returns what the holding needs at the marks, in micro-dollars: the
// margin of a future, what the position in a capped one locks and its orders
// need, the cash held by the buys of a spot instrument.
func (r *Risk) Refresh(h venue.HoldingID, marks []venue.Mark) venue.Amount {
	x := r.ledger.Holding(h)
	if x.Kind != venue.Spot && !x.Idle() {
		if m := marks[x.Instrument]; x.Stale || x.MarkVersion != m.Version {
			r.refresh(r.ledger.Account(x.Account), h, x, m)
		}
	}
	if x.Kind == venue.Capped {
		return x.Need + r.ledger.LockedBy(x)
	}
	return x.Need
}

// Excess returns by how many lots the reduce-only orders of a side are larger
// than what they could reduce: what has to be trimmed after a trade or after a
// plain order of the side opened.
func (r *Risk) Excess(h venue.HoldingID, side venue.Side) venue.Qty {
	x := r.ledger.Holding(h)
	reduce := x.ReduceBuy
	if side == venue.Sell {
		reduce = x.ReduceSell
	}
	if reduce == 0 {
		return 0
	}
	return min(reduce, max(0, x.Open(side)-x.Closing(side)))
}
