package gateway

import (
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// stamper writes UTCTimestamps and keeps the text of the last second, because
// most stamps of a busy moment differ in their microseconds only.
type stamper struct {
	second venue.Time
	text   []byte // YYYYMMDD-HH:MM:SS and the dot.
}

// append writes t with microseconds, rounded down. t must not be negative.
func (s *stamper) append(dst []byte, t venue.Time) []byte {
	if second := t / venue.Second; second != s.second || len(s.text) == 0 {
		s.second = second
		s.text = append(scale.AppendUTCTimestamp(s.text[:0], t, 0), '.')
	}
	dst = append(dst, s.text...)
	micros := uint32(t % venue.Second / 1000)
	at := len(dst)
	dst = append(dst, "000000"...)
	for i := at + 5; i >= at; i-- {
		dst[i] = byte('0' + micros%10)
		micros /= 10
	}
	return dst
}

// AppendStamp writes t as the UTCTimestamp of this venue: with microseconds,
// rounded down.
func AppendStamp(dst []byte, t venue.Time) []byte {
	return scale.AppendUTCTimestamp(dst, t, 6)
}

// ParseStamp reads a UTCTimestamp with 0, 3, 6 or 9 decimals and says whether
// it is one.
func ParseStamp(b []byte) (venue.Time, bool) {
	t, err := scale.ParseUTCTimestamp(b)
	return t, err == nil
}

// stampReader reads UTCTimestamps and keeps the last second, because the stamps
// of a busy moment differ behind the dot only.
type stampReader struct {
	text [secondLen]byte
	base venue.Time
}

// secondLen is the length of YYYYMMDD-HH:MM:SS.
const secondLen = 17

func (r *stampReader) parse(b []byte) (venue.Time, bool) {
	if len(b) != secondLen+7 || string(b[:secondLen]) != string(r.text[:]) {
		return r.second(b)
	}
	if b[secondLen] != '.' {
		return 0, false
	}
	micros := venue.Time(0)
	for _, c := range b[secondLen+1:] {
		if c < '0' || c > '9' {
			return 0, false
		}
		micros = micros*10 + venue.Time(c-'0')
	}
	return r.base + micros*1000, true
}

// second reads a stamp as a whole and remembers its second.
func (r *stampReader) second(b []byte) (venue.Time, bool) {
	t, ok := ParseStamp(b)
	if ok {
		copy(r.text[:], b)
		r.base = t / venue.Second * venue.Second
		if t < r.base { // Before 1970: nobody is in a hurry there.
			r.text = [secondLen]byte{}
		}
	}
	return t, ok
}
