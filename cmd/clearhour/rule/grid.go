package rule

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// maxOrders is how many orders and levels one book of an input may have.
const maxOrders = 1<<16 - 1

// grid is the prices of an input: ticks of tick units of 10^-places, which are as
// fine as the input needs to be exact.
type grid struct {
	places int
	tick   int64
}

// grid finds the units for a tick and all prices of an input.
func (u *Units) grid(tick Decimal, prices ...Decimal) grid {
	g := grid{places: max(Places(tick), Places(prices...))}
	u.Positive(tick)
	g.tick = max(1, u.Of(tick, g.places))
	return g
}

// plainGrid is a grid whose tick is one unit.
func plainGrid(prices ...Decimal) grid { return grid{places: Places(prices...), tick: 1} }

// price returns ticks and refuses what is no whole number of them.
func (g *grid) price(u *Units, d Decimal) venue.Price {
	v := u.Of(d, g.places)
	p := v / g.tick
	switch {
	case v%g.tick != 0:
		u.Refuse(d.path, "%s is no multiple of the tick %s", d, g.decimal(1))
	case p < -int64(venue.MaxPrice) || p > int64(venue.MaxPrice):
		u.Refuse(d.path, "%s is out of range, at most %s", d, g.decimal(venue.MaxPrice))
		return 0
	}
	return venue.Price(p)
}

// near returns the nearest tick, a half upwards.
func (g *grid) near(u *Units, d Decimal) venue.Price {
	p, _ := venue.MulDiv(u.Of(d, g.places), 1, g.tick, venue.HalfUp)
	return venue.Price(p)
}

// decimal returns ticks as a decimal.
func (g *grid) decimal(p venue.Price) Decimal {
	return Decimal{value: decimal.New(int64(p), 0).Mul(decimal.New(g.tick, -int32(g.places)))}
}

// average returns the quotient of a sum of ticks times lots and of the lots: all
// of its decimals when they end, else six of them, half-even.
func (g *grid) average(sum int64, lots venue.Qty) Decimal {
	num := new(big.Int).Mul(big.NewInt(sum), big.NewInt(g.tick))
	den := new(big.Int).Mul(big.NewInt(int64(lots)), big.NewInt(pow10(g.places)))
	r := new(big.Rat).SetFrac(num, den)
	n, ends := r.FloatPrec()
	if !ends {
		n = 6 // No tie is possible here, so that all ways to round to the nearest agree.
	}
	return Decimal{value: decimal.RequireFromString(r.FloatString(n))}
}

// books opens a book for up to n orders from low to high, with a tick of room on
// both sides. One Match may fill all of them.
func (u *Units) books(path string, n int, low, high venue.Price) *matching.Books {
	const widest = 1<<24 - 2
	if n > maxOrders {
		u.Refuse(path, "%d orders in one book, at most %d", n, maxOrders)
	}
	if high-low >= widest || low <= -venue.MaxPrice || high >= venue.MaxPrice {
		u.Refuse(path, "prices are %d ticks apart, at most %d", high-low, widest-1)
	}
	if u.Err != nil {
		return nil
	}
	size := uint32(n) + 2
	pages := min(size, uint32(high-low+2)/512+1) // Of each side.
	b := matching.New(matching.Limits{Orders: size, Pages: 2 * pages, FillsPerMatch: n + 2})
	b.Open(1, low-1, high+1)
	return b
}

// span returns the lowest and the highest of some prices, 0 when there are none.
func span(prices []venue.Price) (low, high venue.Price) {
	for i, p := range prices {
		if i == 0 {
			low, high = p, p
		}
		low, high = min(low, p), max(high, p)
	}
	return low, high
}

// resting is an order of an input in a book: a limit order of its own owner,
// unless it names one, with its place in the input as the tag.
func resting(tag int, side venue.Side, p venue.Price, q venue.Qty) matching.Order {
	return matching.Order{
		Instrument: 1, Owner: venue.OwnerID(tag + 1), Tag: uint32(tag), Side: side, Type: venue.Limit, TIF: venue.GTC,
		STP: venue.CancelTaker, Price: p, Qty: q,
	}
}
