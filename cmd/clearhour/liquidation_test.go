package main

import (
	"strings"
	"testing"

	"github.com/clearhour/clearhour/risk"
)

// TestLiquidationRules wants the usual terms to be accepted, and a bad decimal to be
// named.
func TestLiquidationRules(t *testing.T) {
	r := usualLiquidation()
	terms, fund, err := r.terms()
	if why := risk.AcceptTerms(&terms); err != nil || why.Refused() || fund != 1_000_000_000_000 {
		t.Errorf("terms of %+v are %+v with %d: %v, %+v", r, terms, fund, err, why)
	}
	r.Cap = "0.25x"
	if _, _, err := r.terms(); err == nil || !strings.Contains(err.Error(), `cap "0.25x"`) {
		t.Errorf("a cap of 0.25x gives %v", err)
	}
}
