package engine

import (
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// taker is the incoming order while its result is written down.
type taker struct {
	id         venue.OrderID
	holding    venue.HoldingID
	account    venue.AccountID
	side       venue.Side
	price      venue.Price
	reduceOnly bool
	leaves     venue.Qty
}

// match lets an opened order meet its book and writes down what came of it.
func (e *Engine) match(id venue.OrderID, o *matching.Order) {
	e.matched.Reset()
	e.meet(id, o)
}

// meet is match for an order that has just left its level: what e.matched says
// of that level is told together with the rest.
func (e *Engine) meet(id venue.OrderID, o *matching.Order) {
	t := taker{
		id: id, holding: o.Holding, account: e.ledger.Holding(o.Holding).Account, side: o.Side, price: o.Price,
		reduceOnly: o.Flags.Has(venue.ReduceOnly), leaves: o.Qty,
	}
	e.watch.touch(o.Holding)
	m := &e.matched
	market := e.markets.Get(o.Instrument)
	if e.suspect(market, o.Side) {
		e.expelBefore(o)
	}
	if market.Guarded && e.detain(id, o, market) {
		return
	}
	e.books.Match(id, m)
	for i := range m.Fills {
		e.fill(market, &t, &m.Fills[i])
	}
	if market.Guarded {
		e.window(o.Instrument, m.Fills)
	}
	if n := len(m.Fills); n > 0 {
		e.markets.SetLast(o.Instrument, m.Fills[n-1].Price)
	}
	e.cuts(m)
	e.end(&t, m)
	e.levels(m)
	if len(e.quoting.hits) > 0 {
		e.withdrawQuotes()
	}
}

// fill writes down one fill. The maker's price is the price of the trade.
func (e *Engine) fill(market *markets.Market, t *taker, f *matching.Fill) {
	e.varyFirst(f.Holding)
	e.varyFirst(t.holding)
	by := markets.Parties{Maker: e.ledger.Holding(f.Holding).Account, Taker: t.account}
	makerFee, takerFee := e.fees.Charge(market, by, f.Price, f.Qty, e.now)
	e.payFirst(f.Holding)
	e.payFirst(t.holding)
	if e.liq.closing { // What a liquidation pays goes to the insurance fund alone.
		makerFee, takerFee = max(0, makerFee), 0
	}
	made := ledger.Open{Side: t.side.Opposite(), ReduceOnly: f.MakerFlags.Has(venue.ReduceOnly), Price: f.Price, Qty: f.Qty}
	e.risk.Release(f.Holding, e.marks(), made, f.MakerLeaves == 0)
	e.release(t, f.Qty)
	if market.Terms.Kind == venue.Capped {
		makerFee, takerFee = e.affordable(made, f.Holding, t.holding, makerFee, takerFee)
	}
	e.interestMoved(&market.Terms)
	e.ledger.Trade(f.Holding, t.side.Opposite(), f.Price, f.Qty, makerFee)
	e.ledger.Trade(t.holding, t.side, f.Price, f.Qty, takerFee)
	e.watch.traded(f.Holding)
	e.watch.traded(t.holding)

	e.trade++
	x := e.tape.Traded()
	x.Instrument, x.Trade, x.Price, x.Qty, x.TakerSide = market.Terms.ID, e.trade, f.Price, f.Qty, t.side
	x.Maker = venue.Fill{Account: by.Maker, Order: f.Maker, Leaves: f.MakerLeaves, Fee: makerFee}
	x.Taker = venue.Fill{Account: t.account, Order: t.id, Leaves: t.leaves, Fee: takerFee}
	if f.MakerFlags.Has(venue.Quote) {
		e.quoteFilled(f.Holding, f.Maker, made.Side.Sign()*f.Qty)
	}
}

// release takes lots of the incoming order out of what it holds.
func (e *Engine) release(t *taker, qty venue.Qty) {
	t.leaves -= qty
	o := ledger.Open{Side: t.side, ReduceOnly: t.reduceOnly, Price: t.price, Qty: qty}
	e.risk.Release(t.holding, e.marks(), o, t.leaves == 0)
	e.watch.touch(t.holding)
}

// cuts writes down resting orders that were made smaller or ended without a
// trade, and releases what they held.
func (e *Engine) cuts(m *matching.Matched) {
	for i := range m.Cuts {
		e.cut(&m.Cuts[i], venue.ClOrdID{})
	}
}

// cut writes down one order made smaller or ended, at the request of by if it
// is not zero.
func (e *Engine) cut(c *matching.Cut, by venue.ClOrdID) {
	account := e.ledger.Holding(c.Holding).Account
	o := ledger.Open{Side: c.Side, ReduceOnly: c.Flags.Has(venue.ReduceOnly), Price: c.Price, Qty: c.By}
	if c.Dormant {
		o = asleep
	}
	e.risk.Release(c.Holding, e.marks(), o, c.Leaves == 0)
	e.watch.touch(c.Holding)
	if c.Leaves > 0 {
		r := e.tape.OrderReduced()
		r.Account, r.Instrument, r.Order, r.By, r.Leaves, r.Reason = account, c.Instrument, c.Order, c.By, c.Leaves, c.Reason
		return
	}
	x := e.tape.OrderCanceled()
	x.Account, x.Instrument, x.Order, x.ClOrdID, x.Qty, x.Reason = account, c.Instrument, c.Order, by, c.By, c.Reason
}

// end writes down what became of the incoming order after its trades: what
// self-trade prevention took off it, and what will not rest.
func (e *Engine) end(t *taker, m *matching.Matched) {
	inst := e.ledger.Holding(t.holding).Instrument
	if m.Prevented > 0 {
		e.release(t, m.Prevented)
		if t.leaves == 0 {
			e.canceled(t, inst, m.Prevented, venue.SelfTradePrevented)
			return
		}
		r := e.tape.OrderReduced()
		r.Account, r.Instrument, r.Order = t.account, inst, t.id
		r.By, r.Leaves, r.Reason = m.Prevented, t.leaves, venue.SelfTradePrevented
	}
	if left := t.leaves; m.End != venue.OK && left > 0 {
		e.release(t, left)
		e.canceled(t, inst, left, m.End)
	}
}

func (e *Engine) canceled(t *taker, inst venue.InstrumentID, qty venue.Qty, why venue.Reason) {
	x := e.tape.OrderCanceled()
	x.Account, x.Instrument, x.Order, x.Qty, x.Reason = t.account, inst, t.id, qty, why
}

// levels tells what the touched price levels show now.
func (e *Engine) levels(m *matching.Matched) {
	if e.markets.Collecting() > 0 {
		e.noteLevels(m.Levels)
	}
	e.tellLevels(m.Levels)
}

func (e *Engine) tellLevels(levels []matching.Level) {
	for i := range levels {
		l := &levels[i]
		x := e.tape.LevelChanged()
		x.Instrument, x.Side, x.Price, x.Qty, x.Orders = l.Instrument, l.Side, l.Price, l.Qty, l.Orders
	}
}

// cancelLive ends a live order and returns whether there was one. by is the request
// that asked for it, zero when nobody did.
func (e *Engine) cancelLive(id venue.OrderID, why venue.Reason, by venue.ClOrdID) bool {
	m := &e.matched
	m.Reset()
	if !e.books.Cancel(id, why, m) {
		return false
	}
	e.cut(&m.Cuts[0], by)
	e.levels(m)
	return true
}
