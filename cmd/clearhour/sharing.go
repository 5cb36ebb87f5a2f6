package main

import (
	"fmt"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// sharingCheck reads the receipts of one sharing of debts (LIQ-06): those of the
// debts, then one of each account that gains, by its place.
type sharingCheck struct {
	owed  venue.Amount
	gains []risk.Gain
	keeps []venue.Amount
	// keep and sum are what the receipts say that all gains keep and come to.
	keep, sum venue.Amount
	number    int64 // Of the accounts that gain.
}

// receipt takes the next receipt.
func (c *sharingCheck) receipt(x *venue.Receipt) error {
	if x.Rule == venue.RuleDebt && len(c.gains) == 0 {
		owed := venue.Amount(x.Results.At(0))
		if owed <= 0 || owed > venue.MaxAmount-c.owed {
			return fmt.Errorf("receipt %d: gains share a debt of %d", x.Number, owed)
		}
		c.owed += owed
		return nil
	}
	if x.Rule != venue.RuleGain {
		return c.over()
	}
	if len(c.gains) == 0 {
		c.keep, c.sum, c.number = venue.Amount(x.Inputs.At(4)), venue.Amount(x.Inputs.At(5)), x.Inputs.At(8)
	}
	switch n := len(c.gains); {
	case c.owed == 0:
		return fmt.Errorf("receipt %d: gains are shared and nobody owes", x.Number)
	case x.Inputs.At(4) != int64(c.keep) || x.Inputs.At(5) != int64(c.sum) || x.Inputs.At(8) != c.number || x.Inputs.At(7) != int64(n):
		return fmt.Errorf("receipt %d is not number %d of %d gains of %d that keep %d", x.Number, n, c.number, c.sum, c.keep)
	case n > 0 && x.Account <= c.gains[n-1].Account:
		return fmt.Errorf("receipt %d: account %d shares after account %d", x.Number, x.Account, c.gains[n-1].Account)
	case x.Results.At(0) <= 0:
		return fmt.Errorf("receipt %d: account %d shares without a gain", x.Number, x.Account)
	}
	c.gains = append(c.gains, risk.Gain{Account: x.Account, Amount: venue.Amount(x.Results.At(0))})
	c.keeps = append(c.keeps, venue.Amount(x.Results.At(1)))
	if int64(len(c.gains)) == c.number {
		return c.whole()
	}
	return nil
}

// over wants no sharing to be left unfinished.
func (c *sharingCheck) over() error {
	if c.owed != 0 {
		return fmt.Errorf("debts of %d are shared among %d of %d accounts", c.owed, len(c.gains), c.number)
	}
	return nil
}

// whole shares anew among all, and wants the same.
func (c *sharingCheck) whole() error {
	var sum venue.Amount
	amounts := make([]venue.Amount, len(c.gains))
	for i, g := range c.gains {
		if g.Amount > venue.MaxAmount-sum {
			return fmt.Errorf("gains of more than %d", sum)
		}
		amounts[i] = g.Amount
		sum += g.Amount
	}
	if keep := sum - min(sum, c.owed); sum != c.sum || keep != c.keep {
		return fmt.Errorf("gains of %d share debts of %d and keep %d, the receipts say %d and %d", sum, c.owed, keep, c.sum, c.keep)
	}
	for i, want := range risk.Haircut(amounts, c.keep) {
		if c.keeps[i] != want {
			return fmt.Errorf("account %d keeps %d of its gain, its part is %d", c.gains[i].Account, c.keeps[i], want)
		}
	}
	*c = sharingCheck{gains: c.gains[:0], keeps: c.keeps[:0]}
	return nil
}
