package arch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSpecAndScenariosJoin(t *testing.T) {
	found, err := joinSpec(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

func TestJoinFindsWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"docs/spec/a.md":          "# Page\n\n## AAA-01 One\nStatus: done.\n\n## AAA-02 Two\n\nStatus: planned. Later.\n\n## AAA-03 Three\nStatus: maybe.\n",
		"docs/spec/b.md":          "### AAA-02 Again\nStatus: planned.\n### BBB-01 Done by a test\nStatus: done.\n## No rule\n",
		"engine/testdata/a.txt":   "# rules: AAA-02, CCC-01\n",
		"engine/testdata/b.txt":   "# rules: lower\n",
		"engine/testdata/c.txt":   "no scenario\n",
		"engine/a_test.go":        "package engine\n\n// rules: BBB-01, BBB-02.\n",
		"internal/testdata/d.txt": "# rules: DEMO-01\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := joinSpec(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range found {
		got = append(got, v.file+" "+v.rule)
	}
	slices.Sort(got)
	want := []string{
		"docs/spec/a.md spec-status",
		"docs/spec/a.md spec-unproved",
		"docs/spec/b.md spec-twice",
		"engine/a_test.go spec-unknown",
		"engine/testdata/a.txt spec-unknown",
		"engine/testdata/b.txt spec-form",
	}
	if !slices.Equal(got, want) {
		t.Errorf("joinSpec finds\n%q\nwant\n%q\nin full: %v", got, want, found)
	}
}
