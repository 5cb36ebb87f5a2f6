package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// MaxPledgeDecimals is how many decimals an asset that is collateral has at most:
// a whole unit is then no more than MaxUnit.
const MaxPledgeDecimals = 12

// maxPledged bounds what one asset counts for in one account, in micro-dollars, so
// that sums over an account need no check.
const maxPledged = ledger.MaxExposure

// Pledge is an asset that counts as collateral (MAR-04).
type Pledge struct {
	// Asset is not money.
	Asset venue.AssetID
	// Decimals are those of the asset, at most MaxPledgeDecimals.
	Decimals uint8
	// Price is that of a whole unit in micro-dollars, above 0 and at most
	// venue.MaxCollateralPrice.
	Price venue.Amount
	// Rate is the part of the value that counts, from 0 to One.
	Rate venue.Rate
	// Index is what the price follows, 0 for none.
	Index venue.IndexID
}

// Of returns the balance as collateral.
func (p *Pledge) Of(balance venue.Amount) Collateral {
	unit := int64(1)
	for range p.Decimals {
		unit *= 10
	}
	return Collateral{Balance: balance, Price: int64(p.Price), Unit: unit, Rate: p.Rate}
}

// Counts is what a balance counts for, in micro-dollars, at most maxPledged.
func (p *Pledge) Counts(balance venue.Amount) venue.Amount {
	c := p.Of(balance)
	v, ok := c.Value()
	if !ok || v > maxPledged {
		return maxPledged
	}
	return v
}

// least returns the smallest balance that is worth at least an amount above 0, and
// false when none is that a balance can be.
func (c *Collateral) least(worth venue.Amount) (venue.Amount, bool) {
	per := venue.WideProduct(c.Price, int64(min(c.Rate, venue.One)))
	if per.Sign() <= 0 {
		return 0, false
	}
	v, ok := venue.WideProduct(int64(worth), c.Unit, int64(venue.One)).Quo(per, venue.Up).Int64()
	return venue.Amount(v), ok
}

// Seize returns how much of a balance is taken for what its account owes, and what
// of the debt that pays, in micro-dollars: the least that is worth the debt, or all
// of it. The value is rounded down and the units up, both in favour of who pays
// the debt (MAR-13). Where the balance is worth nothing it stays.
func (c *Collateral) Seize(owed venue.Amount) (units, pays venue.Amount) {
	if owed <= 0 || c.Balance <= 0 {
		return 0, 0
	}
	taken := *c
	if least, ok := c.least(owed); ok {
		taken.Balance = min(least, c.Balance)
	}
	v, ok := taken.Value()
	if !ok {
		v = venue.MaxAmount
	}
	if v <= 0 {
		return 0, 0
	}
	return taken.Balance, min(v, owed)
}

// pledges are the assets that count as collateral, and what those of each account
// came to when that was last asked.
type pledges struct {
	terms []Pledge // By rising asset.
	epoch uint64   // Counts the changes of terms, from 1.
	worth []worth  // By account; none before the first asset counts.
}

type worth struct {
	value venue.Amount
	epoch uint64 // Of the terms that it was computed with, 0 for none.
}

// SetPledge lets an asset count, or count otherwise; a Price of 0 ends it. The
// caller keeps the number of assets within venue.MaxCollaterals.
func (r *Risk) SetPledge(p Pledge) {
	s := &r.pledges
	if s.worth == nil {
		s.worth = make([]worth, r.ledger.Limits().Accounts)
	}
	s.epoch++
	at := 0
	for at < len(s.terms) && s.terms[at].Asset < p.Asset {
		at++
	}
	known := at < len(s.terms) && s.terms[at].Asset == p.Asset
	switch {
	case p.Price == 0 && known:
		s.terms = append(s.terms[:at], s.terms[at+1:]...)
	case p.Price == 0:
	case known:
		s.terms[at] = p
	default:
		assert.That(len(s.terms) < venue.MaxCollaterals, "too many assets are collateral")
		s.terms = append(s.terms, Pledge{})
		copy(s.terms[at+1:], s.terms[at:])
		s.terms[at] = p
	}
}

// Pledges returns the assets that count, by rising asset, to be read only.
func (r *Risk) Pledges() []Pledge { return r.pledges.terms }

// Pledge returns an asset that counts, nil for one that does not.
func (r *Risk) Pledge(s venue.AssetID) *Pledge {
	for i := range r.pledges.terms {
		if r.pledges.terms[i].Asset == s {
			return &r.pledges.terms[i]
		}
	}
	return nil
}

// Revalue says that a balance of the account changed that is not money.
func (r *Risk) Revalue(id venue.AccountID) {
	if r.pledges.worth != nil {
		r.pledges.worth[id].epoch = 0
	}
}

// pledged is what the assets of an account count for, in micro-dollars.
func (r *Risk) pledged(id venue.AccountID) venue.Amount {
	if len(r.pledges.terms) == 0 {
		return 0
	}
	w := &r.pledges.worth[id]
	if w.epoch != r.pledges.epoch {
		w.value, w.epoch = r.evaluate(id), r.pledges.epoch
	}
	return w.value
}

// evaluate adds up what the assets of an account count for, each rounded down.
func (r *Risk) evaluate(id venue.AccountID) (sum venue.Amount) {
	for i := range r.pledges.terms {
		p := &r.pledges.terms[i]
		if total, _ := r.ledger.Balance(id, p.Asset); total != 0 {
			sum += p.Counts(total)
		}
	}
	return sum
}

// Indebted says whether the account owes money, or its orders in capped futures may
// make it owe, while assets count as collateral: those pay for neither by
// themselves.
func (r *Risk) Indebted(id venue.AccountID) bool {
	if len(r.pledges.terms) == 0 {
		return false
	}
	a, locked := r.ledger.Account(id), r.ledger.Locked(id)
	return a.Cash < locked || r.ledger.Capped() && a.Cash-locked+a.Unrealised < a.Needs
}

// removable returns how much of a pledged asset may leave: what remains, with the
// money and without unrealised profit, covers the needs.
func (r *Risk) removable(id venue.AccountID, p *Pledge, total venue.Amount, marks []venue.Mark) venue.Amount {
	a := r.ledger.Account(id)
	r.upToDate(a, marks)
	room := spendable(a) + r.pledged(id)
	stays := p.Counts(total) - room
	if stays <= 0 {
		return total
	}
	c := p.Of(total)
	least, ok := c.least(stays)
	if !ok {
		return 0
	}
	return max(0, total-least)
}
