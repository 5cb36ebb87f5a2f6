package blotter

import (
	"slices"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

func TestQuoteProtections(t *testing.T) {
	f := newFeed(Limits{})
	limits := venue.QuoteLimits{Window: 10 * venue.Second, Frozen: venue.Second, Qty: 5, Delta: 3}
	set := func(a venue.AccountID, s venue.QuoteSet, l venue.QuoteLimits) {
		f.apply(func(t *venue.Tape) {
			*t.QuoteProtectionSet() = venue.QuoteProtectionSet{Account: a, Set: s, Limits: l}
		})
	}
	trigger := func(a venue.AccountID, s venue.QuoteSet, until venue.Time) {
		f.apply(func(t *venue.Tape) {
			*t.QuoteProtectionTriggered() = venue.QuoteProtectionTriggered{Account: a, Set: s, Until: until}
		})
	}
	want := func(a venue.AccountID, want ...QuoteProtection) {
		t.Helper()
		if got := f.view.QuoteProtections(a); !slices.Equal(got, want) {
			t.Fatalf("account %d: got %+v, want %+v", a, got, want)
		}
	}
	want(alice)
	set(alice, 2, limits)
	set(alice, 1, limits)
	want(bob)
	trigger(alice, 2, 77)
	want(alice, QuoteProtection{1, limits, 0}, QuoteProtection{2, limits, 77})
	limits.Qty = 9
	set(alice, 2, limits) // Ends the frozen time.
	set(alice, 1, venue.QuoteLimits{})
	set(alice, 3, venue.QuoteLimits{})
	trigger(alice, 3, 99)
	want(alice, QuoteProtection{2, limits, 0})
}
