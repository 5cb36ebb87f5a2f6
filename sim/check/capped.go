package check

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// What is paid in full (MAR-08): a position in a capped future is worth to its
// account what it is worth when everything goes against it, whatever the mark is.
// So equity, as Equity returns it, is what the account has beside its locked money,
// and nothing that happens in a capped future may bring it below what the other
// positions need.

func (m *market) capped() bool { return m.terms.Kind == venue.Capped }

// worst returns what lots in a capped future are worth when everything goes
// against them.
func (m *market) worst(lots venue.Qty) venue.Amount {
	if lots > 0 {
		return 0
	}
	return m.value(lots, m.terms.High)
}

// locked returns what positions of an account in capped futures can lose.
func (c *Checker) locked(a venue.AccountID) (sum venue.Amount) {
	x := c.account(a)
	for i, q := range x.qty {
		if m := &c.markets[i]; q != 0 && m.capped() {
			sum += x.cost[i] - m.worst(q)
		}
	}
	return sum
}

// standing is what an account has before a trade.
type standing struct{ equity, maintenance, pledged venue.Amount }

// standing returns that of an account that trades in a capped future.
func (c *Checker) standing(m *market, a venue.AccountID) (s standing) {
	if m.capped() {
		s.equity, s.maintenance = c.Equity(a)
		s.pledged = c.collateral(a)
	}
	return s
}

// bears wants a trade in a capped future to leave an account with what its other
// positions need, or at least with no less than before, and what it locks to be
// there.
func (c *Checker) bears(m *market, o *order, before standing) error {
	if !m.capped() {
		return nil
	}
	after := c.standing(m, o.account)
	free := after.equity
	if after.maintenance == 0 {
		free -= after.pledged // Collateral pays for nothing here.
	}
	if after.equity < before.equity && free < after.maintenance {
		return broken(PaidInFull, "order %d in instrument %d leaves account %d, which had %d, with %d beside what is locked, and its positions need %d",
			o.id, o.instrument, o.account, before.equity, after.equity, after.maintenance)
	}
	return nil
}

// covers wants money that leaves an account to leave what is locked.
func (c *Checker) covers(a venue.AccountID, as venue.AssetID) error {
	if as != venue.USD || c.locked(a) == 0 {
		return nil
	}
	if e, _ := c.Equity(a); e-c.collateral(a) < 0 && c.flat(a) {
		return broken(PaidInFull, "account %d is left with %d beside what is locked", a, e-c.collateral(a))
	}
	return nil
}

// flat says whether an account has no position on margin.
func (c *Checker) flat(a venue.AccountID) bool {
	for i, q := range c.account(a).qty {
		if q != 0 && !c.markets[i].capped() {
			return false
		}
	}
	return true
}

// committed returns what fills of the open orders of an account can take of its
// equity: of each capped future the dearer side, the best prices first, of which
// lots that close give something back.
func (c *Checker) committed(a venue.AccountID) (sum venue.Amount) {
	by := map[venue.InstrumentID][]*order{}
	for _, o := range c.orders {
		if o.account == a && !o.dormant && !o.flags.Has(venue.ReduceOnly) && c.markets[o.instrument].capped() {
			by[o.instrument] = append(by[o.instrument], o)
		}
	}
	for i, all := range by {
		slices.SortFunc(all, func(x, y *order) int { return int(x.side.Sign()) * cmp.Compare(y.price, x.price) })
		m := &c.markets[i]
		var most venue.Amount
		for _, s := range [...]venue.Side{venue.Buy, venue.Sell} {
			q, first := *at(&c.account(a).qty, int(i)), *at(&c.account(a).qty, int(i))
			paid := venue.Amount(0)
			for _, o := range all {
				if o.side == s {
					q += o.leaves * s.Sign()
					paid += m.value(o.leaves*s.Sign(), o.price)
				}
			}
			most = max(most, m.worst(first)-m.worst(q)+paid)
		}
		sum += most
	}
	return sum
}

// exposes notes an account whose orders in capped futures could take what its other
// positions need, when the first of them is canceled.
func (c *Checker) exposes(a venue.AccountID) {
	e, m := c.Equity(a)
	if m == 0 {
		e -= c.collateral(a)
	}
	if committed := c.committed(a); committed > 0 && e-committed < m && !slices.Contains(c.exposed, a) {
		c.exposed = append(c.exposed, a)
	}
}

// uncommits says whether an order may be canceled because of what it could take.
func (c *Checker) uncommits(o *order) bool {
	if !c.markets[o.instrument].capped() || !slices.Contains(c.exposed, o.account) {
		return false
	}
	c.tally.Uncommitted++
	return true
}
