package scale

import (
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/clearhour/clearhour/venue"
)

// AmountFromDecimal returns a decimal as an amount of an asset, or refuses it
// like the text of the same value.
func AmountFromDecimal(d decimal.Decimal, decimals uint8) (venue.Amount, *Error) {
	s, ok := plain(d)
	if !ok {
		return 0, refuse(s, venue.FieldAmount, venue.BadField, TooLong, strconv.Itoa(maxDigits))
	}
	return ParseAmount(s, decimals)
}

// AmountToDecimal returns an amount of an asset as a decimal, exactly.
func AmountToDecimal(a venue.Amount, decimals uint8) decimal.Decimal {
	return decimal.New(int64(a), -int32(decimals))
}

// PriceFromDecimal returns a decimal in dollars as ticks of an instrument, or
// refuses it like the text of the same value.
func PriceFromDecimal(d decimal.Decimal, terms *venue.Instrument) (venue.Price, *Error) {
	s, ok := plain(d)
	if !ok {
		return 0, refuse(s, venue.FieldPrice, venue.BadField, TooLong, strconv.Itoa(maxDigits))
	}
	return ParsePrice(s, terms)
}

// PriceToDecimal returns a price as a decimal in dollars, exactly.
func PriceToDecimal(p venue.Price, terms *venue.Instrument) decimal.Decimal {
	tick := decimal.New(int64(terms.Tick), -MoneyDecimals)
	return decimal.New(int64(p), 0).Mul(tick)
}

// plain returns the digits of a decimal without an exponent, and whether there
// are few enough to be worth reading: a small decimal can stand for millions of
// zeros, which must never be written out.
func plain(d decimal.Decimal) (string, bool) {
	e := d.Exponent()
	if e > maxDigits || e < -3*maxDigits || d.NumDigits() > 3*maxDigits {
		return "1e" + strconv.Itoa(int(e)), false
	}
	return d.String(), true // String drops zeros at the end, so 1.50 is 1.5.
}
