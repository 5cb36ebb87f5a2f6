package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Variant returns how far prices may move within the window of a Breaker: rate of
// the previous settlement price, rounded down to a tick (MAT-04). The price is
// not negative and in units of which a tick has perTick. False says that it fits
// no Price.
func Variant(settle int64, perTick int64, rate venue.Rate) (venue.Price, bool) {
	parts, ok := venue.Mul(int64(venue.One), perTick)
	v, fits := venue.MulDiv(settle, int64(rate), parts, venue.Down)
	return venue.Price(v), ok && fits && v >= 0 && v <= int64(venue.MaxPrice)
}

// Breaker keeps the prices traded within a rolling window of time and says which
// prices come next: at most the lowest of them plus the variant, at least the
// highest of them minus the variant (MAT-04). It is asked before an order trades,
// with the prices of all trades that it would make. Use NewBreaker.
//
// A trade at t is in the window until t+window, exclusive. While the window is
// empty the last trade stands for it, and before the first trade the reference
// price.
//
// Memory is fixed. Of the trades only those are kept that can still become the
// lowest or the highest: each is lower, or higher, than all that came later. If
// they are too many, trades that are near to each other in time become one
// with the outer price and the later time, so that a price may count too long, at
// most by two parts of the window as there are entries, and never too short: the
// limits are too narrow rather than too wide.
type Breaker struct {
	window  venue.Time
	variant venue.Price
	last    venue.Price // Stands for an empty window.
	now     venue.Time
	highs   extremes
	lows    extremes // Of the negated prices.
}

// NewBreaker returns a breaker without trades. The window is above 0; entries
// bound its memory, at least 4.
func NewBreaker(window venue.Time, entries int, reference, variant venue.Price) *Breaker {
	assert.That(window > 0 && entries >= 4, "window of a breaker")
	b := &Breaker{window: window}
	b.highs, b.lows = newExtremes(entries), newExtremes(entries)
	b.Settle(reference, variant)
	return b
}

// Settle gives the breaker the settlement price of a new day and the variant of
// it, and forgets the trades before.
func (b *Breaker) Settle(reference, variant venue.Price) {
	assert.That(variant >= 0, "variant below zero")
	b.last, b.variant = reference, variant
	b.highs.n, b.lows.n = 0, 0
}

// Traded takes a trade into the window. Time does not go back.
func (b *Breaker) Traded(p venue.Price, now venue.Time) {
	b.move(now)
	b.last = p
	b.highs.push(p, now, b.window)
	b.lows.push(-p, now, b.window)
}

// Limits returns the lowest and the highest price at which a trade may be made
// now, both inclusive. When prices moved further than the variant, as an auction
// may let them, lower is above upper and no price is within.
func (b *Breaker) Limits(now venue.Time) (lower, upper venue.Price) {
	b.move(now)
	high, low := b.last, b.last
	if b.highs.n > 0 {
		high, low = b.highs.first(), -b.lows.first()
	}
	return high - b.variant, low + b.variant
}

// Allows says whether an order that would make its first trade at one price and
// its last at another may trade now. If not, none of its trades may be made.
func (b *Breaker) Allows(first, last venue.Price, now venue.Time) bool {
	lower, upper := b.Limits(now)
	return lower <= min(first, last) && max(first, last) <= upper
}

func (b *Breaker) move(now venue.Time) {
	assert.That(now >= b.now, "time of a breaker went back")
	b.now = now
	b.highs.expire(now - b.window)
	b.lows.expire(now - b.window)
}

// extreme is a price that is higher than all later ones.
type extreme struct {
	at    venue.Time
	price venue.Price
}

// extremes is a ring of such prices, the highest and oldest first.
type extremes struct {
	ring []extreme
	from int
	n    int
}

func newExtremes(entries int) extremes { return extremes{ring: make([]extreme, entries)} }

// at returns entry i, counted from the oldest.
func (e *extremes) at(i int) *extreme { return &e.ring[(e.from+i)%len(e.ring)] }

func (e *extremes) first() venue.Price { return e.at(0).price }

// expire forgets what happened at or before a time.
func (e *extremes) expire(until venue.Time) {
	for e.n > 0 && e.at(0).at <= until {
		e.from = (e.from + 1) % len(e.ring)
		e.n--
	}
}

// push takes a price and forgets those that are not higher.
func (e *extremes) push(p venue.Price, now, window venue.Time) {
	for e.n > 0 && e.at(e.n-1).price <= p {
		e.n--
	}
	if e.n == len(e.ring) {
		e.compact(window)
	}
	*e.at(e.n) = extreme{now, p}
	e.n++
}

// compact makes one entry of all that fall into one part of the window, of which
// there are half as many as entries; at least a quarter of the ring is free then.
func (e *extremes) compact(window venue.Time) {
	part := window/venue.Time(len(e.ring)/2) + 1
	kept := 0
	for i := 1; i < e.n; i++ {
		x, last := *e.at(i), e.at(kept)
		if x.at/part == last.at/part {
			last.at = x.at // The outer price stays, and stays longer.
			continue
		}
		kept++
		*e.at(kept) = x
	}
	e.n = kept + 1
}
