package engine

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// revalue is an asset that counts for something else now: whoever has it is judged
// again, from the newest balance to the oldest.
type revalue struct {
	asset venue.AssetID
	at    ledger.BalanceID
}

// setCollateral lets an asset count towards margin, or count otherwise (MAR-04).
func (e *Engine) setCollateral(c *venue.SetCollateral) {
	if why := e.admitCollateral(c); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.ledger.Keep(venue.Insurance, c.Asset) // A seizure cannot be refused.
	p := risk.Pledge{Asset: c.Asset, Decimals: e.markets.Asset(c.Asset).Decimals, Price: c.Price, Rate: c.Rate, Index: c.Index}
	e.pledge(p)
}

// pledge brings the terms of an asset into force and tells.
func (e *Engine) pledge(p risk.Pledge) {
	e.risk.SetPledge(p)
	e.liq.job.marks = 0 // Equities are others: a ranking serves no other position.
	e.revalued(p.Asset)
	e.tellPledge(&p)
}

func (e *Engine) tellPledge(p *risk.Pledge) {
	x := e.tape.CollateralSet()
	x.Asset, x.Price, x.Rate, x.Index = p.Asset, p.Price, p.Rate, p.Index
}

func (e *Engine) admitCollateral(c *venue.SetCollateral) venue.Refusal {
	a := e.markets.Asset(c.Asset)
	switch {
	case a == nil:
		return venue.Refusal{Reason: venue.UnknownAsset, Field: venue.FieldAsset, Limit: int64(e.markets.Assets())}
	case c.Asset == venue.USD:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAsset, Limit: int64(venue.USD)}
	case c.Price < 0 || c.Price > venue.MaxCollateralPrice:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldPrice, Limit: int64(venue.MaxCollateralPrice)}
	case c.Rate < 0 || c.Rate > venue.One:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldRate, Limit: int64(venue.One)}
	case a.Decimals > risk.MaxPledgeDecimals:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAsset, Limit: risk.MaxPledgeDecimals}
	case c.Index != 0 && !e.indices.Exists(c.Index):
		return venue.Refusal{Reason: venue.UnknownIndex, Field: venue.FieldIndex, Limit: int64(e.indices.Count())}
	case e.isMetered(c.Index):
		return venue.Refusal{Reason: venue.WrongIndexKind, Field: venue.FieldIndex, Limit: int64(c.Index)}
	case e.risk.Pledge(c.Asset) != nil || c.Price == 0:
		return venue.Refusal{}
	case len(e.risk.Pledges()) == venue.MaxCollaterals:
		return venue.Refusal{Reason: venue.TooManyCollaterals, Field: venue.FieldAsset, Limit: venue.MaxCollaterals}
	}
	if i := e.delivers(c.Asset); i != 0 {
		return venue.Refusal{Reason: venue.AssetIsDelivered, Field: venue.FieldAsset, Limit: int64(i)}
	}
	return e.ledger.CanReceive(venue.Insurance, c.Asset)
}

// delivers returns a spot instrument that delivers the asset, 0 for none.
func (e *Engine) delivers(as venue.AssetID) venue.InstrumentID {
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		if t := &e.markets.Get(id).Terms; t.Kind == venue.Spot && t.Base == as {
			return id
		}
	}
	return 0
}

// admitBase refuses an instrument that would deliver collateral: what spot orders
// hold of an asset cannot be seized.
func (e *Engine) admitBase(t *venue.Instrument) venue.Refusal {
	if t.Kind == venue.Spot && e.risk.Pledge(t.Base) != nil {
		return venue.Refusal{Reason: venue.AssetIsCollateral, Field: venue.FieldAsset, Limit: int64(t.Base)}
	}
	return venue.Refusal{}
}

// follow brings a published index to the assets whose prices follow it.
func (e *Engine) follow(id venue.IndexID, price venue.Amount) {
	if price <= 0 {
		return
	}
	all := e.risk.Pledges()
	for i := range all {
		if p := all[i]; p.Index == id && p.Price != price {
			p.Price = min(price, venue.MaxCollateralPrice)
			e.pledge(p) // It replaces an entry in its place.
		}
	}
}

// revalued notes that whoever has the asset is to be judged.
func (e *Engine) revalued(as venue.AssetID) {
	l := &e.liq
	if !l.on() {
		return
	}
	newest := e.ledger.NewestBalance(as)
	for i := range l.revalued {
		if l.revalued[i].asset == as {
			l.revalued[i].at = newest
			return
		}
	}
	l.revalued = append(l.revalued, revalue{as, newest})
}

// reassessHolders judges a part of the accounts that have an asset whose price or
// rate changed.
func (e *Engine) reassessHolders() {
	l := &e.liq
	for budget := maxJudged; budget > 0 && len(l.revalued) > 0; {
		r := &l.revalued[0]
		if r.at == 0 {
			l.revalued = l.revalued[:copy(l.revalued, l.revalued[1:])]
			continue
		}
		a, _, total, older := e.ledger.BalanceAt(r.at)
		r.at = older
		budget--
		if total != 0 {
			e.judge(a)
		}
	}
}

// moved says that an account has more or less of an asset: what it counts for is
// another, and the account is judged.
func (e *Engine) moved(a venue.AccountID, as venue.AssetID) {
	if e.risk.Pledge(as) != nil {
		e.risk.Revalue(a)
		e.watch.money(a)
	}
}

// seize lets the fund take collateral of an account that owes and has no position,
// asset by asset, and returns what that pays of the debt (MAR-13).
func (e *Engine) seize(a venue.AccountID, owed venue.Amount) (paid venue.Amount) {
	all := e.risk.Pledges()
	for i := range all {
		total, _ := e.ledger.Balance(a, all[i].Asset)
		if paid == owed || total == 0 {
			continue
		}
		c := all[i].Of(total)
		got := e.receipt(venue.RuleSeizure, a, 0, venue.PackInputs(
			int64(c.Balance), c.Price, c.Unit, int64(c.Rate), int64(owed-paid), int64(all[i].Asset)))
		units, pays := venue.Amount(got.At(0)), venue.Amount(got.At(1))
		if units == 0 {
			continue
		}
		e.rollFund()
		e.ledger.Move(a, venue.Insurance, all[i].Asset, units)
		e.ledger.Pay(venue.Insurance, a, pays)
		e.risk.Revalue(a)
		e.risk.Revalue(venue.Insurance)
		e.watch.money(a)
		e.watch.money(venue.Insurance)
		x := e.tape.CollateralSeized()
		x.Account, x.Asset, x.Amount, x.Value = a, all[i].Asset, units, pays
		e.tellBalance(a, all[i].Asset)
		e.tellBalance(venue.Insurance, all[i].Asset)
		paid += pays
	}
	return paid
}

// sellCollateral books a sale outside of what the fund seized (MAR-13).
func (e *Engine) sellCollateral(c *venue.SellCollateral) {
	if why := e.admitSale(c); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.rollFund()
	e.ledger.Move(venue.Insurance, venue.World, c.Asset, c.Amount)
	e.ledger.Pay(venue.World, venue.Insurance, c.Proceeds)
	e.rollFund()
	e.risk.Revalue(venue.Insurance)
	e.watch.money(venue.Insurance)
	x := e.tape.CollateralSold()
	x.Asset, x.Amount, x.Proceeds = c.Asset, c.Amount, c.Proceeds
	e.tellBalance(venue.Insurance, c.Asset)
}

func (e *Engine) admitSale(c *venue.SellCollateral) venue.Refusal {
	if c.Asset == venue.USD || e.markets.Asset(c.Asset) == nil {
		return venue.Refusal{Reason: venue.UnknownAsset, Field: venue.FieldAsset, Limit: int64(e.markets.Assets())}
	}
	total, _ := e.ledger.Balance(venue.Insurance, c.Asset)
	if c.Amount < 1 || c.Amount > total {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: int64(total)}
	}
	if most := venue.MaxAmount + e.ledger.Account(venue.World).Cash; c.Proceeds < 0 || c.Proceeds > most {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldPrice, Limit: int64(most)}
	}
	return venue.Refusal{}
}

// imageCollateral tells the assets that count.
func (e *Engine) imageCollateral() {
	all := e.risk.Pledges()
	for i := range all {
		e.tellPledge(&all[i])
	}
}
