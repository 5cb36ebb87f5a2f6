package wire

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/clearhour/clearhour/venue"
)

var rewrite = flag.Bool("rewrite", false, "rewrite testdata and docs/spec/wire-journal.md")

// part is a field at its place in a record.
type part struct {
	offset, size int    // Size 0 is a string or list of variable length.
	name         string // "Maker.Fee" for a field of a field.
	typ          reflect.Type
	value        reflect.Value
}

// partsOf finds out where the codec puts the fields of a message: each field of
// fixed length is set to zero and to all ones, and the bytes that differ are
// its place. Strings and lists follow in the order of their declaration.
func partsOf(m any, header int, encode func() []byte) []part {
	sample := reflect.New(reflect.TypeOf(m).Elem()).Elem()
	sample.Set(reflect.ValueOf(m).Elem())
	v := reflect.ValueOf(m).Elem()
	v.SetZero()
	var fixed, tail []part
	leaves(v, "", func(name string, f reflect.Value) {
		p := part{name: name, typ: f.Type(), value: fieldByPath(sample, name)}
		if f.Kind() == reflect.String || f.Kind() == reflect.Slice {
			tail = append(tail, p)
			return
		}
		zero := encode()
		ones(f)
		p.offset, p.size = difference(zero, encode())
		f.SetZero()
		fixed = append(fixed, p)
	})
	v.Set(sample)
	slices.SortFunc(fixed, func(a, b part) int { return a.offset - b.offset })
	at := header
	for _, p := range fixed {
		if p.offset != at {
			panic(fmt.Sprintf("%s of %T is at %d, the part before it ends at %d", p.name, m, p.offset, at))
		}
		at += p.size
	}
	return append(fixed, tail...)
}

// leaves calls f for the fields of a struct and of the structs in it.
func leaves(v reflect.Value, prefix string, f func(name string, v reflect.Value)) {
	for i := range v.NumField() {
		name := prefix + v.Type().Field(i).Name
		if v.Field(i).Kind() == reflect.Struct {
			leaves(v.Field(i), name+".", f)
			continue
		}
		f(name, v.Field(i))
	}
}

func fieldByPath(v reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		v = v.FieldByName(name)
	}
	return v
}

func ones(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(-1)
	case reflect.Array:
		for i := range v.Len() {
			ones(v.Index(i))
		}
	default:
		v.SetUint(1<<v.Type().Bits() - 1)
	}
}

// difference returns where two strings of the same length differ, which is one run.
func difference(a, b []byte) (offset, size int) {
	first, last := -1, -1
	for i := range a {
		if a[i] != b[i] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last - first + 1
}

// message is a command or event with the functions that encode it.
type message struct {
	group   string // "command" or "event"
	kind    uint8
	name    string
	header  []part
	parts   []part
	encoded []byte
}

func messages() []message {
	var all []message
	for _, c := range sampleCommands() {
		encode := func() []byte { return AppendCommand(nil, 7, c) }
		all = append(all, message{
			group: "command", kind: uint8(c.Kind()), name: nameOf(c), header: commandHeader(),
			parts: partsOf(c, recordHeaderSize, encode), encoded: encode(),
		})
	}
	for _, e := range sampleEvents() {
		encode := func() []byte { return AppendEvent(nil, entryOf(e)) }
		all = append(all, message{
			group: "event", kind: uint8(e.Kind()), name: nameOf(e), header: eventHeader(),
			parts: partsOf(e, eventHeaderSize, encode), encoded: encode(),
		})
	}
	return all
}

func commandHeader() []part {
	return []part{
		{0, 2, "length", reflect.TypeFor[uint16](), reflect.Value{}},
		{2, 1, "kind", reflect.TypeFor[venue.CommandKind](), reflect.Value{}},
		{3, 1, "version", reflect.TypeFor[uint8](), reflect.Value{}},
		{4, 4, "session", reflect.TypeFor[venue.SessionID](), reflect.Value{}},
	}
}

func eventHeader() []part {
	header := commandHeader()
	header[1].typ = reflect.TypeFor[venue.EventKind]()
	return append(
		header,
		part{8, 8, "seq", reflect.TypeFor[venue.Seq](), reflect.Value{}},
		part{16, 8, "time", reflect.TypeFor[venue.Time](), reflect.Value{}},
		part{24, 4, "index", reflect.TypeFor[uint32](), reflect.Value{}},
	)
}

// render writes the golden file: a line per part with its place, its bytes and
// what they mean.
func (m *message) render() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s %d %s, %d bytes\n", m.group, m.kind, m.name, len(m.encoded))
	line := func(from, to int, name, value string) {
		fmt.Fprintf(&out, "%4d %-40s # %-12s %s\n", from, hex.EncodeToString(m.encoded[from:to]), name, value)
	}
	for _, p := range m.header {
		line(p.offset, p.offset+p.size, p.name, fmt.Sprint(unsigned(m.encoded[p.offset:p.offset+p.size])))
	}
	last := m.header[len(m.header)-1]
	at := last.offset + last.size
	for _, p := range m.parts {
		switch {
		case p.size > 0:
			line(p.offset, p.offset+p.size, p.name, valueText(p.value))
			at = p.offset + p.size
		case p.typ.Kind() == reflect.String:
			n := 1 + int(m.encoded[at])
			line(at, at+n, p.name, fmt.Sprintf("%q", p.value.String()))
			at += n
		case p.typ == reflect.TypeFor[[]byte]():
			n := 2 + int(unsigned(m.encoded[at:at+2]))
			line(at, at+n, p.name, fmt.Sprintf("%d bytes", n-2))
			at += n
		default:
			line(at, at+1, p.name, fmt.Sprint(p.value.Len()))
			at++
			for i := range p.value.Len() {
				for j := range p.value.Index(i).NumField() {
					name := fmt.Sprintf("%s[%d].%s", p.name, i, p.value.Index(i).Type().Field(j).Name)
					size := int(p.value.Index(i).Field(j).Type().Size())
					line(at, at+size, name, valueText(p.value.Index(i).Field(j)))
					at += size
				}
			}
		}
	}
	return out.String()
}

func unsigned(b []byte) uint64 {
	var v uint64
	for _, c := range slices.Backward(b) {
		v = v<<8 | uint64(c)
	}
	return v
}

// valueText prints a value without the words of its String method: the bytes
// are numbers.
func valueText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Int64:
		return fmt.Sprint(v.Int())
	case reflect.Bool:
		return fmt.Sprint(v.Bool())
	case reflect.Array:
		return fmt.Sprintf("%q", bytes.TrimRight(v.Bytes(), "\x00"))
	}
	return fmt.Sprint(v.Uint())
}

// parseGolden returns the bytes of a golden file.
func parseGolden(t *testing.T, text string) []byte {
	t.Helper()
	var b []byte
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] != fmt.Sprint(len(b)) {
			t.Fatalf("line %q is at byte %d", line, len(b))
		}
		more, err := hex.DecodeString(words[1])
		if err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		b = append(b, more...)
	}
	return b
}

func (m *message) file() string {
	var snake strings.Builder
	for i, r := range m.name {
		if unicode.IsUpper(r) && i > 0 {
			snake.WriteByte('_')
		}
		snake.WriteRune(unicode.ToLower(r))
	}
	return filepath.Join("testdata", m.group+"_"+snake.String()+".golden")
}

// TestGolden compares every kind with the bytes that journals hold since its
// layout was made: a golden file changes only together with a record version.
func TestGolden(t *testing.T) {
	// rules: WIRE-05
	var want []string
	for _, m := range messages() {
		want = append(want, m.file())
		got := m.render()
		if !bytes.Equal(parseGolden(t, got), m.encoded) {
			t.Errorf("%s: the golden text does not hold all bytes of %x:\n%s", m.name, m.encoded, got)
		}
		if *rewrite {
			if err := os.WriteFile(m.file(), []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(m.file())
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != got {
			t.Errorf("%s: got\n%s\nwant\n%s", m.file(), got, text)
		}
		checkGoldenMeaning(t, m.group, parseGolden(t, string(text)))
	}
	have, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("golden files are %v, want %v", have, want)
	}
}

// checkGoldenMeaning decodes the bytes of a file and compares with the sample.
func checkGoldenMeaning(t *testing.T, group string, b []byte) {
	t.Helper()
	if group == "event" {
		var d EventDecoder
		var e venue.Entry
		d.Reset(b)
		if ok, err := d.Next(&e); !ok || err != nil {
			t.Fatalf("%x: %v %v", b, ok, err)
		}
		if want := entryOf(sampleOf(sampleEvents(), e.Event.Kind())); !reflect.DeepEqual(&e, want) {
			t.Errorf("%x means %+v %+v, want %+v %+v", b, e, e.Event, want, want.Event)
		}
		return
	}
	var d Decoder
	var e venue.Envelope
	if err := d.Reset(append(AppendBatchHeader(nil, 41, 9, 1), b...)); err != nil {
		t.Fatal(err)
	}
	if ok, err := d.Next(&e); !ok || err != nil {
		t.Fatalf("%x: %v %v", b, ok, err)
	}
	if want := sampleOf(sampleCommands(), e.Command.Kind()); e.Session != 7 || !reflect.DeepEqual(e.Command, want) {
		t.Errorf("%x means %+v of %d, want %+v of 7", b, e.Command, e.Session, want)
	}
}

// sampleOf returns the sample of a kind: kinds are numbered with gaps.
func sampleOf[M interface{ Kind() K }, K comparable](samples []M, kind K) M {
	i := slices.IndexFunc(samples, func(m M) bool { return m.Kind() == kind })
	return samples[i]
}
