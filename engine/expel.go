package engine

import (
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// A resting order was fair when it entered. Until it fills, its account may lose
// elsewhere what was to pay for it, and who trades on both sides would choose that
// moment. So before an order meets its book, or two sides meet in an auction, the
// orders that it comes to and that would leave a debt are canceled (MAR-15). Whose
// accounts were judged at these marks are known to be good for a fill near the
// mark, so that in the common case one price is looked at.

// suspect says whether an order of a side may come to one that must not fill.
func (e *Engine) suspect(market *markets.Market, side venue.Side) bool {
	l := &e.liq
	if !l.on() {
		return false
	}
	pending := len(l.remarked)|len(l.revalued)|len(l.queue.accounts) != 0
	if market.Terms.Kind.Held() != venue.Future {
		return pending
	}
	inst := market.Terms.ID
	best, ok := e.books.Best(inst, side.Opposite())
	if !ok || pending {
		return ok
	}
	mark := e.markets.Mark(inst).Price
	if !risk.Worse(side.Opposite(), best, mark) {
		return false
	}
	return l.unwell > 0 || max(best-mark, mark-best) > e.risk.Terms(inst).Slack(mark)
}

// expelBefore cancels what an opened order would come to and what must not fill.
func (e *Engine) expelBefore(o *matching.Order) {
	most := e.limits.FillsPerOrder
	shared := e.markets.Get(o.Instrument).Terms.Match == venue.ProRata
	for again := true; again; {
		e.reach = e.books.Reach(o.Instrument, o.Side, o.Price, most, e.reach[:0])
		full := len(e.reach) >= most
		e.keepUnfit(e.ledger.Holding(o.Holding).Account, o.Qty, shared)
		for _, id := range e.reach {
			e.books.Cancel(id, venue.BeyondBankruptcy, &e.matched)
		}
		e.cuts(&e.matched) // They are gone before anything trades.
		e.matched.Cuts = e.matched.Cuts[:0]
		again = full && len(e.reach) > 0 // Others come within reach.
	}
}

// expelCrossing does the same for an uncrossing.
func (e *Engine) expelCrossing(inst venue.InstrumentID) {
	if !e.liq.on() {
		return
	}
	for _, side := range [2]venue.Side{venue.Buy, venue.Sell} {
		best, ok := e.books.Best(inst, side)
		if !ok {
			continue
		}
		e.reach = e.books.Reach(inst, side, best, int(e.limits.Orders), e.reach[:0])
		e.keepUnfit(0, venue.MaxQty, true)
		for _, id := range e.reach {
			e.cancelLive(id, venue.BeyondBankruptcy, venue.ClOrdID{})
		}
	}
}

// keepUnfit leaves in e.reach the orders that must not fill, of those that an order
// of an account for some lots comes to. It changes nothing, so that all are looked
// at while what their accounts have open is in line with the book.
func (e *Engine) keepUnfit(by venue.AccountID, qty venue.Qty, shared bool) {
	var v matching.View
	n, last := 0, venue.Price(0)
	for i, id := range e.reach {
		e.books.Get(id, &v)
		if qty <= 0 && !(shared && i > 0 && v.Price == last) {
			break
		}
		last = v.Price
		account := e.ledger.Holding(v.Holding).Account
		switch {
		case e.isUnfit(account, &v):
			e.reach[n] = id
			n++
		case by == 0 || e.ledger.Owner(account) != e.ledger.Owner(by): // Nobody trades with himself.
			qty -= v.Shown
		}
	}
	e.reach = e.reach[:n]
}

// isUnfit says whether filling a resting order could leave its account with a debt:
// one that closes beyond the price at which the account would have nothing left, one
// that opens for an account that does not cover its needs and at a loss that its
// margin does not bear, and a spot buy or an order for a capped future with money that
// positions need.
func (e *Engine) isUnfit(a venue.AccountID, v *matching.View) bool {
	x := e.ledger.Holding(v.Holding)
	switch x.Kind {
	case venue.Spot:
		st := e.risk.Status(a, e.marks())
		return v.Side == venue.Buy && st.Strained()
	case venue.Capped:
		st := e.risk.Status(a, e.marks())
		return x.OpenLoss > 0 && st.Exposed()
	case venue.Future, venue.Perpetual:
	}
	reduceOnly := v.Flags.Has(venue.ReduceOnly)
	if !reduceOnly && e.risk.Free(a, e.marks()) >= 0 {
		return false
	}
	closes := x.Closing(v.Side)
	if closes > 0 && risk.Worse(v.Side, v.Price, e.risk.ClosingBound(v.Holding, e.marks())) {
		return true
	}
	if reduceOnly || x.Open(v.Side) <= closes || !risk.Worse(v.Side, v.Price, e.markets.Mark(v.Instrument).Price) {
		return false
	}
	st := e.risk.Status(a, e.marks())
	return x.OpenLoss > max(0, st.Equity()-st.Maintenance)
}

// cancelBuys ends the spot buys of an account that needs the money for its positions.
func (e *Engine) cancelBuys(a venue.AccountID) {
	e.liq.worked = true
	buys := venue.MassCancel{Side: venue.Buy}
	for h := e.ledger.Account(a).First; h != 0; h = e.ledger.Holding(h).Next {
		if x := e.ledger.Holding(h); x.Kind == venue.Spot && x.Need > 0 {
			e.cancelAll(h, &buys, venue.BeyondBankruptcy)
		}
	}
}
