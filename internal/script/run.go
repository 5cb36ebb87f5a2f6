package script

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "replace the expected outputs of scenario and golden files by the actual ones")

// Rewriting says whether the test runs with -rewrite. Tests that keep golden
// files of another form ask it too, so that one flag rewrites everything.
func Rewriting() bool { return *rewrite }

// Handler carries out one command and returns what the scenario should show.
// Trailing blanks of the lines and trailing newlines do not count.
type Handler func(t *testing.T, d *Cmd) string

// Run runs every scenario file that matches the pattern, one subtest a file,
// through one handler. It fails if no file matches. Use Fresh when the handler
// keeps state that must not leak from one file into the next.
func Run(t *testing.T, pattern string, h func(t *testing.T, d *Cmd) string) {
	t.Helper()
	Fresh(t, pattern, func(*testing.T) Handler { return h })
}

// Fresh is Run with a new handler for every file: the usual way to give each
// scenario a venue of its own.
func Fresh(t *testing.T, pattern string, open func(t *testing.T) Handler) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("script: no scenario matches %q (%v)", pattern, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		t.Run(name, func(t *testing.T) {
			runFile(t, t, path, open(t))
		})
	}
}

// runFile runs one scenario. The reports go to tb, which is t except in the
// tests of this package.
func runFile(t *testing.T, tb testing.TB, path string, h Handler) {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("script: %v", err)
	}
	f, err := parse(path, string(text))
	if err != nil {
		tb.Fatalf("script: %v", err)
	}
	if len(f.rules) == 0 {
		tb.Errorf("%s:1: the scenario cites no rule; add a comment such as \"# rules: MAT-02\"", path)
	}
	var outputs []string
	for _, p := range f.parts {
		if p.block != nil {
			outputs = append(outputs, runBlock(t, tb, path, p.block, h))
		}
	}
	if *rewrite && !tb.Failed() {
		if err := os.WriteFile(path, []byte(f.render(outputs)), 0o644); err != nil {
			tb.Fatalf("script: rewrite: %v", err)
		}
	}
}

// runBlock carries out one command, compares, and returns the output.
func runBlock(t *testing.T, tb testing.TB, path string, b *block, h Handler) string {
	tb.Helper()
	b.cmd.t = tb
	got := normalize(h(t, b.cmd))
	for _, name := range b.cmd.unread() {
		tb.Errorf("%s: %s: unknown argument %q", b.cmd.Pos(), b.cmd.Name, name)
	}
	if want := normalize(b.want); got != want && !*rewrite {
		tb.Errorf("%s:%d: %s answers otherwise (- want, + got)\n  input: %s\n%s",
			path, b.line, b.cmd.Name, b.cmd, diff(want, got))
	}
	return got
}

// String returns the command line as it was written, blanks aside.
func (c *Cmd) String() string {
	var b strings.Builder
	b.WriteString(c.Name)
	for _, a := range c.args {
		switch {
		case a.key == "":
			b.WriteString(" " + a.word)
		case strings.ContainsAny(a.val, " \t"):
			fmt.Fprintf(&b, " %s=%q", a.key, a.val)
		default:
			b.WriteString(" " + a.key + "=" + a.val)
		}
	}
	return b.String()
}

// normalize drops what a reader cannot see.
func normalize(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// diff shows the lines of a longest common subsequence bare, the lines only in
// want behind a minus and those only in got behind a plus. Outputs are short,
// so the quadratic table is cheap.
func diff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := range slices.Backward(a) {
		for j := range slices.Backward(b) {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out strings.Builder
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out.WriteString("    " + a[i] + "\n")
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out.WriteString("  - " + a[i] + "\n")
			i++
		default:
			out.WriteString("  + " + b[j] + "\n")
			j++
		}
	}
	return out.String()
}
