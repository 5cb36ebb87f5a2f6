package matching

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// The workloads by which matching is measured as a whole are in sim/flow; these
// benchmarks show single calls on small warm books.

func benchBooks(b *testing.B) (*Books, *Matched) {
	books := New(Limits{})
	b.Cleanup(books.Close)
	books.Open(1, 0, 100_000)
	b.ReportAllocs()
	return books, &Matched{}
}

func BenchmarkPlaceAndCancel(b *testing.B) {
	books, m := benchBooks(b)
	o := limit(1, venue.Sell, 10, 50_000)
	for b.Loop() {
		m.Reset()
		id, _ := books.Add(&o)
		books.Match(id, m)
		books.Cancel(id, venue.CanceledByUser, m)
	}
}

func BenchmarkPlaceAndTrade(b *testing.B) {
	books, m := benchBooks(b)
	sell, buy := limit(1, venue.Sell, 10, 50_000), limit(2, venue.Buy, 10, 50_000)
	for b.Loop() {
		m.Reset()
		id, _ := books.Add(&sell)
		books.Match(id, m)
		id, _ = books.Add(&buy)
		books.Match(id, m)
	}
}

// BenchmarkSweep takes 100 levels, each in a page of its own.
func BenchmarkSweep(b *testing.B) {
	books, m := benchBooks(b)
	buy := limit(2, venue.Buy, 100, 100_000)
	for b.Loop() {
		m.Reset()
		for p := venue.Price(1); p <= 100; p++ {
			sell := limit(1, venue.Sell, 1, 600*p)
			id, _ := books.Add(&sell)
			books.Match(id, m)
		}
		id, _ := books.Add(&buy)
		books.Match(id, m)
	}
}

// BenchmarkFillOrKillRefused looks at 1,000 orders and changes nothing.
func BenchmarkFillOrKillRefused(b *testing.B) {
	books, m := benchBooks(b)
	for p := range venue.Price(1000) {
		sell := limit(1, venue.Sell, 1, 50_000+p)
		id, _ := books.Add(&sell)
		books.Match(id, m)
	}
	fok := limit(2, venue.Buy, 1001, 60_000).tif(venue.FOK)
	for b.Loop() {
		m.Reset()
		id, _ := books.Add(&fok)
		books.Match(id, m)
	}
}

func BenchmarkAppendState(b *testing.B) {
	books, m := benchBooks(b)
	for n := range 10_000 {
		sell := limit(1, venue.Sell, 1, 50_000+venue.Price(n%1000))
		id, _ := books.Add(&sell)
		books.Match(id, m)
	}
	state := books.AppendState(nil)
	b.SetBytes(int64(len(state)))
	for b.Loop() {
		state = books.AppendState(state[:0])
	}
}
