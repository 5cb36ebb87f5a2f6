package check

import (
	"math/big"

	"github.com/clearhour/clearhour/venue"
)

// pledge is what an asset counts for.
type pledge struct {
	decimals uint8
	price    venue.Amount
	rate     venue.Rate
}

// collateral returns what the assets of an account count for: each the smaller of
// its value and of the part of it that counts, rounded down (MAR-04).
func (c *Checker) collateral(a venue.AccountID) (sum venue.Amount) {
	for as, n := range c.account(a).units {
		if n == 0 || as >= len(c.pledges) || c.pledges[as].price == 0 {
			continue
		}
		p := &c.pledges[as]
		value := new(big.Int).Mul(big.NewInt(int64(n)), big.NewInt(int64(p.price)))
		value.Mul(value, big.NewInt(int64(venue.One)))
		if n > 0 {
			value.Quo(value, big.NewInt(int64(venue.One))).Mul(value, big.NewInt(int64(p.rate)))
		}
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(p.decimals)), nil)
		unit.Mul(unit, big.NewInt(int64(venue.One)))
		sum += venue.Amount(value.Div(value, unit).Int64()) // Div rounds down, as the unit is above 0.
	}
	return sum
}

// debt hears how debts are paid by the fund, by the gains of others and by
// collateral (LIQ-06, MAR-13).
func (c *Checker) debt(e venue.Event) error {
	c.settlePending()
	switch e := e.(type) { //nolint:gochecksumtype // The kinds that money sends here.
	case *venue.DebtPaid:
		if equity, m := c.Equity(e.Account); m > 0 || e.Amount > -(equity-c.collateral(e.Account)) {
			return broken(Liquidation, "%d are paid for account %d, which has %d and needs %d", e.Amount, e.Account, equity, m)
		}
		c.pay(e.From, e.Account, e.Amount)
		if e.From == venue.Insurance {
			c.fund.gives(e.Amount)
			c.tally.Drawn += e.Amount
		}
	case *venue.GainsHaircut:
		return c.haircut(e)
	case *venue.CollateralSeized:
		c.give(e.Account, venue.Insurance, e.Asset, e.Amount)
		c.pay(venue.Insurance, e.Account, e.Value)
		c.fund.gain(-e.Value)
	case *venue.CollateralSold:
		c.give(venue.Insurance, venue.World, e.Asset, e.Amount)
		c.pay(venue.World, venue.Insurance, e.Proceeds)
		c.fund.gain(e.Proceeds)
	}
	return nil
}

// haircut hears that a gain is given: never by a mark that is stale, and never more
// than what was gained.
func (c *Checker) haircut(e *venue.GainsHaircut) error {
	if i, stale := c.stale(e.Account); stale {
		return broken(Liquidation, "account %d gives gains while the mark of instrument %d is stale", e.Account, i)
	}
	m := &c.markets[e.Instrument]
	x := c.account(e.Account)
	cost := at(&x.cost, int(e.Instrument))
	gained := m.value(*at(&x.qty, int(e.Instrument)), m.now) - *cost
	if e.Amount > gained {
		return broken(Liquidation, "account %d gives %d of a gain of %d", e.Account, e.Amount, gained)
	}
	*cost += e.Amount
	c.pay(e.Account, venue.Residue, e.Amount)
	c.tally.Haircuts++
	if equity, maintenance := c.Equity(e.Account); equity < maintenance {
		return broken(Liquidation, "account %d gives %d and is left with equity %d and maintenance margin %d", e.Account, e.Amount, equity, maintenance)
	}
	return nil
}
