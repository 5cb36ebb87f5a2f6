package ledger

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Move moves an amount between two accounts that exist. The caller has asked risk
// whether that much may leave the one, and CanReceive of the other.
func (l *Ledger) Move(from, to venue.AccountID, s venue.AssetID, amount venue.Amount) {
	l.transfer(from, to, s, amount)
}

// CanReceive says whether there is room for a balance of the pair. It refuses
// MemoryExhausted.
func (l *Ledger) CanReceive(a venue.AccountID, s venue.AssetID) venue.Refusal {
	if s != venue.USD && l.byAsset.Get(assetKey(a, s)) == 0 && len(l.balances) == cap(l.balances) {
		return venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldAsset, Limit: int64(l.limits.Balances)}
	}
	return venue.Refusal{}
}

// Keep makes room for what the account may receive of an asset later, when
// nothing can be refused; CanReceive was asked.
func (l *Ledger) Keep(a venue.AccountID, s venue.AssetID) { l.balanceOf(a, s) }

// BalanceID names a balance of an asset other than money, 0 for none.
type BalanceID uint32

// NewestBalance returns the newest balance of an asset, 0 when nobody has had any. All
// others are found from it by BalanceAt.
func (l *Ledger) NewestBalance(s venue.AssetID) BalanceID {
	if int(s) >= len(l.newest) {
		return 0
	}
	return l.newest[s]
}

// BalanceAt returns whose a balance is, of what, how much, and the balance of the same
// asset that is next older, 0 for none.
func (l *Ledger) BalanceAt(b BalanceID) (a venue.AccountID, s venue.AssetID, total venue.Amount, older BalanceID) {
	x := &l.balances[b]
	return x.account, x.asset, x.total, x.older
}

// Balances returns the highest balance id that was given.
func (l *Ledger) Balances() BalanceID { return BalanceID(len(l.balances) - 1) }

// chain links a new balance to the others of its asset.
func (l *Ledger) chain(b BalanceID) {
	x := &l.balances[b]
	for len(l.newest) <= int(x.asset) {
		l.newest = append(l.newest, 0)
	}
	x.older = l.newest[x.asset]
	l.newest[x.asset] = b
}

// isolation is an account that trades one instrument only.
type isolation struct {
	account    venue.AccountID
	instrument venue.InstrumentID
}

// Isolate says that the account, which is the newest and has nothing yet, trades
// the instrument and no other (MAR-14).
func (l *Ledger) Isolate(a venue.AccountID, i venue.InstrumentID) {
	assert.That(a == l.NextAccount()-1 && l.Trades(a) && i != 0, "isolated account is not new")
	l.isolated = append(l.isolated, isolation{a, i})
}

// Isolated returns the one instrument that an account trades, 0 for any.
func (l *Ledger) Isolated(a venue.AccountID) venue.InstrumentID {
	at, ok := slices.BinarySearchFunc(l.isolated, a, func(x isolation, a venue.AccountID) int { return int(x.account) - int(a) })
	if !ok {
		return 0
	}
	return l.isolated[at].instrument
}

// outside refuses an instrument that an isolated account does not trade. It is
// asked for a pair that has no holding yet, so never on the way of most orders.
func (l *Ledger) outside(a venue.AccountID, i venue.InstrumentID) venue.Refusal {
	if only := l.Isolated(a); only != 0 && only != i {
		return venue.Refusal{Reason: venue.IsolatedAccount, Field: venue.FieldInstrument, Limit: int64(only)}
	}
	return venue.Refusal{}
}
