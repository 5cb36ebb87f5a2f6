package engine

import "github.com/clearhour/clearhour/venue"

// Below says whether an account is to be liquidated as it is now.
func (e *Engine) Below(a venue.AccountID) bool {
	st := e.risk.Status(a, e.marks())
	return st.Liquidatable()
}

// Drawn returns what the insurance fund lost in the present window, what it set
// aside included, and the highest that it may.
func (e *Engine) Drawn() (drawn, most venue.Amount) {
	f := &e.liq.fund
	limit, _ := venue.MulDiv(int64(f.most), int64(e.liq.terms.Cap), int64(venue.One), venue.Down)
	return f.drawn, venue.Amount(limit)
}

// Pending says whether liquidations have something to do at once.
func (e *Engine) Pending() bool {
	at, ok := e.pressing()
	return ok && at <= e.now
}
