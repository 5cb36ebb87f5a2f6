package arch

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	section  = regexp.MustCompile(`^-- (\S+) --$`)
	wantMark = regexp.MustCompile(`(?://|#|XXX).*\bwant ([a-z -]+)$`)
)

// plant writes the planted module into a directory and returns it with the
// rules to be found, as "file:line rule".
func plant(t *testing.T) (dir string, want map[string]bool) {
	t.Helper()
	text, err := os.ReadFile("testdata/planted.txt")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	name := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if m := section.FindStringSubmatch(line); m != nil {
			name = m[1]
		} else if name != "" {
			files[name] = append(files[name], line)
		}
	}
	files["web/long.go"] = append([]string{"package web", "", "func long() { // want long-func"}, longBody(maxFuncLines-1)...)
	files["web/screen.go"] = append([]string{"package web", "", "func screen() {"}, longBody(maxFuncLines-2)...)
	files["web/literal.go"] = append([]string{"package web", "", "var f = func() { // want long-func"}, longBody(maxFuncLines-1)...)
	files["web/file.go"] = append([]string{"package web"}, slices.Repeat([]string{"//"}, maxFileLines)...)
	files["web/file.go"][maxFileLines] = "// want long-file"
	dir, want = t.TempDir(), map[string]bool{}
	for name, lines := range files {
		for i, line := range lines {
			if m := wantMark.FindStringSubmatch(line); m != nil {
				for rule := range strings.FieldsSeq(m[1]) {
					want[fmt.Sprintf("%s:%d %s", name, i+1, rule)] = true
				}
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, want
}

// longBody returns n lines and a closing brace.
func longBody(n int) []string {
	return append(slices.Repeat([]string{"\t_ = 0"}, n), "}")
}

func TestPlantedViolationsAreFound(t *testing.T) {
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOPROXY", "off")
	dir, want := plant(t)
	found, err := check(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, v := range found {
		key := fmt.Sprintf("%s:%d %s", v.file, v.line, v.rule)
		got[key] = true
		if !want[key] {
			t.Errorf("found what was not planted: %s", v)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !got[key] {
			t.Errorf("planted and not found: %s", key)
		}
	}
	if len(want) < 60 {
		t.Errorf("only %d violations are planted, want at least 60: has the file been cut?", len(want))
	}
}

func TestEveryRuleIsPlanted(t *testing.T) {
	rules := map[string]bool{}
	named := regexp.MustCompile(`"((?:import|core|package|long)-[a-z-]+|layer|compiles|unfinished)"`)
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(src), -1) {
			rules[m[1]] = true
		}
	}
	_, want := plant(t)
	for key := range want {
		_, rule, _ := strings.Cut(key, " ")
		delete(rules, rule)
	}
	if len(rules) > 0 {
		t.Errorf("rules without a planted violation: %v", slices.Sorted(maps.Keys(rules)))
	}
}

func TestExceptionsCoverOneRuleInOneFile(t *testing.T) {
	found := []violation{
		{file: "a/a.go", line: 3, rule: "long-func"},
		{file: "a/a.go", line: 9, rule: "core-float"},
		{file: "a/b.go", line: 3, rule: "long-func"},
	}
	list := []exception{{rule: "long-func", at: "a/a.go", adr: 4}, {rule: "core-go", at: "a/a.go", adr: 5}}
	left, unused := excepted(found, list)
	if !slices.Equal(left, found[1:]) {
		t.Errorf("excepted(%v, %v) leaves %v, want %v", found, list, left, found[1:])
	}
	if !slices.Equal(unused, list[1:]) {
		t.Errorf("excepted(%v, %v) finds unused %v, want %v", found, list, unused, list[1:])
	}
}

func TestTableRefusesNonsense(t *testing.T) {
	for _, text := range []string{"venue", "venue < engine", "NONE < a\na < b\nb < a"} {
		if _, err := parseLayers(text); err == nil {
			t.Errorf("parseLayers(%q) = nil error, want a refusal", text)
		}
	}
}

func TestTableAllows(t *testing.T) {
	l, err := parseLayers(importTable)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		from, to string
		want     bool
	}{
		{"matching", "venue", true},
		{"matching", "risk/ledger", false},
		{"risk", "risk/ledger", true},
		{"engine", "venue", true},
		{"gateway/ws", "views/blotter", true},
		{"gateway/ws", "gateway/rest", false},
		{"engine", "engine/journal", false},
		{"engine/sequencer", "matching", true},
		{"views/blotter", "views/marketdata", false},
		{"store/memory", "store", false},
		{"cmd/clearhour", "web", true},
		{"client", "engine", false},
	}
	for _, tt := range tests {
		if got := l.allows(tt.from, tt.to); got != tt.want {
			t.Errorf("allows(%s, %s) = %t, want %t", tt.from, tt.to, got, tt.want)
		}
	}
	for rel, want := range map[string]string{
		"risk/ledger": "risk/ledger", "risk/span": "risk", "engine/journal/simdisk": "engine/journal/simdisk",
		"gateway/ws/frame": "gateway/ws", "cmd/clearhour": "cmd/clearhour", "common": "", "venuex": "",
	} {
		if got, _ := l.of(rel); got != want {
			t.Errorf("of(%s) = %q, want %q", rel, got, want)
		}
	}
}
