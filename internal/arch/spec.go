package arch

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/clearhour/clearhour/internal/script"
)

// A rule of docs/spec is a heading that starts with its id, and below it a
// line with its status: done, or planned.
var (
	ruleHeading  = regexp.MustCompile(`^#{2,4} ([A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)*-[0-9]+[a-z]?)\b`)
	statusLine   = regexp.MustCompile(`^Status: (done|planned)\.`)
	testCitation = regexp.MustCompile(`^\s*// rules: (.+)$`)
)

type specRule struct {
	at     violation // Where it stands.
	done   bool
	copies int
}

// joinSpec compares the rules of docs/spec with the citations in scenario
// files (testdata/*.txt) and in tests ("// rules: SOL-01"). Every id that is
// done is cited, every cited id exists, once.
func joinSpec(dir string) ([]violation, error) {
	rules, found, err := readSpec(dir)
	if err != nil {
		return nil, err
	}
	cited, broken, err := citations(dir)
	if err != nil {
		return nil, err
	}
	found = append(found, broken...)
	proved := map[string]bool{}
	for _, c := range cited {
		proved[c.msg] = true
		if _, ok := rules[c.msg]; !ok {
			found = append(found, violation{c.file, c.line, "spec-unknown", c.msg + " is on no page of docs/spec"})
		}
	}
	for id, r := range rules {
		if r.done && !proved[id] {
			found = append(found, violation{r.at.file, r.at.line, "spec-unproved", id + " is done and no scenario or test cites it"})
		}
		if r.copies > 1 {
			found = append(found, violation{r.at.file, r.at.line, "spec-twice", id + " stands more than once in docs/spec"})
		}
	}
	return found, nil
}

// readSpec returns the rules on the pages of docs/spec, by id.
func readSpec(dir string) (map[string]*specRule, []violation, error) {
	pages, err := filepath.Glob(filepath.Join(dir, "docs/spec/*.md"))
	if err != nil {
		return nil, nil, fmt.Errorf("arch: %w", err)
	}
	rules := map[string]*specRule{}
	var found []violation
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return nil, nil, fmt.Errorf("arch: %w", err)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			m := ruleHeading.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			at := violation{file: "docs/spec/" + filepath.Base(page), line: i + 1}
			status := statusLine.FindStringSubmatch(firstText(lines[i+1:]))
			if status == nil {
				found = append(found, violation{at.file, at.line, "spec-status", m[1] + ` is not followed by "Status: done." or "Status: planned."`})
				status = []string{"", ""}
			}
			if rules[m[1]] == nil {
				rules[m[1]] = &specRule{}
			}
			r := rules[m[1]]
			r.at, r.done, r.copies = at, r.done || status[1] == "done", r.copies+1
		}
	}
	return rules, found, nil
}

// firstText returns the first line that is not empty.
func firstText(lines []string) string {
	i := slices.IndexFunc(lines, func(s string) bool { return strings.TrimSpace(s) != "" })
	if i < 0 {
		return ""
	}
	return lines[i]
}

// citations returns where ids are cited, the id as message. The test helpers
// demonstrate forms with ids that belong to no page, so internal is left out.
func citations(dir string) (cited, broken []violation, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			hidden := strings.HasPrefix(d.Name(), ".") && rel != "."
			if hidden || rel == "internal" || rel == "tools" || d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		ids, err := citationsOf(path, rel)
		if err != nil {
			broken = append(broken, violation{rel, 1, "spec-form", err.Error()})
		}
		cited = append(cited, ids...)
		return nil
	})
	return cited, broken, err
}

func citationsOf(path, rel string) ([]violation, error) {
	var found []violation
	if filepath.Ext(rel) == ".txt" && filepath.Base(filepath.Dir(rel)) == "testdata" {
		ids, err := script.Citations(path)
		for _, id := range ids {
			found = append(found, violation{file: rel, line: 1, msg: id})
		}
		return found, err
	}
	if !strings.HasSuffix(rel, "_test.go") {
		return nil, nil
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(src), "\n") {
		if m := testCitation.FindStringSubmatch(line); m != nil {
			for _, id := range names(m[1]) {
				found = append(found, violation{file: rel, line: i + 1, msg: strings.TrimSuffix(id, ".")})
			}
		}
	}
	return found, nil
}
