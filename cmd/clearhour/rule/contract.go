package rule

import (
	"github.com/shopspring/decimal"

	"github.com/clearhour/clearhour/venue"
)

// contract is the units in which a rule about one instrument is computed: prices
// in ticks of 10^-places, money in 10^-money dollars, both as fine as the input
// needs to be exact. Where money is finer than a micro-dollar, what the core
// rounded in one direction is rounded on in the same direction, which is the same
// as rounding once.
type contract struct {
	places    int
	money     int
	tickValue venue.Amount
}

// contract finds the units for a multiplier and all prices and amounts of an
// input.
func (u *Units) contract(multiplier Decimal, prices, amounts []Decimal) contract {
	c := contract{places: Places(prices...)}
	c.money = max(moneyPlaces, Places(amounts...), c.places+multiplier.Places())
	u.Positive(multiplier)
	c.tickValue = venue.Amount(u.Of(multiplier, c.money-c.places))
	return c
}

// price returns ticks, at least 0.
func (c *contract) price(u *Units, d Decimal) venue.Price {
	u.NotNegative(d)
	return venue.Price(u.within(d, c.places, int64(venue.MaxAmount)))
}

// amount returns money in the units of the contract.
func (c *contract) amount(u *Units, d Decimal) venue.Amount {
	return venue.Amount(u.within(d, c.money, int64(venue.MaxAmount)))
}

// notional returns price times lots, and refuses at the path one beyond what the
// venue handles.
func (c *contract) notional(u *Units, path string, p venue.Price, q venue.Qty) venue.Amount {
	v, ok := venue.Notional(p, q, c.tickValue)
	if !ok {
		u.Refuse(path, "a value of %d contracts at %s is out of range", q, c.dollars(p))
	}
	return v
}

// dollars is a price as a decimal.
func (c *contract) dollars(p venue.Price) Decimal { return Exactly(int64(p), c.places) }

// exact, up and down are money as a decimal: all of it, or rounded to
// micro-dollars.
func (c *contract) exact(a venue.Amount) Decimal { return Exactly(int64(a), c.money) }
func (c *contract) up(a venue.Amount) Decimal    { return c.rounded(a, venue.Up) }
func (c *contract) down(a venue.Amount) Decimal  { return c.rounded(a, venue.Down) }

func (c *contract) rounded(a venue.Amount, r venue.Rounding) Decimal {
	v, _ := venue.MulDiv(int64(a), 1, pow10(c.money-moneyPlaces), r)
	return Money(venue.Amount(v))
}

// ceil rounds money up to micro-dollars and keeps its unit.
func (c *contract) ceil(a venue.Amount) venue.Amount {
	unit := pow10(c.money - moneyPlaces)
	v, _ := venue.MulDiv(int64(a), 1, unit, venue.Up)
	return venue.Amount(v * unit)
}

// quotientPlaces is how many decimals a quotient has that need not end.
const quotientPlaces = 12

// quotient returns a price that is a quotient of ticks, to 12 decimals half-even,
// and refuses at the path one that is out of range.
func (c *contract) quotient(u *Units, path string, q venue.Ratio) Decimal {
	den := q.Den.Mul(venue.ToWide(pow10(c.places)))
	floor := q.Num.Quo(den, venue.Down)
	rest := venue.Ratio{Num: q.Num.Sub(floor.Mul(den)), Den: den}
	part, _ := rest.At(pow10(quotientPlaces), venue.HalfEven) // At most one; the whole is even at this scale.
	whole, ok := floor.Int64()
	if !ok {
		u.Refuse(path, "the price is out of range")
	}
	return Decimal{value: decimal.New(whole, 0).Add(decimal.New(part, -quotientPlaces))}
}

// pow10 returns 10^n for n from 0 to maxPlaces; beyond, 10^maxPlaces: the values
// in such a unit were refused already.
func pow10(n int) int64 {
	p := int64(1)
	for range min(n, maxPlaces) {
		p *= 10
	}
	return p
}

// side reads "buy" or "sell".
func (u *Units) side(path, text string) venue.Side {
	switch text {
	case "buy":
		return venue.Buy
	case "sell":
		return venue.Sell
	}
	u.Refuse(path, "is %.20q, want buy or sell", text)
	return venue.Buy
}

// lots reads a quantity from low to venue.MaxQty; low is 0, 1 or, for a signed
// position, -venue.MaxQty.
func (u *Units) lots(path string, v int64, low venue.Qty) venue.Qty {
	if v < int64(low) || v > int64(venue.MaxQty) {
		u.Refuse(path, "%d is out of range, want %d to %d", v, low, venue.MaxQty)
		return max(low, 0)
	}
	return venue.Qty(v)
}

// fraction reads a rate from 0 to 1.
func (u *Units) fraction(d Decimal) venue.Rate {
	r := u.Rate(d)
	if r < 0 || r > venue.One {
		u.Refuse(d.path, "%s is out of range, want 0 to 1", d)
		return 0
	}
	return r
}

// factor reads a rate from 0 to 1000, for what multiplies more than it divides.
func (u *Units) factor(d Decimal) venue.Rate {
	r := u.Rate(d)
	if r < 0 || r > 1000*venue.One {
		u.Refuse(d.path, "%s is out of range, want 0 to 1000", d)
		return 0
	}
	return r
}
