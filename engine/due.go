package engine

import "github.com/clearhour/clearhour/venue"

// operatorsDue returns the earlier of a time and of when settlements are due.
func (e *Engine) operatorsDue(at venue.Time, ok bool) (venue.Time, bool) {
	if t, is := e.variationDue(); is && (!ok || t < at) {
		return t, true
	}
	return at, ok
}
