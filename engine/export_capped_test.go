package engine

import "github.com/clearhour/clearhour/venue"

// Locked returns what the positions of an account in capped futures lock.
func (e *Engine) Locked(a venue.AccountID) venue.Amount { return e.ledger.Locked(a) }
