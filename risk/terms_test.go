package risk

import "github.com/clearhour/clearhour/venue"

func testTerms() []venue.Instrument {
	flat := []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}}
	steep := []venue.Bracket{
		{Upto: 50_000 * dollar, Initial: 50_000, Maintenance: 25_000},
		{Upto: 250_000 * dollar, Initial: 100_000, Maintenance: 50_000},
		{Upto: venue.MaxAmount, Initial: 200_000, Maintenance: 100_001},
	}
	return []venue.Instrument{
		{ID: future, Kind: venue.Future, Tick: 10_000, Hours: 720, Low: 1, High: 100_000, Taker: 500, Brackets: flat},
		{ID: second, Kind: venue.Future, Tick: 1000, Hours: 744, Low: 1, High: 100_000, Taker: 333, Brackets: steep},
		{ID: third, Kind: venue.Future, Tick: 7, Hours: 1, Low: 1, High: 100_000, Brackets: steep},
		{ID: spot, Kind: venue.Spot, Tick: 1000, Hours: 24, Low: 1, High: 100_000, Taker: 2500, Base: window},
		{ID: freeSpot, Kind: venue.Spot, Tick: 1000, Hours: 24, Low: 1, High: 100_000, Base: window},
		{ID: capped, Kind: venue.Capped, Tick: 10_001, Hours: 100, High: 400, Taker: 777, MaxPosition: 40},
		{
			ID: grown, Kind: venue.Future, Tick: 1000, Hours: 744, Low: 1, High: 100_000, Taker: 333, Brackets: steep,
			Interest: venue.Interest{Low: 3, High: 17}, MaxPosition: 25,
		},
	}
}
