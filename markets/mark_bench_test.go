package markets

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

func BenchmarkMark(b *testing.B) {
	m := Marking{Fresh: FromIndex | FromBook | FromLast, Index: 2_150_000, Basis: -4000, Last: 2157, Previous: 2141, Tick: 1000, Band: 20_000}
	for b.Loop() {
		m.Bid, m.Ask = side(60, 2140, 30, 2138, 50), side(60, 2150, 20, 2154, 60)
		if x, ok := m.Mark(); ok {
			x.Ticks(m.Tick)
		}
	}
}

func BenchmarkFundingObservation(b *testing.B) {
	f := StartFunding(0, 1, 1)
	var at venue.Time
	for b.Loop() {
		at += venue.Second
		f.Mark(at, 2_150_000)
	}
}

func BenchmarkFundingPayment(b *testing.B) {
	f := StartFunding(0, 2_150_000, 2_140_001)
	p := f.Close(FundingPeriodOfRate)
	for b.Loop() {
		FundingAmount(p.Pays(1000, 744))
	}
}
