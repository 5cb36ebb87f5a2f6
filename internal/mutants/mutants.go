package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Mutant is one fault.
type Mutant struct {
	// Rule is the rule that it breaks, and Fault says how, in a few words.
	Rule, Fault string
	// File is the file from the root of the module; Old stands in it once, and New
	// is there instead.
	File, Old, New string
	// Package is where the tests are, from the root; empty for the package of File.
	Package string
	// Tests is a pattern of the tests that are run; empty for all of the package.
	Tests string
}

// Outcome is what became of a mutant.
type Outcome struct {
	// Test is the test that noticed it, empty when none did.
	Test string
	// Said is the first line that the test wrote.
	Said string
}

// Mutated returns the file of a mutant with the fault in it.
func (m *Mutant) Mutated(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.Old); n != 1 {
		return "", fmt.Errorf("%s holds %q %d times, want once", m.File, m.Old, n)
	}
	return strings.Replace(string(source), m.Old, m.New, 1), nil
}

// where is the package whose tests are run.
func (m *Mutant) where() string {
	if m.Package != "" {
		return m.Package
	}
	return filepath.Dir(m.File)
}

// Run builds the tests with the fault and runs them. It fails when the mutant does
// not fit the tree or does not compile.
func (m *Mutant) Run(ctx context.Context, root string) (Outcome, error) {
	source, err := m.Mutated(root)
	if err != nil {
		return Outcome{}, err
	}
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	list, err := overlay(dir, filepath.Join(root, m.File), source)
	if err != nil {
		return Outcome{}, err
	}
	pattern := "."
	if m.Tests != "" {
		pattern = "^(" + m.Tests + ")$"
	}
	args := []string{"test", "-vet=off", "-failfast", "-overlay", list, "-run", pattern, "./" + m.where()}
	if m.rapid(root) {
		args = append(args, "-rapid.nofailfile") // A fault leaves nothing behind.
	}
	run := exec.CommandContext(ctx, "go", args...)
	run.Dir = root
	out, err := run.CombinedOutput()
	if err == nil {
		return Outcome{}, nil
	}
	return read(string(out))
}

// rapid says whether the tests know the flags of the library of property tests.
func (m *Mutant) rapid(root string) bool {
	files, _ := filepath.Glob(filepath.Join(root, m.where(), "*_test.go"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), "pgregory.net/rapid") {
			return true
		}
	}
	return false
}

// overlay writes the file and the list that has the compiler take it.
func overlay(dir, file, source string) (string, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	replacement := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(replacement, []byte(source), 0o600); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {file: replacement}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	return list, os.WriteFile(list, b, 0o600)
}

var (
	failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	said   = regexp.MustCompile(`(?m)^\s*(\S+\.go:\d+: .*)$`)
	// A fault may stop the process, by an assertion of the core or by a test that
	// does not end: the test that ran is named by the trace.
	stopped = regexp.MustCompile(`(?m)^(panic: .*|fatal error: .*)$`)
	running = regexp.MustCompile(`\.(Test\w+|Fuzz\w+)\(`)
)

// read finds the test that failed in what a run wrote.
func read(out string) (Outcome, error) {
	first := func(re *regexp.Regexp) string {
		if f := re.FindStringSubmatch(out); f != nil {
			return strings.TrimSpace(f[1])
		}
		return ""
	}
	o := Outcome{Test: first(failed), Said: first(said)}
	if why := first(stopped); why != "" {
		o.Said = why
		if o.Test == "" {
			o.Test = first(running)
		}
	}
	if o.Test == "" {
		return Outcome{}, errors.New("no test failed: " + strings.TrimSpace(out))
	}
	return o, nil
}
