package margin

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Fund is the insurance fund: its account at the marks, and what it may lose.
type Fund struct {
	Account
	marketdata.Insurance
	// Remaining is what the draw cap left when it was last asked, in micro-dollars
	// (LIQ-05).
	Remaining venue.Amount
}

// Fund returns the insurance fund.
func (v *View) Fund() Fund {
	f := Fund{Insurance: v.market.Insurance()}
	f.Account, _ = v.Account(venue.Insurance) // A fund that nothing was heard of has nothing.
	d := risk.Draw{Fund: f.Insurance.Free, WindowMax: f.Insurance.Most, Drawn: f.Drawn, Cap: f.Terms.Cap}
	f.Remaining = d.Remaining()
	return f
}
