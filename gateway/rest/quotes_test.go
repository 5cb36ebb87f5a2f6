package rest

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// rules: MAT-07
func TestQuoteProtections(t *testing.T) {
	b := newBench(t, nil)
	b.wantJSON("/v1/quote-protections", "alice", `{"protections":[]}`)
	limits := venue.QuoteLimits{Window: venue.Second, Frozen: 30 * venue.Second, Qty: 4, Delta: 3}
	b.apply(func(t *venue.Tape) {
		*t.QuoteProtectionSet() = venue.QuoteProtectionSet{Account: 16, Set: 2, Limits: limits}
		*t.QuoteProtectionSet() = venue.QuoteProtectionSet{Account: 16, Set: 1, Limits: limits}
		*t.QuoteProtectionTriggered() = venue.QuoteProtectionTriggered{Account: 16, Set: 2, Until: venue.Time(b.now.UnixNano()) + 30*venue.Second}
		*t.QuoteProtectionTriggered() = venue.QuoteProtectionTriggered{Account: 16, Set: 1, Until: venue.Time(b.now.UnixNano())}
	})
	b.wantJSON("/v1/quote-protections", "alice", `{"protections":[
		{"set":1,"window_ms":1000,"frozen_ms":30000,"qty":"4","delta":"3"},
		{"set":2,"window_ms":1000,"frozen_ms":30000,"qty":"4","delta":"3","until_ms":1795334430000}]}`)
	b.wantJSON("/v1/quote-protections", "bob", `{"protections":[]}`)
}
