package risk

import (
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// The functions below say of plain values what Risk says of holdings, which
// calls them: views know accounts from events and ask here.

// Free is what the account has left for the margin of new orders, negative when
// its needs are not covered.
func (s *Status) Free() venue.Amount { return s.Equity() - s.Held - s.Initial }

// BuyHold returns the cash that open buys of a spot instrument hold; ticks is the
// sum of limit price times lots.
func (t *Terms) BuyHold(ticks int64, lots venue.Qty) venue.Amount {
	return ledger.BuyHold(venue.Amount(ticks)*t.tickValue, t.taker, lots)
}

// LiquidationPriceOf is LiquidationPrice of a position at a mark, of an account
// with the status st.
func (t *Terms) LiquidationPriceOf(qty venue.Qty, cost venue.Amount, mark venue.Price, st *Status) (venue.Ratio, bool) {
	others := st.Maintenance - t.Maintenance(t.notional(qty, mark))
	return t.LiquidationPrice(qty, cost, st.Equity()-t.Unrealised(qty, cost, mark)-others)
}

// CandidateOf returns a position at a mark, of an account with the status st, as
// Rank takes it, with its score. The position is not empty.
func (t *Terms) CandidateOf(a venue.AccountID, qty venue.Qty, cost venue.Amount, mark venue.Price, st *Status) Candidate {
	c := Candidate{Account: a, Qty: qty, Cost: cost, Notional: t.notional(qty, mark), Equity: st.Equity()}
	c.Score = c.score()
	return c
}
