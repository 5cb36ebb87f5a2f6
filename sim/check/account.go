package check

import (
	"github.com/clearhour/clearhour/venue"
)

// account is what an account has by all that was heard.
type account struct {
	owner venue.OwnerID
	// flow is its money less what its open positions cost: what came in and went
	// out, each trade at its full value. So equity is flow plus the value of the
	// positions, and needs no cost.
	flow venue.Amount
	// units are by asset other than money; qty and cost by instrument.
	units []venue.Amount
	qty   []venue.Qty
	cost  []venue.Amount
	state venue.AccountState
	// below is since when it was seen to be below its maintenance margin with fresh
	// marks and a market to close in, 0 for not; receipts counts what was done.
	below     venue.Time
	belowSeq  venue.Seq
	receipts  uint64
	wasWorked uint64
}

func (c *Checker) account(a venue.AccountID) *account {
	for int(a) >= len(c.accounts) {
		c.accounts = append(c.accounts, account{})
	}
	return &c.accounts[a]
}

// at returns the i-th element of a slice that grows.
func at[T any](all *[]T, i int) *T {
	for i >= len(*all) {
		var zero T
		*all = append(*all, zero)
	}
	return &(*all)[i]
}

// money hears what moves money, units or positions.
func (c *Checker) money(e venue.Event) error {
	switch e := e.(type) { //nolint:gochecksumtype // The kinds that event sends here.
	case *venue.Deposited:
		c.answers++
		c.transfer(e.Account, e.Asset, e.Amount)
	case *venue.Withdrawn:
		c.answers++
		c.transfer(e.Account, e.Asset, -e.Amount)
		return c.covers(e.Account, e.Asset)
	case *venue.InsuranceFunded:
		c.transfer(venue.Insurance, venue.USD, e.Amount)
		c.fund.gain(e.Amount)
	case *venue.Transferred:
		c.answers++
		c.give(e.Account, e.To, e.Asset, e.Amount)
		return c.covers(e.Account, e.Asset)
	case *venue.DebtPaid, *venue.GainsHaircut, *venue.CollateralSeized, *venue.CollateralSold:
		return c.debt(e)
	case *venue.FundingPaid:
		return c.fundingPaid(e)
	case *venue.FundingSettled:
		sum := c.residue
		c.residue = 0
		if sum != e.Residue || sum < 0 {
			return broken(Conservation, "payments of funding leave %d, told as %d", sum, e.Residue)
		}
	case *venue.PositionTransferred:
		return c.transferred(e)
	case *venue.InstrumentSettled:
		if m := &c.markets[e.Instrument]; e.Final {
			if m.capped() && (e.Price < m.terms.Low || e.Price > m.terms.High) {
				return broken(PaidInFull, "instrument %d settles at %d", e.Instrument, e.Price)
			}
			m.final, m.price, c.settled = true, e.Price, true
		}
	case *venue.VariationPaid:
		if m := &c.markets[e.Instrument]; m.capped() && !m.final {
			return broken(PaidInFull, "instrument %d is settled daily", e.Instrument)
		}
		if q := *at(&c.account(e.Account).qty, int(e.Instrument)); q != e.Qty {
			return broken(Positions, "account %d has %d lots, paid for %d", e.Account, q, e.Qty)
		}
		*at(&c.account(e.Account).cost, int(e.Instrument)) += e.Amount
		if e.Account == venue.Insurance {
			c.fund.gain(e.Amount)
		}
	case *venue.BalanceChanged:
		return c.balance(e)
	case *venue.PositionChanged:
		return c.position(e)
	}
	return nil
}

// transfer moves what comes from outside, or leaves.
func (c *Checker) transfer(a venue.AccountID, as venue.AssetID, n venue.Amount) {
	c.give(venue.World, a, as, n)
}

// give moves money or another asset.
func (c *Checker) give(from, to venue.AccountID, as venue.AssetID, n venue.Amount) {
	if as == venue.USD {
		c.pay(from, to, n)
		return
	}
	*at(&c.account(from).units, int(as)) -= n
	*at(&c.account(to).units, int(as)) += n
}

// pay moves money from one account to another: there is no other way to change
// what anybody has, but for trades and transfers of positions, which have two
// sides as well.
func (c *Checker) pay(from, to venue.AccountID, n venue.Amount) {
	c.account(from).flow -= n
	c.account(to).flow += n
}

func (c *Checker) fundingPaid(e *venue.FundingPaid) error {
	if q := *at(&c.account(e.Account).qty, int(e.Instrument)); q != e.Qty {
		return broken(Positions, "account %d has %d lots, pays funding for %d", e.Account, q, e.Qty)
	}
	c.pay(e.Account, venue.Residue, e.Amount)
	c.residue += e.Amount
	if e.Account == venue.Insurance {
		c.fund.gain(-e.Amount)
	}
	return nil
}

// move adds signed lots at a value to a position: what they cost is paid. It
// returns what was realised.
func (c *Checker) move(a venue.AccountID, i venue.InstrumentID, lots venue.Qty, value venue.Amount) (won venue.Amount) {
	x := c.account(a)
	q := at(&x.qty, int(i))
	won = x.shift(i, *q, lots, value)
	if a == venue.Insurance {
		c.fund.gain(won)
	}
	*q += lots
	x.flow -= value
	c.markets[i].sum += lots
	return won
}

// shift adds signed lots at a value to a position of so many lots, and returns what
// was realised: the part of the position that goes takes its part of the cost with
// it, rounded down (MON-02).
func (x *account) shift(i venue.InstrumentID, held, lots venue.Qty, value venue.Amount) (won venue.Amount) {
	cost := at(&x.cost, int(i))
	before, size, part := *cost, max(held, -held), max(lots, -lots)
	switch {
	case held == 0 || (held > 0) == (lots > 0):
		*cost += value
		return 0
	case part < size:
		*cost -= share(*cost, part, size)
	case part == size:
		*cost = 0
	default:
		*cost = share(value, part-size, part)
	}
	return *cost - before - value
}

// share returns part of whole lots of an amount, rounded down.
func share(a venue.Amount, part, whole venue.Qty) venue.Amount {
	v, _ := venue.MulDiv(int64(a), int64(part), int64(whole), venue.Down)
	return venue.Amount(v)
}

// transferred hears that a position went to the fund or to an account on the
// other side (LIQ-03, LIQ-05).
func (c *Checker) transferred(e *venue.PositionTransferred) error {
	if c.markets[e.Instrument].capped() {
		return broken(PaidInFull, "account %d loses its position in instrument %d", e.From, e.Instrument)
	}
	to := *at(&c.account(e.To).qty, int(e.Instrument))
	if e.To == venue.Insurance {
		c.pending = pending{}
		c.tally.Takeovers++
		if err := c.below(e.From, "loses its position to the fund"); err != nil {
			return err
		}
		if !c.offset { // What closes a position of the fund is not given.
			c.fund.takes(&c.markets[e.Instrument], e)
		}
	} else {
		c.tally.Deleveraged++
		c.settlePending()
		if !c.licensed && e.From != venue.Insurance { // The fund gets rid of what it took over when that costs too much.
			if err := c.below(e.From, "is deleveraged"); err != nil {
				return err
			}
			c.licensed = true // The others are of one decision.
		}
		if (to > 0) == (e.Qty > 0) || max(to, -to) < max(e.Qty, -e.Qty) {
			return broken(Liquidation, "account %d with %d lots is deleveraged by %d", e.To, to, e.Qty)
		}
		if i, stale := c.stale(e.To); stale {
			return broken(Liquidation, "account %d is deleveraged while the mark of instrument %d is stale", e.To, i)
		}
	}
	c.move(e.From, e.Instrument, -e.Qty, -e.Value)
	c.move(e.To, e.Instrument, e.Qty, e.Value)
	return nil
}

// closeSettled closes the positions of settled markets at their price, as far as
// this command says: it is told of each when the command is over, and done before
// anybody is judged.
func (c *Checker) closeSettled() error {
	if !c.settling {
		return nil
	}
	c.settling = false
	for i := range c.entries {
		e, ok := c.entries[i].Event.(*venue.PositionChanged)
		if !ok || !c.markets[e.Instrument].final {
			continue
		}
		m, q := &c.markets[e.Instrument], *at(&c.account(e.Account).qty, int(e.Instrument))
		closed := q - e.Qty
		if closed != 0 && (closed > 0) != (q > 0) || max(closed, -closed) > max(q, -q) {
			return broken(Positions, "account %d had %d lots when its market was settled, now %d", e.Account, q, e.Qty)
		}
		c.move(e.Account, e.Instrument, -closed, -m.value(closed, m.price))
	}
	return nil
}

// position compares a position that is told with the one that followed.
func (c *Checker) position(e *venue.PositionChanged) error {
	x := c.account(e.Account)
	q := at(&x.qty, int(e.Instrument))
	if err := c.closeSettled(); err != nil {
		return err
	}
	if *q != e.Qty {
		return broken(Positions, "account %d has %d lots of instrument %d, told as %d", e.Account, *q, e.Instrument, e.Qty)
	}
	if cost := *at(&x.cost, int(e.Instrument)); cost != e.Cost {
		return broken(Positions, "the position of account %d in instrument %d costs %d, told as %d", e.Account, e.Instrument, cost, e.Cost)
	}
	return nil
}

// balance compares what is told with what followed.
func (c *Checker) balance(e *venue.BalanceChanged) error {
	c.settlePending()
	if err := c.closeSettled(); err != nil {
		return err
	}
	x := c.account(e.Account)
	var want venue.Amount
	if e.Asset == venue.USD {
		want = x.flow
		for _, cost := range x.cost {
			want += cost
		}
	} else {
		want = *at(&x.units, int(e.Asset))
		if want < 0 || e.Held > want {
			return broken(Conservation, "account %d has %d of asset %d and %d of it held", e.Account, want, e.Asset, e.Held)
		}
	}
	if locked := c.locked(e.Account); e.Asset == venue.USD && e.Held < locked {
		return broken(PaidInFull, "account %d has %d locked and is told that %d are held", e.Account, locked, e.Held)
	}
	if e.Total != want {
		return broken(Conservation, "account %d has %d of asset %d by all that was told before, not %d", e.Account, want, e.Asset, e.Total)
	}
	if e.Account == venue.Insurance && e.Asset == venue.USD {
		if c.fund.cash != e.Total {
			return broken(Conservation, "the fund has %d by all that was told before, not %d", c.fund.cash, e.Total)
		}
		c.tally.lowest(e.Total)
	}
	return nil
}

func (t *Tally) lowest(n venue.Amount) {
	if !t.funded || n < t.FundLowest {
		t.funded, t.FundLowest = true, n
	}
}

// Equity returns the money of an account with its positions at the marks, and its
// maintenance margin, both in micro-dollars and computed from what was heard.
func (c *Checker) Equity(a venue.AccountID) (equity, maintenance venue.Amount) {
	x := c.account(a)
	equity = x.flow
	for i, q := range x.qty {
		if q == 0 {
			continue
		}
		m := &c.markets[i]
		if m.capped() {
			equity += m.worst(q)
			continue
		}
		value := m.value(q, m.now)
		equity += value
		maintenance += m.maintenance(max(value, -value))
	}
	return equity + c.collateral(a), maintenance
}

// stale returns a market with a stale mark in which the account has a position.
func (c *Checker) stale(a venue.AccountID) (venue.InstrumentID, bool) {
	for i, q := range c.account(a).qty {
		if q != 0 && c.markets[i].stale && !c.markets[i].capped() {
			return venue.InstrumentID(i), true
		}
	}
	return 0, false
}

// below wants an account to be below its maintenance margin, by marks none of
// which is stale.
func (c *Checker) below(a venue.AccountID, what string) error {
	c.settlePending()
	if err := c.closeSettled(); err != nil {
		return err
	}
	if i, stale := c.stale(a); stale {
		return broken(Liquidation, "account %d %s while the mark of instrument %d is stale", a, what, i)
	}
	if e, m := c.Equity(a); e >= m && (m > 0 || e-c.collateral(a) >= 0) { // A debt is not paid by collateral alone.
		return broken(Liquidation, "account %d %s with equity %d and maintenance margin %d", a, what, e, m)
	}
	return nil
}
