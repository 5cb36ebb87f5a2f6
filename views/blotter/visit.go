package blotter

import "github.com/clearhour/clearhour/venue"

// State returns what the venue last said that an account may do, and whether the
// account is known.
func (v *View) State(id venue.AccountID) (venue.AccountState, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a := v.find(id)
	if a == nil {
		return 0, false
	}
	return max(a.state, venue.StateHealthy), true
}

// LastAccount returns the greatest id of an account that is known.
func (v *View) LastAccount() venue.AccountID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return venue.AccountID(max(len(v.accounts), 1) - 1)
}

// Interest returns the open interest of an instrument: the sum of all long
// positions, in lots.
func (v *View) Interest(id venue.InstrumentID) venue.Qty {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.longs[id]
}

// EachBalance calls fn for what an account has by rising asset. fn must not call
// the view or keep the pointer.
func (v *View) EachBalance(id venue.AccountID, fn func(*Balance)) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(id); a != nil {
		for i := range a.balances {
			fn(&a.balances[i])
		}
	}
}

// EachPosition calls fn for the positions of an account by rising instrument. fn
// must not call the view or keep the pointer.
func (v *View) EachPosition(id venue.AccountID, fn func(*Position)) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(id); a != nil {
		for i := range a.positions {
			fn(&a.positions[i])
		}
	}
}

// EachLive calls fn for the live orders of an account, oldest first. fn must not
// call the view or keep the pointer.
func (v *View) EachLive(id venue.AccountID, fn func(*Order)) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a := v.find(id)
	if a == nil {
		return
	}
	for r := a.live.head; r != 0; {
		rec := v.orders.at(r)
		r = rec.next
		fn(&rec.Order)
	}
}
