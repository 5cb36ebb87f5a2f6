package main

import (
	"math/rand/v2"
	"time"

	"github.com/clearhour/clearhour/venue"
)

// The demo's fleet is metered by the minute, so that one sees it move.
const (
	fleetPeriod = time.Minute
	fleetGrace  = 5 * time.Second
	fleetStart  = 99.0 // Points.
	// fleetMost is the most that the fleet is expected to come to: makers quote
	// around it, and above 100 there is no price.
	fleetMost = 99.4
	// fleetMemory is how much of what is expected follows from the last period:
	// what is traded is a month, and an outage passes.
	fleetMemory = 0.15
	// outageChance is that of a provider in a minute.
	outageChance = 0.05
)

// demoProvider owes its GPUs all the time and fails now and then.
type demoProvider struct {
	gpus  venue.GPUTime
	left  int     // Periods of an outage to come.
	share float64 // What it delivers meanwhile.
}

// demoFleet are the providers whose meters make the demo's availability index.
type demoFleet struct {
	rng       *rand.Rand
	providers []demoProvider
	metered   time.Time
}

func newDemoFleet(rng *rand.Rand) *demoFleet {
	f := &demoFleet{rng: rng}
	for _, gpus := range []venue.GPUTime{400, 250, 150, 120, 80} {
		f.providers = append(f.providers, demoProvider{gpus: gpus})
	}
	return f
}

// fleet is the capped future of a class that settles to the availability of its
// fleet over a month: 10 dollars a point and lot.
func (c demoClass) fleet(start time.Time) listing {
	l := c.listing("capped", "M", "AVL."+c.short+".NAE.M."+start.Format("2006-01"), start, start.AddDate(0, 1, 0))
	l.Tick, l.Low, l.High, l.Mark, l.Multiplier = "0.01", "0", "100", "99", 10
	l.Reference = &referenceRules{
		Index: "AVL." + c.short + ".NAE", Kind: venue.AvailabilityIndex.String(),
		PublishSeconds: int64(fleetPeriod / time.Second), WindowSeconds: int64(fleetGrace / time.Second),
		Impact: 10, Band: "0.5", SpanSeconds: 30, EverySeconds: 1, IndexAgeSeconds: 180, LastAgeSeconds: 20, Stale: "1",
	}
	return l
}

// meter says what each provider owed and delivered in the minute that is over, once,
// and what the fleet came to.
func (f *demoFleet) meter(now time.Time) (meters []venue.PublishMeter, points float64) {
	start := now.Truncate(fleetPeriod).Add(-fleetPeriod)
	if !start.After(f.metered) {
		return nil, 0
	}
	f.metered = start
	var contracted, counted venue.GPUTime
	for n := range f.providers {
		m := f.providers[n].meter(f.rng)
		m.Source, m.Start, m.At = venue.SourceID(n+1), venue.Time(start.UnixNano()), venue.Time(now.UnixNano())
		contracted += m.Contracted
		counted += m.Delivered - m.Unattested
		meters = append(meters, m)
	}
	return meters, 100 * float64(counted) / float64(contracted)
}

func (p *demoProvider) meter(rng *rand.Rand) venue.PublishMeter {
	if p.left--; p.left < 0 && rng.Float64() < outageChance {
		p.left, p.share = rng.IntN(4), 0.7*rng.Float64()
	}
	share := 1 - 0.012*rng.Float64()
	if p.left >= 0 {
		share = p.share
	}
	p.left = max(p.left, -1)
	m := venue.PublishMeter{Contracted: p.gpus * venue.GPUTime(fleetPeriod/time.Second)}
	m.Delivered = venue.GPUTime(float64(m.Contracted) * share)
	m.Unattested = venue.GPUTime(float64(m.Delivered) * 0.004 * rng.Float64())
	return m
}

// meter hands the meters in, and lets those who trade the fleet know.
func (d *demoVenue) meter(f *demoFleet) {
	meters, points := f.meter(time.Now())
	for _, x := range d.market.Indices(nil) {
		if x.Kind != venue.AvailabilityIndex {
			continue
		}
		for _, m := range meters {
			m.Index = x.ID
			_ = d.seq.Submit(operator, &m) // A period of before the start is final already.
		}
	}
	if len(meters) > 0 {
		d.fair.expect(points)
	}
}
