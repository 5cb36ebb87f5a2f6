package gateway

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf8"
)

// Errors of Decode: the bytes are no FIX-JSON message at all. Anything else
// that is wrong is a Problem of the message.
var (
	// ErrGarbled says that the frame is not a JSON object with Header, Body and
	// Trailer.
	ErrGarbled = errors.New("gateway: not a FIX-JSON message")
	// ErrUTF8 says that the frame is not UTF-8.
	ErrUTF8 = errors.New("gateway: the text is not UTF-8")
	// ErrTooDeep says that values are nested beyond what any message needs.
	ErrTooDeep = errors.New("gateway: values are nested too deeply")
)

// maxDepth bounds the nesting of values, known or not.
const maxDepth = 8

// maxEntries bounds the entries of a group that is taken.
const maxEntries = 4096

// decoder walks over a frame once. It allocates only for values with escapes
// and for groups, into memory that the message keeps.
type decoder struct {
	b []byte
	i int
	n int // Fields so far.
	m *Message
	e error
}

// Decode reads a frame into m. The values of m point into b. An error means
// that the frame is garbled; a message whose fields are wrong is decoded as far
// as possible, with the first fault in Problem.
func Decode(b []byte, m *Message) error {
	m.reset()
	d := decoder{b: b, m: m}
	d.message()
	if d.e == nil && d.peek() != 0 {
		d.e = ErrGarbled
	}
	if d.e == nil && d.i != len(d.b) {
		d.e = ErrGarbled
	}
	if d.e != nil {
		return d.e
	}
	m.check()
	return nil
}

// message reads the outer object.
func (d *decoder) message() {
	if !d.take('{') {
		return
	}
	seen := 0
	for {
		name, ok := d.str()
		if !ok || !d.take(':') {
			return
		}
		part := 0
		switch string(name) {
		case "Header":
			part = 1
		case "Body":
			part = 2
		case "Trailer":
			part = 4
		}
		if part == 0 || seen&part != 0 || !d.take('{') {
			d.garbled()
			return
		}
		seen |= part
		d.fields(part)
		if d.e != nil || !d.next('}') {
			break
		}
	}
	if d.e == nil && seen&3 != 3 {
		d.garbled()
	}
}

// fields reads the fields of a part up to its closing brace.
func (d *decoder) fields(part int) {
	m := d.m
	if d.peek() == '}' {
		d.i++
		return
	}
	for d.e == nil {
		d.plain(part)
		name, ok := d.str()
		if !ok || !d.take(':') {
			return
		}
		id := dict.idOfName(name)
		if id == 0 {
			m.fail(rejUndefined, 0, name)
			d.skip(1)
		} else if d.peek() == '"' {
			v, ok := d.str()
			if !ok {
				return
			}
			m.put(part, id, v)
		} else {
			d.other(part, id)
		}
		if d.e != nil || !d.next('}') {
			return
		}
	}
}

// plain reads fields for as long as they stand as "Name":"Value", without blanks
// and escapes, and another one follows: as every client writes them. It is the
// loop that orders run through; what it does not take is read the long way.
func (d *decoder) plain(part int) {
	b, i := d.b, d.i
	for i < len(b) && b[i] == '"' {
		id, from := d.key(i)
		if id == 0 {
			return
		}
		stop := plainEnd(b, from)
		if stop+2 > len(b) || b[stop] != '"' || b[stop+1] != ',' {
			return
		}
		d.m.put(part, id, b[from:stop])
		i = stop + 2
		d.i = i
	}
}

// key returns the field whose name stands at i and where its value begins; 0
// when there is a blank, an escape, an unknown name or another kind of value.
// Clients write the fields of a message in the same order each time, so the one
// that stood here in the last message is tried first, as a whole.
func (d *decoder) key(i int) (fieldID, int) {
	at := &d.m.order[d.n%len(d.m.order)]
	d.n++
	b := d.b
	if k := dict.keys[*at]; k != "" && len(b)-i > len(k) && string(b[i:i+len(k)]) == k {
		return *at, i + len(k)
	}
	end := plainEnd(b, i+1)
	if end+3 > len(b) || b[end] != '"' || b[end+1] != ':' || b[end+2] != '"' {
		return 0, 0
	}
	*at = dict.idOfName(b[i+1 : end])
	return *at, end + 3
}

// put stores a value, unless the field is in the wrong part or was there.
func (m *Message) put(part int, id fieldID, v []byte) {
	switch {
	case len(v) == 0:
		m.fail(rejNoValue, id, nil)
		v = emptyValue
	case dict.formats[id] == Group:
		m.fail(rejFormat, id, nil)
		return
	}
	header := dict.header.has(id)
	if header != (part == 1) {
		m.fail(rejNotInMessage, id, nil)
		return
	}
	set := &m.body
	if header {
		set = &m.header
	}
	if set.has(id) {
		m.fail(rejDuplicate, id, nil)
		return
	}
	set.add(id)
	m.values[id] = v
}

// emptyValue is the value of a field that is there and empty.
var emptyValue = []byte{}

// other reads a value that is no string: the entries of a group, or a fault.
func (d *decoder) other(part int, id fieldID) {
	if d.peek() != '[' || dict.defs[id].Format != Group {
		d.m.fail(rejFormat, id, nil)
		d.skip(1)
		return
	}
	if part != 2 || d.m.body.has(id) {
		reason := uint8(rejDuplicate)
		if part != 2 {
			reason = rejNotInMessage
		}
		d.m.fail(reason, id, nil)
		d.skip(1)
		return
	}
	d.m.body.add(id)
	d.m.values[id] = emptyValue
	d.group(id)
}

// group reads the entries of a group up to the closing bracket.
func (d *decoder) group(id fieldID) {
	d.i++ // The bracket.
	n := 0
	if d.peek() == ']' {
		d.i++
		d.m.fail(rejGroupCount, id, nil)
		return
	}
	for d.e == nil {
		if d.peek() != '{' {
			d.m.fail(rejFormat, id, nil)
			d.skip(1)
		} else if n < maxEntries {
			d.i++
			d.entry(id, n)
			n++
		} else {
			d.m.fail(rejGroupCount, id, nil)
			d.skip(1)
		}
		if d.e != nil || !d.next(']') {
			break
		}
	}
	d.m.spans = append(d.m.spans, span{group: id, entries: uint16(n)})
}

// entry reads one entry of a group up to its closing brace.
func (d *decoder) entry(group fieldID, n int) {
	var seen fieldSet
	first := dict.id(dict.defs[group].Members[0])
	if d.peek() == '}' {
		d.i++
		d.m.fail(rejMissing, first, nil)
		return
	}
	for d.e == nil {
		name, ok := d.str()
		if !ok || !d.take(':') {
			return
		}
		id := dict.idOfName(name)
		if id == 0 || d.peek() != '"' {
			reason := uint8(rejFormat)
			if id == 0 {
				reason = rejUndefined
			}
			d.m.fail(reason, id, name)
			d.skip(1)
		} else {
			v, ok := d.str()
			if !ok {
				return
			}
			d.member(group, id, n, v, &seen)
		}
		if d.e != nil || !d.next('}') {
			break
		}
	}
	if !seen.has(first) {
		d.m.fail(rejMissing, first, nil)
	}
}

func (d *decoder) member(group, id fieldID, n int, v []byte, seen *fieldSet) {
	switch {
	case !dict.members[group].has(id):
		d.m.fail(rejNotInMessage, id, nil)
	case seen.has(id):
		d.m.fail(rejDuplicate, id, nil)
	case len(v) == 0:
		d.m.fail(rejNoValue, id, nil)
	default:
		d.m.groups = append(d.m.groups, member{id: id, group: group, entry: uint16(n), value: v})
	}
	seen.add(id)
}

func (d *decoder) garbled() {
	if d.e == nil {
		d.e = ErrGarbled
	}
}

// peek returns the next byte that is no white space, 0 at the end.
func (d *decoder) peek() byte {
	for d.i < len(d.b) {
		c := d.b[d.i]
		if c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
		d.i++
	}
	return 0
}

// take reads the byte c.
func (d *decoder) take(c byte) bool {
	if d.i < len(d.b) && d.b[d.i] == c || d.peek() == c {
		d.i++
		return true
	}
	d.garbled()
	return false
}

// next reads a comma, and returns true, or the closing byte.
func (d *decoder) next(closing byte) bool {
	switch d.peek() {
	case ',':
		d.i++
		return true
	case closing:
		d.i++
		return false
	}
	d.garbled()
	return false
}

// str reads a string. Without escapes the result points into the frame.
func (d *decoder) str() ([]byte, bool) {
	if !d.take('"') {
		return nil, false
	}
	start := d.i
	end := plainEnd(d.b, start)
	if end < len(d.b) && d.b[end] == '"' {
		d.i = end + 1
		return d.b[start:end], true
	}
	return d.longStr(start)
}

// longStr reads a string that has escapes or bytes above ASCII.
func (d *decoder) longStr(start int) ([]byte, bool) {
	m := d.m
	from := len(m.escaped)
	for i := start; i < len(d.b); {
		c := d.b[i]
		switch {
		case c == '"':
			d.i = i + 1
			return m.escaped[from:len(m.escaped):len(m.escaped)], true
		case c == '\\':
			n, ok := d.escape(i + 1)
			if !ok {
				d.garbled()
				return nil, false
			}
			i += 1 + n
		case c < ' ':
			d.garbled()
			return nil, false
		case c < utf8.RuneSelf:
			m.escaped = append(m.escaped, c)
			i++
		default:
			r, n := utf8.DecodeRune(d.b[i:])
			if r == utf8.RuneError && n == 1 {
				d.e = ErrUTF8
				return nil, false
			}
			m.escaped = append(m.escaped, d.b[i:i+n]...)
			i += n
		}
	}
	d.garbled()
	return nil, false
}

// escape appends what the escape at i stands for and returns its length.
func (d *decoder) escape(i int) (int, bool) {
	if i >= len(d.b) {
		return 0, false
	}
	m := d.m
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	for k := range len(from) {
		if d.b[i] == from[k] {
			m.escaped = append(m.escaped, to[k])
			return 1, true
		}
	}
	r, ok := hex4(d.b, i)
	if !ok {
		return 0, false
	}
	n := 5
	if r >= 0xd800 && r < 0xdc00 { // A surrogate pair is one character.
		if i+6 >= len(d.b) || d.b[i+5] != '\\' {
			return 0, false
		}
		low, ok := hex4(d.b, i+6)
		if !ok || low < 0xdc00 || low > 0xdfff {
			return 0, false
		}
		r, n = 0x10000+(r-0xd800)<<10+(low-0xdc00), 11
	} else if r >= 0xdc00 && r < 0xe000 {
		return 0, false
	}
	m.escaped = utf8.AppendRune(m.escaped, r)
	return n, true
}

// hex4 reads uXXXX at i.
func hex4(b []byte, i int) (rune, bool) {
	if i+5 > len(b) || b[i] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[i+1 : i+5] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// plainEnd returns the first place from i on of a quote, a backslash, a control
// byte or a byte above ASCII. It looks at eight bytes at a time: a borrow can
// only spoil the bytes above the first hit.
func plainEnd(b []byte, i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x | x) & tops
		if hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
		i += 8
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// skip walks over a value of any kind.
func (d *decoder) skip(depth int) {
	if depth > maxDepth {
		d.e = ErrTooDeep
		return
	}
	switch c := d.peek(); c {
	case '"':
		d.str()
	case '{':
		d.i++
		if d.peek() == '}' {
			d.i++
			return
		}
		for d.e == nil {
			if _, ok := d.str(); !ok || !d.take(':') {
				return
			}
			d.skip(depth + 1)
			if d.e != nil || !d.next('}') {
				return
			}
		}
	case '[':
		d.i++
		if d.peek() == ']' {
			d.i++
			return
		}
		for d.e == nil {
			d.skip(depth + 1)
			if d.e != nil || !d.next(']') {
				return
			}
		}
	default:
		d.literal()
	}
}

// literal walks over a number, true, false or null.
func (d *decoder) literal() {
	start := d.i
	for d.i < len(d.b) {
		c := d.b[d.i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
			d.i++
			continue
		}
		break
	}
	if d.i == start {
		d.garbled()
	}
}

// check looks at the message as a whole: its type, what is missing or does not
// belong, and the format of each value.
func (m *Message) check() {
	if id := dict.id(TagMsgType); m.header.has(id) {
		m.Type = parseMsgType(m.values[id])
	}
	if m.problem.Is() {
		return
	}
	if id := dict.required.firstMissing(&m.header); id != 0 {
		m.fail(rejMissing, id, nil)
		return
	}
	k := kindOf(m.Type)
	if k == nil {
		return // The session answers: it knows what FIX knows.
	}
	if id := m.body.firstMissing(&k.allowed); id != 0 {
		m.fail(rejNotInMessage, id, nil)
		return
	}
	if id := k.required.firstMissing(&m.body); id != 0 {
		m.fail(rejMissing, id, nil)
		return
	}
	m.checkFormats(&m.header)
	m.checkFormats(&m.body)
	for i := range m.groups {
		if g := &m.groups[i]; !formatOK(dict.defs[g.id].Format, g.value) {
			m.fail(rejFormat, g.id, nil)
		}
	}
}

func (m *Message) checkFormats(set *fieldSet) {
	for w, left := range set {
		for ; left != 0; left &= left - 1 {
			id := fieldID(w*64 + bits.TrailingZeros64(left))
			switch f := dict.formats[id]; {
			case f <= Text:
			case f == Stamp:
				if _, ok := m.stamps.parse(m.values[id]); !ok {
					m.fail(rejFormat, id, nil)
				}
			case !formatOK(f, m.values[id]):
				m.fail(rejFormat, id, nil)
			}
		}
	}
}

// formatOK says whether a value has the format.
func formatOK(f Format, v []byte) bool {
	switch f {
	case Int:
		_, ok := parseInt(v)
		return ok
	case Decimal:
		return isDecimal(v)
	case Char:
		return len(v) == 1 && v[0] > ' ' && v[0] < 0x7f
	case Flag:
		return len(v) == 1 && (v[0] == 'Y' || v[0] == 'N')
	case Stamp:
		_, ok := ParseStamp(v)
		return ok
	case Text, Data, Group:
	}
	return true // Text has no form of its own; a group was read by its parts.
}
