package marketdata

import "github.com/clearhour/clearhour/venue"

// Trade is a trade as everybody may see it.
type Trade struct {
	// ID numbers the trades of the venue.
	ID venue.TradeID
	// Seq is the envelope that caused it.
	Seq venue.Seq
	// Time is when it happened.
	Time venue.Time
	// Price is in ticks, Qty in lots.
	Price venue.Price
	Qty   venue.Qty
	// TakerSide is the side of the incoming order.
	TakerSide venue.Side
	// RptSeq is the place in the feed of trades of the instrument.
	RptSeq uint64
}

// Resolution is the length of a candle.
type Resolution uint8

// Resolutions, cut at UTC boundaries.
const (
	Minute Resolution = iota + 1
	Hour
	Day
)

// Duration returns the length in Time units, 0 for an unknown resolution.
func (r Resolution) Duration() venue.Time {
	switch r {
	case Minute:
		return 60 * venue.Second
	case Hour:
		return 3600 * venue.Second
	case Day:
		return 86400 * venue.Second
	}
	return 0
}

// String returns the name on the wire: "1m", "1h" or "1d".
func (r Resolution) String() string {
	switch r {
	case Minute:
		return "1m"
	case Hour:
		return "1h"
	case Day:
		return "1d"
	}
	return "resolution?"
}

// Candle is what trading did in one interval. Intervals without a trade have
// no candle.
type Candle struct {
	// Start is when the interval begins; it lasts one Duration.
	Start venue.Time
	// Open, High, Low and Close are prices in ticks.
	Open, High, Low, Close venue.Price
	// Volume is in lots.
	Volume venue.Qty
	// Trades is how many there were.
	Trades uint32
}

// Limits of what an instrument remembers.
const (
	// MaxTrades is how many recent trades are kept.
	MaxTrades = 1000
	// maxMinutes is a day of minutes and the one that has begun, so that the
	// figures of 24 hours come from candles.
	maxMinutes = 1441
	maxHours   = 31 * 24
	maxDays    = 366
)

func maxCandles(r Resolution) int {
	switch r {
	case Minute:
		return maxMinutes
	case Hour:
		return maxHours
	case Day:
		return maxDays
	}
	return 0
}

// ring keeps the last few values. It grows as it is filled, because most
// instruments of a venue trade rarely.
type ring[T any] struct {
	items []T
	next  int // Where the next value goes once the ring is full.
	max   int
}

func (r *ring[T]) push(v T) {
	if len(r.items) < r.max {
		r.items = append(r.items, v)
		return
	}
	r.items[r.next] = v
	r.next = (r.next + 1) % r.max
}

func (r *ring[T]) len() int { return len(r.items) }

// back returns the i-th newest value, 0 for the newest.
func (r *ring[T]) back(i int) *T {
	n := len(r.items)
	return &r.items[(r.next+2*n-1-i)%n]
}

// candles are the candles of one resolution.
type candles struct {
	ring[Candle]
	width venue.Time
}

func newCandles(r Resolution) candles {
	return candles{ring: ring[Candle]{max: maxCandles(r)}, width: r.Duration()}
}

func (c *candles) add(t venue.Time, p venue.Price, q venue.Qty) {
	start := t - t%c.width
	if c.len() == 0 || c.back(0).Start < start {
		c.push(Candle{Start: start, Open: p, High: p, Low: p, Close: p, Volume: q, Trades: 1})
		return
	}
	last := c.back(0)
	last.High = max(last.High, p)
	last.Low = min(last.Low, p)
	last.Close = p
	last.Volume += q
	last.Trades++
}
