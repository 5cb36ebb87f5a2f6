package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

func TestCodeKeepsTheRules(t *testing.T) {
	found, err := check(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	left, unused := excepted(found, exceptions)
	for _, v := range left {
		t.Error(v)
	}
	for _, e := range unused {
		t.Errorf("the exception for %s in %s covers nothing; take it out", e.rule, e.at)
	}
}

func TestExceptionsHaveDecisionRecords(t *testing.T) {
	for _, e := range exceptions {
		found, err := filepath.Glob(filepath.Join(root, fmt.Sprintf("docs/adr/%04d-*.md", e.adr)))
		if err != nil || len(found) != 1 {
			t.Errorf("the exception for %s in %s names record %d: found %v, %v", e.rule, e.at, e.adr, found, err)
		}
	}
}

func TestArchitecturePageShowsTheTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), importTable) {
		t.Errorf("ARCHITECTURE.md does not show the import table of internal/arch/table.go:\n%s", importTable)
	}
}

func TestDependenciesAreRecorded(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/adr/0002-dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range confinedImports {
		if strings.Contains(c.path, ".") && !strings.Contains(string(page), c.path) {
			t.Errorf("docs/adr/0002-dependencies.md has no line for %s", c.path)
		}
	}
}
