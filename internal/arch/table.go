package arch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// importTable says who may import whom: in "a < b", b may import a and all
// that a may. NONE stands for no package of ours, everything for all of them,
// and a name ending in /* for the packages below. ARCHITECTURE.md shows the
// same lines, and a test compares the two.
//
// A package belongs to the layer with the longest name that is its own path or
// a parent of it. Packages of one layer may import each other.
const importTable = `
NONE                                            < venue, engine/journal
venue                                           < risk/ledger, matching, markets, feeds, settlement
risk/ledger                                     < risk
venue, venue/wire                               < changes
matching, markets, feeds, settlement, risk      < engine
changes                                         < engine
venue                                           < venue/wire, venue/scale, views/marketdata, views/blotter
engine, engine/journal, venue/wire              < engine/sequencer
engine/journal                                  < engine/journal/simdisk
risk, views/marketdata, views/blotter           < views/margin
venue, venue/scale                              < venue/plain
venue/wire, venue/scale, venue/plain, views/*   < gateway
gateway                                         < gateway/ws, gateway/tcp, gateway/rest, gateway/auth, client
gateway                                         < gateway/outbox
feeds, venue/scale                              < feeds/meter, feeds/price
NONE                                            < settlement/contracts, web
settlement, venue/scale, settlement/contracts   < settlement/chain
venue/scale, views/*                            < store, store/memory, store/postgres, store/redis
engine, client                                  < sim
everything                                      < cmd/clearhour
`

// layers is the parsed import table: for each layer, those it may import.
type layers struct {
	may map[string]map[string]bool
	all map[string]bool // Layers that may import everything.
}

// parseLayers reads an import table. It refuses a line without "<" and a name
// on the left that stands nowhere on the right.
func parseLayers(text string) (*layers, error) {
	l := &layers{may: map[string]map[string]bool{}, all: map[string]bool{}}
	direct := map[string][]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		left, right, ok := strings.Cut(line, "<")
		if !ok {
			return nil, fmt.Errorf("arch: the line %q has no <", line)
		}
		for _, b := range names(right) {
			direct[b] = append(direct[b], names(left)...)
		}
	}
	for b := range direct {
		l.may[b] = map[string]bool{}
	}
	for b := range direct {
		if err := l.reach(direct, b, l.may[b]); err != nil {
			return nil, err
		}
		if l.may[b][b] {
			return nil, fmt.Errorf("arch: %s may import itself by way of others", b)
		}
		l.all[b] = slices.Contains(direct[b], "everything")
	}
	return l, nil
}

// reach adds to may all that from may import, directly or by way of others.
func (l *layers) reach(direct map[string][]string, from string, may map[string]bool) error {
	for _, a := range direct[from] {
		matched := l.expand(a)
		if len(matched) == 0 && a != "NONE" && a != "everything" {
			return fmt.Errorf("arch: %s may import %s, which is no layer", from, a)
		}
		for _, name := range matched {
			if may[name] {
				continue
			}
			may[name] = true
			if err := l.reach(direct, name, may); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *layers) expand(name string) []string {
	prefix, wild := strings.CutSuffix(name, "*")
	var found []string
	for _, layer := range slices.Sorted(maps.Keys(l.may)) {
		if layer == name || wild && strings.HasPrefix(layer, prefix) {
			found = append(found, layer)
		}
	}
	return found
}

// of returns the layer of the package with the path rel inside the module.
func (l *layers) of(rel string) (string, bool) {
	for name := rel; name != ""; {
		if _, ok := l.may[name]; ok {
			return name, true
		}
		cut := strings.LastIndexByte(name, '/')
		if cut < 0 {
			break
		}
		name = name[:cut]
	}
	return "", false
}

// allows says whether a package of layer from may import one of layer to.
func (l *layers) allows(from, to string) bool {
	return from == to || l.all[from] || l.may[from][to]
}

func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}
