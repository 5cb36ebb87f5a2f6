package engine

import (
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// setFeeTiers gives the venue another fee schedule (FEE-01).
func (e *Engine) setFeeTiers(c *venue.SetFeeTiers) {
	if why := e.fees.Set(c.Tiers); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.tellFeeTiers()
}

// tellFeeTiers tells the schedule in force.
func (e *Engine) tellFeeTiers() { e.tape.FeeTiersSet().Tiers = e.fees.AppendTiers(nil) }

// FeeTiers returns the fee schedule of the venue, to be read only; none while
// every instrument charges the rates of its terms.
func (e *Engine) FeeTiers() []markets.Tier { return e.fees.Tiers() }
