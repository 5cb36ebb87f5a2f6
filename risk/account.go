package risk

import (
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// upToDate brings the sums of an account in line with the marks. While no mark
// and nothing of the account has changed since the last time, that is one
// comparison; else the futures with a position or open orders are visited and
// those refreshed whose mark or orders changed.
func (r *Risk) upToDate(a *ledger.Account, marks []venue.Mark) {
	if epoch := uint64(marks[0].Price); a.Stale != 0 || !a.At(epoch) {
		r.visit(a, marks)
		a.SetEpoch(epoch)
	}
}

func (r *Risk) visit(a *ledger.Account, marks []venue.Mark) {
	for h := a.Margined; h != 0; {
		x := r.ledger.Holding(h)
		if m := &marks[x.Instrument]; x.Stale || x.MarkVersion != m.Version {
			r.refresh(a, h, x, *m)
		}
		h = x.NextMargined
	}
}

// free is what new needs of futures may use.
func free(a *ledger.Account) venue.Amount { return a.Cash - a.Held + a.Unrealised - a.Needs }

// spendable is what may turn into a spot asset or leave: unrealised profit
// neither leaves nor covers, unrealised losses count.
func spendable(a *ledger.Account) venue.Amount { return a.Cash - a.Held + a.Losses - a.Needs }

// Status is an account at the marks, in micro-dollars.
type Status struct {
	// Cash is its money without what positions in capped futures lock, which backs
	// nothing else (MAR-08); Held is the part of it that spot buys hold.
	Cash, Held venue.Amount
	// Unrealised is what closing all futures at the marks would add to Cash.
	Unrealised venue.Amount
	// Collateral is what its assets other than money count for (MAR-04).
	Collateral venue.Amount
	// Initial is the sum of its needs (MAR-02).
	Initial venue.Amount
	// Committed is the part of Cash that orders in capped futures can lock, at most
	// what Initial has for them.
	Committed venue.Amount
	// Maintenance counts positions only, so that an order never causes a
	// liquidation (MAR-01).
	Maintenance venue.Amount
}

// Equity is what the account is worth at the marks (MAR-04).
func (s *Status) Equity() venue.Amount { return s.Cash + s.Collateral + s.Unrealised }

// Owed is what the account owes when it has no position, in micro-dollars, at
// least 0: what its collateral counts for does not pay by itself (MAR-13).
func (s *Status) Owed() venue.Amount {
	if s.Maintenance != 0 {
		return 0
	}
	return max(0, -s.Cash-s.Unrealised)
}

// Liquidatable says whether there is a maintenance margin and the equity is
// below it; equality is safe (LIQ-01).
func (s *Status) Liquidatable() bool { return Liquidatable(s.Equity(), s.Maintenance) }

// Exposed says whether orders in capped futures could take so much that the
// positions would be below their maintenance margin, or that the account would owe
// without any.
func (s *Status) Exposed() bool {
	if s.Maintenance == 0 {
		return s.Committed > 0 && s.Cash+s.Unrealised < s.Committed
	}
	return s.Committed > 0 && s.Equity()-s.Committed < s.Maintenance
}

// Status returns the account at the marks.
func (r *Risk) Status(id venue.AccountID, marks []venue.Mark) Status {
	a := r.ledger.Account(id)
	r.upToDate(a, marks)
	locked := r.ledger.Locked(id)
	st := Status{
		Cash: a.Cash - locked, Held: a.Held - locked, Unrealised: a.Unrealised, Collateral: r.pledged(id), Initial: a.Needs,
	}
	for h := a.Margined; h != 0; {
		x := r.ledger.Holding(h)
		h = x.NextMargined
		if x.Kind == venue.Capped {
			st.Committed += x.OpenLoss
			continue
		}
		value := x.Unrealised + x.Cost
		st.Maintenance += r.terms[x.Instrument].Maintenance(max(value, -value))
	}
	return st
}

// Free returns what the account has left for the margin of new orders, in
// micro-dollars; it is negative when its needs are not covered.
func (r *Risk) Free(id venue.AccountID, marks []venue.Mark) venue.Amount {
	a := r.ledger.Account(id)
	r.upToDate(a, marks)
	return free(a) + r.pledged(id)
}

// Balance returns what the account holds of an asset and the part that its open
// orders and positions need, as venue.BalanceChanged tells it.
func (r *Risk) Balance(id venue.AccountID, asset venue.AssetID, marks []venue.Mark) (total, held venue.Amount) {
	if asset == venue.USD {
		return r.Money(id, marks)
	}
	return r.ledger.Balance(id, asset)
}

// Money is Balance of venue.USD.
func (r *Risk) Money(id venue.AccountID, marks []venue.Mark) (total, held venue.Amount) {
	a := r.ledger.Account(id)
	r.upToDate(a, marks)
	return a.Cash, a.Held + a.Needs
}

// Withdrawable returns how much of an asset may leave, at least 0: of money what
// spot buys do not hold, less needs and unrealised losses; unrealised profit
// does not count. Of collateral stays what the needs are not covered without.
func (r *Risk) Withdrawable(id venue.AccountID, asset venue.AssetID, marks []venue.Mark) venue.Amount {
	if asset != venue.USD {
		total, held := r.ledger.Balance(id, asset)
		if p := r.Pledge(asset); p != nil {
			return r.removable(id, p, total-held, marks)
		}
		return total - held
	}
	a := r.ledger.Account(id)
	r.upToDate(a, marks)
	return max(0, spendable(a))
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
