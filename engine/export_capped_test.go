package engine

import "github.com/clearhour/clearhour/venue"

// Locked returns what the positions of an account in capped futures lock.
func (e *Engine) Locked(a venue.AccountID) venue.Amount { return e.ledger.Locked(a) }

// Need returns what an account needs for a position and its orders.
func (e *Engine) Need(a venue.AccountID, i venue.InstrumentID) venue.Amount {
	h, _ := e.ledger.Find(a, i)
	return e.risk.Refresh(h, e.marks())
}
