package scale

import (
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// MoneyDecimals is the number of decimal places of money: micro-dollars.
const MoneyDecimals = 6

// ParsePrice reads a price in dollars per GPU-hour as ticks of the instrument.
// A price that is no multiple of the tick is refused with the tick as the
// limit. The terms are those of a listed instrument: the tick is above zero.
func ParsePrice[T text](s T, terms *venue.Instrument) (venue.Price, *Error) {
	tick := int64(terms.Tick)
	assert.That(tick > 0, "instrument without a tick")
	v, p := parse(s, MoneyDecimals)
	if p != 0 {
		return 0, refusePrice(s, p, terms.Tick)
	}
	ticks := v / tick
	if ticks*tick != v {
		return 0, refusePrice(s, OffTick, terms.Tick)
	}
	return venue.Price(ticks), nil
}

func refusePrice[T text](s T, p Problem, tick venue.Amount) *Error {
	switch p {
	case TooManyDecimals, OffTick:
		// No tick is finer than a micro-dollar, so both are the same mistake.
		limit := string(appendFixed(nil, int64(tick)/pow10(MoneyDecimals-PriceDecimals(tick)), PriceDecimals(tick)))
		return refuse(s, venue.FieldPrice, venue.BadTick, OffTick, limit)
	case Overflow:
		return refuse(s, venue.FieldPrice, venue.PriceOutOfRange, p, limitOf(p, MoneyDecimals))
	case NotANumber, TooLong, NotWholeSeconds, NotATime, TimeOutOfRange:
	}
	return refuse(s, venue.FieldPrice, venue.BadField, p, limitOf(p, MoneyDecimals))
}

// AppendPrice appends a price in dollars with PriceDecimals decimals. Any price
// can be appended, one that no order could have included.
func AppendPrice(dst []byte, price venue.Price, terms *venue.Instrument) []byte {
	assert.That(terms.Tick > 0, "instrument without a tick")
	u := uint64(price)
	if price < 0 {
		dst = append(dst, '-')
		u = -u
	}
	// The zeros of the tick that lie behind its last decimal are never made.
	decimals := PriceDecimals(terms.Tick)
	hi, lo := bits.Mul64(u, uint64(terms.Tick)/uint64(pow10(MoneyDecimals-decimals)))
	return appendUnits(dst, hi, lo, decimals)
}

// PriceDecimals returns how many decimal places prices of a tick are shown
// with, 0 to 6: as many as the tick itself needs in dollars.
func PriceDecimals(tick venue.Amount) int {
	n := MoneyDecimals
	for ; n > 0 && tick%10 == 0; n-- {
		tick /= 10
	}
	return n
}

// pow10 returns ten to the power of n, 0 to 6.
func pow10(n int) int64 {
	return [...]int64{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000}[n]
}
