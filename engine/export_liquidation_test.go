package engine

import "github.com/clearhour/clearhour/venue"

// Below says whether an account is to be liquidated as it is now.
func (e *Engine) Below(a venue.AccountID) bool {
	st := e.risk.Status(a, e.marks())
	return st.Liquidatable()
}

// Drawn returns what the insurance fund lost in the present window, what it set
// aside included, and the highest that it may; 0 while liquidation is off.
func (e *Engine) Drawn() (drawn, most venue.Amount) {
	if !e.liq.on() {
		return 0, 0
	}
	drawn, highest := e.liq.fund.draws.sum()
	limit, _ := venue.MulDiv(int64(highest), int64(e.liq.terms.Cap), int64(venue.One), venue.Down)
	return drawn, venue.Amount(limit)
}

// Owing returns how many accounts owe more than they have.
func (e *Engine) Owing() uint32 { return e.liq.owing }

// Pending says whether liquidations have something to do at once.
func (e *Engine) Pending() bool {
	at, ok := e.pressing()
	return ok && at <= e.now
}

// Fund returns what the insurance fund has in money, and what it is worth with its
// positions at the marks.
func (e *Engine) Fund() (cash, worth venue.Amount) {
	st := e.risk.Status(venue.Insurance, e.marks())
	return st.Cash, st.Cash + st.Unrealised
}
