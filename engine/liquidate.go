package engine

import (
	"strconv"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// liquidate does one step for an account: its orders go first, then the position
// that frees the most margin per cost is reduced in the book by the least that
// restores the target (LIQ-02), and what the book does not take is taken over.
func (e *Engine) liquidate(a venue.AccountID) {
	l := &e.liq
	l.worked = true
	l.standing[a].queued = false
	if !e.risk.Fresh(a, e.marks()) {
		e.wait(a)
		return
	}
	st := e.risk.Status(a, e.marks())
	if !st.Liquidatable() {
		if st.Exposed() {
			e.uncommit(a)
		}
		e.settleDebt(a, &st)
		e.judge(a)
		return
	}
	e.cancelFor(a, 0)
	st = e.risk.Status(a, e.marks())
	h, ok := e.pick(a, &st)
	if !ok || !e.reduce(a, h, &st) {
		e.wait(a)
		return
	}
	e.judge(a)
}

// cancelFor ends the orders of an account, in one instrument or in all.
func (e *Engine) cancelFor(a venue.AccountID, i venue.InstrumentID) {
	all := venue.MassCancel{}
	for h := e.ledger.Account(a).First; h != 0; h = e.ledger.Holding(h).Next {
		if x := e.ledger.Holding(h); x.Orders > 0 && (i == 0 || x.Instrument == i) {
			e.cancelAll(h, &all, venue.CanceledByLiquidation)
		}
	}
}

// pick returns the position to reduce. One whose market does not trade has to
// wait for it; one in a capped future is never closed (MAR-08).
func (e *Engine) pick(a venue.AccountID, st *risk.Status) (best venue.HoldingID, ok bool) {
	var most risk.Relief
	for h := e.ledger.Account(a).Margined; h != 0; h = e.ledger.Holding(h).NextMargined {
		x := e.ledger.Holding(h)
		if x.Qty == 0 || x.Kind == venue.Capped || e.markets.Get(x.Instrument).Phase != venue.Continuous {
			continue
		}
		p := e.risk.Partial(h, st, e.marks())
		p.Exec, p.Fee = p.Mark, e.liq.terms.Fee
		if price, there := e.books.Best(x.Instrument, closingSide(x.Qty).Opposite()); there {
			p.Exec = price
		}
		if r := e.risk.Terms(x.Instrument).Relief(x.Instrument, &p); !ok || r.Before(most) {
			best, most, ok = h, r, true
		}
	}
	return best, ok
}

func closingSide(qty venue.Qty) venue.Side {
	if qty > 0 {
		return venue.Sell
	}
	return venue.Buy
}

// reduce closes a part of a position and says whether anything came of it.
func (e *Engine) reduce(a venue.AccountID, h venue.HoldingID, st *risk.Status) bool {
	i := e.ledger.Holding(h).Instrument
	stake := e.risk.Stake(h, st, e.marks())
	side := closingSide(stake.Qty)
	limit, lots := e.plan(a, h, st, &stake)
	if lots == 0 {
		return e.takeOver(a, h)
	}
	f, ok := e.closeOut(h, side, limit, lots)
	if !ok {
		return false // The book has no slot left for the order.
	}
	if f.lots > 0 {
		got := e.receipt(venue.RuleBankruptcy, a, i, stake.Inputs(int64(f.lots), int64(f.proceeds), int64(e.liq.terms.Fee)))
		e.settleWithFund(a, venue.Amount(got.At(1)))
	}
	if f.exhausted && e.ledger.Holding(h).Qty != 0 {
		return e.stillBelow(a) && e.takeOver(a, h) || f.lots > 0
	}
	return f.lots > 0
}

// stillBelow says whether an account is to be liquidated as it is now.
func (e *Engine) stillBelow(a venue.AccountID) bool {
	st := e.risk.Status(a, e.marks())
	return st.Liquidatable()
}

// plan returns how many lots to close in the book, and the limit. There are none
// when the book has nothing inside the limit. Where the limit is worse than the
// bankruptcy price the fund pays the difference, so that the lots are those that
// it can pay for; if it can for none, the limit is the bankruptcy price.
func (e *Engine) plan(a venue.AccountID, h venue.HoldingID, st *risk.Status, stake *risk.Stake) (venue.Price, venue.Qty) {
	i := e.ledger.Holding(h).Instrument
	limit := e.limitOf(a, i, stake, false)
	exec, ok := e.within(i, stake.Qty, limit)
	if !ok {
		return 0, 0
	}
	t := &e.liq.terms
	p := e.risk.Partial(h, st, e.marks())
	in := venue.PackInputs(int64(p.Qty), int64(p.Mark), int64(exec), int64(p.Equity), int64(p.Others), int64(t.Fee), int64(t.Target))
	got := e.receipt(venue.RulePartial, a, i, in)
	lots := min(venue.Qty(got.At(0)), venue.MaxQty)
	perLot := stake.PerLot(limit)
	if perLot == 0 {
		return limit, lots
	}
	if covered, _ := e.cover(a, i, lots, perLot); covered > 0 {
		return limit, covered
	}
	limit = e.limitOf(a, i, stake, true)
	if _, ok := e.within(i, stake.Qty, limit); !ok || stake.PerLot(limit) > 0 {
		return 0, 0
	}
	return limit, lots
}

func (e *Engine) limitOf(a venue.AccountID, i venue.InstrumentID, stake *risk.Stake, within bool) venue.Price {
	m, only := e.markets.Get(i), int64(0)
	if within {
		only = 1
	}
	got := e.receipt(venue.RuleLimit, a, i, stake.Inputs(int64(e.liq.terms.Spread), int64(m.Lower), int64(m.Upper), only))
	return venue.Price(got.At(0))
}

// within returns the best price at which a position can be closed, and whether it
// is inside the limit.
func (e *Engine) within(i venue.InstrumentID, qty venue.Qty, limit venue.Price) (venue.Price, bool) {
	side := closingSide(qty)
	best, ok := e.books.Best(i, side.Opposite())
	return best, ok && e.books.WouldTake(i, side, limit)
}

// closed is what an order of a liquidation did.
type closed struct {
	lots venue.Qty
	// proceeds are negative when the order bought.
	proceeds venue.Amount
	// exhausted says that the book had nothing more inside the limit.
	exhausted bool
}

// closeOut sends an order of the account itself into the book: immediate or
// cancel, reduce-only, without a fee. False says that there is no room for it.
func (e *Engine) closeOut(h venue.HoldingID, side venue.Side, limit venue.Price, lots venue.Qty) (closed, bool) {
	x := e.ledger.Holding(h)
	o := matching.Order{
		Instrument: x.Instrument, Holding: h, Owner: e.ledger.Owner(x.Account), Side: side, Type: venue.Limit,
		TIF: venue.IOC, STP: venue.CancelMaker, Flags: venue.ReduceOnly, Price: limit, Qty: lots,
	}
	id, ok := e.books.Add(&o)
	if !ok {
		return closed{}, false
	}
	w := e.tape.OrderAccepted()
	w.Account, w.Instrument, w.Order, w.ClOrdID = x.Account, x.Instrument, id, liquidationID(e.liq.receipts)
	w.Side, w.Type, w.TIF, w.STP, w.Flags, w.Price, w.Qty = side, o.Type, o.TIF, o.STP, o.Flags, limit, lots
	e.risk.Reserve(h, e.marks(), openOf(&o))
	e.liq.closing = true
	e.match(id, &o)
	e.liq.closing = false
	f := closed{exhausted: e.matched.End == venue.IOCRemainder || e.matched.End == venue.PriceMoved}
	value := e.markets.Get(o.Instrument).TickValue
	for i := range e.matched.Fills {
		fill := &e.matched.Fills[i]
		f.lots += fill.Qty
		f.proceeds -= venue.Amount(fill.Price) * venue.Amount(fill.Qty) * value * venue.Amount(side.Sign())
	}
	e.elect(o.Instrument)
	return f, true
}

// liquidationID names an order of a liquidation by the receipt that it came from.
func liquidationID(receipt uint64) (id venue.ClOrdID) {
	strconv.AppendUint(append(id[:0], "LIQ-"...), receipt%10_000_000_000_000_000, 10)
	return id
}
