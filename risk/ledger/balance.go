package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// balance is what an account has of an asset other than money.
type balance struct {
	total, held venue.Amount
	account     venue.AccountID
	asset       venue.AssetID
	older       BalanceID // Of the same asset.
}

func assetKey(a venue.AccountID, s venue.AssetID) uint64 { return uint64(a)<<16 | uint64(s) }

// balanceOf returns the index of the balance and creates it when there is none;
// the caller has checked that there is room.
func (l *Ledger) balanceOf(a venue.AccountID, s venue.AssetID) uint32 {
	if b := l.byAsset.Get(assetKey(a, s)); b != 0 {
		return b
	}
	assert.That(len(l.balances) < cap(l.balances), "no room for a balance")
	b := uint32(len(l.balances))
	l.balances = append(l.balances, balance{account: a, asset: s})
	l.chain(BalanceID(b))
	assert.That(l.byAsset.Put(assetKey(a, s), b), "balance table is full")
	return b
}

// Balance returns what the account has of an asset and the part that its spot
// orders hold. Margin is no hold: risk computes it.
func (l *Ledger) Balance(a venue.AccountID, s venue.AssetID) (total, held venue.Amount) {
	if s == venue.USD {
		x := &l.accounts[a]
		return x.Cash, x.Held
	}
	b := &l.balances[l.byAsset.Get(assetKey(a, s))] // Balance 0 is always empty.
	return b.total, b.held
}

// Base returns the base asset of a spot holding, what its account has of it and
// the part that its orders hold.
func (l *Ledger) Base(x *Holding) (s venue.AssetID, total, held venue.Amount) {
	b := &l.balances[x.base]
	return b.asset, b.total, b.held
}

// CanDeposit says whether Deposit may be called. It refuses an account that may
// not trade (UnknownAccount), an amount below 1 (BadField), one that would bring
// all deposits of the asset beyond venue.MaxAmount (NotionalTooLarge, the limit
// is what is left), and MemoryExhausted.
func (l *Ledger) CanDeposit(a venue.AccountID, s venue.AssetID, amount venue.Amount) venue.Refusal {
	if !l.Trades(a) {
		return venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount, Limit: int64(len(l.accounts)) - 1}
	}
	if amount < 1 {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: 1}
	}
	outside, _ := l.Balance(venue.World, s)
	if room := venue.MaxAmount + outside; amount > room {
		return venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldAmount, Limit: int64(room)}
	}
	// Two balances may be new: that of the account and that of the world.
	if s != venue.USD && l.byAsset.Get(assetKey(a, s)) == 0 && len(l.balances)+2 > cap(l.balances) {
		return venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldAsset, Limit: int64(l.limits.Balances)}
	}
	return venue.Refusal{}
}

// Deposit moves an amount from the world to the account; CanDeposit was asked.
func (l *Ledger) Deposit(a venue.AccountID, s venue.AssetID, amount venue.Amount) {
	l.transfer(venue.World, a, s, amount)
}

// Withdraw moves an amount from the account to the world. The caller has asked
// risk whether that much may leave.
func (l *Ledger) Withdraw(a venue.AccountID, s venue.AssetID, amount venue.Amount) {
	l.transfer(a, venue.World, s, amount)
}

func (l *Ledger) transfer(from, to venue.AccountID, s venue.AssetID, amount venue.Amount) {
	assert.That(amount > 0 && amount <= venue.MaxAmount, "transfer out of range")
	if s == venue.USD {
		f := &l.accounts[from]
		f.Cash -= amount
		l.accounts[to].Cash += amount
		assert.That(from == venue.World || f.Cash >= f.Held, "transfer of more cash than is free")
		return
	}
	f, t := l.balanceOf(from, s), l.balanceOf(to, s)
	l.balances[f].total -= amount
	l.balances[t].total += amount
	assert.That(from == venue.World || l.balances[f].total >= l.balances[f].held, "transfer of more than is free")
}
