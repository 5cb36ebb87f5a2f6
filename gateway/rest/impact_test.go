package rest

import (
	"net/http"
	"strings"
	"testing"
)

// TestImpactNamesNobody asks for the impact of a pending change without a key and
// wants counts alone; operators get the accounts.
//
// rules: ADM-10
func TestImpactNamesNobody(t *testing.T) {
	b := newBench(t, nil)
	const counts = `"states":[{"from":"healthy","to":"reduce-only","accounts":2},{"from":"reduce-only","to":"liquidating","accounts":1}],` +
		`"instruments":[{"symbol":"` + future + `","from":"healthy","to":"reduce-only","accounts":1},{"symbol":"` + future + `","from":"reduce-only","to":"liquidating","accounts":1}]`
	open := b.get("/v1/changes/c1/impact", "").Body.String()
	if !strings.Contains(open, counts) || strings.Contains(open, "moved") || strings.Contains(open, "16") {
		t.Errorf("everybody: %s", open)
	}
	named := b.get("/v1/admin/changes/c1/impact", "alice").Body.String()
	if !strings.Contains(named, counts) || !strings.Contains(named, `{"account":16,"from":"healthy","to":"reduce-only","symbols":["`+future+`"]}`) {
		t.Errorf("operators: %s", named)
	}
	for _, id := range []string{"c2", "%20", strings.Repeat("x", 20)} {
		if w := b.get("/v1/changes/"+id+"/impact", ""); w.Code != http.StatusNotFound {
			t.Errorf("impact of %q: %d %s", id, w.Code, w.Body)
		}
	}
}
