package main

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clearhour/clearhour/feeds"
)

// TestDemoFleet meters a day of the demo's fleet: all of it is taken by an index,
// once a minute, with outages that pass.
func TestDemoFleet(t *testing.T) {
	f := newDemoFleet(rand.New(rand.NewPCG(1, 1)))
	fair := newFairValues(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	begun := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	low, high, sum := 100.0, 0.0, 0.0
	for minute := range 1440 {
		now := begun.Add(time.Duration(minute)*fleetPeriod + time.Second)
		meters, points := f.meter(now)
		if again, _ := f.meter(now.Add(time.Second)); len(meters) != 5 || len(again) != 0 {
			t.Fatalf("minute %d has %d meters, and %d more a second later", minute, len(meters), len(again))
		}
		for _, m := range meters {
			d := feeds.Delivery{Contracted: m.Contracted, Delivered: m.Delivered, Unattested: m.Unattested}
			if why := d.Check(); why.Refused() || m.Contracted == 0 || m.At < m.Start+60_000_000_000 {
				t.Fatalf("meter %+v: %+v", m, why)
			}
		}
		fair.expect(points)
		price := float64(fair.price(fair.fleet)) / 100
		low, high, sum = math.Min(low, price), math.Max(high, price), sum+points/1440
	}
	if low > 97 || low < 50 || high > fleetMost || high < 98.5 || sum < 85 || sum > 99 {
		t.Errorf("expected from %.2f to %.2f points, the day is %.2f", low, high, sum)
	}
}
