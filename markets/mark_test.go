package markets

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// ratIs says whether an exact quotient is num/den.
func ratIs(t *testing.T, q venue.Ratio, num, den int64) bool {
	t.Helper()
	return q.Cmp(venue.Ratio{Num: venue.ToWide(num), Den: venue.ToWide(den)}) == 0
}

// side is an Impact over levels given as price, quantity, ...
func side(want venue.Qty, levels ...int64) Impact {
	i := Impact{Want: want}
	for n := 0; n < len(levels) && i.Take(venue.Price(levels[n]), venue.Qty(levels[n+1])); n += 2 {
	}
	return i
}

// rules: MRK-01.
func TestMark(t *testing.T) {
	const all = FromIndex | FromBook | FromLast
	// Ticks of 1000 micro-dollars. Index 2.15 and basis -0.004 make 2,146,000. 60
	// lots: bids 30 at 2140 and 30 at 2138 are 2139, asks 20 at 2150 and 40 at 2154
	// are 129160/60; the middle is (128340+129160)/120 ticks = 2145.8333. The last
	// trade at 2157 counts as 2150.
	base := Marking{
		Fresh: all, Index: 2_150_000, Basis: -4000, Last: 2157, Previous: 2141, Tick: 1000, Band: 20_000,
		Bid: side(60, 2140, 30, 2138, 50), Ask: side(60, 2150, 20, 2154, 60),
	}
	for _, c := range []struct {
		name     string
		edit     func(*Marking)
		num, den int64
		used     Source
		stale    bool
	}{
		{"all", func(*Marking) {}, 2_146_000, 1, all, false},
		{"book and index", func(m *Marking) { m.Fresh = FromBook | FromIndex }, 2_146_000*6 + 12_875_000, 12, FromBook | FromIndex, false},
		{"book", func(m *Marking) { m.Fresh = FromBook }, 12_875_000, 6, FromBook, false},
		{"index and last", func(m *Marking) { m.Fresh = FromIndex | FromLast }, 2_148_000, 1, FromIndex | FromLast, false},
		{"last", func(m *Marking) { m.Fresh = FromLast }, 2_150_000, 1, FromLast, false},
		{"last below the bid", func(m *Marking) { m.Fresh, m.Last = FromLast, 2100 }, 2_140_000, 1, FromLast, false},
		{"last inside", func(m *Marking) { m.Fresh, m.Last = FromLast, 2145 }, 2_145_000, 1, FromLast, false},
		{"last, no bid", func(m *Marking) { m.Fresh, m.Last, m.Bid = FromLast, 2120, Impact{Want: 60} }, 2_120_000, 1, FromLast, false},
		{"last, empty book", func(m *Marking) { m.Fresh, m.Bid, m.Ask = FromLast, Impact{Want: 60}, Impact{Want: 60} }, 2_157_000, 1, FromLast, false},
		{"thin book", func(m *Marking) { m.Bid = side(81, 2140, 30, 2138, 50) }, 2_148_000, 1, FromIndex | FromLast, false},
		{"no trade yet", func(m *Marking) { m.Last = 0 }, 2_146_000*6 + 12_875_000, 12, FromBook | FromIndex, false},
		{"none", func(m *Marking) { m.Fresh = 0 }, 2_141_000, 1, 0, true},
		{"none that is defined", func(m *Marking) { m.Fresh, m.Last = FromLast, 0 }, 2_141_000, 1, 0, true},
		{"held and bounded", func(m *Marking) { m.Fresh, m.Previous = 0, 2000 }, 2_107_000, 1, 0, true},
		{"upper bound", func(m *Marking) { m.Fresh, m.Last, m.Ask = FromLast, 2500, Impact{Want: 60} }, 2_193_000, 1, FromLast, false},
		{"on the bound", func(m *Marking) { m.Fresh, m.Last, m.Ask = FromLast, 2193, Impact{Want: 60} }, 2_193_000, 1, FromLast, false},
		{"no index, no band", func(m *Marking) { m.Index, m.Last, m.Ask = 0, 2500, Impact{Want: 60} }, 2_500_000, 1, FromLast, false},
		{"no band at all", func(m *Marking) { m.Band = 0 }, 2_150_000, 1, all, false},
	} {
		m := base
		c.edit(&m)
		got, ok := m.Mark()
		if !ok || !ratIs(t, got.Price, c.num, c.den) || got.Used != c.used || got.Stale != c.stale {
			v, _ := got.Price.At(1000, venue.HalfEven)
			t.Errorf("%s: Mark = %d thousandths, used %b, stale %v, %v; want %d/%d, %b, %v", c.name, v, got.Used, got.Stale, ok, c.num, c.den, c.used, c.stale)
		}
	}
	base.Fresh, base.Previous = 0, 0
	if got, ok := base.Mark(); ok || !got.Stale {
		t.Errorf("Mark without anything = %+v, %v, want none, stale", got, ok)
	}
}

func TestMarkTicks(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		want     venue.Price
		ok       bool
	}{
		{2_146_000, 1, 2146, true},
		{12_875_000, 6, 2146, true}, // 2145.83.
		{2_145_500, 1, 2146, true},  // A half goes up.
		{2_145_499, 1, 2145, true},
		{int64(venue.MaxPrice) * 1000, 1, venue.MaxPrice, true},
		{int64(venue.MaxPrice)*1000 + 500, 1, venue.MaxPrice + 1, false},
	} {
		m := Marked{Price: venue.Ratio{Num: venue.ToWide(c.num), Den: venue.ToWide(c.den)}}
		if got, ok := m.Ticks(1000); got != c.want || ok != c.ok {
			t.Errorf("Ticks of %d/%d = %d %v, want %d %v", c.num, c.den, got, ok, c.want, c.ok)
		}
	}
}

// TestMarkAllocs: a mark is computed while orders wait.
func TestMarkAllocs(t *testing.T) {
	m := Marking{Fresh: FromIndex | FromBook | FromLast, Index: 2_150_000, Last: 2157, Previous: 2141, Tick: 1000, Band: 20_000}
	if n := testing.AllocsPerRun(100, func() {
		m.Bid, m.Ask = Impact{Want: 60}, Impact{Want: 60}
		m.Bid.Take(2140, 100)
		m.Ask.Take(2150, 100)
		m.Mark()
	}); n != 0 {
		t.Errorf("a mark allocates %v times, want 0", n)
	}
}
