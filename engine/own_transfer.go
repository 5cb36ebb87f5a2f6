package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/venue"
)

// move transfers between two accounts of one owner (ACC-01).
func (e *Engine) move(c *venue.Transfer) {
	r := request{seen.KeyOf(c.Account, &c.Ref), movePrint(c)}
	isNew, why := e.first(r)
	if isNew {
		why = e.admitMove(c)
		e.remember(r, 0, why)
	}
	if why.Refused() {
		e.rejectCommand(c, c.Account, c.Ref, why)
	}
	if !isNew || why.Refused() {
		return
	}
	e.ledger.Move(c.Account, c.To, c.Asset, c.Amount)
	x := e.tape.Transferred()
	x.Account, x.To, x.Asset, x.Amount, x.Ref = c.Account, c.To, c.Asset, c.Amount, c.Ref
	e.tellTransfer(c.Account, c.Asset)
	e.tellTransfer(c.To, c.Asset)
}

// admitMove allows what could be withdrawn, to another account of the owner.
func (e *Engine) admitMove(c *venue.Transfer) venue.Refusal {
	switch {
	case !e.ledger.Trades(c.To):
		return venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldTo}
	case c.To == c.Account:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldTo}
	case e.ledger.Owner(c.To) != e.ledger.Owner(c.Account):
		return venue.Refusal{Reason: venue.NotSameOwner, Field: venue.FieldTo}
	}
	if why := e.admitTransfer(c.Kind(), c.Account, c.Asset, c.Amount); why.Refused() {
		return why
	}
	return e.ledger.CanReceive(c.To, c.Asset)
}

func movePrint(c *venue.Transfer) uint64 {
	return uint64(printer(transferPrint(c.Kind(), c.Asset, c.Amount)).add(uint64(c.To)))
}

// admitIsolated refuses to isolate an account in what is no listed future.
func (e *Engine) admitIsolated(i venue.InstrumentID) venue.Refusal {
	if i == 0 {
		return venue.Refusal{}
	}
	m := e.markets.Get(i)
	if m == nil {
		return venue.Refusal{Reason: venue.UnknownInstrument, Field: venue.FieldIsolated, Limit: int64(e.markets.Count())}
	}
	if m.Terms.Kind == venue.Spot {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldIsolated, Limit: int64(venue.Future)}
	}
	return venue.Refusal{}
}
