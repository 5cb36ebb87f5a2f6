package scale

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// text is what comes from the wire: bytes of a FIX field or a JSON string.
type text interface{ ~string | ~[]byte }

const (
	// numberForm is what a number looks like.
	numberForm = "-?digits[.digits]"
	// maxDigits bounds the digits of a number, leading and trailing zeros included.
	maxDigits = 20
	// maxNumber is the length of the longest number: sign, digits and point.
	maxNumber = maxDigits + 2
	// maxDecimals bounds the decimal places of an asset.
	maxDecimals = 18
)

// cutoff is the largest value that can take one more digit and still fit 64
// bits; whether it fits an int64 is seen at the end.
const cutoff = (1 << 63) / 10

// parse reads a number with decimals decimal places as a count of its smallest
// unit. A problem of form comes before one of length, that before one of
// decimals, and that before overflow.
func parse[T text](s T, decimals int) (int64, Problem) {
	if len(s) > maxNumber {
		return 0, TooLong
	}
	i := 0
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		i = 1
	}
	whole := i
	var v uint64
	over := false
	for ; i < len(s) && s[i]-'0' <= 9; i++ {
		over = over || v > cutoff
		v = v*10 + uint64(s[i]-'0')
	}
	digits := i - whole
	if digits == 0 || digits > 1 && s[whole] == '0' {
		return 0, NotANumber
	}
	missing, excess := decimals, false
	if i < len(s) {
		if s[i] != '.' || i+1 == len(s) {
			return 0, NotANumber
		}
		digits += len(s) - i - 1
		for i++; i < len(s); i++ {
			d := s[i] - '0'
			if d > 9 {
				return 0, NotANumber
			}
			if missing == 0 {
				excess = excess || d != 0
				continue
			}
			missing--
			over = over || v > cutoff
			v = v*10 + uint64(d)
		}
	}
	if digits > maxDigits {
		return 0, TooLong
	}
	if excess {
		return 0, TooManyDecimals
	}
	return finish(v, missing, negative, over)
}

// finish appends the zeros that were not written and gives the value its sign.
func finish(v uint64, zeros int, negative, over bool) (int64, Problem) {
	for ; zeros > 0 && v > 0; zeros-- {
		over = over || v > cutoff
		v *= 10
	}
	switch {
	case over:
		return 0, Overflow
	case negative && v <= 1<<63:
		return int64(-v), 0
	case !negative && v < 1<<63:
		return int64(v), 0
	}
	return 0, Overflow
}

// appendFixed appends a count of smallest units with all of its decimals.
func appendFixed(dst []byte, v int64, decimals int) []byte {
	u := uint64(v)
	if v < 0 {
		dst = append(dst, '-')
		u = -u
	}
	return appendUnits(dst, 0, u, decimals)
}

// appendUnits appends the number hi<<64 + lo, its last decimals digits behind a
// point. hi is less than 1<<63.
func appendUnits(dst []byte, hi, lo uint64, decimals int) []byte {
	var buf [40]byte // 1<<127 has 39 digits.
	i := len(buf)
	if hi > 0 {
		// The lower nineteen digits first, then the others from what is left.
		hi, lo = bits.Div64(hi, lo, 10_000_000_000_000_000_000)
		for range 19 {
			i--
			buf[i] = byte('0' + lo%10)
			lo /= 10
		}
		lo = hi
	}
	for lo > 0 || len(buf)-i <= decimals {
		i--
		buf[i] = byte('0' + lo%10)
		lo /= 10
	}
	point := len(buf) - decimals
	dst = append(dst, buf[i:point]...)
	if decimals == 0 {
		return dst
	}
	dst = append(dst, '.')
	return append(dst, buf[point:]...)
}

// limitOf returns the bound that a problem of a plain number is about.
func limitOf(p Problem, decimals int) string {
	switch p {
	case TooLong:
		return strconv.Itoa(maxDigits)
	case TooManyDecimals:
		return strconv.Itoa(decimals)
	case Overflow:
		return string(appendFixed(nil, math.MaxInt64, decimals))
	case NotANumber, OffTick, NotWholeSeconds, NotATime, TimeOutOfRange:
	}
	return numberForm
}

// ParseAmount reads an amount of an asset with the given number of decimal
// places (0 to 18; MoneyDecimals for money) as a count of its smallest unit.
func ParseAmount[T text](s T, decimals uint8) (venue.Amount, *Error) {
	assert.That(decimals <= maxDecimals, "asset with more than 18 decimals")
	v, p := parse(s, int(decimals))
	if p != 0 {
		return 0, refuse(s, venue.FieldAmount, venue.BadField, p, limitOf(p, int(decimals)))
	}
	return venue.Amount(v), nil
}

// AppendAmount appends an amount with all decimals of its asset (0 to 18).
func AppendAmount(dst []byte, a venue.Amount, decimals uint8) []byte {
	assert.That(decimals <= maxDecimals, "asset with more than 18 decimals")
	return appendFixed(dst, int64(a), int(decimals))
}

// rateDecimals is the number of decimal places of a Rate: parts per million.
const rateDecimals = 6

// fineDecimals is the number of decimal places of a FineRate: parts per billion.
const fineDecimals = 9

// ParseRate reads a fraction such as "0.0005" as parts per million. One is "1".
func ParseRate[T text](s T) (venue.Rate, *Error) {
	v, p := parse(s, rateDecimals)
	if p != 0 {
		return 0, refuse(s, venue.NoField, venue.BadField, p, limitOf(p, rateDecimals))
	}
	return venue.Rate(v), nil
}

// AppendRate appends a rate as a fraction with six decimals.
func AppendRate(dst []byte, r venue.Rate) []byte {
	return appendFixed(dst, int64(r), rateDecimals)
}

// AppendFineRate appends a rate as a fraction with nine decimals.
func AppendFineRate(dst []byte, r venue.FineRate) []byte {
	return appendFixed(dst, int64(r), fineDecimals)
}

// ParseQty reads a quantity in whole lots. A lot is one contract.
func ParseQty[T text](s T) (venue.Qty, *Error) {
	v, p := parse(s, 0)
	if p != 0 {
		return 0, refuse(s, venue.FieldQty, venue.BadQty, p, limitOf(p, 0))
	}
	return venue.Qty(v), nil
}

// AppendQty appends a quantity in lots.
func AppendQty(dst []byte, q venue.Qty) []byte { return strconv.AppendInt(dst, int64(q), 10) }

// Decimals of a GPU-hour: all multiples of 0.0025 are whole seconds, and no other
// decimal fraction is.
const (
	hourDecimals = 4
	hourStep     = 25
	stepSeconds  = 9
	hourForm     = "0.0025"
)

// ParseGPUHours reads GPU-hours as GPU-seconds, exactly.
func ParseGPUHours[T text](s T) (venue.GPUTime, *Error) {
	v, p := parse(s, hourDecimals)
	switch {
	case p == TooManyDecimals, p == 0 && v%hourStep != 0:
		return 0, refuse(s, venue.NoField, venue.BadField, NotWholeSeconds, hourForm)
	case p != 0:
		return 0, refuse(s, venue.NoField, venue.BadField, p, limitOf(p, hourDecimals))
	}
	return venue.GPUTime(v / hourStep * stepSeconds), nil
}
