package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Realise moves what a position has gained, or lost when it is negative, into the
// cash of its account: the position costs that much more from now on (SET-01).
// Cash less cost stays what it was.
func (l *Ledger) Realise(h venue.HoldingID, gain venue.Amount) {
	x := &l.holdings[h]
	assert.That(x.Kind != venue.Spot && x.Qty != 0, "realised without a position")
	a := &l.accounts[x.Account]
	a.Cash += gain
	if x.Kind == venue.Capped {
		locked := l.LockedBy(x)
		x.Cost += gain
		l.relock(x, locked)
	} else {
		x.Cost += gain
	}
	assert.That(x.Cost <= MaxExposure && x.Cost >= -MaxExposure, "cost beyond its bound")
	x.touch(a)
}
