package arch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is the loaded code of a Go module, tests aside.
type module struct {
	root   string // Absolute directory of go.mod.
	path   string // Module path.
	fset   *token.FileSet
	pkgs   []*pkg
	layers *layers
	std    map[string]bool // Import paths of the standard library seen.
}

// pkg is one package of the module: its non-test files and what they mean.
type pkg struct {
	rel   string // Path inside the module; "." at the root.
	files []*ast.File
	types *types.Package
	info  *types.Info
	err   error // First type error; info is then incomplete.
}

// violation is a broken rule at a place.
type violation struct {
	file string // Relative to the module's root.
	line int
	rule string
	msg  string
}

func (v violation) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", v.file, v.line, v.rule, v.msg)
}

// listed is the part of go list's answer that is used here.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, CgoFiles       []string
	Standard                bool
	Module                  *struct {
		Path, Dir string
		Main      bool
	}
}

// load lists, parses and type-checks the packages of the module in dir. A
// package that does not compile is returned with its error.
func load(ctx context.Context, dir, tags string) (*module, error) {
	all, err := goList(ctx, dir, tags)
	if err != nil {
		return nil, err
	}
	table, err := parseLayers(importTable)
	if err != nil {
		return nil, err
	}
	m := &module{fset: token.NewFileSet(), layers: table, std: map[string]bool{}}
	exports := map[string]string{}
	for _, l := range all {
		exports[l.ImportPath] = l.Export
		m.std[l.ImportPath] = l.Standard
		if l.Module != nil && l.Module.Main {
			m.root, m.path = l.Module.Dir, l.Module.Path
		}
	}
	imp := importer.ForCompiler(m.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s does not compile", path)
		}
		return os.Open(exports[path])
	})
	for _, l := range all {
		if l.Module == nil || !l.Module.Main {
			continue
		}
		p, err := m.parse(l, imp)
		if err != nil {
			return nil, err
		}
		m.pkgs = append(m.pkgs, p)
	}
	if len(m.pkgs) == 0 {
		return nil, fmt.Errorf("arch: no packages in %s", dir)
	}
	return m, nil
}

func goList(ctx context.Context, dir, tags string) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-deps", "-export", "-buildvcs=false", "-tags="+tags,
		"-json=ImportPath,Dir,Export,GoFiles,CgoFiles,Standard,Module", "./...")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("arch: go list: %w\n%s", err, stderr.String())
	}
	var all []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("arch: read go list: %w", err)
		}
		all = append(all, l)
	}
}

func (m *module) parse(l listed, imp types.Importer) (*pkg, error) {
	rel := strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, m.path), "/")
	if rel == "" {
		rel = "."
	}
	p := &pkg{rel: rel}
	for _, name := range append(l.GoFiles, l.CgoFiles...) {
		path := filepath.Join(l.Dir, name)
		src, err := os.ReadFile(path) // Read here, so that the test cache sees the file.
		if err != nil {
			return nil, fmt.Errorf("arch: %w", err)
		}
		f, err := parser.ParseFile(m.fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("arch: %w", err)
		}
		p.files = append(p.files, f)
	}
	p.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: imp, Error: func(err error) {
		if p.err == nil {
			p.err = err
		}
	}}
	p.types, _ = conf.Check(l.ImportPath, m.fset, p.files, p.info)
	return p, nil
}

// at makes a violation of the rule at the position.
func (m *module) at(pos token.Pos, rule, format string, args ...any) violation {
	where := m.fset.Position(pos)
	rel, err := filepath.Rel(m.root, where.Filename)
	if err != nil {
		rel = where.Filename
	}
	return violation{file: filepath.ToSlash(rel), line: where.Line, rule: rule, msg: fmt.Sprintf(format, args...)}
}
