package wire

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// reencodeBatch decodes a batch and encodes it again, or returns the error.
func reencodeBatch(payload []byte) ([]byte, error) {
	var d Decoder
	if err := d.Reset(payload); err != nil {
		return nil, err
	}
	b := AppendBatchHeader(nil, d.First(), d.Time(), d.Count())
	var e venue.Envelope
	for {
		ok, err := d.Next(&e)
		if err != nil || !ok {
			return b, err
		}
		b = AppendCommand(b, e.Session, e.Command)
	}
}

// reencodeEvents decodes events and encodes them again, or returns the error.
func reencodeEvents(records []byte) ([]byte, error) {
	var d EventDecoder
	d.Reset(records)
	b := []byte{}
	var e venue.Entry
	for {
		ok, err := d.Next(&e)
		if err != nil || !ok {
			return b, err
		}
		b = AppendEvent(b, &e)
	}
}

// checkCanonical fails when bytes were accepted that are not what their
// meaning encodes to, or were refused with anything but an Error in range.
func checkCanonical(t *testing.T, in []byte, reencode func([]byte) ([]byte, error)) {
	t.Helper()
	out, err := reencode(in)
	if err == nil {
		if !bytes.Equal(out, in) {
			t.Fatalf("accepted %x, which encodes as %x", in, out)
		}
		return
	}
	var refused *Error
	if !errors.As(err, &refused) || refused.Problem == 0 || refused.At < 0 || refused.At > len(in) {
		t.Fatalf("%x is refused with %#v", in, err)
	}
}

// TestDamage flips every bit, cuts at every byte and appends one byte: each
// result is refused, or means something else that encodes to just that.
func TestDamage(t *testing.T) {
	// rules: WIRE-02, WIRE-03
	for _, c := range sampleCommands() {
		damage(t, batchOf(7, c), false, reencodeBatch)
	}
	for _, e := range sampleEvents() {
		damage(t, AppendEvent(nil, entryOf(e)), true, reencodeEvents)
	}
}

func damage(t *testing.T, good []byte, emptyIsGood bool, reencode func([]byte) ([]byte, error)) {
	t.Helper()
	if out, err := reencode(good); err != nil || !bytes.Equal(out, good) {
		t.Fatalf("%x encodes as %x, error %v", good, out, err)
	}
	for bit := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		checkCanonical(t, bad, reencode)
	}
	for n := range good {
		if _, err := reencode(good[:n]); err == nil && (n > 0 || !emptyIsGood) {
			t.Fatalf("accepted the first %d bytes of %x", n, good)
		}
	}
	if _, err := reencode(append(bytes.Clone(good), 0)); err == nil {
		t.Fatalf("accepted %x and a zero byte", good)
	}
}

func TestBatchErrors(t *testing.T) {
	// rules: WIRE-03
	good := batchOf(7, &venue.SetVersion{Version: 2}, &venue.Tick{})
	second := BatchHeaderSize + recordHeaderSize + setVersionSize
	tests := []struct {
		name   string
		mangle func(b []byte) []byte
		want   Error
	}{
		{"empty", func([]byte) []byte { return nil }, Error{Problem: Short}},
		{"header cut", func(b []byte) []byte { return b[:BatchHeaderSize-1] }, Error{Problem: Short}},
		{"wire version", func(b []byte) []byte { b[0] = 2; return b }, Error{Problem: UnknownWireVersion}},
		{"flags", func(b []byte) []byte { b[1] = 1; return b }, Error{Problem: ReservedNotZero}},
		{"reserved", func(b []byte) []byte { b[3] = 1; return b }, Error{Problem: ReservedNotZero}},
		{"count 0", func(b []byte) []byte { b[4] = 0; return b }, Error{Problem: EmptyBatch}},
		{"first 0", func(b []byte) []byte { clear(b[8:16]); return b }, Error{Problem: BadSeq}},
		{"last overflows", func(b []byte) []byte {
			copy(b[8:], bytes.Repeat([]byte{0xff}, 8))
			return b
		}, Error{Problem: BadSeq}},
		{"count too high", func(b []byte) []byte { b[4] = 3; return b }, Error{Problem: Short, At: len(good)}},
		{"count too low", func(b []byte) []byte { b[4] = 1; return b }, Error{Problem: Trailing, At: BatchHeaderSize, Kind: 2}},
		{"trailing", func(b []byte) []byte { return append(b, 0) }, Error{Problem: Trailing, At: second, Kind: 1}},
		{"record cut", func(b []byte) []byte { return b[:len(b)-1] }, Error{Problem: Short, At: second}},
		{"body cut", func(b []byte) []byte { return b[:second-1] }, Error{Problem: Short, At: BatchHeaderSize, Kind: 2}},
		{"length below header", func(b []byte) []byte { b[second] = 7; return b }, Error{Problem: WrongLength, At: second, Kind: 1}},
		{"kind 0", func(b []byte) []byte { b[second+2] = 0; return b }, Error{Problem: UnknownKind, At: second}},
		{"kind 14", func(b []byte) []byte { b[second+2] = 14; return b }, Error{Problem: UnknownKind, At: second, Kind: 14}},
		{"record version", func(b []byte) []byte { b[second+3] = 0; return b }, Error{Problem: UnknownVersion, At: second, Kind: 1}},
		{"tick with a body", func(b []byte) []byte { b[second] = 9; return append(b, 0) }, Error{Problem: WrongLength, At: second, Kind: 1}},
	}
	for _, tt := range tests {
		in := tt.mangle(bytes.Clone(good))
		_, err := reencodeBatch(in)
		var got *Error
		if !errors.As(err, &got) || *got != tt.want {
			t.Errorf("%s: %x gives %v, want %v", tt.name, in, err, &tt.want)
		}
	}
}

func TestEventErrors(t *testing.T) {
	// rules: WIRE-03
	amended := AppendEvent(nil, entryOf(&venue.OrderAmended{Kept: true}))
	tests := []struct {
		name   string
		mangle func(b []byte) []byte
		want   Error
	}{
		{"header cut", func(b []byte) []byte { return b[:27] }, Error{Problem: Short}},
		{"body cut", func(b []byte) []byte { return b[:40] }, Error{Problem: Short, Kind: 14}},
		{"length below header", func(b []byte) []byte { b[0] = 27; return b }, Error{Problem: WrongLength, Kind: 14}},
		{"kind", func(b []byte) []byte { b[2] = 23; return b }, Error{Problem: UnknownKind, Kind: 23}},
		{"other kind", func(b []byte) []byte { b[2] = 15; return b }, Error{Problem: WrongLength, Kind: 15}},
		{"version", func(b []byte) []byte { b[3] = 2; return b }, Error{Problem: UnknownVersion, Kind: 14}},
		{"boolean", func(b []byte) []byte { b[len(b)-1] = 2; return b }, Error{Problem: BadBool, Kind: 14}},
		{"second record", func(b []byte) []byte { return append(b, 1) }, Error{Problem: Short, At: len(amended)}},
	}
	for _, tt := range tests {
		in := tt.mangle(bytes.Clone(amended))
		_, err := reencodeEvents(in)
		var got *Error
		if !errors.As(err, &got) || *got != tt.want {
			t.Errorf("%s: %x gives %v, want %v", tt.name, in, err, &tt.want)
		}
	}
}

// TestNothingAfterAnError asks again after a refusal.
func TestNothingAfterAnError(t *testing.T) {
	b := batchOf(7, &venue.Tick{}, &venue.Tick{})
	b[BatchHeaderSize+2] = 99
	var d Decoder
	var e venue.Envelope
	if err := d.Reset(b); err != nil {
		t.Fatal(err)
	}
	if ok, err := d.Next(&e); ok || err == nil {
		t.Fatalf("kind 99: %v %v", ok, err)
	}
	if ok, err := d.Next(&e); ok || err != nil {
		t.Errorf("after a refusal: %v %v, want false nil", ok, err)
	}
	if err := d.Reset(b[:3]); err == nil {
		t.Fatal("short header accepted")
	}
	if ok, err := d.Next(&e); ok || err != nil {
		t.Errorf("after a refused header: %v %v, want false nil", ok, err)
	}
}

func TestFits(t *testing.T) {
	// rules: WIRE-06
	long, longest := strings.Repeat("x", MaxString+1), strings.Repeat("x", MaxString)
	brackets := make([]venue.Bracket, MaxList)
	tests := []struct {
		c    venue.Command
		want venue.Refusal
	}{
		{&venue.PlaceOrder{Qty: math.MinInt64}, venue.Refusal{}},
		{&venue.ListAsset{Symbol: longest}, venue.Refusal{}},
		{&venue.ListAsset{Symbol: long}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldSymbol, Limit: 255}},
		{listing(longest, longest, longest, longest, brackets), venue.Refusal{}},
		{listing(long, "", "", "", nil), venue.Refusal{Reason: venue.BadField, Field: venue.FieldSymbol, Limit: 255}},
		{listing("", long, "", "", nil), venue.Refusal{Reason: venue.BadField, Field: venue.FieldInstrument, Limit: 255}},
		{listing("", "", long, "", nil), venue.Refusal{Reason: venue.BadField, Field: venue.FieldInstrument, Limit: 255}},
		{listing("", "", "", long, nil), venue.Refusal{Reason: venue.BadField, Field: venue.FieldInstrument, Limit: 255}},
		{listing("", "", "", "", append(brackets, venue.Bracket{})), venue.Refusal{Reason: venue.BadField, Field: venue.FieldBrackets, Limit: 255}},
		{&venue.SetTerms{Brackets: append(brackets, venue.Bracket{})}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldBrackets, Limit: 255}},
		{&venue.ProposeChange{Content: make([]byte, venue.MaxContent)}, venue.Refusal{}},
		{&venue.ProposeChange{Content: make([]byte, venue.MaxContent+1)}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldContent, Limit: venue.MaxContent}},
	}
	for i, tt := range tests {
		got := Fits(tt.c)
		if got != tt.want {
			t.Errorf("%d: Fits(%s) = %+v, want %+v", i, nameOf(tt.c), got, tt.want)
		}
		if panics := didPanic(func() { AppendCommand(nil, 7, tt.c) }); panics != got.Refused() {
			t.Errorf("%d: Fits(%s) = %+v, but AppendCommand panics: %v", i, nameOf(tt.c), got, panics)
		}
	}
	e := entryOf(&venue.InstrumentListed{Terms: listing(longest, longest, longest, longest, brackets).Terms})
	if n := len(AppendEvent(nil, e)); n != eventHeaderSize+maxTermsSize {
		t.Errorf("the longest listing has %d bytes, maxTermsSize is %d", n, maxTermsSize)
	}
	e = entryOf(&venue.ChangeProposed{Content: make([]byte, venue.MaxContent)})
	if n := len(AppendEvent(nil, e)); n != MaxRecordSize || n > math.MaxUint16 {
		t.Errorf("the longest record has %d bytes, MaxRecordSize is %d", n, MaxRecordSize)
	}
}

func listing(symbol, class, region, grade string, brackets []venue.Bracket) *venue.ListInstrument {
	return &venue.ListInstrument{Terms: venue.Instrument{
		Symbol: symbol, Class: class, Region: region, Grade: grade, Brackets: slices.Clip(brackets),
	}}
}

func didPanic(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

func TestMistakesStopTheProgram(t *testing.T) {
	mistakes := map[string]func(){
		"no command":     func() { AppendCommand(nil, 7, nil) },
		"an empty batch": func() { AppendBatchHeader(nil, 1, 0, 0) },
		"number zero":    func() { AppendBatchHeader(nil, 0, 0, 1) },
	}
	for name, f := range mistakes {
		if !didPanic(f) {
			t.Errorf("%s was encoded", name)
		}
	}
}

func TestProblemsHaveWords(t *testing.T) {
	for p := Short; p <= BadBool; p++ {
		if strings.HasSuffix(p.String(), "?") {
			t.Errorf("problem %d has no words", p)
		}
	}
	err := &Error{Problem: BadBool, At: 28, Kind: 14}
	if got, want := err.Error(), "wire: byte 28, kind 14: boolean is neither 0 nor 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add(batchOf(7, sampleCommands()...))
	for _, c := range sampleCommands() {
		f.Add(batchOf(7, c))
	}
	f.Fuzz(func(t *testing.T, payload []byte) { checkCanonical(t, payload, reencodeBatch) })
}

// FuzzMassQuote reads one record: the damage that FuzzDecoder does mostly ends in
// the header of the batch.
func FuzzMassQuote(f *testing.F) {
	body := func(c *venue.MassQuote) []byte { return AppendCommand(nil, 0, c)[recordHeaderSize:] }
	f.Add(body(&venue.MassQuote{}))
	f.Add(body(&venue.MassQuote{
		Account: 16, Set: 1, Flags: venue.CancelOnDisconnect, ClOrdID: venue.ClOrdID{'q'},
		Entries: []venue.QuoteEntry{{Instrument: 1, Bid: 990, BidQty: 4, Ask: 1010, AskQty: 4}, {Instrument: 2, Bid: -1, AskQty: -1}},
	}))
	f.Add(body(&venue.MassQuote{Entries: make([]venue.QuoteEntry, venue.MaxQuotes+1)}))
	d := &Decoder{}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, problem := d.quotes(venue.KindMassQuote, b)
		if problem != 0 {
			return
		}
		if got := AppendCommand(nil, 0, c)[recordHeaderSize:]; !bytes.Equal(got, b) {
			t.Fatalf("accepted %x, which encodes as %x", b, got)
		}
	})
}

func FuzzEventDecoder(f *testing.F) {
	for _, e := range sampleEvents() {
		f.Add(AppendEvent(nil, entryOf(e)))
	}
	f.Fuzz(func(t *testing.T, records []byte) { checkCanonical(t, records, reencodeEvents) })
}

// FuzzContent reads records inside proposals: what is accepted encodes to the same
// bytes, and nothing in it is read further, so that there is no recursion.
func FuzzContent(f *testing.F) {
	for _, c := range sampleCommands() {
		f.Add(Content(c))
	}
	f.Add(Content(&venue.ProposeChange{Content: Content(&venue.ProposeChange{Content: Content(&venue.Tick{})})}))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkCanonical(t, b, func(b []byte) ([]byte, error) {
			c, err := ParseContent(b)
			if err != nil {
				return nil, err
			}
			return Content(c), nil
		})
	})
}

// TestContent damages records inside proposals, and wants one command and no more.
func TestContent(t *testing.T) {
	for _, c := range sampleCommands() {
		b := Content(c)
		got, err := ParseContent(b)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Fatalf("ParseContent(%x) = %+v, %v; want %+v", b, got, err, c)
		}
		damage(t, b, false, func(b []byte) ([]byte, error) {
			c, err := ParseContent(b)
			if err != nil {
				return nil, err
			}
			return Content(c), nil
		})
	}
}
