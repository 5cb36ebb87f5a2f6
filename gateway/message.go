package gateway

import "github.com/clearhour/clearhour/venue"

// Message is a received message. Its values point into the frame that was
// decoded and into memory of the Message itself: both are valid until the next
// Decode. A Message is made to be used again; it is not for concurrent use.
type Message struct {
	// Type is MsgType(35), 0 when it is missing or no type at all.
	Type MsgType

	header, body fieldSet
	values       [maxFields][]byte
	groups       []member // Members of all groups, entry by entry.
	spans        []span   // Where each group begins in groups.
	problem      Problem
	escaped      []byte
	order        [32]fieldID // Where which field stood in the last message.
	stamps       stampReader
}

// member is a field inside of a group.
type member struct {
	id    fieldID
	group fieldID
	entry uint16
	value []byte
}

// span is a group of a message: its field and the number of entries.
type span struct {
	group   fieldID
	entries uint16
}

// Problem is the first thing wrong with the fields of a message that is
// otherwise well formed: what Reject(3) says.
type Problem struct {
	// Reason is SessionRejectReason(373) plus one; 0 is no problem.
	Reason uint8
	// Tag is RefTagID(371), 0 when the name is in no dictionary.
	Tag Tag
	// Name is the name as sent, when Tag is 0. It is valid as long as the
	// message.
	Name []byte
	// Code is the number in the catalogue.
	Code Code
}

// Reasons of Reject(3), 373.
const (
	rejInvalidTag   = 0
	rejMissing      = 1
	rejNotInMessage = 2
	rejUndefined    = 3
	rejNoValue      = 4
	rejOutOfRange   = 5
	rejFormat       = 6
	rejSignature    = 8
	rejCompID       = 9
	rejSendingTime  = 10
	rejMsgType      = 11
	rejDuplicate    = 13
	rejOutOfOrder   = 14
	rejGroupOrder   = 15
	rejGroupCount   = 16
	rejOther        = 99
)

// rejectTexts are the exact sentences of Text(58) in a Reject.
var rejectTexts = map[uint8]string{
	rejInvalidTag:   "Invalid tag number",
	rejMissing:      "Required tag missing",
	rejNotInMessage: "Tag not defined for this message type",
	rejUndefined:    "Invalid tag number",
	rejNoValue:      "Tag specified without a value",
	rejOutOfRange:   "Value is incorrect (out of range) for this tag",
	rejFormat:       "Incorrect data format for value",
	rejSignature:    "Signature problem",
	rejCompID:       "CompID problem",
	rejSendingTime:  "SendingTime accuracy problem",
	rejMsgType:      "Invalid MsgType",
	rejDuplicate:    "Tag appears more than once",
	rejOutOfOrder:   "Tag specified out of required order",
	rejGroupOrder:   "Repeating group fields out of order",
	rejGroupCount:   "Incorrect NumInGroup count for repeating group",
}

// rejectCode maps a 373 to the catalogue.
func rejectCode(reason uint8) Code {
	switch reason {
	case rejMissing:
		return MissingField
	case rejInvalidTag, rejNotInMessage, rejUndefined:
		return UnknownField
	case rejOutOfRange, rejCompID:
		return BadValue
	case rejDuplicate:
		return DuplicateField
	case rejGroupCount, rejGroupOrder:
		return BadGroupCount
	case rejMsgType:
		return UnsupportedMessage
	case rejSendingTime:
		return AuthTimestamp
	}
	return BadFormat
}

func problem(reason uint8, tag Tag) Problem {
	return Problem{Reason: reason + 1, Tag: tag, Code: rejectCode(reason)}
}

// Is says whether there is a problem.
func (p *Problem) Is() bool { return p.Reason != 0 }

// Text returns the sentence of Text(58).
func (p *Problem) Text() string { return rejectTexts[p.Reason-1] }

// Problem returns the first thing wrong with the fields, as Decode found it.
func (m *Message) Problem() Problem { return m.problem }

// fail keeps the first problem.
func (m *Message) fail(reason uint8, id fieldID, name []byte) {
	if m.problem.Is() {
		return
	}
	if id != 0 {
		m.problem = problem(reason, dict.defs[id].Tag)
		return
	}
	m.problem = problem(reason, 0)
	m.problem.Name = name
}

func (m *Message) reset() {
	m.Type = 0
	m.header, m.body = fieldSet{}, fieldSet{}
	m.groups, m.spans, m.escaped = m.groups[:0], m.spans[:0], m.escaped[:0]
	m.problem = Problem{}
}

// Get returns the value of a field of header or body; nil when it is absent.
func (m *Message) Get(t Tag) []byte {
	id := dict.id(t)
	if id == 0 || !m.header.has(id) && !m.body.has(id) {
		return nil
	}
	return m.values[id]
}

// Has says whether the field is there.
func (m *Message) Has(t Tag) bool {
	id := dict.id(t)
	return id != 0 && (m.header.has(id) || m.body.has(id))
}

// Text returns the value as a string, empty when the field is absent.
func (m *Message) Text(t Tag) string { return string(m.Get(t)) }

// Char returns the value of a Char field, 0 when the field is absent or longer
// than one byte.
func (m *Message) Char(t Tag) byte {
	if v := m.Get(t); len(v) == 1 {
		return v[0]
	}
	return 0
}

// Flag returns whether the value is Y.
func (m *Message) Flag(t Tag) bool { return m.Char(t) == 'Y' }

// Int returns the value as an integer and whether the field is there and is one.
func (m *Message) Int(t Tag) (int64, bool) {
	v := m.Get(t)
	if v == nil {
		return 0, false
	}
	return parseInt(v)
}

// Time returns the value as a time and whether the field is there and is one.
func (m *Message) Time(t Tag) (venue.Time, bool) {
	v := m.Get(t)
	if v == nil {
		return 0, false
	}
	return m.stamps.parse(v)
}

// Entries returns the number of entries of a group.
func (m *Message) Entries(group Tag) int {
	id := dict.id(group)
	for _, s := range m.spans {
		if s.group == id {
			return int(s.entries)
		}
	}
	return 0
}

// Entry calls fn with each field of entry i of a group, in order of the wire.
func (m *Message) Entry(group Tag, i int, fn func(t Tag, value []byte)) {
	id := dict.id(group)
	for k := range m.groups {
		g := &m.groups[k]
		if g.group == id && int(g.entry) == i {
			fn(dict.defs[g.id].Tag, g.value)
		}
	}
}

// In returns the value of a field in entry i of a group, nil when absent.
func (m *Message) In(group Tag, i int, t Tag) []byte {
	id, field := dict.id(group), dict.id(t)
	for k := range m.groups {
		g := &m.groups[k]
		if g.group == id && g.id == field && int(g.entry) == i {
			return g.value
		}
	}
	return nil
}

// parseInt reads an optional minus and 1 to 18 digits.
func parseInt(b []byte) (int64, bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if neg {
		n = -n
	}
	return n, true
}

// isDecimal says whether b is plain decimal text: an optional minus, digits and
// at most one dot between or after digits; no plus, no exponent, no spaces.
func isDecimal(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 40 || b[0] == '.' || b[len(b)-1] == '.' {
		return false
	}
	dots := 0
	for _, c := range b {
		if c == '.' {
			dots++
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return dots <= 1
}
