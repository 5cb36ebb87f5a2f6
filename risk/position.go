package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// State returns the state of an account at the marks.
func (r *Risk) State(id venue.AccountID, marks []venue.Mark) State {
	st := r.Status(id, marks)
	return StateOf(st.Equity(), st.Initial, st.Maintenance)
}

// Terms returns what margin depends on in the terms of a listed instrument.
func (r *Risk) Terms(i venue.InstrumentID) *Terms { return &r.terms[i] }

// The four below read a holding of a future whose account has the status st at
// the same marks: whoever looks at several holdings computes it once.

// LiquidationPrice returns the price, in ticks, at which the account would have
// no more than its maintenance margin if no other mark moved, and whether there
// is one; Terms.LiquidationPrice says what a price below zero means.
func (r *Risk) LiquidationPrice(h venue.HoldingID, st *Status, marks []venue.Mark) (venue.Ratio, bool) {
	x := r.ledger.Holding(h)
	return r.termsOf(h).LiquidationPriceOf(x.Qty, x.Cost, marks[x.Instrument].Price, st)
}

// Partial returns the position as LeastClose takes it. The caller fills in Exec,
// Fee and Target.
func (r *Risk) Partial(h venue.HoldingID, st *Status, marks []venue.Mark) Partial {
	x := r.ledger.Holding(h)
	return Partial{
		Qty: x.Qty, Mark: marks[x.Instrument].Price,
		Equity: st.Equity(), Others: st.Maintenance - r.maintenance(h, marks),
	}
}

// Stake returns the position with its share of the equity. The holding has a
// position.
func (r *Risk) Stake(h venue.HoldingID, st *Status, marks []venue.Mark) Stake {
	x := r.ledger.Holding(h)
	return Stake{
		Qty: x.Qty, Mark: marks[x.Instrument].Price, TickValue: r.termsOf(h).tickValue,
		Equity: st.Equity(), Maintenance: r.maintenance(h, marks), Total: st.Maintenance,
	}
}

// Candidate returns the position as Rank takes it, with its score. The holding
// has a position.
func (r *Risk) Candidate(h venue.HoldingID, st *Status, marks []venue.Mark) Candidate {
	x := r.ledger.Holding(h)
	return r.termsOf(h).CandidateOf(x.Account, x.Qty, x.Cost, marks[x.Instrument].Price, st)
}

// maintenance is the margin of a holding at the marks.
func (r *Risk) maintenance(h venue.HoldingID, marks []venue.Mark) venue.Amount {
	x, t := r.ledger.Holding(h), r.termsOf(h)
	return t.Maintenance(t.notional(x.Qty, marks[x.Instrument].Price))
}

// termsOf returns the terms of a holding of a future.
func (r *Risk) termsOf(h venue.HoldingID) *Terms {
	t := &r.terms[r.ledger.Holding(h).Instrument]
	assert.That(t.kind == venue.Future, "margin of a holding that is no future")
	return t
}

// notional is what a position is worth at a price, without its sign.
func (t *Terms) notional(qty venue.Qty, price venue.Price) venue.Amount {
	return venue.Amount(max(qty, -qty)) * venue.Amount(price) * t.tickValue
}
