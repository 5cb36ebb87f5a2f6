package arch

import (
	"cmp"
	"context"
	"slices"
)

// check runs every rule over the module in dir, once as built and once with
// the invariants tag, and returns what is broken, in order of place.
func check(ctx context.Context, dir string) ([]violation, error) {
	var found []violation
	for _, tags := range []string{"", "invariants"} {
		m, err := load(ctx, dir, tags)
		if err != nil {
			return nil, err
		}
		for _, p := range m.pkgs {
			if p.err != nil {
				found = append(found, m.at(p.files[0].Package, "compiles", "%v", p.err))
			}
			found = append(found, m.imports(p)...)
			found = append(found, m.purity(p)...)
			found = append(found, m.globals(p)...)
			found = append(found, m.shape(p)...)
		}
	}
	texts, err := words(dir)
	if err != nil {
		return nil, err
	}
	found = append(found, texts...)
	slices.SortFunc(found, func(a, b violation) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line),
			cmp.Compare(a.rule, b.rule), cmp.Compare(a.msg, b.msg))
	})
	return slices.Compact(found), nil
}

// excepted takes out the violations that an exception covers, and returns the
// exceptions that cover nothing and should go.
func excepted(found []violation, list []exception) (left []violation, unused []exception) {
	used := make([]bool, len(list))
	for _, v := range found {
		i := slices.IndexFunc(list, func(e exception) bool { return e.rule == v.rule && e.at == v.file })
		if i < 0 {
			left = append(left, v)
			continue
		}
		used[i] = true
	}
	for i, e := range list {
		if !used[i] {
			unused = append(unused, e)
		}
	}
	return left, unused
}
