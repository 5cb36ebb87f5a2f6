package rule

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/clearhour/clearhour/venue"
)

// Limits of a decimal in an input.
const (
	maxDigits = 40
	// maxPlaces is how fine a unit can be: 10^18 still fits an int64.
	maxPlaces = 18
	// ratePlaces is the number of decimals of a venue.Rate.
	ratePlaces = 6
	// moneyPlaces is the number of decimals of money.
	moneyPlaces = 6
)

// Decimal is an exact decimal with the path where the input has it. In JSON it
// is a string of digits with at most one point and an optional minus.
type Decimal struct {
	value decimal.Decimal
	path  string
	fixed bool // Write exactly as many decimals as value has.
}

func (d *Decimal) fromNode(n *node) error {
	if n.kind != text {
		return wrong(n, "a decimal in a string")
	}
	digits := strings.TrimPrefix(n.text, "-")
	whole, part, point := strings.Cut(digits, ".")
	if !allDigits(whole) || point && !allDigits(part) {
		return refuse(n.path, "%.50q is not a decimal, want -?digits[.digits]", n.text)
	}
	if len(whole)+len(part) > maxDigits {
		return refuse(n.path, "has %d digits, at most %d are read", len(whole)+len(part), maxDigits)
	}
	v, err := decimal.NewFromString(n.text)
	if err != nil {
		return refuse(n.path, "%q is not a decimal", n.text)
	}
	d.value, d.path = v, n.path
	return nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// MarshalJSON writes the decimal as a string without exponent and without zeros
// at the end, or with a fixed number of decimals when Fixed made it.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// String returns the text that MarshalJSON quotes.
func (d Decimal) String() string {
	if d.fixed {
		return d.value.StringFixed(-d.value.Exponent())
	}
	return d.value.String()
}

func (Decimal) shape() string { return `"<decimal>"` }

// Places is how many digits after the point the decimal needs.
func (d Decimal) Places() int {
	s := d.value.String()
	if _, part, ok := strings.Cut(s, "."); ok {
		return len(part)
	}
	return 0
}

// Places is how many digits after the point all of the decimals need, at least
// 0.
func Places(all ...Decimal) int {
	n := 0
	for _, d := range all {
		n = max(n, d.Places())
	}
	return n
}

// Exactly returns v units of 10^-places as a decimal.
func Exactly(v int64, places int) Decimal {
	return Decimal{value: decimal.New(v, -int32(places))}
}

// Fixed is like Exactly and always writes that number of decimals.
func Fixed(v int64, places int) Decimal {
	return Decimal{value: decimal.New(v, -int32(places)), fixed: true}
}

// Money returns micro-dollars as a decimal.
func Money(a venue.Amount) Decimal { return Exactly(int64(a), moneyPlaces) }

// Units converts decimals into integers and keeps the first refusal in Err, so
// that an adapter reads all it needs and looks at Err once, before it calls the
// core. After a refusal the results mean nothing.
type Units struct{ Err error }

// Refuse keeps a refusal of the input at the path, unless there is one already.
func (u *Units) Refuse(path, format string, args ...any) {
	if u.Err == nil {
		u.Err = refuse(path, format, args...)
	}
}

// Of returns the decimal in units of 10^-places. It refuses one that needs more
// places, by its path, and one that does not fit an int64.
func (u *Units) Of(d Decimal, places int) int64 {
	if places > maxPlaces {
		u.Refuse(d.path, "needs more than %d decimals together with the other values", maxPlaces)
		return 0
	}
	if n := d.Places(); n > places {
		u.Refuse(d.path, "has %d decimals, at most %d are exact", n, places)
		return 0
	}
	v := d.value.Shift(int32(places)).BigInt()
	if !v.IsInt64() {
		u.Refuse(d.path, "%s is out of range", d.value.String())
		return 0
	}
	return v.Int64()
}

// Money returns the decimal in micro-dollars, between -MaxAmount and MaxAmount.
func (u *Units) Money(d Decimal) venue.Amount {
	return venue.Amount(u.within(d, moneyPlaces, int64(venue.MaxAmount)))
}

// Rate returns the decimal in parts per million.
func (u *Units) Rate(d Decimal) venue.Rate { return venue.Rate(u.Of(d, ratePlaces)) }

// Price returns the decimal in ticks of 10^-places, between -MaxPrice and
// MaxPrice.
func (u *Units) Price(d Decimal, places int) venue.Price {
	return venue.Price(u.within(d, places, int64(venue.MaxPrice)))
}

func (u *Units) within(d Decimal, places int, limit int64) int64 {
	v := u.Of(d, places)
	if v > limit || v < -limit {
		u.Refuse(d.path, "%s is out of range, at most %s", d.value.String(), Exactly(limit, places))
		return 0
	}
	return v
}

// Positive refuses a decimal that is not above zero.
func (u *Units) Positive(d Decimal) {
	if d.value.Sign() <= 0 {
		u.Refuse(d.path, "%s is not above zero", d.value.String())
	}
}

// NotNegative refuses a decimal below zero.
func (u *Units) NotNegative(d Decimal) {
	if d.value.Sign() < 0 {
		u.Refuse(d.path, "%s is below zero", d.value.String())
	}
}
