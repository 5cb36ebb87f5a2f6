package check

import (
	"math/big"

	"github.com/clearhour/clearhour/venue"
)

// plain says whether an order counts as one that can make a position larger.
func (o *order) plain() bool {
	return !o.dormant && !o.liquidates && !o.flags.Has(venue.ReduceOnly)
}

// reach returns what an account could have on a side after all its plain orders of
// that side (MAR-12).
func (c *Checker) reach(a venue.AccountID, i venue.InstrumentID, s venue.Side) venue.Qty {
	q := *at(&c.account(a).qty, int(i)) * s.Sign()
	for _, o := range c.orders {
		if o.account == a && o.instrument == i && o.side == s && o.plain() {
			q += o.leaves
		}
	}
	return max(0, q)
}

// allowed wants an order that was taken, or became larger, to leave its owner
// within the limit of the terms, over all of its accounts.
func (c *Checker) allowed(o *order, before venue.Qty) error {
	most := c.markets[o.instrument].terms.MaxPosition
	if most == 0 || !o.plain() || o.leaves <= before {
		return nil
	}
	own := c.reach(o.account, o.instrument, o.side)
	if added := min(own, o.leaves-before); added == 0 {
		return nil // It only closes.
	}
	sum := venue.Qty(0)
	for _, a := range c.owned[c.account(o.account).owner] {
		sum += c.reach(a, o.instrument, o.side)
	}
	if sum > most {
		return broken(Limits, "with order %d its owner could have %d lots of instrument %d, at most %d", o.id, sum, o.instrument, most)
	}
	return nil
}

// holds wants a trade that made a position larger to leave the owner within the
// limit.
func (c *Checker) holds(m *market, o *order) error {
	most := m.terms.MaxPosition
	if most == 0 || o.liquidates || *at(&c.account(o.account).qty, int(o.instrument))*o.side.Sign() <= 0 {
		return nil
	}
	sum := venue.Qty(0)
	for _, a := range c.owned[c.account(o.account).owner] {
		sum += max(0, *at(&c.account(a).qty, int(o.instrument))*o.side.Sign())
	}
	if sum > most {
		return broken(Limits, "with order %d its owner has %d lots of instrument %d, at most %d", o.id, sum, o.instrument, most)
	}
	return nil
}

// interest is the sum of the long positions.
func (c *Checker) interest(i venue.InstrumentID) (sum venue.Qty) {
	for a := range c.accounts {
		if q := c.accounts[a].qty; int(i) < len(q) {
			sum += max(0, q[i])
		}
	}
	return sum
}

// margins compares the margins of positions without orders, where they grow with
// the open interest (MAR-03), with what that was when the command was over.
func (c *Checker) margins() error {
	for i := range c.entries {
		e, ok := c.entries[i].Event.(*venue.PositionChanged)
		if !ok || c.markets[e.Instrument].terms.Interest.High == 0 || c.markets[e.Instrument].stale || c.ordered(e.Account, e.Instrument) {
			continue
		}
		m := &c.markets[e.Instrument]
		value := m.value(e.Qty, m.now)
		want, grown := m.initial(max(value, -value), c.interest(e.Instrument))
		if e.Margin != want {
			return broken(Limits, "account %d has %d lots of instrument %d with a margin of %d, want %d at an open interest of %d",
				e.Account, e.Qty, e.Instrument, e.Margin, want, c.interest(e.Instrument))
		}
		if grown && e.Qty != 0 {
			c.tally.Grown++
		}
	}
	return nil
}

// ordered says whether an account has an order in a market.
func (c *Checker) ordered(a venue.AccountID, i venue.InstrumentID) bool {
	for _, o := range c.orders {
		if o.account == a && o.instrument == i {
			return true
		}
	}
	return false
}

// initial returns the initial margin of a notional at an open interest: what the
// brackets take and the share of the rest that the open interest asks for, added
// up exactly and rounded up once.
func (m *market) initial(notional venue.Amount, open venue.Qty) (margin venue.Amount, grown bool) {
	sum, from := new(big.Int), venue.Amount(0) // In millionths.
	for _, b := range m.terms.Brackets {
		if part := min(notional, b.Upto) - from; part > 0 {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(int64(b.Initial))))
			from = b.Upto
		}
	}
	low, high := m.terms.Interest.Low, m.terms.Interest.High
	above, width := big.NewInt(int64(min(max(open-low, 0), high-low))), big.NewInt(int64(high-low))
	all := new(big.Int).Mul(big.NewInt(int64(notional)), big.NewInt(int64(venue.One)))
	rest := all.Sub(all, sum)
	sum.Mul(sum, width).Add(sum, rest.Mul(rest, above))
	width.Mul(width, big.NewInt(int64(venue.One)))
	sum.Add(sum, width).Sub(sum, big.NewInt(1)).Div(sum, width)
	return venue.Amount(sum.Int64()), above.Sign() > 0
}
