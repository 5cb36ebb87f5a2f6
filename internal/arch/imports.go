package arch

import (
	"slices"
	"strconv"
	"strings"
)

// imports checks where a package stands and what it imports.
func (m *module) imports(p *pkg) []violation {
	var found []violation
	layer, ok := m.layers.of(p.rel)
	_, base := foundation[p.rel]
	inside := base || slices.Contains(testHelpers, p.rel)
	if !ok && !inside && len(p.files) > 0 {
		found = append(found, m.at(p.files[0].Package, "layer",
			"package %s is in no layer; add it to the import table by a decision record", p.rel))
	}
	for _, f := range p.files {
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // The compiler has said so already.
			}
			if rule, msg := m.mayImport(p.rel, layer, path); rule != "" {
				found = append(found, m.at(spec.Pos(), rule, "%s", msg))
			}
		}
	}
	return found
}

// mayImport returns the broken rule and a message, or empty strings.
func (m *module) mayImport(rel, layer, path string) (rule, msg string) {
	if why, denied := everywhereDenied[path]; denied {
		return "import-denied", path + ": " + why
	}
	if target, ours := strings.CutPrefix(path, m.path+"/"); ours {
		return m.mayImportOurs(rel, layer, target)
	}
	for _, c := range confinedImports {
		if path != c.path && !strings.HasPrefix(path, c.path+"/") {
			continue
		}
		if !slices.ContainsFunc(c.places, func(pl place) bool { return pl.holds(rel) }) {
			return "import-confined", path + " does not belong in " + rel + ": " + c.why
		}
		return "", ""
	}
	if !m.std[path] {
		return "import-unknown", path + " is no recorded dependency; see docs/adr/0002-dependencies.md"
	}
	if m.pure(rel) && !slices.Contains(coreStd, path) && !slices.Contains(foundation[rel], path) {
		return "core-import", path + " is not for the core, which is a function of commands and time"
	}
	if slices.Contains(exact, layer) && slices.Contains(exactStdDenied, path) {
		return "core-import", path + " is not for " + rel + ", which is a function of its arguments"
	}
	return "", ""
}

func (m *module) mayImportOurs(rel, layer, target string) (rule, msg string) {
	_, toBase := foundation[target]
	_, fromBase := foundation[rel]
	switch {
	case toBase:
		return "", ""
	case slices.Contains(testHelpers, target):
		if slices.Contains(testHelpers, rel) {
			return "", ""
		}
		return "import-layer", target + " is for tests only"
	case fromBase || slices.Contains(testHelpers, rel):
		return "import-layer", rel + " is used by everyone and imports no package of the venue, not " + target
	}
	to, ok := m.layers.of(target)
	if !ok || layer == "" {
		return "", "" // Reported as a package without a layer.
	}
	if !m.layers.allows(layer, to) {
		return "import-layer", layer + " may not import " + to + " (ARCHITECTURE.md, who may import whom)"
	}
	return "", ""
}
