package wire

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

const (
	specFile   = "../../docs/spec/wire-journal.md"
	specBegin  = "<!-- layouts: written by go test ./venue/wire -rewrite -->\n"
	specEnd    = "<!-- end of layouts -->\n"
	columns    = "| offset | bytes | field | type |\n|---:|---:|---|---|\n"
	listColumn = "| after | `u8` n, then n bytes | %s | string |\n"
)

// TestSpec compares the tables of the page with what the code does.
func TestSpec(t *testing.T) {
	text, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), specBegin)
	have, after, ok2 := strings.Cut(rest, specEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the layouts", specFile)
	}
	want := layouts()
	if *rewrite {
		if err := os.WriteFile(specFile, []byte(before+specBegin+want+specEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		have = want
	}
	if have != want {
		t.Errorf("the layouts in %s differ from the code; got\n%s\nwant\n%s", specFile, have, want)
	}
}

// layouts returns the tables of all records, without their headers.
func layouts() string {
	var out strings.Builder
	group := ""
	for _, m := range messages() {
		if m.group != group {
			group = m.group
			title := strings.ToUpper(group[:1]) + group[1:] + "s"
			fmt.Fprintf(&out, "\n## %s\n\nEvery %s record starts with\n\n%s", title, group, columns)
			writeParts(&out, m.header)
		}
		fmt.Fprintf(&out, "\n### %d %s", m.kind, m.name)
		if len(m.parts) == 0 {
			fmt.Fprintf(&out, " (%d bytes)\n\nNo fields.\n", len(m.encoded))
			continue
		}
		if m.parts[len(m.parts)-1].size > 0 {
			fmt.Fprintf(&out, " (%d bytes)", len(m.encoded))
		}
		fmt.Fprintf(&out, "\n\n%s", columns)
		writeParts(&out, m.parts)
	}
	out.WriteString("\n")
	return out.String()
}

func writeParts(out *strings.Builder, parts []part) {
	for _, p := range parts {
		switch {
		case p.size > 0:
			fmt.Fprintf(out, "| %d | %d | %s | %s |\n", p.offset, p.size, p.name, typeText(p.typ))
		case p.typ.Kind() == reflect.String:
			fmt.Fprintf(out, listColumn, p.name)
		case p.typ == reflect.TypeFor[[]byte]():
			fmt.Fprintf(out, "| after | `u16` n, then n bytes | %s | a command record of session 0 |\n", p.name)
		default:
			fmt.Fprintf(out, "| after | `u8` n, then %d n bytes | %s | n times %s |\n", packed(p.typ.Elem()), p.name, structText(p.typ.Elem()))
		}
	}
}

// packed returns how many bytes a struct takes in a list.
func packed(t reflect.Type) (n uintptr) {
	for i := range t.NumField() {
		n += t.Field(i).Type.Size()
	}
	return n
}

func structText(t reflect.Type) string {
	var fields []string
	for i := range t.NumField() {
		fields = append(fields, t.Field(i).Name+" "+typeText(t.Field(i).Type))
	}
	return strings.Join(fields, ", ")
}

// typeText names the bytes and, where it says more, the unit.
func typeText(t reflect.Type) string {
	raw := map[reflect.Kind]string{
		reflect.Bool: "`bool`", reflect.Uint8: "`u8`", reflect.Uint16: "`u16`", reflect.Uint32: "`u32`",
		reflect.Uint64: "`u64`", reflect.Int64: "`i64`", reflect.Array: "bytes",
	}[t.Kind()]
	if strings.EqualFold(t.Name(), t.Kind().String()) {
		return raw
	}
	return raw + " " + t.Name()
}
