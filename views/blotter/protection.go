package blotter

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// QuoteProtection is what an account lets happen to the quotes of a set (MAT-07).
type QuoteProtection struct {
	Set    venue.QuoteSet
	Limits venue.QuoteLimits
	// Until is the time before which the set takes no quote, 0 when the protection
	// has not withdrawn any since it was set.
	Until venue.Time
}

// QuoteProtections returns the protections of an account, by rising set.
func (v *View) QuoteProtections(id venue.AccountID) []QuoteProtection {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.find(id); a != nil {
		return slices.Clone(a.protections)
	}
	return nil
}

// protection returns the place of a set, and whether it is protected.
func (a *account) protection(set venue.QuoteSet) (int, bool) {
	return slices.BinarySearchFunc(a.protections, set, func(p QuoteProtection, s venue.QuoteSet) int { return int(p.Set) - int(s) })
}

// protect takes new limits, with which a frozen time ends, or no limits.
func (v *View) protect(ev *venue.QuoteProtectionSet) {
	a := v.account(ev.Account)
	at, known := a.protection(ev.Set)
	now := QuoteProtection{Set: ev.Set, Limits: ev.Limits}
	switch none := ev.Limits == (venue.QuoteLimits{}); {
	case none && known:
		a.protections = slices.Delete(a.protections, at, at+1)
	case none:
	case known:
		a.protections[at] = now
	default:
		a.protections = slices.Insert(a.protections, at, now)
	}
}

func (v *View) frozen(ev *venue.QuoteProtectionTriggered) {
	a := v.account(ev.Account)
	if at, known := a.protection(ev.Set); known {
		a.protections[at].Until = ev.Until
	}
}
