package engine

import "github.com/clearhour/clearhour/venue"

// operatorsDue returns the earliest of a time and of when settlements are due.
func (e *Engine) operatorsDue(at venue.Time, ok bool) (venue.Time, bool) {
	if t, is := e.variationDue(); is && (!ok || t < at) {
		at, ok = t, true
	}
	if t, is := e.endingDue(); is && (!ok || t < at) {
		at, ok = t, true
	}
	return at, ok
}
