package main

import (
	"fmt"
	"time"

	"github.com/clearhour/clearhour/venue/plain"
)

// demoClass is a hardware class that the demo lists.
type demoClass struct {
	class, short, grade string
	// mark and tick are in dollars per GPU-hour.
	mark, low, high string
}

// demoClasses are priced near what marketplaces asked in early 2026.
var demoClasses = []demoClass{
	{"H100-SXM-80", "H100C", "C", "2.150", "0.100", "16.000"},
	{"H200-SXM-141", "H200C", "C", "3.050", "0.100", "16.000"},
	{"A100-SXM-80", "A100C", "C", "1.120", "0.100", "16.000"},
	{"RTX4090-24", "RTX4090S", "S", "0.380", "0.010", "8.000"},
}

// Windows that the demo lists ahead of the day it starts on.
const (
	demoDays   = 3
	demoMonths = 2
)

// demoListings returns the windows that a demo on a day trades: the next days
// as spot, the next months as futures, a perpetual of each class, and a future on the
// availability of the fleet of the first one.
func demoListings(today time.Time) []listing {
	day := today.UTC().Truncate(24 * time.Hour)
	month := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	var all []listing
	for _, c := range demoClasses {
		for n := 1; n <= demoDays; n++ {
			start := day.AddDate(0, 0, n)
			l := c.listing("spot", "D", fmt.Sprintf("%s.NAE.D.%s", c.short, start.Format("2006-01-02")), start, start.AddDate(0, 0, 1))
			all = append(all, l)
		}
		for n := 1; n <= demoMonths; n++ {
			start := month.AddDate(0, n, 0)
			l := c.listing("future", "M", fmt.Sprintf("%s.NAE.M.%s", c.short, start.Format("2006-01")), start, start.AddDate(0, 1, 0))
			l.Brackets = []plain.Bracket{
				{Upto: "1000000", Initial: "0.10", Maintenance: "0.05"},
				{Upto: "5000000", Initial: "0.15", Maintenance: "0.075"},
				{Initial: "0.25", Maintenance: "0.125"},
			}
			all = append(all, l)
		}
		all = append(all, c.perpetual())
	}
	return append(all, demoClasses[0].fleet(month.AddDate(0, 1, 0)))
}

func (c demoClass) listing(kind, window, symbol string, start, end time.Time) listing {
	return listing{Mark: c.mark, Instrument: plain.Instrument{
		Symbol: symbol, Kind: kind, Class: c.class, Region: "NA-E", Grade: c.grade, Window: window, Start: start, End: end,
		Tick: "0.001", Low: c.low, High: c.high, MaxQty: 5000, Band: "0.20", Maker: "0.0002", Taker: "0.0005",
	}}
}
