package ledger

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// ErrState says that bytes are not a state of this ledger: another format, cut
// off, beyond the limits, or with books that do not balance.
var ErrState = errors.New("ledger: not a state")

const stateVersion = 2

// Sizes of the records of a state in bytes.
const (
	accountBytes = 4 + 8
	balanceBytes = 4 + 2 + 8
	holdingBytes = 4 + 2 + 2*8 + 4 + 6*8
	linkBytes    = 4
)

// AppendState appends the state of the ledger to dst: the same bytes for the same
// content. Layout, little-endian, each list after its uint32 length:
//
//	version byte
//	cash of the accounts of the venue
//	accounts   owner, cash
//	balances   account, asset, total
//	holdings   account, instrument, qty, cost, orders, the six aggregates
//	holders    ids of those with a position, by instrument, in list order
//	isolated   account, instrument
//	margined   holding ids, by account, in list order
//
// Holds, counts and open interests follow from the holdings. What risk caches is not state.
func (l *Ledger) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, stateVersion)
	for a := venue.World; a <= venue.Insurance; a++ {
		dst = le.AppendUint64(dst, uint64(l.accounts[a].Cash))
	}
	dst = le.AppendUint32(dst, uint32(len(l.accounts))-uint32(venue.FirstAccount))
	for i := int(venue.FirstAccount); i < len(l.accounts); i++ {
		dst = le.AppendUint32(dst, uint32(l.accounts[i].Owner))
		dst = le.AppendUint64(dst, uint64(l.accounts[i].Cash))
	}
	dst = le.AppendUint32(dst, uint32(len(l.balances)-1))
	for i := 1; i < len(l.balances); i++ {
		b := &l.balances[i]
		dst = le.AppendUint32(dst, uint32(b.account))
		dst = le.AppendUint16(dst, uint16(b.asset))
		dst = le.AppendUint64(dst, uint64(b.total))
	}
	dst = le.AppendUint32(dst, uint32(len(l.holdings)-1))
	for i := 1; i < len(l.holdings); i++ {
		dst = l.holdings[i].append(dst)
	}
	return l.appendMargined(l.appendIsolated(l.holders.append(dst)))
}

func (x *Holding) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(x.Account))
	dst = le.AppendUint16(dst, uint16(x.Instrument))
	dst = le.AppendUint64(dst, uint64(x.Qty))
	dst = le.AppendUint64(dst, uint64(x.Cost))
	dst = le.AppendUint32(dst, x.Orders)
	for _, v := range [...]int64{int64(x.BuyQty), int64(x.SellQty), x.BuyTicks, x.SellTicks, int64(x.ReduceBuy), int64(x.ReduceSell)} {
		dst = le.AppendUint64(dst, uint64(v))
	}
	return dst
}

func (l *Ledger) appendMargined(dst []byte) []byte {
	le := binary.LittleEndian
	at, n := len(dst), uint32(0)
	dst = le.AppendUint32(dst, 0)
	for i := int(venue.Insurance); i < len(l.accounts); i++ {
		for h := l.accounts[i].Margined; h != 0; h = l.holdings[h].NextMargined {
			dst = le.AppendUint32(dst, uint32(h))
			n++
		}
	}
	le.PutUint32(dst[at:], n)
	return dst
}

// LoadState reads what AppendState wrote into a new ledger with the same
// instruments listed, and returns what follows. After an error, which is
// ErrState, the ledger must not be used.
func (l *Ledger) LoadState(src []byte) ([]byte, error) {
	r := reader{state.NewReader(src)}
	if r.U8() != stateVersion || len(l.accounts) != int(venue.FirstAccount) || len(l.holdings) != 1 || len(l.balances) != 1 {
		return nil, ErrState
	}
	for a := venue.World; a <= venue.Insurance; a++ {
		l.accounts[a].Cash = venue.Amount(r.I64())
	}
	for range r.count(accountBytes, l.limits.Accounts-int(venue.FirstAccount)) {
		a := Account{Owner: venue.OwnerID(r.U32()), Cash: venue.Amount(r.I64())}
		r.OK = r.OK && l.AccountsOf(a.Owner) < MaxPerOwner
		l.owners.link(a.Owner, venue.AccountID(len(l.accounts)))
		l.accounts = append(l.accounts, a)
	}
	for range r.count(balanceBytes, l.limits.Balances) {
		b := balance{account: venue.AccountID(r.U32()), asset: venue.AssetID(r.U16()), total: venue.Amount(r.I64())}
		r.OK = r.OK && l.loadBalance(b)
	}
	for range r.count(holdingBytes, l.limits.Holdings) {
		x := r.holding()
		r.OK = r.OK && l.loadHolding(x)
	}
	if r.OK {
		l.loadHolders(&r)
	}
	l.loadIsolated(&r)
	l.loadMargined(&r)
	if !r.OK || !l.sound() {
		return nil, ErrState
	}
	return r.Src, nil
}

func (l *Ledger) loadBalance(b balance) bool {
	if !l.Exists(b.account) || b.asset <= venue.USD || l.byAsset.Get(assetKey(b.account, b.asset)) != 0 {
		return false
	}
	l.byAsset.Put(assetKey(b.account, b.asset), uint32(len(l.balances)))
	l.balances = append(l.balances, b)
	l.chain(BalanceID(len(l.balances) - 1))
	return true
}

func (l *Ledger) loadHolding(x Holding) bool {
	if !l.Trades(x.Account) && x.Account != venue.Insurance || int(x.Instrument) >= len(l.terms) || l.byPair.Get(pair(x.Account, x.Instrument)) != 0 {
		return false
	}
	t := &l.terms[x.Instrument]
	a := &l.accounts[x.Account]
	x.Kind = t.kind
	if !x.possible(t) || int(a.Holdings) == l.limits.PerAccount || int64(x.Orders)+int64(a.Orders) > int64(l.limits.Orders) {
		return false
	}
	x.HighBuy, x.LowSell = 1<<31-1, -1<<31 // The next refresh finds the true bounds.
	if t.kind == venue.Spot {
		x.base = l.byAsset.Get(assetKey(x.Account, t.base))
		if x.base == 0 {
			return false
		}
		l.balances[x.base].held += venue.Amount(x.SellQty)
		x.Need = l.BuyHold(x.Instrument, x.BuyTicks, x.BuyQty)
		a.Held += x.Need
	}
	if t.kind == venue.Capped {
		l.locked[x.Account] += Paid(x.Qty, x.Cost, t.full)
		a.Held += Paid(x.Qty, x.Cost, t.full)
	}
	l.terms[x.Instrument].open += max(0, x.Qty)
	h := venue.HoldingID(len(l.holdings))
	x.Next, a.First = a.First, h
	a.Holdings++
	a.Orders += uint16(x.Orders)
	l.holdings = append(l.holdings, x)
	l.byPair.Put(pair(x.Account, x.Instrument), uint32(h))
	return true
}

// possible says whether a holding in an instrument of terms t could come about.
func (x *Holding) possible(t *terms) bool {
	ticks := int64(0)
	if t.tickValue > 0 {
		ticks = int64(MaxExposure / t.tickValue)
	}
	least := int64(1)
	if t.kind == venue.Capped { // Its lowest price is 0.
		least = 0
	}
	side := func(position, qty, reduce venue.Qty, sum int64) bool {
		// Orders that first close a position of the largest size may be twice that.
		return qty >= 0 && qty <= 2*t.maxQty && position+qty <= t.maxQty && reduce >= 0 && reduce <= venue.MaxQty &&
			sum >= least*int64(qty) && sum <= 2*ticks && (qty > 0 || sum == 0)
	}
	if x.Qty > t.maxQty || x.Qty < -t.maxQty || x.Cost > MaxExposure || x.Cost < -MaxExposure {
		return false
	}
	if !side(x.Qty, x.BuyQty, x.ReduceBuy, x.BuyTicks) || !side(-x.Qty, x.SellQty, x.ReduceSell, x.SellTicks) {
		return false
	}
	open := x.BuyQty + x.SellQty + x.ReduceBuy + x.ReduceSell
	if open != 0 && x.Orders == 0 { // A dormant stop is an order of no lots.
		return false
	}
	switch t.kind {
	case venue.Spot:
		return x.Qty == 0 && x.Cost == 0 && x.ReduceBuy == 0 && x.ReduceSell == 0
	case venue.Future:
		return x.Qty != 0 || x.Cost == 0
	case venue.Capped:
		most := venue.Amount(max(x.Qty, -x.Qty)) * t.full
		cost := max(x.Cost, -x.Cost)
		return cost <= most && (x.Qty > 0 || x.Cost <= 0) && (x.Qty < 0 || x.Cost >= 0)
	case venue.Perpetual: // Held as a future.
	}
	return false
}

// loadMargined links the futures that are not idle, each account's from the last
// to the first.
func (l *Ledger) loadMargined(r *reader) {
	n := r.count(linkBytes, l.limits.Holdings)
	if !r.OK {
		return
	}
	ids := r.Src[:n*linkBytes]
	r.Src = r.Src[n*linkBytes:]
	last := venue.AccountID(len(l.accounts))
	for i := n - 1; i >= 0; i-- {
		h := venue.HoldingID(binary.LittleEndian.Uint32(ids[i*linkBytes:]))
		if h == 0 || int(h) >= len(l.holdings) {
			r.OK = false
			return
		}
		x := &l.holdings[h]
		linked := x.prevMargined != 0 || x.NextMargined != 0 || l.accounts[x.Account].Margined == h
		if linked || x.Kind == venue.Spot || x.Idle() || x.Account > last {
			r.OK = false
			return
		}
		last = x.Account
		l.link(h, x)
	}
}

// sound checks a loaded ledger as a whole.
func (l *Ledger) sound() bool {
	for i := range l.accounts {
		a := &l.accounts[i]
		if a.Cash > 1<<62 || a.Cash < -1<<62 || (i >= int(venue.FirstAccount)) != (a.Owner != 0) {
			return false
		}
	}
	for i := range l.balances {
		b := &l.balances[i]
		if b.account != venue.World && (b.total < b.held || b.total > venue.MaxAmount) || b.total < -venue.MaxAmount {
			return false
		}
	}
	for i := 1; i < len(l.holdings); i++ {
		x := &l.holdings[i]
		linked := x.prevMargined != 0 || l.accounts[x.Account].Margined == venue.HoldingID(i)
		if x.Kind != venue.Spot && linked == x.Idle() {
			return false
		}
	}
	return l.Conserved()
}

// reader takes a state apart, record by record.
type reader struct{ *state.Reader }

// count reads the length of a list of records of size bytes and refuses one that
// is above limit or that the source cannot contain.
func (r *reader) count(size, limit int) int {
	n := int(r.U32())
	if n > limit || n*size > len(r.Src) {
		r.OK = false
	}
	if !r.OK {
		return 0
	}
	return n
}

func (r *reader) holding() Holding {
	return Holding{
		Account:    venue.AccountID(r.U32()),
		Instrument: venue.InstrumentID(r.U16()),
		Qty:        venue.Qty(r.I64()),
		Cost:       venue.Amount(r.I64()),
		Orders:     r.U32(),
		BuyQty:     venue.Qty(r.I64()),
		SellQty:    venue.Qty(r.I64()),
		BuyTicks:   r.I64(),
		SellTicks:  r.I64(),
		ReduceBuy:  venue.Qty(r.I64()),
		ReduceSell: venue.Qty(r.I64()),
	}
}
