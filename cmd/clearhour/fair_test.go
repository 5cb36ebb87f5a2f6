package main

import (
	"testing"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// TestFairValuesResume starts a demo over a venue that has been open: nothing is
// worth another price than when it was closed.
func TestFairValuesResume(t *testing.T) {
	f := newFairValues(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	perp := demoClasses[0].perpetual()
	f.resume([]marketdata.Index{
		{Symbol: perp.Reference.Index, Price: 1_500_000},
		{Symbol: demoClasses[1].perpetual().Reference.Index}, // Nothing was published yet.
		{Symbol: "another", Price: 7_000_000},
	})
	for symbol, want := range map[string]venue.Price{perp.Symbol: 1500, demoClasses[1].perpetual().Symbol: 3050, demoClasses[2].perpetual().Symbol: 1120} {
		if got := f.price(symbol); got != want {
			t.Errorf("%s is worth %d ticks, want %d", symbol, got, want)
		}
	}
}
