package mutants

import (
	"os"
	"strings"
	"testing"
)

const root = "../.."

// A list that no longer fits the tree proves nothing.
func TestListsFit(t *testing.T) {
	rules := map[string]bool{}
	for _, m := range append(Rules(), Journal()...) {
		if _, err := m.Mutated(root); err != nil {
			t.Errorf("%s, %s: %v", m.Rule, m.Fault, err)
		}
		if m.Old == m.New {
			t.Errorf("%s, %s: changes nothing", m.Rule, m.Fault)
		}
		if rules[m.Fault] {
			t.Errorf("%s: listed twice", m.Fault)
		}
		rules[m.Fault] = true
	}
	if n := len(Rules()); n < 40 {
		t.Errorf("%d mutants of rules, want at least 40", n)
	}
}

// The way from a fault to the test that notices it, once.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a package twice")
	}
	killed := Mutant{
		Rule: "R", Fault: "f", File: "internal/table/doc.go", Old: "package table", New: "package table\n\nfunc init() { panic(\"mutant\") }",
	}
	if o, err := killed.Run(t.Context(), root); err == nil || !strings.Contains(err.Error(), "panic: mutant") {
		t.Errorf("a fault outside of a test: %+v, %v", o, err)
	}
	survives := killed
	survives.New = "package table // As before."
	if o, err := survives.Run(t.Context(), root); err != nil || o != (Outcome{}) {
		t.Errorf("no fault: %+v, %v", o, err)
	}
	broken := killed
	broken.New = "package chair"
	if _, err := broken.Run(t.Context(), root); err == nil {
		t.Error("what does not compile was taken")
	}
	for _, m := range Rules() {
		if m.Rule == "LIQ-01" {
			if o, err := m.Run(t.Context(), root); err != nil || o.Test == "" || o.Said == "" {
				t.Errorf("%s: %+v, %v", m.Fault, o, err)
			}
			return
		}
	}
}

func TestReadsWhatARunWrote(t *testing.T) {
	for _, c := range []struct {
		out  string
		want Outcome
		ok   bool
	}{
		{"--- FAIL: TestA (0.00s)\n    a_test.go:7: got 1\nFAIL\n", Outcome{"TestA", "a_test.go:7: got 1"}, true},
		{"panic: money is lost\n\ngoroutine 7:\nx/engine_test.TestB(0x1)\n", Outcome{"TestB", "panic: money is lost"}, true},
		{"./a.go:3:4: undefined: x\nFAIL\n", Outcome{}, false},
	} {
		if got, err := read(c.out); got != c.want || (err == nil) != c.ok {
			t.Errorf("read(%q) = %+v, %v, want %+v", c.out, got, err, c.want)
		}
	}
	if _, err := os.Stat(root + "/go.mod"); err != nil {
		t.Error(err)
	}
}
