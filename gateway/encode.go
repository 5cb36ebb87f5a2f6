package gateway

import (
	"strconv"
	"unicode/utf8"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// Writer writes the JSON of a part of a message: the body, mostly. The memory
// is used again for the next one. Fields are written in the order of the calls;
// the zero value is ready.
type Writer struct {
	b     []byte
	stamp stamper
}

// Begin starts an object and forgets what was written before.
func (w *Writer) Begin() *Writer {
	w.b = append(w.b[:0], '{')
	return w
}

// End closes the object and returns its bytes, valid until the next Begin.
func (w *Writer) End() []byte {
	w.b = append(w.b, '}')
	return w.b
}

// Len returns the number of bytes written since Begin.
func (w *Writer) Len() int { return len(w.b) }

// name writes the name of a field and the opening quote of its value.
func (w *Writer) name(t Tag) {
	p := dict.prefix[dict.id(t)]
	if w.b[len(w.b)-1] == '{' {
		p = p[1:]
	}
	w.b = append(w.b, p...)
}

// Text writes a text value, escaped where JSON asks for it.
func (w *Writer) Text(t Tag, s string) *Writer {
	w.name(t)
	w.b = appendEscaped(w.b, []byte(s))
	w.b = append(w.b, '"')
	return w
}

// Bytes writes a text value, escaped where JSON asks for it.
func (w *Writer) Bytes(t Tag, s []byte) *Writer {
	w.name(t)
	w.b = appendEscaped(w.b, s)
	w.b = append(w.b, '"')
	return w
}

// ID writes a client's identifier; nothing when there is none.
func (w *Writer) ID(t Tag, id *venue.ClOrdID) *Writer {
	if id.IsZero() {
		return w
	}
	return w.Bytes(t, id[:id.Len()])
}

// Int writes an integer.
func (w *Writer) Int(t Tag, v int64) *Writer {
	w.name(t)
	w.b = strconv.AppendInt(w.b, v, 10)
	w.b = append(w.b, '"')
	return w
}

// Uint writes an integer that is not negative.
func (w *Writer) Uint(t Tag, v uint64) *Writer {
	w.name(t)
	w.b = strconv.AppendUint(w.b, v, 10)
	w.b = append(w.b, '"')
	return w
}

// Char writes one character.
func (w *Writer) Char(t Tag, c byte) *Writer {
	w.name(t)
	w.b = append(w.b, c, '"')
	return w
}

// Flag writes Y or N.
func (w *Writer) Flag(t Tag, v bool) *Writer {
	if v {
		return w.Char(t, 'Y')
	}
	return w.Char(t, 'N')
}

// Time writes a UTCTimestamp with microseconds.
func (w *Writer) Time(t Tag, at venue.Time) *Writer {
	w.name(t)
	w.b = w.stamp.append(w.b, at)
	w.b = append(w.b, '"')
	return w
}

// Group opens a repeating group. Each entry stands between Entry and EndEntry,
// the group ends with EndGroup.
func (w *Writer) Group(t Tag) *Writer {
	w.name(t)
	w.b[len(w.b)-1] = '['
	return w
}

// Entry opens an entry of a group.
func (w *Writer) Entry() *Writer {
	if w.b[len(w.b)-1] == '}' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '{')
	return w
}

// EndEntry closes an entry.
func (w *Writer) EndEntry() *Writer {
	w.b = append(w.b, '}')
	return w
}

// EndGroup closes a group.
func (w *Writer) EndGroup() *Writer {
	w.b = append(w.b, ']')
	return w
}

// Raw writes fields that were written before, without their braces.
func (w *Writer) Raw(fields []byte) *Writer {
	if len(fields) == 0 {
		return w
	}
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, fields...)
	return w
}

// appendEscaped writes s as the inside of a JSON string. Bytes that are not
// UTF-8 become the replacement character.
func appendEscaped(dst, s []byte) []byte {
	for len(s) > 0 {
		n := plainEnd(s, 0)
		dst = append(dst, s[:n]...)
		s = s[n:]
		if len(s) == 0 {
			break
		}
		switch c := s[0]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
			s = s[1:]
		case c < ' ':
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			s = s[1:]
		default:
			r, size := utf8.DecodeRune(s)
			dst = utf8.AppendRune(dst, r)
			s = s[size:]
		}
	}
	return dst
}

// Frame joins the parts of a message to a frame: mostly for tests and clients,
// a session writes its parts itself.
func Frame(dst []byte, header, body []byte) []byte {
	dst = append(dst, `{"Header":`...)
	dst = append(dst, header...)
	dst = append(dst, `,"Body":`...)
	dst = append(dst, body...)
	return append(dst, `,"Trailer":{}}`...)
}

// Price writes a price of the instrument in the decimals of its tick.
func (w *Writer) Price(t Tag, p venue.Price, terms *venue.Instrument) *Writer {
	w.name(t)
	w.b = scale.AppendPrice(w.b, p, terms)
	w.b = append(w.b, '"')
	return w
}

// Qty writes a quantity in lots.
func (w *Writer) Qty(t Tag, q venue.Qty) *Writer { return w.Int(t, int64(q)) }

// Amount writes an amount of an asset with its decimals.
func (w *Writer) Amount(t Tag, a venue.Amount, decimals uint8) *Writer {
	w.name(t)
	w.b = scale.AppendAmount(w.b, a, decimals)
	w.b = append(w.b, '"')
	return w
}

// Money writes dollars.
func (w *Writer) Money(t Tag, a venue.Amount) *Writer { return w.Amount(t, a, scale.MoneyDecimals) }
