package gateway

import "github.com/clearhour/clearhour/venue"

// ParseStamp reads a UTCTimestamp, YYYYMMDD-HH:MM:SS with 0, 3, 6 or 9 digits of
// a second after a dot, and says whether it is one. A second of 60 is refused.
func ParseStamp(b []byte) (venue.Time, bool) {
	if len(b) < 17 || b[8] != '-' || b[11] != ':' || b[14] != ':' {
		return 0, false
	}
	year, ok1 := digits(b[0:4])
	month, ok2 := digits(b[4:6])
	day, ok3 := digits(b[6:8])
	hour, ok4 := digits(b[9:11])
	minute, ok5 := digits(b[12:14])
	second, ok6 := digits(b[15:17])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	if year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	nanos := 0
	if rest := b[17:]; len(rest) != 0 {
		n, ok := digits(rest[1:])
		if !ok || rest[0] != '.' {
			return 0, false
		}
		switch len(rest) {
		case 4:
			nanos = n * 1_000_000
		case 7:
			nanos = n * 1_000
		case 10:
			nanos = n
		default:
			return 0, false
		}
	}
	seconds := daysSince1970(year, month, day)*86400 + hour*3600 + minute*60 + second
	return venue.Time(seconds)*venue.Second + venue.Time(nanos), true
}

func digits(b []byte) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts days of the Gregorian calendar; the year begins in March
// so that the leap day is its last.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}

// civil is the reverse of daysSince1970.
func civil(days int) (year, month, day int) {
	z := days + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	year = yoe + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// stamper writes UTCTimestamps and keeps the text of the last second, because
// most stamps of a busy moment differ in their microseconds only.
type stamper struct {
	second int64
	text   [18]byte
}

// append writes t with microseconds, rounded down. t must not be negative.
func (s *stamper) append(dst []byte, t venue.Time) []byte {
	second := int64(t / venue.Second)
	if second != s.second || s.text[8] == 0 {
		s.set(second)
	}
	dst = append(dst, s.text[:]...)
	return appendPadded(dst, int(t%venue.Second)/1000, 6)
}

func (s *stamper) set(second int64) {
	year, month, day := civil(int(second / 86400))
	rest := int(second % 86400)
	b := appendPadded(s.text[:0], year, 4)
	b = appendPadded(b, month, 2)
	b = appendPadded(b, day, 2)
	b = append(b, '-')
	b = appendPadded(b, rest/3600, 2)
	b = append(b, ':')
	b = appendPadded(b, rest/60%60, 2)
	b = append(b, ':')
	b = appendPadded(b, rest%60, 2)
	_ = append(b, '.')
	s.second = second
}

// appendPadded writes n with leading zeros to width digits.
func appendPadded(dst []byte, n, width int) []byte {
	at := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := at + width - 1; i >= at; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}

// AppendStamp writes t as a UTCTimestamp with microseconds, rounded down.
func AppendStamp(dst []byte, t venue.Time) []byte {
	var s stamper
	return s.append(dst, t)
}
