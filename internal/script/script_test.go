package script

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// counter is the toy machine that the scenarios of this package drive.
func counter(*testing.T) Handler {
	total := int64(0)
	return func(_ *testing.T, d *Cmd) string {
		switch d.Name {
		case "add":
			total += d.Int("n")
			if d.Has("note") {
				return fmt.Sprintf("total %d (%s)", total, d.Arg("note"))
			}
			return fmt.Sprintf("total %d\n", total)
		case "add-all":
			lines := slices.Clone(d.Input)
			for _, line := range lines {
				n, _ := strconv.ParseInt(line, 10, 64)
				total += n
			}
			if d.Flag("reverse") {
				slices.Reverse(lines)
			}
			return fmt.Sprintf("%s\ntotal %d", strings.Join(lines, "\n"), total)
		case "silent":
			return ""
		case "paragraphs":
			return strings.Join(d.Words(), "\n\n")
		case "list":
			return strings.Join(d.List("of"), "\n")
		}
		d.Fatalf("unknown command")
		return ""
	}
}

func TestCounter(t *testing.T) { Fresh(t, "testdata/*.txt", counter) }

// recorder stands in for testing.TB where a scenario is meant to fail.
type recorder struct {
	testing.TB
	log    []string
	failed bool
}

func (r *recorder) Helper()      {}
func (r *recorder) Failed() bool { return r.failed }

func (r *recorder) Errorf(format string, args ...any) {
	r.failed = true
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// runText runs the text as a scenario and returns what it reported.
func runText(t *testing.T, text string) (report, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runFile(t, r, path, counter(t))
	}()
	<-done
	return strings.ReplaceAll(strings.Join(r.log, "\n"), path, "x.txt"), path
}

func TestReports(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"wrong output", "# rules: A-1\nadd n=1\n----\ntotal 2\n", "x.txt:3: add answers otherwise (- want, + got)\n  input: add n=1\n  - total 2\n  + total 1"},
		{"no rule", "add n=1\n----\ntotal 1\n", "x.txt:1: the scenario cites no rule"},
		{"bad rule", "# rules: mat 02\nadd n=1\n----\ntotal 1\n", `x.txt:1: "mat" is not a rule id`},
		{"unknown argument", "# rules: A-1\n\nadd n=1 m=2\n----\ntotal 1\n", `x.txt:3: add: unknown argument "m"`},
		{"unknown word", "# rules: A-1\nadd n=1 loud\n----\ntotal 1\n", `x.txt:2: add: unknown argument "loud"`},
		{"missing argument", "# rules: A-1\nadd\n----\n", `x.txt:2: add: argument "n" is missing`},
		{"no integer", "# rules: A-1\nadd n=ten\n----\n", "n=ten is not an integer"},
		{"twice", "# rules: A-1\nadd n=1 n=2\n----\n", `argument "n" stands twice`},
		{"unknown command", "# rules: A-1\nmul\n----\n", "x.txt:2: mul: unknown command"},
		{"no dashes", "# rules: A-1\nadd n=1\n\nadd n=1\n----\n", "x.txt:2: the command has no ---- line"},
		{"no dashes at the end", "# rules: A-1\nadd n=1\n", "x.txt:2: the command has no ---- line"},
		{"open quote", "# rules: A-1\nadd n=\"1\n----\n", "x.txt:2: a double quote is not closed"},
		{"open long output", "# rules: A-1\nsilent\n----\n----\na\n\nb\n", "x.txt:4: the long output is not closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := runText(t, tt.text)
			if *rewrite && tt.name == "wrong output" {
				return
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("scenario:\n%s\nreported:\n%s\nwant a report with:\n%s", tt.text, got, tt.want)
			}
		})
	}
}

func TestRewriteChangesOutputsOnly(t *testing.T) {
	old := *rewrite
	*rewrite = true
	defer func() { *rewrite = old }()
	const before = "# rules: A-1\n\nadd  n=1\n----\nwrong\n\n# Note.\nparagraphs a b\n----\nsilent\n\nsilent\n----\nnoise\n"
	const after = "# rules: A-1\n\nadd  n=1\n----\ntotal 1\n\n# Note.\nparagraphs a b\n----\n----\na\n\nb\n----\n----\n\nsilent\n----\n"
	report, path := runText(t, before)
	got, err := os.ReadFile(path)
	if err != nil || report != "" || string(got) != after {
		t.Errorf("rewrite of\n%s\ngives\n%s\nwant\n%s\nreport %q, error %v", before, got, after, report, err)
	}
}

func TestNum(t *testing.T) {
	if n, ok := parseNum[int8]("127"); n != 127 || !ok {
		t.Errorf("parseNum[int8](127) = %d, %t, want 127, true", n, ok)
	}
	if n, ok := parseNum[uint64]("18446744073709551615"); n != 1<<64-1 || !ok {
		t.Errorf("parseNum[uint64](max) = %d, %t, want max, true", n, ok)
	}
	if n, ok := parseNum[uint8]("-1"); ok {
		t.Errorf("parseNum[uint8](-1) = %d, true, want a refusal", n)
	}
	if n, ok := parseNum[int8]("128"); ok {
		t.Errorf("parseNum[int8](128) = %d, true, want a refusal", n)
	}
	if n, ok := parseNum[int64]("9223372036854775808"); ok {
		t.Errorf("parseNum[int64](2^63) = %d, true, want a refusal", n)
	}
}

func TestCitations(t *testing.T) {
	got, err := Citations("testdata/counter.txt")
	want := []string{"DEMO-01", "DEMO-02"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Citations = %v, %v, want %v", got, err, want)
	}
}
