package engine

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// Status returns an account at the marks, what it has free, and the state that
// was told last.
func (e *Engine) Status(a venue.AccountID) (risk.Status, venue.Amount, venue.AccountState) {
	return e.risk.Status(a, e.marks()), e.risk.Free(a, e.marks()), max(e.liq.standing[a].state, venue.StateHealthy)
}

// Stand is what the engine would say of a position.
type Stand struct {
	Qty         venue.Qty
	Cost        venue.Amount
	Need        venue.Amount
	Liquidation venue.Ratio
	Liquidates  bool
}

// Stand returns a position of a future.
func (e *Engine) Stand(a venue.AccountID, i venue.InstrumentID) (s Stand) {
	h, ok := e.ledger.Find(a, i)
	if !ok {
		return s
	}
	st := e.risk.Status(a, e.marks())
	x := e.ledger.Holding(h)
	s.Qty, s.Cost, s.Need = x.Qty, x.Cost, e.risk.Refresh(h, e.marks())
	s.Liquidation, s.Liquidates = e.risk.LiquidationPrice(h, &st, e.marks())
	return s
}

// Ranked returns the accounts with a position on a side, in the order in which
// they would be deleveraged.
func (e *Engine) Ranked(i venue.InstrumentID, long bool) []venue.AccountID {
	var all []risk.Candidate
	e.liq.job.instrument, e.liq.job.long = i, !long // The job is idle, or begins anew.
	for _, h := range e.ledger.Holders(i) {
		if c, ok := e.candidate(h); ok {
			all = append(all, c)
		}
	}
	risk.Rank(all)
	var accounts []venue.AccountID
	for k := range all {
		accounts = append(accounts, all[k].Account)
	}
	return accounts
}

// Deleveraging says whether a search for the other side is going on.
func (e *Engine) Deleveraging() bool { return e.liq.job.account != 0 }
