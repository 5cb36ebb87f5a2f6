package testenv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// missing skips the test, or fails it if CLEARHOUR_REQUIRE lists the name.
func missing(t testing.TB, name, sentence string) {
	t.Helper()
	required := strings.Split(os.Getenv("CLEARHOUR_REQUIRE"), ",")
	if slices.Contains(required, name) {
		t.Fatalf("%s CLEARHOUR_REQUIRE lists %s, so this is a failure.", sentence, name)
	}
	t.Skip(sentence)
}

// Root returns the directory of the repository's go.mod, found upwards from
// the directory of the test.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("testenv: no go.mod above the test's directory")
		}
		dir = up
	}
}

// Data returns the path of a file of real data. The files are kept outside the
// repository, in the directory that CLEARHOUR_DATA names or else in
// ../shared/data beside the repository. Without the file the test skips.
func Data(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("CLEARHOUR_DATA")
	if dir == "" {
		dir = filepath.Join(Root(t), "..", "shared", "data")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		missing(t, "data", "The data file "+name+" is not in "+dir+"; set CLEARHOUR_DATA to the directory that holds it.")
	}
	return path
}
