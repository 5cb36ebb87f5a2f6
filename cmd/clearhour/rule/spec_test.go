package rule

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestSpec joins the table with docs/spec: a rule that can be run has a page with
// the same title, and a page that says that a planned rule can be run is right.
func TestSpec(t *testing.T) {
	pages, err := filepath.Glob("../../../docs/spec/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	heading := regexp.MustCompile(`(?m)^### ([A-Z]+-[0-9]+) (.+)\n+Status: (done|planned)\.(.*)$`)
	claim := regexp.MustCompile("^ The function exists and `clearhour rule ([A-Z]+-[0-9]+)` runs it; the engine does not apply it yet\\.$")
	titles, claims, planned := map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range heading.FindAllStringSubmatch(string(text), -1) {
			titles[m[1]] = m[2]
			planned[m[1]] = m[3] == "planned"
			if c := claim.FindStringSubmatch(m[4]); c != nil {
				claims[m[1]] = true
				if c[1] != m[1] {
					t.Errorf("%s: %s says that %s can be run", page, m[1], c[1])
				}
			}
		}
	}
	for _, r := range List() {
		if titles[r.ID] != r.Title {
			t.Errorf("docs/spec calls %s %q, the table %q", r.ID, titles[r.ID], r.Title)
		}
		if planned[r.ID] && !claims[r.ID] {
			t.Errorf("docs/spec does not say that %s can be run", r.ID)
		}
		delete(claims, r.ID)
	}
	for id := range claims {
		t.Errorf("docs/spec says that %s can be run, and it cannot", id)
	}
}
