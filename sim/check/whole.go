package check

import (
	"github.com/clearhour/clearhour/venue"
)

// Patience is how long an account below its maintenance margin may wait for the
// venue to work on it: so many commands, and as much time beyond the step of the
// terms.
const (
	patience     venue.Seq  = 200
	patienceTime venue.Time = 5 * venue.Second
)

// Whole checks what walks everything: positions, all levels, and that nobody
// below its maintenance margin was forgotten. It is for every few hundred commands.
func (c *Checker) Whole() error {
	for i := range c.markets[1:] {
		m := &c.markets[i+1]
		sum := venue.Qty(0)
		for a := range c.accounts {
			if q := c.accounts[a].qty; i+1 < len(q) {
				sum += q[i+1]
			}
		}
		if sum != 0 || m.sum != 0 {
			return broken(Positions, "positions in instrument %d sum to %d", i+1, sum)
		}
		for s := range m.sides {
			for at, l := range m.sides[s].levels {
				if l == nil {
					continue
				}
				t := touchedLevel{venue.InstrumentID(i + 1), venue.Side(s + 1), m.terms.Low + venue.Price(at)}
				if err := l.check(t); err != nil {
					return err
				}
			}
		}
	}
	if err := c.zero(); err != nil {
		return err
	}
	return c.progress()
}

// zero wants all money and all units to sum to nothing, what is outside included.
func (c *Checker) zero() error {
	var money venue.Amount
	var units []venue.Amount
	for a := range c.accounts {
		money += c.accounts[a].flow
		for as, n := range c.accounts[a].units {
			*at(&units, as) += n
		}
	}
	if money != 0 {
		return broken(Conservation, "all money sums to %d", money)
	}
	for as, n := range units {
		if n != 0 {
			return broken(Conservation, "all of asset %d sums to %d", as, n)
		}
	}
	return nil
}

// progress wants the venue to work on every account that is below its maintenance
// margin and can be liquidated, however many others there are.
func (c *Checker) progress() error {
	if c.fund.terms.Step == 0 {
		return nil
	}
	for a := int(venue.FirstAccount); a < len(c.accounts); a++ {
		x := &c.accounts[a]
		if !c.due(venue.AccountID(a)) || x.receipts != x.wasWorked {
			x.below, x.wasWorked = 0, x.receipts
			continue
		}
		if x.below == 0 {
			x.below, x.belowSeq = c.now, c.env.Seq
			continue
		}
		if c.env.Seq-x.belowSeq > patience && c.now-x.below > c.fund.terms.Step+patienceTime {
			e, m := c.Equity(venue.AccountID(a))
			return broken(Progress, "account %d has equity %d and maintenance margin %d since command %d, and nothing was done", a, e, m, x.belowSeq)
		}
	}
	return nil
}

// due says whether an account is to be liquidated and can be.
func (c *Checker) due(a venue.AccountID) bool {
	if _, stale := c.stale(a); stale {
		return false
	}
	open := false
	for i, q := range c.account(a).qty {
		open = open || q != 0 && c.markets[i].phase == venue.Continuous && !c.markets[i].capped()
	}
	e, m := c.Equity(a)
	return open && e < m
}

// Live is an order as an image of the venue tells it.
type Live struct {
	Account venue.AccountID
	Leaves  venue.Qty
	Price   venue.Price
}

// Image compares the live orders and the positions of an image of the venue with
// those that were heard of: nothing that was acknowledged is lost.
func (c *Checker) Image(entries []venue.Entry) error {
	live := 0
	for i := range entries {
		switch e := entries[i].Event.(type) { //nolint:gochecksumtype // Only what the shadow can know.
		case *venue.OrderAccepted:
			live++
			o := c.orders[e.Order]
			if o == nil || o.account != e.Account || o.leaves != e.Qty-e.Filled || o.price != e.Price || o.dormant != (e.Stop != 0) && !o.resting {
				return broken(Orders, "the image has order %+v, heard of was %+v", *e, o)
			}
		case *venue.PositionChanged:
			if q := *at(&c.account(e.Account).qty, int(e.Instrument)); q != e.Qty {
				return broken(Positions, "the image has %d lots of account %d, heard of were %d", e.Qty, e.Account, q)
			}
		case *venue.MarkChanged:
			if m := &c.markets[e.Instrument]; m.now != e.Price || m.stale != e.Stale {
				return broken(Liquidation, "the image has the mark %d of instrument %d, heard of was %d", e.Price, e.Instrument, m.now)
			}
		}
	}
	if live != len(c.orders) {
		return broken(Orders, "the image has %d live orders, heard of were %d", live, len(c.orders))
	}
	return nil
}
