package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/table"
	"github.com/clearhour/clearhour/venue"
)

// MaxExposure bounds, in micro-dollars, what the position of one holding plus
// its open orders of one side could be worth at the highest price of the
// instrument: 4.5e9 dollars. With MaxPerAccount holdings every sum over an
// account stays below 1<<63, so that sums need no check of their own.
const MaxExposure venue.Amount = 1<<52 - 1

// MaxPerAccount is the highest value of Limits.PerAccount.
const MaxPerAccount = 256

// Limits bounds the memory of a ledger. All of it is reserved by New.
type Limits struct {
	// Accounts is the number of accounts, those of the venue included.
	Accounts int
	// Holdings is the number of (account, instrument) pairs.
	Holdings int
	// Balances is the number of (account, asset) pairs other than money.
	Balances int
	// Instruments is the highest instrument id.
	Instruments int
	// PerAccount is the number of instruments in which one account can have a
	// position or orders at the same time, at most MaxPerAccount.
	PerAccount int
	// Orders is the number of open orders of one account, at most 65535.
	Orders int
}

// DefaultLimits returns the limits of a venue of a million accounts.
func DefaultLimits() Limits {
	return Limits{
		Accounts: 1 << 20, Holdings: 1 << 22, Balances: 1 << 21,
		Instruments: 1 << 12, PerAccount: MaxPerAccount, Orders: 1 << 12,
	}
}

// Account is the record of an account: one cache line, without pointers.
type Account struct {
	// Cash is the money of the account in micro-dollars. Losses can make it
	// negative; that of venue.World is minus what was deposited.
	Cash venue.Amount
	// Held is the part of Cash that open spot buys hold, and that positions in
	// capped futures are paid with (Locked).
	Held venue.Amount
	// Unrealised, Losses and Needs are the sums of Unrealised, of its negative
	// values alone, and of Need over the margined list, as the holdings have them
	// (risk).
	Unrealised, Losses, Needs venue.Amount
	// Owner is who it belongs to, 0 for the accounts of the venue.
	Owner venue.OwnerID
	// First is its newest holding, 0 for none.
	First venue.HoldingID
	// Margined is the first of its futures with a position or open orders.
	Margined venue.HoldingID
	// The count of mark changes at which the sums were last brought up to date:
	// 48 bits, a thousand changes a second for 8,900 years.
	epochLow  uint32
	epochHigh uint16
	// Orders is the number of its open orders.
	Orders uint16
	// Holdings is the number of its holdings.
	Holdings uint16
	// Stale is the number of stale holdings in the margined list.
	Stale uint16
}

// At says whether the sums were last brought up to date at that count of mark
// changes.
func (a *Account) At(epoch uint64) bool {
	return a.epochLow == uint32(epoch) && a.epochHigh == uint16(epoch>>32)
}

// SetEpoch remembers the count of mark changes of which the sums are.
func (a *Account) SetEpoch(epoch uint64) { a.epochLow, a.epochHigh = uint32(epoch), uint16(epoch>>32) }

// terms is what the ledger has to know of an instrument.
type terms struct {
	tickValue venue.Amount
	maxQty    venue.Qty // Bound of position plus open orders of one side.
	taker     venue.Rate
	full      venue.Amount // What a lot is worth at the cap of a Capped future.
	open      venue.Qty    // Open interest: the sum of all long positions.
	base      venue.AssetID
	kind      venue.Kind
}

// Ledger is the book of accounts. Use New. Its methods take ids that exist;
// Exists, Find and the Can methods are for those that may not.
type Ledger struct {
	limits   Limits
	accounts []Account
	holdings []Holding // From 1.
	balances []balance // From 1.
	terms    []terms   // By instrument.
	holders  holders
	owners   owners
	locked   []venue.Amount // By account: what capped futures lock; nil while none is listed.
	byPair   *table.Table
	byAsset  *table.Table
	newest   []BalanceID // By asset.
	isolated []isolation // By rising account.
}

// New returns a ledger with the accounts of the venue and no money in it. The
// limits must be positive and PerAccount at most MaxPerAccount.
func New(m Limits) *Ledger {
	assert.That(m.Accounts > int(venue.FirstAccount) && m.Accounts < 1<<31, "ledger limit of accounts out of range")
	assert.That(m.Holdings > 0 && m.Balances > 0, "ledger limit is not positive")
	assert.That(m.Orders > 0 && m.Orders < 1<<16, "ledger limit of open orders out of range")
	assert.That(m.Instruments > 0 && m.Instruments < 1<<16, "ledger limit of instruments out of range")
	assert.That(m.PerAccount > 0 && m.PerAccount <= MaxPerAccount, "ledger limit of instruments per account out of range")
	return &Ledger{
		limits:   m,
		accounts: make([]Account, venue.FirstAccount, m.Accounts),
		holdings: make([]Holding, 1, m.Holdings+1),
		balances: make([]balance, 1, m.Balances+1),
		terms:    make([]terms, m.Instruments+1),
		holders:  newHolders(m),
		owners:   newOwners(m.Accounts),
		byPair:   table.New(m.Holdings),
		byAsset:  table.New(m.Balances),
	}
}

// Limits returns the limits given to New.
func (l *Ledger) Limits() Limits { return l.limits }

// List tells the ledger the terms of an instrument, which were accepted before.
// A perpetual is held like a future. A spot instrument holds cash for its buys at the taker rate given here.
func (l *Ledger) List(i *venue.Instrument) {
	assert.That(int(i.ID) < len(l.terms) && i.ID != 0, "instrument beyond the ledger's limit")
	tv := i.TickValue()
	l.terms[i.ID] = terms{
		tickValue: tv,
		maxQty:    venue.Qty(MaxExposure / (venue.Amount(i.High) * tv)),
		taker:     i.Taker,
		base:      i.Base,
		kind:      i.Kind.Held(),
	}
	if i.Kind == venue.Capped {
		l.terms[i.ID].full = venue.Amount(i.High) * tv
		if l.locked == nil {
			l.locked = make([]venue.Amount, l.limits.Accounts)
		}
	}
}

// MaxQty returns the bound of a holding in the instrument: neither its long side
// (position plus open buys) nor its short side may be larger. It is what
// MaxExposure buys at the highest price of the terms.
func (l *Ledger) MaxQty(i venue.InstrumentID) venue.Qty { return l.terms[i].maxQty }

// OpenAccount creates an account without money. The id must be the next free
// one. It refuses TooManyAccounts, TooManyAccountsOfOwner, DuplicateID and
// BadField, the last two with the next free id as the limit.
func (l *Ledger) OpenAccount(a venue.AccountID, owner venue.OwnerID) venue.Refusal {
	next := venue.AccountID(len(l.accounts))
	switch {
	case l.Exists(a) || a < venue.FirstAccount:
		return venue.Refusal{Reason: venue.DuplicateID, Field: venue.FieldAccount, Limit: int64(next)}
	case a != next:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAccount, Limit: int64(next)}
	case owner == 0:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldOwner, Limit: 1}
	case len(l.accounts) == cap(l.accounts):
		return venue.Refusal{Reason: venue.TooManyAccounts, Field: venue.FieldAccount, Limit: int64(l.limits.Accounts)}
	case l.AccountsOf(owner) == MaxPerOwner:
		return venue.Refusal{Reason: venue.TooManyAccountsOfOwner, Field: venue.FieldOwner, Limit: MaxPerOwner}
	}
	l.accounts = append(l.accounts, Account{Owner: owner})
	l.owners.link(owner, a)
	return venue.Refusal{}
}

// NextAccount returns the id that OpenAccount takes next.
func (l *Ledger) NextAccount() venue.AccountID { return venue.AccountID(len(l.accounts)) }

// Exists says whether there is such an account, those of the venue included.
func (l *Ledger) Exists(a venue.AccountID) bool {
	return a >= venue.World && a <= venue.Insurance || l.Trades(a)
}

// Trades says whether the account exists and may order, deposit and withdraw:
// the accounts of the venue may not.
func (l *Ledger) Trades(a venue.AccountID) bool {
	return a >= venue.FirstAccount && int(a) < len(l.accounts)
}

// Account returns the record of an account that exists, to be read only.
func (l *Ledger) Account(a venue.AccountID) *Account { return &l.accounts[a] }

// Owner returns the owner of an account that exists.
func (l *Ledger) Owner(a venue.AccountID) venue.OwnerID { return l.accounts[a].Owner }
