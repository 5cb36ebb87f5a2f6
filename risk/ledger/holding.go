package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Holding is what an account has in an instrument: the position, the aggregates
// of the open orders, and what package risk computed from them. Two cache lines
// without pointers; the first is all that the margin check of another holding of
// the account reads.
type Holding struct {
	// Account and Instrument are the pair.
	Account    venue.AccountID
	Instrument venue.InstrumentID
	// Kind is how the instrument is held: Spot, Future or Capped.
	Kind venue.Kind
	// Stale says that Unrealised and Need are older than Qty, Cost or the
	// aggregates of a margined future. It is set here and cleared by risk.
	Stale bool
	// MarkVersion is the version of the mark for which OpenLoss, Unrealised and
	// Need were computed, 0 when orders changed without risk.
	MarkVersion uint32
	// NextMargined is the next future of the account with a position or orders.
	NextMargined venue.HoldingID
	// Qty is the position of a future in lots, positive when long. The position
	// of a spot instrument is the balance of its base asset; its Qty is 0.
	Qty venue.Qty
	// Cost is what the open position cost in micro-dollars, signed like Qty.
	Cost venue.Amount
	// Unrealised is Qty at the mark less Cost, in micro-dollars (risk).
	Unrealised venue.Amount
	// Need is the initial margin of a future or what the open orders in a capped
	// one need (risk), or the cash that the open buys of a spot instrument hold
	// (ledger).
	Need venue.Amount
	// OpenLoss is the part of Need that the prices of open orders cause, and in a
	// capped future what they can lock (risk).
	OpenLoss venue.Amount
	// Orders is the number of open orders, reduce-only ones included.
	Orders uint32
	// Next is the next older holding of the account.
	Next venue.HoldingID

	// BuyQty and SellQty are the open lots of plain orders.
	BuyQty, SellQty venue.Qty
	// BuyTicks and SellTicks are the sums of limit price times open lots of
	// plain orders.
	BuyTicks, SellTicks int64
	// ReduceBuy and ReduceSell are the open lots of reduce-only orders.
	ReduceBuy, ReduceSell venue.Qty
	// HighBuy is at least the highest limit of the plain buys, LowSell at most
	// the lowest limit of the plain sells. They mean nothing while BuyQty or
	// SellQty is 0. Prices fit 32 bits.
	HighBuy, LowSell int32
	base             uint32 // Index of the balance of a spot's base asset.
	prevMargined     venue.HoldingID
}

// Idle says whether there is neither a position nor an open order.
func (x *Holding) Idle() bool { return x.Qty == 0 && x.Orders == 0 }

// Open returns the open lots of one side, reduce-only ones included.
func (x *Holding) Open(side venue.Side) venue.Qty {
	if side == venue.Buy {
		return x.BuyQty + x.ReduceBuy
	}
	return x.SellQty + x.ReduceSell
}

// Plain is Open without the reduce-only orders.
func (x *Holding) Plain(side venue.Side) venue.Qty {
	if side == venue.Buy {
		return x.BuyQty
	}
	return x.SellQty
}

// Reduces says whether reduce-only orders are open.
func (x *Holding) Reduces() bool { return x.ReduceBuy|x.ReduceSell != 0 }

// Closing returns how many lots of a side would bring the position to zero: 0
// when the side would make it larger.
func (x *Holding) Closing(side venue.Side) venue.Qty { return max(0, -x.Qty*side.Sign()) }

func pair(a venue.AccountID, i venue.InstrumentID) uint64 { return uint64(a)<<16 | uint64(i) }

// Find returns the holding of the pair, if there is one.
func (l *Ledger) Find(a venue.AccountID, i venue.InstrumentID) (venue.HoldingID, bool) {
	h := l.byPair.Get(pair(a, i))
	return venue.HoldingID(h), h != 0
}

// Touch reads where Find will begin to look, and the account.
func (l *Ledger) Touch(a venue.AccountID, i venue.InstrumentID) uint64 {
	if int(a) >= len(l.accounts) {
		return 0
	}
	return uint64(l.byPair.Touch(pair(a, i))) + uint64(l.accounts[a].Held)
}

// TouchHolding reads a holding.
func (l *Ledger) TouchHolding(h venue.HoldingID) uint64 {
	if int(h) >= len(l.holdings) {
		return 0
	}
	x := &l.holdings[h]
	return uint64(x.Qty) + uint64(x.BuyQty)
}

// Holding returns the record of a holding that exists. Its position and
// aggregates are to be read only; the fields marked (risk) belong to risk.
func (l *Ledger) Holding(h venue.HoldingID) *Holding { return &l.holdings[h] }

// Holdings returns the highest holding id that was given.
func (l *Ledger) Holdings() venue.HoldingID { return venue.HoldingID(len(l.holdings) - 1) }

// CanHold says whether Hold would succeed for a pair that Find did not find. It
// refuses IsolatedAccount, TooManyInstrumentsOfAccount and MemoryExhausted.
func (l *Ledger) CanHold(a venue.AccountID, i venue.InstrumentID) venue.Refusal {
	if why := l.outside(a, i); why.Refused() {
		return why
	}
	t := &l.terms[i]
	if t.kind == venue.Spot && l.byAsset.Get(assetKey(a, t.base)) == 0 && len(l.balances) == cap(l.balances) {
		return venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldAsset, Limit: int64(l.limits.Balances)}
	}
	if int(l.accounts[a].Holdings) < l.limits.PerAccount && len(l.holdings) < cap(l.holdings) {
		return venue.Refusal{}
	}
	if l.idleOf(a) != 0 {
		return venue.Refusal{}
	}
	if int(l.accounts[a].Holdings) >= l.limits.PerAccount {
		return venue.Refusal{Reason: venue.TooManyInstrumentsOfAccount, Field: venue.FieldInstrument, Limit: int64(l.limits.PerAccount)}
	}
	return venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldInstrument, Limit: int64(l.limits.Holdings)}
}

// Hold returns the holding of the pair and creates it when there is none. It
// returns false, and creates nothing, where CanHold refuses.
//
// When the account or the ledger has as many holdings as it may, an idle holding
// of the same account takes the new instrument, so that the contracts that an
// account once traded do not use up its limit.
func (l *Ledger) Hold(a venue.AccountID, i venue.InstrumentID) (venue.HoldingID, bool) {
	if h, ok := l.Find(a, i); ok {
		return h, true
	}
	if l.CanHold(a, i).Refused() {
		return 0, false
	}
	h := l.takeHolding(a)
	x := &l.holdings[h]
	t := &l.terms[i]
	assert.That(t.kind != 0, "holding in an instrument that is not listed")
	*x = Holding{Account: a, Instrument: i, Kind: t.kind, Next: x.Next}
	if t.kind == venue.Spot {
		x.base = l.balanceOf(a, t.base)
	}
	assert.That(l.byPair.Put(pair(a, i), uint32(h)), "holding table is full")
	return h, true
}

// takeHolding returns a new or recycled record, linked to the account.
func (l *Ledger) takeHolding(a venue.AccountID) venue.HoldingID {
	acct := &l.accounts[a]
	if int(acct.Holdings) < l.limits.PerAccount && len(l.holdings) < cap(l.holdings) {
		h := venue.HoldingID(len(l.holdings))
		l.holdings = append(l.holdings, Holding{Next: acct.First})
		acct.First = h
		acct.Holdings++
		return h
	}
	h := l.idleOf(a)
	assert.That(h != 0, "no idle holding to recycle")
	l.byPair.Delete(pair(a, l.holdings[h].Instrument))
	return h
}

// idleOf returns the newest idle holding of the account, 0 when all are in use.
func (l *Ledger) idleOf(a venue.AccountID) venue.HoldingID {
	h := l.accounts[a].First
	for h != 0 && !l.holdings[h].Idle() {
		h = l.holdings[h].Next
	}
	return h
}

// touch says that what risk computed for a margined future is out of date.
func (x *Holding) touch(a *Account) {
	if !x.Stale {
		x.Stale = true
		a.Stale++
	}
}

// link puts a future at the head of its account's margined list.
func (l *Ledger) link(h venue.HoldingID, x *Holding) {
	a := &l.accounts[x.Account]
	x.prevMargined, x.NextMargined = 0, a.Margined
	if a.Margined != 0 {
		l.holdings[a.Margined].prevMargined = h
	}
	a.Margined = h
	x.Stale = true
	a.Stale++
}

// unlink takes an idle future off its account's margined list.
func (l *Ledger) unlink(x *Holding) {
	assert.That(x.Cost == 0 && x.Open(venue.Buy) == 0 && x.Open(venue.Sell) == 0, "idle holding has a cost or open lots")
	a := &l.accounts[x.Account]
	if x.prevMargined != 0 {
		l.holdings[x.prevMargined].NextMargined = x.NextMargined
	} else {
		a.Margined = x.NextMargined
	}
	if x.NextMargined != 0 {
		l.holdings[x.NextMargined].prevMargined = x.prevMargined
	}
	x.prevMargined, x.NextMargined = 0, 0
	if x.Stale {
		x.Stale = false
		a.Stale--
	}
	a.Unrealised -= x.Unrealised
	a.Losses -= min(0, x.Unrealised)
	a.Needs -= x.Need
	x.Unrealised, x.Need, x.OpenLoss = 0, 0, 0
}
