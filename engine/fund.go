package engine

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// maxDepth is the number of price levels that count as available to a disposal.
const maxDepth = 16

// fund is what the insurance fund lost and may lose (LIQ-05), beside its account
// in the ledger.
type fund struct {
	draws draws
	// reserved is by instrument what takeovers set aside for the loss of closing:
	// it counts as drawn already. total is the sum.
	reserved []venue.Amount
	total    venue.Amount
	// after is when the next disposal is due; next is the instrument at which one
	// that was too much for one envelope goes on, 0 for none.
	after venue.Time
	next  venue.InstrumentID
}

// rollFund lets the window go on to the present, and notes the balance.
func (e *Engine) rollFund() {
	d := &e.liq.fund.draws
	if e.liq.on() {
		d.roll(e.now, e.liq.terms.Window)
	}
	d.saw(e.ledger.Account(venue.Insurance).Cash)
}

// freeOfFund is what the fund has that takeovers did not set aside.
func (e *Engine) freeOfFund() venue.Amount {
	return max(0, e.ledger.Account(venue.Insurance).Cash-e.liq.fund.total)
}

// cover returns how many lots the fund can take at a loss of perLot each, and what
// that costs it.
func (e *Engine) cover(a venue.AccountID, i venue.InstrumentID, lots venue.Qty, perLot venue.Amount) (venue.Qty, venue.Amount) {
	e.rollFund()
	drawn, most := e.liq.fund.draws.sum()
	got := e.receipt(venue.RuleDrawCap, a, i, venue.PackInputs(
		int64(e.freeOfFund()), int64(most), int64(drawn), int64(e.liq.terms.Cap), int64(lots), int64(perLot)))
	return venue.Qty(got.At(0)), venue.Amount(got.At(1))
}

// settleWithFund moves what the fund receives of a closing, or pays for it.
func (e *Engine) settleWithFund(a venue.AccountID, delta venue.Amount) {
	if delta == 0 {
		return
	}
	e.rollFund()
	if delta > 0 {
		e.ledger.Pay(a, venue.Insurance, delta)
	} else {
		e.ledger.Pay(venue.Insurance, a, -delta)
		e.liq.fund.draws.add(-delta)
	}
	e.rollFund()
	e.watch.money(a)
	e.watch.money(venue.Insurance)
}

// settleDebt pays what an account without positions owes: from its collateral
// first (MAR-13), then as far as the fund can. When the fund has nothing left, or
// left a part unpaid for a whole window, the gains of others pay (LIQ-06); till
// then the rest is asked for again after a step.
func (e *Engine) settleDebt(a venue.AccountID, st *risk.Status) {
	owed := st.Owed()
	if owed == 0 {
		return
	}
	if st.Equity() < 0 || st.Held+st.Committed > 0 { // Collateral buys nothing that is paid in full.
		e.cancelFor(a, 0)
	}
	if owed -= e.seize(a, owed); owed == 0 {
		return
	}
	covered, pays := e.cover(a, 0, venue.Qty(owed), 1)
	if covered > 0 {
		e.settleWithFund(a, -pays)
		e.debtPaid(a, venue.Insurance, pays)
	}
	if st := e.risk.Status(a, e.marks()); st.Equity() >= 0 {
		return
	}
	e.owe(a, true)
	if e.liq.since[a] == 0 {
		e.liq.since[a] = e.now
	}
	if !e.askGains(a) {
		e.wait(a)
	}
}

// takeOver moves a position to the fund at its bankruptcy price, as far as the
// fund can bear what closing it at the end of the band would lose (LIQ-03,
// LIQ-05). The rest is closed against the other side of the market. It says
// whether anything came of it.
func (e *Engine) takeOver(a venue.AccountID, h venue.HoldingID) bool {
	st := e.risk.Status(a, e.marks())
	stake := e.risk.Stake(h, &st, e.marks())
	x := e.ledger.Holding(h)
	i, sign := x.Instrument, -closingSide(x.Qty).Sign()
	perLot := stake.PerLot(e.markets.Get(i).Bound(closingSide(x.Qty)))
	lots := min(x.Qty*sign, e.roomOfFund(i, sign))
	covered, pays := venue.Qty(0), venue.Amount(0)
	if lots > 0 {
		covered, pays = e.cover(a, i, lots, perLot)
	}
	if covered == 0 {
		return e.startDeleveraging(a, h)
	}
	to, ok := e.ledger.Hold(venue.Insurance, i)
	if !ok {
		return e.startDeleveraging(a, h)
	}
	e.become(a, venue.StateTakeover, &st)
	value := int64(stake.BankruptcyValue(covered))
	got := e.receipt(venue.RuleBankruptcy, a, i, stake.Inputs(int64(covered), value, int64(e.liq.terms.Fee)))
	f := &e.liq.fund
	f.draws.add(pays)
	f.reserved[i] += pays
	f.total += pays
	e.moveLots(h, to, sign*covered, venue.Amount(got.At(0)))
	f.after = max(f.after, e.now+e.liq.terms.Step)
	return true
}

// roomOfFund is how many lots of a sign the fund can still take.
func (e *Engine) roomOfFund(i venue.InstrumentID, sign venue.Qty) venue.Qty {
	room := e.ledger.MaxQty(i)
	if h, ok := e.ledger.Find(venue.Insurance, i); ok {
		return room - sign*e.ledger.Holding(h).Qty
	}
	if e.ledger.CanHold(venue.Insurance, i).Refused() {
		return 0
	}
	return room
}

// moveLots moves lots between two holdings and tells.
func (e *Engine) moveLots(from, to venue.HoldingID, qty venue.Qty, value venue.Amount) {
	e.payFirst(from)
	e.payFirst(to)
	e.varyFirst(from)
	e.varyFirst(to)
	e.ledger.Transfer(from, to, qty, value)
	e.interestMoved(&e.markets.Get(e.ledger.Holding(from).Instrument).Terms)
	e.watch.traded(from)
	e.watch.traded(to)
	f, t := e.ledger.Holding(from), e.ledger.Holding(to)
	x := e.tape.PositionTransferred()
	x.Instrument, x.From, x.To, x.Qty, x.Value = f.Instrument, f.Account, t.Account, qty, value
}

// disposal returns when the fund next disposes of a part of its positions.
func (e *Engine) disposal() (venue.Time, bool) {
	return max(e.liq.fund.after, e.now), e.ledger.Account(venue.Insurance).Margined != 0
}

// dispose lets the fund close a part of each of its positions (LIQ-04), in order
// of the instruments and a bounded number at a time. A fund that is worth less than
// nothing is deleveraged instead.
func (e *Engine) dispose() {
	f := &e.liq.fund
	if at, some := e.disposal(); !some || f.next == 0 && at > e.now {
		f.next = 0
		return
	}
	if f.next == 0 && e.fundShort() {
		e.deleverageFund()
		return
	}
	for range maxSteps {
		h, ok := e.nextOfFund(f.next)
		if !ok {
			f.next, f.after = 0, e.now+e.liq.terms.Step
			return
		}
		f.next = e.ledger.Holding(h).Instrument + 1
		e.disposeOf(h)
	}
}

// nextOfFund returns the position of the fund in the first instrument from i on.
func (e *Engine) nextOfFund(i venue.InstrumentID) (found venue.HoldingID, ok bool) {
	best := venue.InstrumentID(0)
	for h := e.ledger.Account(venue.Insurance).Margined; h != 0; h = e.ledger.Holding(h).NextMargined {
		if x := e.ledger.Holding(h); x.Instrument >= i && (!ok || x.Instrument < best) {
			found, best, ok = h, x.Instrument, true
		}
	}
	return found, ok
}

// disposeOf sells a part of one position inside the band. What it may lose there
// beyond what the takeover set aside must be covered; where it is not, the order
// is at a price that loses nothing.
func (e *Engine) disposeOf(h venue.HoldingID) {
	x := e.ledger.Holding(h)
	m := e.markets.Get(x.Instrument)
	if m.Phase != venue.Continuous || e.markets.Mark(x.Instrument).Stale || x.Qty == 0 {
		return
	}
	side := closingSide(x.Qty)
	limit := m.Bound(side)
	lots := e.disposable(h, limit)
	if lots == 0 {
		return
	}
	if perLot := e.lossPerLot(h, limit); perLot > 0 {
		covered, _ := e.cover(venue.Insurance, x.Instrument, lots, perLot)
		if lots = covered; lots == 0 {
			limit = e.breakEven(h, limit)
			if lots = e.disposable(h, limit); lots == 0 || e.lossPerLot(h, limit) > 0 {
				return
			}
		}
	}
	e.liq.worked = true
	before := e.ledger.Account(venue.Insurance).Cash
	e.closeOut(h, side, limit, lots)
	e.rollFund()
	e.fundLost(x.Instrument, before-e.ledger.Account(venue.Insurance).Cash)
}

// release gives back what was set aside for a position that is gone. It stays
// drawn.
func (f *fund) release(i venue.InstrumentID) {
	f.total -= f.reserved[i]
	f.reserved[i] = 0
}

// fundLost counts what a position of the fund lost: first against what its
// takeover set aside, which counts as drawn already.
func (e *Engine) fundLost(i venue.InstrumentID, lost venue.Amount) {
	if lost <= 0 {
		return
	}
	f := &e.liq.fund
	used := min(lost, f.reserved[i])
	f.reserved[i] -= used
	f.total -= used
	f.draws.add(lost - used)
}

// disposable is the size of a step at a limit.
func (e *Engine) disposable(h venue.HoldingID, limit venue.Price) venue.Qty {
	x, t := e.ledger.Holding(h), &e.liq.terms
	if !e.books.WouldTake(x.Instrument, closingSide(x.Qty), limit) {
		return 0
	}
	available := venue.Qty(0)
	against := closingSide(x.Qty).Opposite()
	e.matched.Levels = e.books.Depth(x.Instrument, against, maxDepth, e.matched.Levels[:0])
	for _, v := range e.matched.Levels {
		if v.Price == limit || (v.Price > limit) == (against == venue.Buy) {
			available += v.Qty
		}
	}
	got := e.receipt(venue.RuleDisposal, venue.Insurance, x.Instrument, venue.PackInputs(
		int64(x.Qty), int64(available), int64(t.Fraction), int64(t.FullSize), int64(t.MaxConsumed)))
	return min(venue.Qty(got.At(0)), venue.MaxQty)
}

// lossPerLot is what a lot loses at a price beyond what was set aside for it,
// rounded up, at least 0.
func (e *Engine) lossPerLot(h venue.HoldingID, price venue.Price) venue.Amount {
	x := e.ledger.Holding(h)
	value := venue.Amount(x.Qty) * venue.Amount(price) * e.markets.Get(x.Instrument).TickValue
	short := x.Cost - value - e.liq.fund.reserved[x.Instrument]
	if short <= 0 {
		return 0
	}
	size := venue.Amount(max(x.Qty, -x.Qty))
	return (short + size - 1) / size
}

// breakEven is the limit at which nothing is lost beyond what was set aside, if it
// is inside the band.
func (e *Engine) breakEven(h venue.HoldingID, bound venue.Price) venue.Price {
	x := e.ledger.Holding(h)
	lot := venue.ToWide(x.Qty).Mul(venue.ToWide(e.markets.Get(x.Instrument).TickValue))
	sum := venue.ToWide(x.Cost - e.liq.fund.reserved[x.Instrument])
	if x.Qty > 0 {
		p, _ := sum.Quo(lot, venue.Up).Int64()
		return max(bound, min(venue.Price(p), venue.MaxPrice))
	}
	p, _ := sum.Quo(lot, venue.Down).Int64()
	return min(bound, max(venue.Price(p), -venue.MaxPrice))
}
