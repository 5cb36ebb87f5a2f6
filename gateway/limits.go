package gateway

import "github.com/clearhour/clearhour/venue"

// millisecond is the unit of the windows on the wire.
const millisecond = venue.Second / 1000

// Limits bound what a connection may ask for. Beyond each the answer is a code
// of the catalogue, and nothing happens.
type Limits struct {
	// Orders is the rate of D, G and the entries of i, Cancels that of F, q and Z, Other that of all
	// other messages: each has its own bucket, so that an order entry that is
	// exhausted never stops a cancel.
	Orders, Cancels, Other Rate
	// Strikes is how many messages in a row may be refused by a bucket before
	// the session is ended.
	Strikes int
	// Subscriptions bounds those of a connection, Symbols those of a request.
	Subscriptions, Symbols int
	// RecvWindow is the age of TransactTime(60) that is taken when the client
	// names none, MaxRecvWindow the largest that it may name.
	RecvWindow, MaxRecvWindow venue.Time
}

// Rate is a token bucket: Burst at once, PerSecond in the long run. A PerSecond
// of 0 is no limit.
type Rate struct {
	PerSecond, Burst int64
}

// DefaultLimits are those of a session of a customer.
func DefaultLimits() Limits {
	return Limits{
		Orders:        Rate{PerSecond: 800, Burst: 800},
		Cancels:       Rate{PerSecond: 800, Burst: 1600},
		Other:         Rate{PerSecond: 100, Burst: 400},
		Strikes:       200,
		Subscriptions: 200,
		Symbols:       50,
		RecvWindow:    5 * venue.Second,
		MaxRecvWindow: 60 * venue.Second,
	}
}

// bucket is the state of a Rate. It holds the time at which it would be full,
// so that filling it needs no work.
type bucket struct {
	full venue.Time
}

// take takes a token, or returns how long to wait for one.
func (b *bucket) take(r Rate, now venue.Time) venue.Time { return b.takeMany(r, 1, now) }

// takeMany takes n tokens, or returns how long to wait for them. More than the
// burst are never there: those are refused for ever.
func (b *bucket) takeMany(r Rate, n int, now venue.Time) venue.Time {
	if r.PerSecond == 0 {
		return 0
	}
	cost := venue.Second / venue.Time(r.PerSecond)
	b.full = max(b.full, now) + cost*venue.Time(n)
	if over := b.full - now - cost*venue.Time(max(r.Burst, 1)); over > 0 {
		b.full -= cost * venue.Time(n)
		return over
	}
	return 0
}
