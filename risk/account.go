package risk

import (
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// totals is an account at the marks, over its futures.
type totals struct {
	upnl   venue.Amount // Σ(Value − Cost).
	losses venue.Amount // The negative terms of upnl alone.
	needs  venue.Amount
}

// totals sums the futures of an account and refreshes those whose mark or orders
// changed. Only futures with a position or open orders are visited.
func (r *Risk) totals(a *ledger.Account, marks []venue.Mark) totals {
	var s totals
	for h := a.Margined; h != 0; {
		x := r.ledger.Holding(h)
		if m := &marks[x.Instrument]; x.Stale || x.MarkVersion != m.Version {
			r.refresh(h, x, *m)
		}
		u := x.Value - x.Cost
		s.upnl += u
		s.losses += min(0, u)
		s.needs += x.Need
		h = x.NextMargined
	}
	return s
}

// free is what new needs of futures may use.
func (s *totals) free(a *ledger.Account) venue.Amount { return a.Cash - a.Held + s.upnl - s.needs }

// spendable is what may turn into a spot asset or leave: unrealised profit
// neither leaves nor covers, unrealised losses count.
func (s *totals) spendable(a *ledger.Account) venue.Amount {
	return a.Cash - a.Held + s.losses - s.needs
}

// Status is an account at the marks, in micro-dollars.
type Status struct {
	// Cash is its money, Held the part that spot buys hold.
	Cash, Held venue.Amount
	// Unrealised is what closing all futures at the marks would add to Cash.
	Unrealised venue.Amount
	// Initial is the sum of its needs (MAR-02).
	Initial venue.Amount
	// Maintenance counts positions only, so that an order never causes a
	// liquidation (MAR-01).
	Maintenance venue.Amount
}

// Equity is what the account is worth in money at the marks.
func (s *Status) Equity() venue.Amount { return s.Cash + s.Unrealised }

// Liquidatable says whether there is a maintenance margin and the equity is
// below it; equality is safe (LIQ-01).
func (s *Status) Liquidatable() bool { return s.Maintenance > 0 && s.Equity() < s.Maintenance }

// Status returns the account at the marks.
func (r *Risk) Status(id venue.AccountID, marks []venue.Mark) Status {
	a := r.ledger.Account(id)
	s := r.totals(a, marks)
	st := Status{Cash: a.Cash, Held: a.Held, Unrealised: s.upnl, Initial: s.needs}
	for h := a.Margined; h != 0; {
		x := r.ledger.Holding(h)
		st.Maintenance += r.terms[x.Instrument].maintenance.of(max(x.Value, -x.Value))
		h = x.NextMargined
	}
	return st
}

// Free returns what the account has left for the margin of new orders, in
// micro-dollars; it is negative when its needs are not covered.
func (r *Risk) Free(id venue.AccountID, marks []venue.Mark) venue.Amount {
	a := r.ledger.Account(id)
	s := r.totals(a, marks)
	return s.free(a)
}

// Balance returns what the account holds of an asset and the part that its open
// orders and positions need, as venue.BalanceChanged tells it.
func (r *Risk) Balance(id venue.AccountID, asset venue.AssetID, marks []venue.Mark) (total, held venue.Amount) {
	total, held = r.ledger.Balance(id, asset)
	if asset == venue.USD {
		s := r.totals(r.ledger.Account(id), marks)
		held += s.needs
	}
	return total, held
}

// Withdrawable returns how much of an asset may leave, at least 0: of money what
// spot buys do not hold, less needs and unrealised losses; unrealised profit
// does not count.
func (r *Risk) Withdrawable(id venue.AccountID, asset venue.AssetID, marks []venue.Mark) venue.Amount {
	if asset != venue.USD {
		total, held := r.ledger.Balance(id, asset)
		return total - held
	}
	a := r.ledger.Account(id)
	s := r.totals(a, marks)
	return max(0, s.spendable(a))
}

// CanWithdraw says whether the amount may leave. It refuses an account that may
// not trade (UnknownAccount), an amount below 1 (BadField), and one above
// Withdrawable (WithdrawalTooLarge, which is the limit).
func (r *Risk) CanWithdraw(id venue.AccountID, asset venue.AssetID, amount venue.Amount, marks []venue.Mark) venue.Refusal {
	if !r.ledger.Trades(id) {
		return venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount, Limit: int64(r.ledger.NextAccount()) - 1}
	}
	if amount < 1 {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: 1}
	}
	if limit := r.Withdrawable(id, asset, marks); amount > limit {
		return venue.Refusal{Reason: venue.WithdrawalTooLarge, Field: venue.FieldAmount, Limit: int64(limit)}
	}
	return venue.Refusal{}
}
