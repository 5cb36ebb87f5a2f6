package changes_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/changes"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the table in docs/spec/admin.md")

const (
	specFile  = "../docs/spec/admin.md"
	specBegin = "<!-- table: written by go test ./changes -rewrite -->\n"
	specEnd   = "<!-- end of table -->\n"
)

// TestSpec compares the table of the page with the one that the code asks.
//
// rules: ADM-07
func TestSpec(t *testing.T) {
	text, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), specBegin)
	have, after, ok2 := strings.Cut(rest, specEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", specFile)
	}
	var want strings.Builder
	want.WriteString("| change | command | notice | factor | of |\n|---|---:|---|---|---|\n")
	for _, r := range changes.Rules() {
		notice, factor := "none", ""
		if r.Notice > 0 {
			notice = strings.TrimSuffix(strings.TrimSuffix(time.Duration(r.Notice).String(), "0s"), "0m")
		}
		if r.Factor > 0 {
			factor = fmt.Sprint(r.Factor)
		}
		fmt.Fprintf(&want, "| `%s` | %d | %s | %s | %s |\n", r.Name, r.Kind, notice, factor, r.Bounded)
	}
	if *rewrite {
		if err := os.WriteFile(specFile, []byte(before+specBegin+want.String()+specEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		have = want.String()
	}
	if have != want.String() {
		t.Errorf("the table in %s differs from the code; got\n%s\nwant\n%s", specFile, have, want.String())
	}
}
