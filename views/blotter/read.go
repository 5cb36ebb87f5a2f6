package blotter

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// Place names an event; lists are paged by it. The zero Place is the start.
type Place struct {
	Seq   venue.Seq
	Index uint32
}

func (p Place) before(seq venue.Seq, index uint32) bool {
	return p.Seq < seq || p.Seq == seq && p.Index < index
}

// Position returns the number and time of the last event applied.
func (v *View) Position() (venue.Seq, venue.Time) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.seq, v.time
}

// find returns an account or nil, without making one.
func (v *View) find(id venue.AccountID) *account {
	if int(id) >= len(v.accounts) {
		return nil
	}
	return v.accounts[id]
}

// Owner returns who an account belongs to and whether it exists.
func (v *View) Owner(id venue.AccountID) (venue.OwnerID, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(id); a != nil {
		return a.owner, true
	}
	return 0, false
}

// Order returns a live or lately ended order of any account and whether it is
// known.
func (v *View) Order(id venue.OrderID) (Order, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if r := v.byID[id]; r != 0 && id != 0 {
		return v.orders.at(r).Order, true
	}
	return Order{}, false
}

// ByClient returns the order that an account names by any of its client ids,
// that of an amendment or a cancel included, and whether it is known.
func (v *View) ByClient(account venue.AccountID, id venue.ClOrdID) (Order, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if r := v.byClient[clientKey{account, id}]; r != 0 {
		return v.orders.at(r).Order, true
	}
	return Order{}, false
}

// Filter chooses orders and fills; a zero field takes all.
type Filter struct {
	Instrument venue.InstrumentID
	Side       venue.Side
}

func (f Filter) takes(i venue.InstrumentID, s venue.Side) bool {
	return (f.Instrument == 0 || f.Instrument == i) && (f.Side == 0 || f.Side == s)
}

// Live appends to dst at most n live orders of an account, oldest first, that
// came after the place.
func (v *View) Live(account venue.AccountID, f Filter, after Place, n int, dst []Order) []Order {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a := v.find(account)
	if a == nil {
		return dst
	}
	for r := a.live.head; r != 0 && n > 0; r = v.orders.at(r).next {
		rec := v.orders.at(r)
		if after.before(rec.Seq, rec.Index) && f.takes(rec.Instrument, rec.Side) {
			dst = append(dst, rec.Order)
			n--
		}
	}
	return dst
}

// LiveCount returns how many live orders an account has.
func (v *View) LiveCount(account venue.AccountID) int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(account); a != nil {
		return a.live.count
	}
	return 0
}

// TotalLive returns how many live orders all accounts have.
func (v *View) TotalLive() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	total := 0
	for _, a := range v.accounts {
		if a != nil {
			total += a.live.count
		}
	}
	return total
}

// Ended appends to dst at most n ended orders of an account, the one that
// ended last first.
func (v *View) Ended(account venue.AccountID, f Filter, n int, dst []Order) []Order {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a := v.find(account)
	if a == nil {
		return dst
	}
	for r := a.ended.tail; r != 0 && n > 0; r = v.orders.at(r).prev {
		rec := v.orders.at(r)
		if f.takes(rec.Instrument, rec.Side) {
			dst = append(dst, rec.Order)
			n--
		}
	}
	return dst
}

// Fills appends to dst at most n fills of an account, newest first, that came
// before the place (all when it is zero). Both parts of a trade of an account
// with itself have one place; they are never parted, so n may be passed by one.
func (v *View) Fills(account venue.AccountID, f Filter, before Place, n int, dst []Fill) []Fill {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a := v.find(account)
	if a == nil {
		return dst
	}
	var last Place
	for i := range a.fills.items {
		k := a.fills.back(i)
		if before != (Place{}) && !(Place{k.Seq, k.Index}).before(before.Seq, before.Index) || !f.takes(k.Instrument, k.Side) {
			continue
		}
		at := Place{k.Seq, k.Index}
		if n <= 0 && at != last {
			break
		}
		dst = append(dst, *k)
		last = at
		n--
	}
	return dst
}

// Positions returns the positions of an account by rising instrument; flat
// ones without margin are left out.
func (v *View) Positions(account venue.AccountID) []Position {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(account); a != nil {
		return slices.Clone(a.positions)
	}
	return nil
}

// PositionIn returns an account's position in an instrument, flat when it has
// none.
func (v *View) PositionIn(account venue.AccountID, id venue.InstrumentID) Position {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(account); a != nil {
		if at, found := a.seat(id); found {
			return a.positions[at]
		}
	}
	return Position{Instrument: id}
}

// Balances returns what an account has by rising asset; assets of which it has
// nothing are left out.
func (v *View) Balances(account venue.AccountID) []Balance {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(account); a != nil {
		return slices.Clone(a.balances)
	}
	return nil
}
