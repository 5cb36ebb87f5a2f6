package gateway

import (
	"errors"
	"strings"
	"testing"
)

// order is a NewOrderSingle as clients send it.
const order = `{"Header":{"BeginString":"FIXT.1.1","MsgType":"D","SenderCompID":"ALICE","TargetCompID":"CLEARHOUR","MsgSeqNum":"1234","SendingTime":"20261122-08:43:04.123456"},` +
	`"Body":{"ClOrdID":"a-000001234","Symbol":"H100C.NAE.D.2026-12-01","Side":"1","OrderQty":"5","OrdType":"2","Price":"2.50","TimeInForce":"1","TransactTime":"20261122-08:43:04.123456"},"Trailer":{}}`

func TestDecodeOrder(t *testing.T) {
	var m Message
	if err := Decode([]byte(order), &m); err != nil {
		t.Fatalf("Decode(%s) = %v", order, err)
	}
	if p := m.Problem(); p.Is() {
		t.Fatalf("Problem = %+v %s", p, p.Text())
	}
	if m.Type != MsgNewOrder || m.Text(TagSymbol) != "H100C.NAE.D.2026-12-01" || m.Text(TagPrice) != "2.50" {
		t.Errorf("got type %s symbol %q price %q", m.Type, m.Text(TagSymbol), m.Text(TagPrice))
	}
	if n, ok := m.Int(TagMsgSeqNum); n != 1234 || !ok {
		t.Errorf("MsgSeqNum = %d %v, want 1234", n, ok)
	}
}

// change is a message made from order by replacing text.
func change(pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(order)
}

func TestDecodeProblems(t *testing.T) {
	const header = `{"Header":{"BeginString":"FIXT.1.1","MsgType":"V","SenderCompID":"A","TargetCompID":"B","MsgSeqNum":"1","SendingTime":"20261122-08:43:04"},"Body":`
	const request = `"MDReqID":"1","SubscriptionRequestType":"1","MarketDepth":"0"`
	tests := []struct {
		name   string
		in     string
		reason int
		tag    Tag
	}{
		{"fine", order, -1, 0},
		{"tag number as name", change(`"Symbol"`, `"55"`), -1, 0},
		{"white space", change(`:`, " : ", `,`, "\n,\t", `04 : 04`, "x"), rejFormat, TagSendingTime},
		{"escaped", change(`a-000001234`, `a\u002d\"\\\/1`), -1, 0},
		{"duplicate key", change(`"Side":"1"`, `"Side":"1","Side":"1"`), rejDuplicate, TagSide},
		{"duplicate key under its number", change(`"Side":"1"`, `"Side":"1","54":"2"`), rejDuplicate, TagSide},
		{"number instead of string", change(`"OrderQty":"5"`, `"OrderQty":5`), rejFormat, TagOrderQty},
		{"true instead of string", change(`"OrderQty":"5"`, `"OrderQty":true`), rejFormat, TagOrderQty},
		{"null instead of string", change(`"OrderQty":"5"`, `"OrderQty":null`), rejFormat, TagOrderQty},
		{"object instead of string", change(`"OrderQty":"5"`, `"OrderQty":{"a":[1,{"b":{}}]}`), rejFormat, TagOrderQty},
		{"exponent", change(`"2.50"`, `"25e-1"`), rejFormat, TagPrice},
		{"plus", change(`"2.50"`, `"+2.50"`), rejFormat, TagPrice},
		{"float text", change(`"2.50"`, `"NaN"`), rejFormat, TagPrice},
		{"no digit before the dot", change(`"2.50"`, `".5"`), rejFormat, TagPrice},
		{"no digit after the dot", change(`"2.50"`, `"5."`), rejFormat, TagPrice},
		{"two dots", change(`"2.50"`, `"2.5.0"`), rejFormat, TagPrice},
		{"unknown name", change(`"Side"`, `"Syde"`), rejUndefined, 0},
		{"unknown number", change(`"Side"`, `"9999"`), rejUndefined, 0},
		{"field of another message", change(`"TimeInForce":"1"`, `"LastPx":"1"`), rejNotInMessage, TagLastPx},
		{"header field in the body", change(`"TimeInForce":"1"`, `"PossDupFlag":"Y"`), rejNotInMessage, TagPossDupFlag},
		{"body field in the header", change(`"BeginString"`, `"Account":"1","BeginString"`), rejNotInMessage, TagAccount},
		{"missing", change(`"Side":"1",`, ``), rejMissing, TagSide},
		{"missing in the header", change(`"MsgSeqNum":"1234",`, ``), rejMissing, TagMsgSeqNum},
		{"empty", change(`"Side":"1"`, `"Side":""`), rejNoValue, TagSide},
		{"two characters", change(`"Side":"1"`, `"Side":"11"`), rejFormat, TagSide},
		{"bad time", change(`"TransactTime":"20261122`, `"TransactTime":"20261322`), rejFormat, TagTransactTime},
		{"group", header + `{` + request + `,"NoMDEntryTypes":[{"MDEntryType":"0"},{"MDEntryType":"1"}],"NoRelatedSym":[{"Symbol":"S"}]}}`, -1, 0},
		{"empty group", header + `{` + request + `,"NoMDEntryTypes":[]}}`, rejGroupCount, TagNoMDEntryTypes},
		{"empty entry", header + `{` + request + `,"NoMDEntryTypes":[{}]}}`, rejMissing, TagMDEntryType},
		{"string for a group", header + `{` + request + `,"NoMDEntryTypes":"2"}}`, rejFormat, TagNoMDEntryTypes},
		{"array for a string", header + `{"MDReqID":["1"],"SubscriptionRequestType":"1","MarketDepth":"0"}}`, rejFormat, TagMDReqID},
		{"number in a group", header + `{` + request + `,"NoMDEntryTypes":[{"MDEntryType":0}]}}`, rejFormat, TagMDEntryType},
		{"twice in an entry", header + `{` + request + `,"NoMDEntryTypes":[{"MDEntryType":"0","MDEntryType":"1"}]}}`, rejDuplicate, TagMDEntryType},
		{"group twice", header + `{` + request + `,"NoRelatedSym":[{"Symbol":"S"}],"NoRelatedSym":[{"Symbol":"S"}]}}`, rejDuplicate, TagNoRelatedSym},
		{"stranger in a group", header + `{` + request + `,"NoMDEntryTypes":[{"MDEntryType":"0","Symbol":"1"}]}}`, rejNotInMessage, TagSymbol},
		{"scalar in a group's array", header + `{` + request + `,"NoMDEntryTypes":["0"]}}`, rejFormat, TagNoMDEntryTypes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m Message
			if err := Decode([]byte(tt.in), &m); err != nil {
				t.Fatalf("Decode(%s) = %v", tt.in, err)
			}
			p := m.Problem()
			if int(p.Reason)-1 != tt.reason || p.Tag != tt.tag {
				t.Errorf("problem = %d tag %d %q, want %d tag %d\n%s", int(p.Reason)-1, p.Tag, p.Name, tt.reason, tt.tag, tt.in)
			}
		})
	}
}

func TestDecodeGarbled(t *testing.T) {
	tests := []struct {
		in   string
		want error
	}{
		{"", ErrGarbled},
		{"{}", ErrGarbled},
		{"[]", ErrGarbled},
		{"null", ErrGarbled},
		{"8=FIX.4.4\x019=5\x01", ErrGarbled},
		{order[:len(order)-1], ErrGarbled},
		{order + "x", ErrGarbled},
		{order + order, ErrGarbled},
		{change(`"Trailer"`, `"Tail"`), ErrGarbled},
		{change(`"Trailer"`, `"Body"`), ErrGarbled},
		{`{"Body":{},"Trailer":{}}`, ErrGarbled},
		{change(`"Side":"1"`, `"Side" "1"`), ErrGarbled},
		{change(`"Side":"1"`, `"Side":"1",`), ErrGarbled},
		{change(`a-000001234`, "a\n"), ErrGarbled},
		{change(`a-000001234`, `a\x`), ErrGarbled},
		{change(`a-000001234`, `a\ud800`), ErrGarbled},
		{change(`a-000001234`, `a\ud800\u0041`), ErrGarbled},
		{change(`a-000001234`, "a\xff"), ErrUTF8},
		{change(`"Side":"1"`, `"Side":`+strings.Repeat("[", 100)), ErrTooDeep},
	}
	for _, tt := range tests {
		var m Message
		if err := Decode([]byte(tt.in), &m); !errors.Is(err, tt.want) {
			t.Errorf("Decode(%q) = %v, want %v", tt.in, err, tt.want)
		}
	}
}

func TestDecodeAllocs(t *testing.T) {
	var m Message
	in := []byte(order)
	if n := testing.AllocsPerRun(100, func() { _ = Decode(in, &m) }); n != 0 {
		t.Errorf("Decode allocates %v times, want 0", n)
	}
}

func BenchmarkDecodeOrder(b *testing.B) {
	var m Message
	in := []byte(order)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Decode(in, &m); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(order))
	f.Add([]byte(change(`"Side":"1"`, `"Side":{"a":[1,{"b":{}}]}`)))
	f.Add([]byte(`{"Header":{"MsgType":"V"},"Body":{"NoMDEntryTypes":[{"MDEntryType":"0"}]},"Trailer":{}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var m Message
		if Decode(in, &m) != nil {
			return
		}
		out := recode(&m)
		var again Message
		if err := Decode(out, &again); err != nil {
			t.Fatalf("%q was decoded and written as %q, which is %v", in, out, err)
		}
		if a, b := string(recode(&again)), string(out); a != b {
			t.Fatalf("%q -> %q -> %q", in, b, a)
		}
	})
}

// recode writes a message in dictionary order.
func recode(m *Message) []byte {
	var header, body Writer
	header.Begin()
	body.Begin()
	for i := range Dictionary {
		id, tag := fieldID(i+1), Dictionary[i].Tag
		switch {
		case m.header.has(id):
			header.Bytes(tag, m.values[id])
		case m.body.has(id) && Dictionary[i].Format == Group:
			body.Group(tag)
			for e := range m.Entries(tag) {
				body.Entry()
				m.Entry(tag, e, func(t Tag, v []byte) { body.Bytes(t, v) })
				body.EndEntry()
			}
			body.EndGroup()
		case m.body.has(id):
			body.Bytes(tag, m.values[id])
		}
	}
	return Frame(nil, header.End(), body.End())
}
