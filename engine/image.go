package engine

import (
	"math"

	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// Image appends events that describe the present state, so that a view that
// starts from a snapshot shows the same as one that saw every event since
// genesis. They carry the sequence of the last envelope and are no news: no
// report is made from them.
func (e *Engine) Image(tape *venue.Tape) {
	e.tape = tape
	tape.Begin(&venue.Envelope{Seq: e.seq, Time: e.now})
	tape.VersionSet().Version = e.version
	if len(e.fees.Tiers()) > 0 {
		e.tellFeeTiers()
	}
	for id := venue.AssetID(1); id <= e.markets.Assets(); id++ {
		a := e.markets.Asset(id)
		x := tape.AssetListed()
		x.Asset, x.Symbol, x.Decimals = id, a.Symbol, a.Decimals
	}
	e.imageIndices()
	e.imageCollateral()
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		e.imageMarket(id)
	}
	e.imageLiquidation()
	e.imageChanges()
	for a := venue.FirstAccount; e.ledger.Exists(a); a++ {
		e.imageAccount(a)
	}
}

func (e *Engine) imageMarket(id venue.InstrumentID) {
	m := e.markets.Get(id)
	e.tape.InstrumentListed().Terms = m.Reserving() // What orders reserve at is told too.
	if m.Ceiling != m.Terms.Taker {
		e.tellSetTerms(id)
	}
	p := e.tape.PhaseChanged()
	p.Instrument, p.Phase = id, m.Phase
	e.imageSession(id)
	if u := e.under(id); u != nil {
		e.tellUncrossing(u)
	}
	if mark := e.markets.Mark(id); mark.Version > 0 {
		x := e.tape.MarkChanged()
		x.Instrument, x.Price, x.Stale, x.Sources = id, mark.Price, mark.Stale, e.markets.Sources(id)
	}
	e.imageReference(id)
	for _, side := range [2]venue.Side{venue.Buy, venue.Sell} {
		e.matched.Levels = e.books.Depth(id, side, math.MaxInt, e.matched.Levels[:0])
		e.tellLevels(e.matched.Levels)
	}
}

func (e *Engine) imageAccount(a venue.AccountID) {
	x := e.tape.AccountOpened()
	x.Account, x.Owner, x.Isolated = a, e.ledger.Owner(a), e.ledger.Isolated(a)
	e.imageQuotes(a)
	if state := e.liq.standing[a].state; state != 0 {
		st := e.risk.Status(a, e.marks())
		e.tellState(a, state, &st)
	}
	e.imageHeld(a)
}

// imageLiquidation tells the terms of liquidation and what the fund has.
func (e *Engine) imageLiquidation() {
	if e.liq.version > 0 {
		e.tellTerms()
	}
	e.imageHeld(venue.Insurance)
}

// imageHeld tells the balances, positions and orders of an account.
func (e *Engine) imageHeld(a venue.AccountID) {
	for id := venue.AssetID(1); id <= e.markets.Assets(); id++ {
		total, held := e.risk.Balance(a, id, e.marks())
		if total == 0 && held == 0 {
			continue
		}
		b := e.tape.BalanceChanged()
		b.Account, b.Asset, b.Total, b.Held = a, id, total, held
	}
	for h := e.ledger.Account(a).First; h != 0; h = e.ledger.Holding(h).Next {
		if p := e.ledger.Holding(h); p.Qty != 0 {
			x := e.tape.PositionChanged()
			x.Account, x.Instrument, x.Qty, x.Cost, x.Margin = a, p.Instrument, p.Qty, p.Cost, e.risk.Refresh(h, e.marks())
		}
		e.books.Each(h, func(v *matching.View) bool {
			e.imageOrder(a, v)
			return true
		})
	}
}

func (e *Engine) imageOrder(a venue.AccountID, v *matching.View) {
	id := e.seen.At(seen.Tag(v.Tag)).ID // Quotes have none.
	x := e.tape.OrderAccepted()
	x.Session, x.Account, x.Instrument, x.Order, x.ClOrdID = e.sessionOf(v), a, v.Instrument, v.Order, id
	x.Side, x.Type, x.TIF, x.STP, x.Flags = v.Side, v.Type, v.TIF, v.STP, v.Flags
	x.Price, x.Qty, x.Filled = v.Price, v.Leaves+v.Filled, v.Filled
	x.MinQty, x.Display, x.Expire = v.MinQty, v.Display, v.Expire
	if v.Dormant {
		x.Stop = v.Stop
	}
}
