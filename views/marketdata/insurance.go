package marketdata

import "github.com/clearhour/clearhour/venue"

// Insurance is what is told of the terms of liquidation and of what the insurance
// fund may lose; what it has is in its account.
type Insurance struct {
	// Terms are those of liquidation; their Step is 0 where it is off.
	Terms venue.LiquidationTerms
	// Decided is when the fund was last asked to cover a loss, as far as this view
	// has heard, 0 for never. The others are what the decision saw, in
	// micro-dollars: what the fund had that nothing was set aside of, its highest
	// balance in the window, and what was drawn in it (LIQ-05).
	Decided           venue.Time
	Free, Most, Drawn venue.Amount
}

// Insurance returns what is told of the insurance fund.
func (v *View) Insurance() Insurance {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.insurance
}

// receipt notes what a decision about the draw cap saw.
func (v *View) receipt(e *venue.Entry, ev *venue.Receipt) {
	if ev.Rule != venue.RuleDrawCap {
		return
	}
	x := &v.insurance
	x.Decided = e.Time
	x.Free, x.Most, x.Drawn = venue.Amount(ev.Inputs.At(0)), venue.Amount(ev.Inputs.At(1)), venue.Amount(ev.Inputs.At(2))
}
