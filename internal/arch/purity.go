package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// purity checks that the core has nothing whose result could differ from one
// run to the next: goroutines, channels, floats, the order of a map, init.
func (m *module) purity(p *pkg) []violation {
	layer, _ := m.layers.of(p.rel)
	inCore := m.pure(p.rel)
	if !inCore && !slices.Contains(exact, layer) {
		return nil
	}
	var found []violation
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if rule, msg := p.impure(n, inCore); rule != "" {
				found = append(found, m.at(n.Pos(), rule, "%s", msg))
			}
			return true
		})
	}
	return slices.CompactFunc(found, func(a, b violation) bool {
		return a.rule == b.rule && a.file == b.file && a.line == b.line
	})
}

// impure returns the rule that the node breaks and why, or empty strings.
func (p *pkg) impure(n ast.Node, inCore bool) (rule, msg string) {
	if expr, ok := n.(ast.Expr); ok && (isFloat(p.info.Types[expr].Type) || isFloatLiteral(expr)) {
		return "core-float", "a float rounds where nobody says so; use the integer units of venue"
	}
	if !inCore {
		return "", ""
	}
	switch n := n.(type) {
	case *ast.GoStmt:
		return "core-go", "the core runs on one goroutine, which the sequencer owns"
	case *ast.SelectStmt:
		return "core-chan", "the core waits for nothing"
	case *ast.ChanType, *ast.SendStmt:
		return "core-chan", "the core takes commands and returns events, by call"
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "core-chan", "the core waits for nothing"
		}
	case *ast.RangeStmt:
		return p.impureRange(n)
	case *ast.FuncDecl:
		if n.Name.Name == "init" && n.Recv == nil {
			return "core-init", "wiring is in cmd; give the value to a constructor"
		}
	}
	return "", ""
}

func (p *pkg) impureRange(n *ast.RangeStmt) (rule, msg string) {
	switch ranged(p.info.Types[n.X].Type).(type) {
	case *types.Map:
		return "core-map-range", "the order of a map differs from run to run; keep a sorted slice"
	case *types.Chan:
		return "core-chan", "the core waits for nothing"
	}
	return "", ""
}

// ranged returns what a range over the type goes through; for a type
// parameter that is the type its constraint is made of.
func ranged(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	param, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	constraint, ok := param.Constraint().Underlying().(*types.Interface)
	if !ok || constraint.NumEmbeddeds() == 0 {
		return nil
	}
	embedded := constraint.EmbeddedType(0)
	if union, ok := embedded.(*types.Union); ok && union.Len() > 0 {
		embedded = union.Term(0).Type()
	}
	return embedded.Underlying()
}

// isFloatLiteral finds 1e3, which the compiler takes for an integer where one
// is wanted.
func isFloatLiteral(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && (lit.Kind == token.FLOAT || lit.Kind == token.IMAG)
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsFloat|types.IsComplex) != 0
}
