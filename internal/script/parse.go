package script

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

const separator = "----"

// file is a parsed scenario: verbatim text and blocks in the order written,
// so that a rewrite changes nothing but the outputs.
type file struct {
	path  string
	parts []part
	rules []string
}

// part is either verbatim text (block nil) or a block.
type part struct {
	text  []string // Verbatim lines, or the block's command and input lines.
	block *block
}

type block struct {
	cmd  *Cmd
	want string // Expected output, without the final newline.
	line int    // Line of the separator, where the output begins.
}

var (
	citation = regexp.MustCompile(`^#\s*rules:\s*(.*)$`)
	ruleID   = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z][A-Z0-9]*)*-[0-9]+[a-z]?$`)
)

// Citations returns the rule ids that the scenario file cites, sorted and
// without repeats. It fails on a citation that has not the form of an id
// (capitals, a dash, digits) and on a file that cannot be read.
func Citations(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("script: read scenario: %w", err)
	}
	var ids []string
	for i, line := range strings.Split(string(text), "\n") {
		found, err := citationsIn(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func citationsIn(line string) ([]string, error) {
	m := citation.FindStringSubmatch(line)
	if m == nil {
		return nil, nil
	}
	ids := strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' })
	for _, id := range ids {
		if !ruleID.MatchString(id) {
			return nil, fmt.Errorf("%q is not a rule id such as MAT-02", id)
		}
	}
	return ids, nil
}

// parse cuts the text of a scenario into parts.
func parse(path, text string) (*file, error) {
	f := &file{path: path}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); {
		line := strings.TrimRight(lines[i], " \t\r")
		if line == "" || strings.HasPrefix(line, "#") {
			ids, err := citationsIn(line)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
			}
			f.rules = append(f.rules, ids...)
			f.parts = append(f.parts, part{text: []string{line}})
			i++
			continue
		}
		p, next, err := parseBlock(path, lines, i)
		if err != nil {
			return nil, err
		}
		f.parts = append(f.parts, p)
		i = next
	}
	return f, nil
}

// parseBlock reads the block whose command stands on lines[at] and returns it
// with the index of the first line after it.
func parseBlock(path string, lines []string, at int) (part, int, error) {
	end := at + 1
	for end < len(lines) && lines[end] != separator {
		if strings.TrimSpace(lines[end]) == "" {
			return part{}, 0, fmt.Errorf("%s:%d: the command has no %s line below it", path, at+1, separator)
		}
		end++
	}
	if end == len(lines) {
		return part{}, 0, fmt.Errorf("%s:%d: the command has no %s line below it", path, at+1, separator)
	}
	cmd, err := parseCmd(lines[at])
	if err != nil {
		return part{}, 0, fmt.Errorf("%s:%d: %w", path, at+1, err)
	}
	cmd.file, cmd.line = path, at+1
	cmd.Input = slices.Clone(lines[at+1 : end])
	want, next, err := parseOutput(path, lines, end+1)
	if err != nil {
		return part{}, 0, err
	}
	b := &block{cmd: cmd, want: want, line: end + 1}
	return part{text: slices.Clone(lines[at:end]), block: b}, next, nil
}

// parseOutput reads expected output from lines[at] on. A second separator
// opens the long form, which ends at two separators in a row.
func parseOutput(path string, lines []string, at int) (string, int, error) {
	if at >= len(lines) || lines[at] != separator {
		end := at
		for end < len(lines) && lines[end] != "" {
			end++
		}
		return strings.Join(lines[at:end], "\n"), end, nil
	}
	for end := at + 1; end+1 < len(lines); end++ {
		if lines[end] == separator && lines[end+1] == separator {
			return strings.Join(lines[at+1:end], "\n"), end + 2, nil
		}
	}
	return "", 0, fmt.Errorf("%s:%d: the long output is not closed by two %s lines", path, at+1, separator)
}

// parseCmd cuts a command line into its name and arguments.
func parseCmd(line string) (*Cmd, error) {
	words, err := split(line)
	if err != nil {
		return nil, err
	}
	c := &Cmd{Name: words[0]}
	for _, w := range words[1:] {
		a := arg{word: w}
		if key, val, ok := strings.Cut(w, "="); ok && key != "" {
			a = arg{key: key, val: strings.Trim(val, `"`)}
			if slices.ContainsFunc(c.args, func(b arg) bool { return b.key == key }) {
				return nil, fmt.Errorf("argument %q stands twice", key)
			}
		}
		c.args = append(c.args, a)
	}
	return c, nil
}

// split cuts at spaces that do not stand inside double quotes.
func split(line string) ([]string, error) {
	quoted := false
	words := strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t')
	})
	if quoted {
		return nil, fmt.Errorf("a double quote is not closed")
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("the command line is empty")
	}
	return words, nil
}

// render writes the scenario back with the given outputs, one per block.
func (f *file) render(outputs []string) string {
	var b strings.Builder
	n := 0
	for _, p := range f.parts {
		for _, line := range p.text {
			b.WriteString(line + "\n")
		}
		if p.block == nil {
			continue
		}
		out := outputs[n]
		n++
		switch {
		case out == "":
			b.WriteString(separator + "\n")
		case needsLongForm(out):
			b.WriteString(separator + "\n" + separator + "\n" + out + "\n" + separator + "\n" + separator + "\n")
		default:
			b.WriteString(separator + "\n" + out + "\n")
		}
	}
	return b.String()
}

func needsLongForm(out string) bool {
	lines := strings.Split(out, "\n")
	return slices.Contains(lines, "") || lines[0] == separator
}
