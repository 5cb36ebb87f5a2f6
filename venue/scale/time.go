package scale

import "github.com/clearhour/clearhour/venue"

const (
	// fixForm and rfcForm are what times look like; both are in UTC.
	fixForm = "YYYYMMDD-HH:MM:SS[.sss[sss[sss]]]"
	rfcForm = "YYYY-MM-DDTHH:MM:SS[.s to .sssssssss]Z"
	// timeRange is what nanoseconds since 1970 can hold.
	timeRange = "16770921-00:12:43.145224192 and 22620411-23:47:16.854775807"
)

const (
	secondsPerDay = 86_400
	nanosPerSec   = int64(venue.Second)
)

// ParseUTCTimestamp reads a UTCTimestamp of FIX, to the second or with 3, 6 or
// 9 decimals. There is no second 60: the venue's time has no leap seconds. The
// error names no field; the caller does.
func ParseUTCTimestamp[T text](s T) (venue.Time, *Error) {
	if len(s) < 17 || s[8] != '-' || s[11] != ':' || s[14] != ':' {
		return 0, refuse(s, venue.NoField, venue.BadField, NotATime, fixForm)
	}
	year, month, day := number(s[0:4]), number(s[4:6]), number(s[6:8])
	nanos, ok := fraction(s[17:])
	if n := len(s) - 17; n != 0 && n != 4 && n != 7 && n != 10 {
		ok = false
	}
	seconds, ok2 := moment(year, month, day, number(s[9:11]), number(s[12:14]), number(s[15:17]))
	if !ok || !ok2 {
		return 0, refuse(s, venue.NoField, venue.BadField, NotATime, fixForm)
	}
	return join(s, seconds, nanos)
}

// ParseRFC3339 reads a time of RFC 3339 in UTC, which ends in Z, with up to
// nine decimals. The error names no field; the caller does.
func ParseRFC3339[T text](s T) (venue.Time, *Error) {
	if len(s) < 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[len(s)-1] != 'Z' {
		return 0, refuse(s, venue.NoField, venue.BadField, NotATime, rfcForm)
	}
	year, month, day := number(s[0:4]), number(s[5:7]), number(s[8:10])
	nanos, ok := fraction(s[19 : len(s)-1])
	seconds, ok2 := moment(year, month, day, number(s[11:13]), number(s[14:16]), number(s[17:19]))
	if !ok || !ok2 {
		return 0, refuse(s, venue.NoField, venue.BadField, NotATime, rfcForm)
	}
	return join(s, seconds, nanos)
}

// AppendUTCTimestamp appends a UTCTimestamp of FIX with 0, 3, 6 or 9 decimals;
// what lies behind them is cut off, which never makes a time later.
func AppendUTCTimestamp(dst []byte, t venue.Time, decimals int) []byte {
	c := civilOf(t)
	from := len(dst)
	dst = append(dst, "YYYYMMDD-HH:MM:SS"...)
	b := dst[from:]
	put2(b[0:], c.year/100)
	put2(b[2:], c.year%100)
	put2(b[4:], c.month)
	put2(b[6:], c.day)
	c.putClock(b[9:])
	return appendFraction(dst, c.nanos, decimals)
}

// AppendRFC3339 appends a time of RFC 3339 in UTC with 0 to 9 decimals; what
// lies behind them is cut off, which never makes a time later.
func AppendRFC3339(dst []byte, t venue.Time, decimals int) []byte {
	c := civilOf(t)
	from := len(dst)
	dst = append(dst, "YYYY-MM-DDTHH:MM:SS"...)
	b := dst[from:]
	put2(b[0:], c.year/100)
	put2(b[2:], c.year%100)
	put2(b[5:], c.month)
	put2(b[8:], c.day)
	c.putClock(b[11:])
	return append(appendFraction(dst, c.nanos, decimals), 'Z')
}

// civil is a time in the Gregorian calendar, as if it had always been in force.
// The parts are unsigned and short because dividing such numbers is cheapest.
type civil struct {
	year, month, day uint32
	second, nanos    uint32 // Of the day, of the second.
}

// putClock writes the digits of HH:MM:SS.
func (c *civil) putClock(b []byte) {
	minutes := c.second / 60
	put2(b[0:], minutes/60)
	put2(b[3:], minutes%60)
	put2(b[6:], c.second%60)
}

// put2 writes a number below 100.
func put2(b []byte, v uint32) {
	b[0] = byte('0' + v/10)
	b[1] = byte('0' + v%10)
}

// appendFraction appends a point and the first decimals digits of nine.
func appendFraction(dst []byte, nanos uint32, decimals int) []byte {
	decimals = min(max(decimals, 0), 9)
	if decimals == 0 {
		return dst
	}
	from := len(dst)
	dst = append(dst, ".nnnnnnnnn"...)
	b := dst[from+1:]
	put2(b[0:], nanos/10_000_000)
	put2(b[2:], nanos/100_000%100)
	put2(b[4:], nanos/1000%100)
	put2(b[6:], nanos/10%100)
	b[8] = byte('0' + nanos%10)
	return dst[:from+1+decimals]
}

// The calendar is counted from 1 March of the year 0, so that a leap day is the
// last day of its year. An era is 400 years, after which the calendar repeats
// (H. Hinnant, "chrono-compatible low-level date algorithms"). Years here are
// 0 to 9999, so that no division has a negative operand.
const (
	daysPerEra = 146_097
	epochDay   = 719_468 // 1970-01-01, counted from 0000-03-01.
)

// daysOf returns the days from 1970-01-01 to a date.
func daysOf(year, month, day int64) int64 {
	if month <= 2 {
		year--
	}
	year += 400 // January of the year 0 lies before the count begins.
	era, ofEra := year/400, year%400
	ofYear := (153*((month+9)%12)+2)/5 + day - 1
	return era*daysPerEra + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - epochDay - daysPerEra
}

// civilOf returns the calendar date and the time of day.
func civilOf(t venue.Time) civil {
	seconds, nanos := floorDiv(int64(t), nanosPerSec)
	days, second := floorDiv(seconds, secondsPerDay)
	day := uint32(days + epochDay) // Not negative: no Time is before the year 1677.
	era, ofEra := day/daysPerEra, day%daysPerEra
	year := (ofEra - ofEra/1460 + ofEra/36_524 - ofEra/146_096) / 365
	ofYear := ofEra - (365*year + year/4 - year/100)
	m := (5*ofYear + 2) / 153 // 0 is March.
	c := civil{
		year: year + era*400, month: m + 3, day: ofYear - (153*m+2)/5 + 1,
		second: uint32(second), nanos: uint32(nanos),
	}
	if c.month > 12 {
		c.month -= 12
		c.year++
	}
	return c
}

// floorDiv returns the quotient rounded down and the remainder, which is not negative.
func floorDiv(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder < 0 {
		return quotient - 1, remainder + b
	}
	return quotient, remainder
}

// moment returns the seconds from 1970 to a date and time of day, and whether
// it exists. A part of -1 is none.
func moment(year, month, day, hour, minute, second int64) (int64, bool) {
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return 0, false
	}
	return daysOf(year, month, day)*secondsPerDay + hour*3600 + minute*60 + second, true
}

func daysIn(year, month int64) int64 {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month/8)%2
}

// The earliest and the latest Time, in seconds and nanoseconds from there on.
const (
	firstSecond, firstNanos = -9_223_372_037, 145_224_192
	lastSecond, lastNanos   = 9_223_372_036, 854_775_807
)

// join puts seconds and nanoseconds together if a Time can hold them.
func join[T text](s T, seconds, nanos int64) (venue.Time, *Error) {
	early := seconds < firstSecond || seconds == firstSecond && nanos < firstNanos
	late := seconds > lastSecond || seconds == lastSecond && nanos > lastNanos
	if early || late {
		return 0, refuse(s, venue.NoField, venue.BadField, TimeOutOfRange, timeRange)
	}
	// In the first second the product alone wraps around, and the sum wraps back.
	return venue.Time(seconds*nanosPerSec + nanos), nil
}

// number reads digits, or returns -1.
func number[T text](s T) int64 {
	v := int64(0)
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return -1
		}
		v = v*10 + int64(d)
	}
	return v
}

// fraction reads nothing, or a point and up to nine digits, as nanoseconds.
func fraction[T text](s T) (int64, bool) {
	if len(s) == 0 {
		return 0, true
	}
	if s[0] != '.' || len(s) < 2 || len(s) > 10 {
		return 0, false
	}
	v := number(s[1:])
	for range 10 - len(s) {
		v *= 10
	}
	return v, v >= 0
}
