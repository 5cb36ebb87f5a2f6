package gateway

import (
	"math/bits"
	"strings"
)

// Tag is the number of a FIX field.
type Tag uint16

// MsgType is the value of MsgType(35): the first character, and a second one in
// the high byte when there is one.
type MsgType uint16

// Message types that the venue sends or takes.
const (
	MsgHeartbeat       MsgType = '0'
	MsgTestRequest     MsgType = '1'
	MsgResendRequest   MsgType = '2'
	MsgReject          MsgType = '3'
	MsgSequenceReset   MsgType = '4'
	MsgLogout          MsgType = '5'
	MsgExecution       MsgType = '8'
	MsgCancelReject    MsgType = '9'
	MsgLogon           MsgType = 'A'
	MsgNewOrder        MsgType = 'D'
	MsgCancel          MsgType = 'F'
	MsgReplace         MsgType = 'G'
	MsgOrderStatus     MsgType = 'H'
	MsgBusinessReject  MsgType = 'j'
	MsgMassCancel      MsgType = 'q'
	MsgMassCancelDone  MsgType = 'r'
	MsgMarketData      MsgType = 'V'
	MsgSnapshot        MsgType = 'W'
	MsgIncrement       MsgType = 'X'
	MsgMarketReject    MsgType = 'Y'
	MsgSecurityListReq MsgType = 'x'
	MsgSecurityList    MsgType = 'y'
	MsgPositionsReq    MsgType = 'A' | 'N'<<8
	MsgPositionsAck    MsgType = 'A' | 'O'<<8
	MsgPosition        MsgType = 'A' | 'P'<<8
	MsgCollateralReq   MsgType = 'B' | 'B'<<8
	MsgCollateral      MsgType = 'B' | 'A'<<8
	MsgMarginReport    MsgType = 'C' | 'J'<<8
	MsgTradeCapture    MsgType = 'A' | 'E'<<8
	MsgSecurityStatus  MsgType = 'f'
	MsgTransfer        MsgType = 'U' | '1'<<8
	MsgTransferDone    MsgType = 'U' | '2'<<8

	MsgMassQuote       MsgType = 'i'
	MsgMassQuoteAck    MsgType = 'b'
	MsgQuoteCancel     MsgType = 'Z'
	MsgProtectQuotes   MsgType = 'U' | 'L'<<8
	MsgQuoteProtection MsgType = 'U' | 'R'<<8
)

// String returns the text of MsgType(35).
func (t MsgType) String() string {
	if t < 256 {
		return string(rune(t))
	}
	return string([]byte{byte(t), byte(t >> 8)})
}

// parseMsgType returns the type that b spells, or 0.
func parseMsgType(b []byte) MsgType {
	switch {
	case len(b) == 1 && b[0] > ' ' && b[0] < 0x7f:
		return MsgType(b[0])
	case len(b) == 2 && b[0] > ' ' && b[0] < 0x7f && b[1] > ' ' && b[1] < 0x7f:
		return MsgType(b[0]) | MsgType(b[1])<<8
	}
	return 0
}

// otherTypes are message types of FIX 5.0SP2 that the venue does not take: they
// are answered with BusinessMessageReject instead of Reject.
const otherTypes = " 6 7 9 a b c d e f g h i k l m n o p s t u v w z A B C E G J K L M N P Q R S T U Z" +
	" 8 W X Y y r AA AB AC AD AE AF AG AH AI AJ AK AL AM AO AP AQ AR AS AT AU AV AW AX AY AZ" +
	" BA BC BD BE BF BG BH BI BJ BK BL BM BN BO BP BQ BR BS BT BU BV BW BX BY BZ CA CB CC CD CE CF CG CH CI CJ CK CL CM CN CO CP CQ CR CS CT CU CV CW CX CY CZ "

// isFIXType says whether FIX knows the type at all.
func isFIXType(t MsgType) bool {
	return kindOf(t) != nil || strings.Contains(otherTypes, " "+t.String()+" ")
}

// Format says what text a field takes.
type Format uint8

// Formats of fields.
const (
	// Text is any text.
	Text Format = iota + 1
	// Int is a decimal integer.
	Int
	// Decimal is decimal text: an optional minus, digits, at most one dot, no
	// exponent.
	Decimal
	// Char is one visible ASCII character.
	Char
	// Flag is Y or N.
	Flag
	// Stamp is UTCTimestamp: YYYYMMDD-HH:MM:SS with 0, 3, 6 or 9 more digits.
	Stamp
	// Data is base64 text.
	Data
	// Group is an array of objects.
	Group
)

// String returns the FIX name of the datatype.
func (f Format) String() string {
	return [...]string{"?", "String", "int", "Price/Qty/Amt", "char", "Boolean", "UTCTimestamp", "data", "NumInGroup"}[f]
}

// FieldDef is a line of the dictionary.
type FieldDef struct {
	Tag    Tag
	Name   string
	Format Format
	// In lists the message types whose body or groups carry the field, with "*"
	// after those that require it, and "header".
	In string
	// Members are the fields of an entry when Format is Group, the first one
	// required in each entry.
	Members []Tag
}

// fieldID is the dense number of a field: its place in Dictionary plus one.
type fieldID uint8

// maxFields bounds the dictionary, so that a set of fields is four words.
const maxFields = 256

// fieldSet is a set of fields.
type fieldSet [maxFields / 64]uint64

func (s *fieldSet) add(id fieldID)      { s[id>>6] |= 1 << (id & 63) }
func (s *fieldSet) has(id fieldID) bool { return s[id>>6]>>(id&63)&1 != 0 }

// firstMissing returns a field of s that is not in o, or 0.
func (s *fieldSet) firstMissing(o *fieldSet) fieldID {
	for w := range s {
		if left := s[w] &^ o[w]; left != 0 {
			return fieldID(w*64 + bits.TrailingZeros64(left))
		}
	}
	return 0
}

// msgKind is what the dictionary says about a message type.
type msgKind struct {
	typ      MsgType
	name     string
	allowed  fieldSet
	required fieldSet
	// in says that the venue takes messages of the type, out that it sends them,
	// app that they are no messages of the session itself.
	in, out, app bool
}

// MessageDef is a message of the dictionary.
type MessageDef struct {
	Type MsgType
	Name string
	// In says that the venue takes it, Out that it sends it.
	In, Out bool
}

// Messages lists the message types of the profile.
var Messages = []MessageDef{
	{MsgHeartbeat, "Heartbeat", true, true},
	{MsgTestRequest, "TestRequest", true, true},
	{MsgResendRequest, "ResendRequest", true, true},
	{MsgReject, "Reject", true, true},
	{MsgSequenceReset, "SequenceReset", true, true},
	{MsgLogout, "Logout", true, true},
	{MsgLogon, "Logon", true, true},
	{MsgNewOrder, "NewOrderSingle", true, false},
	{MsgCancel, "OrderCancelRequest", true, false},
	{MsgReplace, "OrderCancelReplaceRequest", true, false},
	{MsgMassCancel, "OrderMassCancelRequest", true, false},
	{MsgOrderStatus, "OrderStatusRequest", true, false},
	{MsgExecution, "ExecutionReport", false, true},
	{MsgCancelReject, "OrderCancelReject", false, true},
	{MsgMassCancelDone, "OrderMassCancelReport", false, true},
	{MsgBusinessReject, "BusinessMessageReject", false, true},
	{MsgMarketData, "MarketDataRequest", true, false},
	{MsgSnapshot, "MarketDataSnapshotFullRefresh", false, true},
	{MsgIncrement, "MarketDataIncrementalRefresh", false, true},
	{MsgMarketReject, "MarketDataRequestReject", false, true},
	{MsgSecurityListReq, "SecurityListRequest", true, false},
	{MsgSecurityList, "SecurityList", false, true},
	{MsgPositionsReq, "RequestForPositions", true, false},
	{MsgPositionsAck, "RequestForPositionsAck", false, true},
	{MsgPosition, "PositionReport", false, true},
	{MsgCollateralReq, "CollateralInquiry", true, false},
	{MsgCollateral, "CollateralReport", false, true},
	{MsgMarginReport, "MarginRequirementReport", false, true},
	{MsgTradeCapture, "TradeCaptureReport", false, true},
	{MsgSecurityStatus, "SecurityStatus", false, true},
	{MsgTransfer, "AccountTransferRequest", true, false},
	{MsgTransferDone, "AccountTransferReport", false, true},
	{MsgMassQuote, "MassQuote", true, false},
	{MsgMassQuoteAck, "MassQuoteAcknowledgement", false, true},
	{MsgQuoteCancel, "QuoteCancel", true, false},
	{MsgProtectQuotes, "QuoteProtectionRequest", true, false},
	{MsgQuoteProtection, "QuoteProtectionReport", false, true},
}

// dictionary is what is computed from Messages and Dictionary, once.
type dictionary struct {
	kinds    []msgKind
	index    [256]uint8        // Kinds by a one-character type, plus one.
	long     map[MsgType]uint8 // Kinds by a two-character type, plus one.
	ids      map[Tag]fieldID   // Fields by tag.
	low      [1500]fieldID     // Fields by tag, for the tags that the hot path asks for.
	defs     [maxFields]*FieldDef
	formats  [maxFields]Format
	names    [maxFields]string
	keys     [maxFields]string // `"Name":"` of each field.
	prefix   [maxFields]string // `,"Name":"` of each field.
	members  [maxFields]fieldSet
	header   fieldSet
	hashed   [hashSize]fieldID // Fields by name.
	required fieldSet          // Of the header.
}

// hashSize is the size of the table of names: sparse, so that most names are
// found at once.
const hashSize = 2048

// dict is the compiled dictionary; it never changes.
var dict = compile()

func compile() *dictionary {
	d := &dictionary{kinds: make([]msgKind, len(Messages)), long: map[MsgType]uint8{}, ids: map[Tag]fieldID{}}
	for i, m := range Messages {
		d.kinds[i] = msgKind{typ: m.Type, name: m.Name, in: m.In, out: m.Out, app: !m.In || !m.Out}
		if m.Type < 256 {
			d.index[m.Type] = uint8(i + 1)
		} else {
			d.long[m.Type] = uint8(i + 1)
		}
	}
	for i := range Dictionary {
		f, id := &Dictionary[i], fieldID(i+1)
		d.defs[id], d.formats[id], d.names[id] = f, f.Format, f.Name
		d.ids[f.Tag] = id
		if int(f.Tag) < len(d.low) {
			d.low[f.Tag] = id
		}
		d.keys[id] = `"` + f.Name + `":"`
		d.prefix[id] = "," + d.keys[id]
		at := nameHash([]byte(f.Name))
		for d.hashed[at] != 0 {
			at = (at + 1) % hashSize
		}
		d.hashed[at] = id
	}
	for i := range Dictionary {
		d.place(&Dictionary[i], fieldID(i+1))
	}
	return d
}

// place enters the field into the sets of its messages and of its group.
func (d *dictionary) place(f *FieldDef, id fieldID) {
	for _, member := range f.Members {
		d.members[id].add(d.ids[member])
	}
	for word := range strings.FieldsSeq(f.In) {
		word, required := strings.CutSuffix(word, "*")
		if word == "header" {
			d.header.add(id)
			if required {
				d.required.add(id)
			}
			continue
		}
		k := &d.kinds[d.kindIndex(parseMsgType([]byte(word)))-1]
		k.allowed.add(id)
		if required {
			k.required.add(id)
		}
	}
}

func (d *dictionary) kindIndex(t MsgType) uint8 {
	if t < 256 {
		return d.index[t]
	}
	return d.long[t]
}

// id returns the dense number of a tag, 0 when it is not in the dictionary.
func (d *dictionary) id(t Tag) fieldID {
	if int(t) < len(d.low) {
		return d.low[t]
	}
	return d.ids[t]
}

// kindOf returns what the dictionary says about a type, nil when nothing.
func kindOf(t MsgType) *msgKind {
	if i := dict.kindIndex(t); i != 0 {
		return &dict.kinds[i-1]
	}
	return nil
}

// nameHash is a hash of a name that is cheap and spreads the names of FIX.
func nameHash(b []byte) uint32 {
	n := len(b)
	if n == 0 {
		return 0
	}
	h := uint32(b[0])*0x9e3779b1 ^ uint32(b[n-1])*0x85ebca6b ^ uint32(b[n/2])*0xc2b2ae35 ^ uint32(b[n/3])*0x27d4eb2f ^ uint32(n)*0x165667b1
	return h >> 16 % hashSize
}

// idOfName returns the field of that name, or of the tag number that the name
// spells, or 0.
func (d *dictionary) idOfName(b []byte) fieldID {
	if len(b) == 0 {
		return 0
	}
	if b[0] <= '9' {
		return d.idOfNumber(b)
	}
	at := nameHash(b)
	for {
		id := d.hashed[at]
		if id == 0 || d.names[id] == string(b) {
			return id
		}
		at = (at + 1) % hashSize
	}
}

func (d *dictionary) idOfNumber(b []byte) fieldID {
	if len(b) > 5 || b[0] == '0' {
		return 0
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	if n > 65535 {
		return 0
	}
	return d.id(Tag(n))
}
