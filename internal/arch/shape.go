package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// shape checks the length of functions and the place of the package comment.
func (m *module) shape(p *pkg) []violation {
	var found []violation
	var comments int
	for _, f := range p.files {
		if f.Doc != nil {
			comments++
			if filepath.Base(m.fset.Position(f.Package).Filename) != "doc.go" {
				found = append(found, m.at(f.Package, "package-comment", "the package comment stands in doc.go"))
			}
		}
		if ast.IsGenerated(f) {
			continue
		}
		found = append(found, m.longFuncs(f)...)
	}
	if comments != 1 && len(p.files) > 0 {
		found = append(found, m.at(p.files[0].Package, "package-comment",
			"package %s has %d package comments, want one, in doc.go", p.rel, comments))
	}
	return found
}

func (m *module) longFuncs(f *ast.File) []violation {
	var found []violation
	for _, decl := range f.Decls {
		name := "a function literal"
		if fd, ok := decl.(*ast.FuncDecl); ok {
			name = fd.Name.Name
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncDecl, *ast.FuncLit:
			default:
				return true
			}
			lines := m.fset.Position(n.End()).Line - m.fset.Position(n.Pos()).Line + 1
			if lines > maxFuncLines {
				found = append(found, m.at(n.Pos(), "long-func", "%s has %d lines, at most %d are one screen", name, lines, maxFuncLines))
			}
			return false // A literal inside is part of its parent.
		})
	}
	return found
}

var (
	unfinished = regexp.MustCompile(`\b(` + strings.Join([]string{"TODO", "FIXME", "XXX", "HACK"}, "|") + `)\b`)
	skipDirs   = []string{"testdata", "node_modules", "vendor", "bin"}
	textual    = []string{".sh", ".js", ".ts", ".css", ".html", ".sol", ".sql", ".yml", ".yaml"}
)

// words checks the files of the tree as text, tests included: their length
// and the marks of unfinished work.
func words(dir string) ([]violation, error) {
	var found []violation
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			hidden := strings.HasPrefix(name, ".") && name != "." && name != ".ci"
			if path != dir && (hidden || slices.Contains(skipDirs, name)) {
				return filepath.SkipDir
			}
			return nil
		}
		ext := filepath.Ext(name)
		if !d.Type().IsRegular() || ext != ".go" && !slices.Contains(textual, ext) && name != "Makefile" {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		found = append(found, wordsIn(filepath.ToSlash(rel), src)...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("arch: walk: %w", err)
	}
	return found, nil
}

func wordsIn(rel string, src []byte) []violation {
	if filepath.Ext(rel) != ".go" {
		return unfinishedIn(rel, string(src), 1)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, rel, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(f) {
		return nil // Broken files are the compiler's to report.
	}
	var found []violation
	if lines := bytes.Count(src, []byte("\n")); lines > maxFileLines {
		found = append(found, violation{rel, lines, "long-file", fmt.Sprintf("the file has %d lines, at most %d hold one subject", lines, maxFileLines)})
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			found = append(found, unfinishedIn(rel, c.Text, fset.Position(c.Pos()).Line)...)
		}
	}
	return found
}

func unfinishedIn(rel, text string, first int) []violation {
	var found []violation
	for i, line := range strings.Split(text, "\n") {
		if word := unfinished.FindString(line); word != "" {
			found = append(found, violation{rel, first + i, "unfinished", word + ": do it, or write the issue number and why not now"})
		}
	}
	return found
}
