package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// globals finds writes to package-level variables of the core, from wherever
// they come: assignments, increments, addresses taken, delete, clear and copy,
// and calls of methods that take a pointer.
func (m *module) globals(p *pkg) []violation {
	var found []violation
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			for _, target := range p.written(n) {
				if v := m.coreGlobal(p, target); v != nil {
					found = append(found, m.at(target.Pos(), "core-global",
						"%s.%s is package-level state; give it an owner", v.Pkg().Name(), v.Name()))
				}
			}
			return true
		})
	}
	return found
}

// written returns the expressions that the node writes to or lets others
// write to.
func (p *pkg) written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return slices.DeleteFunc([]ast.Expr{n.Key, n.Value}, func(e ast.Expr) bool { return e == nil })
		}
	case *ast.UnaryExpr:
		if _, literal := ast.Unparen(n.X).(*ast.CompositeLit); n.Op == token.AND && !literal {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		return p.writtenByCall(n)
	}
	return nil
}

func (p *pkg) writtenByCall(n *ast.CallExpr) []ast.Expr {
	switch fun := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		b, ok := p.info.Uses[fun].(*types.Builtin)
		if ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, b.Name()) {
			return n.Args[:1]
		}
	case *ast.SelectorExpr:
		s := p.info.Selections[fun]
		if s == nil || s.Kind() != types.MethodVal {
			return nil
		}
		recv := s.Obj().(*types.Func).Signature().Recv()
		if _, pointer := recv.Type().(*types.Pointer); pointer {
			return []ast.Expr{fun.X}
		}
	}
	return nil
}

// coreGlobal returns the package-level variable of a core package at the root
// of the expression, or nil.
func (m *module) coreGlobal(p *pkg, e ast.Expr) *types.Var {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if v, ok := p.info.Uses[x.Sel].(*types.Var); ok && m.isCoreGlobal(v) {
				return v
			}
			e = x.X
		case *ast.Ident:
			if v, ok := p.info.Uses[x].(*types.Var); ok && m.isCoreGlobal(v) {
				return v
			}
			return nil
		default:
			return nil
		}
	}
}

func (m *module) isCoreGlobal(v *types.Var) bool {
	if v.Pkg() == nil || v.IsField() || v.Parent() != v.Pkg().Scope() {
		return false
	}
	rel, ours := strings.CutPrefix(v.Pkg().Path(), m.path+"/")
	return ours && m.pure(rel)
}
