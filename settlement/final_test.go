package settlement

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

const missing = -1

// rules: SET-03.
func TestMean(t *testing.T) {
	for _, c := range []struct {
		name            string
		carry           int
		hours           []venue.Amount
		carried, missed int
		want            venue.Price
		ok              bool
	}{
		{"none", 2, nil, 0, 0, 0, false},
		{"only missing", 2, []venue.Amount{missing, missing}, 0, 2, 0, false},
		{"carry two, drop one", 2, []venue.Amount{2_100_000, missing, missing, missing, 2_200_000}, 2, 1, 2125, true},
		{"carry none", 0, []venue.Amount{2_100_000, missing, 2_200_000}, 0, 1, 2150, true},
		{"first hour missing", 2, []venue.Amount{missing, 2_100_000}, 0, 1, 2100, true},
		{"two runs", 1, []venue.Amount{2_100_000, missing, missing, 2_200_000, missing, missing}, 2, 2, 2150, true},
		{"half up", 0, []venue.Amount{2_100_000, 2_101_000}, 0, 0, 2101, true},
		{"below a half", 0, []venue.Amount{2_100_000, 2_100_000, 2_101_000}, 0, 0, 2100, true},
		{"half up below zero", 0, []venue.Amount{-2_100_000, -2_101_000}, 0, 0, -2100, true},
		{"beyond a price", 0, []venue.Amount{venue.MaxAmount, venue.MaxAmount}, 0, 0, 0, false},
	} {
		m := Mean{MaxCarry: c.carry}
		for _, v := range c.hours {
			if v == missing {
				m.AddMissing()
				continue
			}
			m.Add(v)
		}
		got, ok := m.Price(1000)
		if ok != c.ok || ok && got != c.want || m.Carried != c.carried || m.Dropped != c.missed || m.Known+m.Carried+m.Dropped != len(c.hours) {
			t.Errorf("%s: price %d %v, carried %d, dropped %d, want %d %v, %d, %d", c.name, got, ok, m.Carried, m.Dropped, c.want, c.ok, c.carried, c.missed)
		}
	}
}

func TestMeanState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Mean{MaxCarry: rapid.IntRange(0, 3).Draw(t, "carry")}
		for _, v := range rapid.SliceOfN(rapid.Int64Range(-1, 100), 0, 20).Draw(t, "hours") {
			if v == missing {
				m.AddMissing()
				continue
			}
			m.Add(venue.Amount(v))
		}
		state := m.AppendState(nil)
		var got Mean
		rest, err := got.LoadState(append(bytes.Clone(state), 9))
		if err != nil || len(rest) != 1 || got != m {
			t.Fatalf("LoadState of %+v = %+v, %x, %v", m, got, rest, err)
		}
		if _, err := got.LoadState(state[:len(state)-1]); err == nil || got != m {
			t.Fatalf("a cut state was taken: %+v", got)
		}
	})
}

func FuzzLoadMean(f *testing.F) {
	m := Mean{MaxCarry: 2}
	m.Add(5)
	m.AddMissing()
	f.Add(m.AppendState(nil))
	f.Fuzz(func(t *testing.T, src []byte) {
		var m Mean
		rest, err := m.LoadState(src)
		if err != nil {
			return
		}
		if got := append(m.AppendState(nil), rest...); !bytes.Equal(got, src) {
			t.Fatalf("%+v of %x writes %x", m, src, got)
		}
		m.Price(1000) // Whatever was taken can be used.
	})
}

func TestRemaining(t *testing.T) {
	for _, c := range []struct {
		r        Remaining
		num, den int64
	}{
		{Remaining{10, 744, 744, 100_000}, 7440, 1},
		{Remaining{10, 75, 744, 100_000}, 750, 1},
		{Remaining{10, 74, 744, 100_000}, 744, 1}, // The floor of 74.4 hours.
		{Remaining{-10, 0, 744, 100_000}, -744, 1},
		{Remaining{1, 0, 744, 1}, 744, 1_000_000},
		{Remaining{10, 0, 744, 0}, 0, 1},
		{Remaining{10, 0, 0, venue.One}, 0, 1},
	} {
		if got := c.r.Delta(); got.Cmp(venue.Ratio{Num: venue.ToWide(c.num), Den: venue.ToWide(c.den)}) != 0 {
			t.Errorf("%+v.Delta() = %+v, want %d/%d", c.r, got, c.num, c.den)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // It never grows while hours are delivered.
		total := rapid.Int64Range(1, 9000).Draw(t, "total")
		floor := venue.Rate(rapid.Int64Range(0, 1_000_000).Draw(t, "floor"))
		last := Remaining{3, total, total, floor}.Delta()
		for left := total; left >= 0; left -= 1 + total/7 {
			d := Remaining{3, left, total, floor}.Delta()
			if d.Cmp(last) > 0 {
				t.Fatalf("delta of %d hours of %d is above that of more", left, total)
			}
			last = d
		}
	})
}
