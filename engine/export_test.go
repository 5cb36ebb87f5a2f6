package engine

import (
	"github.com/clearhour/clearhour/feeds"
	"github.com/clearhour/clearhour/venue"
)

// Cash returns the money of any account, those of the venue included.
func (e *Engine) Cash(a venue.AccountID) venue.Amount { return e.ledger.Account(a).Cash }

// Elections is how many stops one command elects at most.
const Elections = maxElected

// TouchAlways is Touch however few orders there are.
func (e *Engine) TouchAlways(next []venue.Envelope) {
	e.touchNamed(next)
	e.touchFound()
}

// LastIndex returns what an index last said.
func (e *Engine) LastIndex(id venue.IndexID) feeds.Reading { return e.indices.Last(id) }

// Limits returns what New was given, filled in.
func (e *Engine) Limits() Limits { return e.limits }
