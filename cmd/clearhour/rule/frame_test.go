package rule

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

type sample struct {
	Mark   Decimal        `json:"mark"`
	Ref    *Decimal       `json:"ref"`
	Levels []sampleLevel  `json:"levels"`
	Gains  Pairs[int64]   `json:"gains"`
	Cases  []sampleCase   `json:"cases"`
	Names  Pairs[Decimal] `json:"names,omitempty"`
}

type sampleLevel struct {
	Tuple
	Price Decimal
	Qty   int64
}

type sampleCase struct {
	Name   string `json:"name"`
	Reduce bool   `json:"reduce_only,omitempty"`
}

func sampleRule() Rule {
	return define("TST-01", "Sample", func(in *sample) (*sample, error) { return in, nil })
}

const sampleText = `{"mark":"2.150","ref":null,"levels":[["1",3],["-0.5",4]],"gains":{"B":2,"A":1},"cases":[{"name":"x"},{"name":"y","reduce_only":true}]}`

func TestStrictInput(t *testing.T) {
	r := sampleRule()
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{`"mark":"2.150",`, ``, "mark: missing"},
		{`"name":"y"`, `"nome":"y"`, "cases[1].nome: unknown"},
		{`"name":"y",`, ``, "cases[1].name: missing"},
		{`"name":"y"`, `"name":"y","name":"z"`, "cases[1].name: given twice"},
		{`"A":1`, `"B":1`, "gains.B: given twice"},
		{`"A":1`, `"A":"1"`, "gains.A: is a string, want a whole number"},
		{`"A":1`, `"A":1.0`, "gains.A: 1.0 is not a whole number without point and exponent"},
		{`"A":1`, `"A":1e3`, "gains.A: 1e3 is not a whole number without point and exponent"},
		{`"A":1`, `"A":9223372036854775808`, "gains.A: 9223372036854775808 is out of range"},
		{`"2.150"`, `2.15`, "mark: is a number, want a decimal in a string"},
		{`"2.150"`, `null`, "mark: is null, want a decimal in a string"},
		{`"2.150"`, `"1e3"`, `mark: "1e3" is not a decimal, want -?digits[.digits]`},
		{`"2.150"`, `"+1"`, `mark: "+1" is not a decimal, want -?digits[.digits]`},
		{`"2.150"`, `"1."`, `mark: "1." is not a decimal, want -?digits[.digits]`},
		{`"2.150"`, `""`, `mark: "" is not a decimal, want -?digits[.digits]`},
		{`"2.150"`, `"11111111111111111111111111111111111111111"`, "mark: has 41 digits, at most 40 are read"},
		{`["1",3]`, `["1",3,4]`, "levels[0]: has 3 elements, want 2"},
		{`["1",3]`, `{"price":"1"}`, "levels[0]: is an object, want an array"},
		{`{"name":"x"}`, `7`, "cases[0]: is a number, want an object"},
		{`true`, `"true"`, "cases[1].reduce_only: is a string, want true or false"},
		{`]}`, `]} {}`, "input: more than one JSON value"},
		{`"cases":[`, `"cases":[[[[[[[[[[[[[[[[[[`, "deeper than"},
		{`true}]}`, `true}]`, "input: the JSON ends too early"},
		{`"mark"`, `mark`, "input: no JSON at byte 1"},
		{`"x"`, "\"\xff\"", "input: not UTF-8"},
	} {
		in := strings.Replace(sampleText, c.old, c.new, 1)
		_, err := r.Run([]byte(in))
		var e *Error
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &e) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("Run(%s) = %v, want %q", in, err, c.want)
		}
	}
}

func TestOutput(t *testing.T) {
	r := sampleRule()
	out, err := r.Run([]byte(sampleText))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"mark": "2.15"`, `"ref": null`, "\"gains\": {\n  \"B\": 2,\n  \"A\": 1\n }"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("output %s lacks %s", out, want)
		}
	}
	want := `{"mark": "<decimal>", "ref": "<decimal>" or null, "levels": [["<decimal>", "<int>"]], "gains": {"<key>": "<int>"}, ` +
		`"cases": [{"name": "<text>", "reduce_only?": "<bool>"}], "names?": {"<key>": "<decimal>"}}`
	if r.In != want {
		t.Errorf("shape = %s, want %s", r.In, want)
	}
}

func TestUnits(t *testing.T) {
	at := func(s string) Decimal {
		d := Decimal{}
		if err := d.fromNode(&node{path: "p", kind: text, text: s}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		text   string
		places int
		want   int64
		err    string
	}{
		{"2.15", 2, 215, ""},
		{"2.1500", 2, 215, ""},
		{"-0.000001", 6, -1, ""},
		{"2.151", 2, 0, "p: has 3 decimals, at most 2 are exact"},
		{"9223372036854775807", 0, 1<<63 - 1, ""},
		{"9223372036854775808", 0, 0, "p: 9223372036854775808 is out of range"},
		{"1", 19, 0, "p: needs more than 18 decimals together with the other values"},
	} {
		var u Units
		got := u.Of(at(c.text), c.places)
		text := ""
		if u.Err != nil {
			text = u.Err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("Of(%s, %d) = %d %q, want %d %q", c.text, c.places, got, text, c.want, c.err)
		}
	}
	for _, c := range []struct {
		d    Decimal
		want string
	}{
		{Exactly(2150, 3), "2.15"},
		{Exactly(0, 6), "0"},
		{Exactly(100_000_000, 6), "100"},
		{Exactly(-1, 12), "-0.000000000001"},
		{Fixed(998700, 4), "99.8700"},
		{Money(1), "0.000001"},
	} {
		if got := c.d.String(); got != c.want {
			t.Errorf("decimal = %s, want %s", got, c.want)
		}
	}
}

// TestExamples runs the example of every rule in testdata and compares what
// comes out as JSON values.
func TestExamples(t *testing.T) {
	for _, r := range List() {
		raw, err := os.ReadFile(filepath.Join("testdata", r.ID+".json"))
		if err != nil {
			t.Errorf("%s has no example: %v", r.ID, err)
			continue
		}
		var example struct{ In, Out json.RawMessage }
		if err := json.Unmarshal(raw, &example); err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		out, err := Run(r.ID, example.In)
		if err != nil {
			t.Errorf("Run(%s, %s): %v", r.ID, example.In, err)
			continue
		}
		var got, want any
		if json.Unmarshal(out, &got) != nil || json.Unmarshal(example.Out, &want) != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Run(%s, %s) = %s, want %s", r.ID, example.In, out, example.Out)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sampleText))
	r := sampleRule()
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := r.Run(in)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("Run(%q) = %v, want an *Error", in, err)
		}
		if err == nil && !json.Valid(out) {
			t.Fatalf("Run(%q) = %q, want JSON", in, out)
		}
	})
}
