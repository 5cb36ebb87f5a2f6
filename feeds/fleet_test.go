package feeds

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

const hour = 3600 * venue.Second

// fleetOf returns an index of availability by the hour, with a grace of an hour.
func fleetOf(now venue.Time) Indices {
	var s Indices
	s.List(&venue.Index{ID: 1, Symbol: "AV", Kind: venue.AvailabilityIndex, Period: hour, Window: hour}, now)
	return s
}

// rules: IDX-02.
func TestListFleet(t *testing.T) {
	bad := func(f venue.Field, limit int64) venue.Refusal {
		return venue.Refusal{Reason: venue.BadField, Field: f, Limit: limit}
	}
	for _, c := range []struct {
		name string
		edit func(*venue.Index)
		want venue.Refusal
	}{
		{"fine", func(*venue.Index) {}, venue.Refusal{}},
		{"no grace", func(x *venue.Index) { x.Window = 0 }, venue.Refusal{}},
		{"kind", func(x *venue.Index) { x.Kind = 2 }, bad(venue.FieldKind, 1)},
		{"clamp", func(x *venue.Index) { x.Clamp = 1 }, bad(venue.FieldBand, 0)},
		{"cap", func(x *venue.Index) { x.Cap = 1 }, bad(venue.FieldRange, 0)},
		{"contributors", func(x *venue.Index) { x.Contributors = 1 }, bad(venue.FieldRange, 0)},
		{"widest", func(x *venue.Index) { x.Widest = x.Window }, bad(venue.FieldAge, 0)},
		{"short", func(x *venue.Index) { x.Period = 30 * venue.Second }, bad(venue.FieldWindow, int64(MinMetered))},
		{"no part of a day", func(x *venue.Index) { x.Period = 7 * hour }, bad(venue.FieldWindow, int64(MaxPeriod))},
		{"no seconds", func(x *venue.Index) { x.Period = MaxPeriod / 1024 }, bad(venue.FieldWindow, int64(MaxPeriod))},
		{"long", func(x *venue.Index) { x.Period = 48 * hour }, bad(venue.FieldWindow, int64(MaxPeriod))},
		{"grace", func(x *venue.Index) { x.Window = MaxGrace + 1 }, bad(venue.FieldAge, int64(MaxGrace))},
		{"negative grace", func(x *venue.Index) { x.Window = -1 }, bad(venue.FieldAge, 0)},
	} {
		var s Indices
		x := venue.Index{ID: 1, Symbol: "AV", Kind: venue.AvailabilityIndex, Period: hour, Window: hour}
		c.edit(&x)
		if got := s.List(&x, 0); got != c.want {
			t.Errorf("%s: List = %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestMetersAreBounded fills a period with providers, and then all periods of some
// indices with meters.
func TestMetersAreBounded(t *testing.T) {
	var s Indices
	now := 400 * MaxPeriod
	for i := range venue.IndexID(3) {
		x := venue.Index{ID: i + 1, Symbol: string('A' + rune(i)), Kind: venue.AvailabilityIndex, Period: hour, Window: MaxGrace}
		s.List(&x, now)
	}
	meter := func(i int) venue.Refusal {
		start := now - venue.Time(i/MaxSources%168+1)*hour
		return s.Meter(&venue.PublishMeter{
			Index: venue.IndexID(i/MaxSources/168 + 1), Source: venue.SourceID(i%MaxSources + 1), Start: start, At: now,
			Contracted: MaxGPUs * 3600, Delivered: MaxGPUs * 3600,
		}, now)
	}
	for i := range MaxMeters {
		if why := meter(i); why.Refused() {
			t.Fatalf("meter %d: %+v", i, why)
		}
	}
	if got := meter(MaxMeters); got.Reason != venue.MemoryExhausted || got.Limit != MaxMeters {
		t.Errorf("one more meter: %+v, want MemoryExhausted", got)
	}
	var few Indices
	few.List(&venue.Index{ID: 1, Symbol: "AV", Kind: venue.AvailabilityIndex, Period: hour, Window: MaxGrace}, now)
	for i := range venue.SourceID(MaxSources + 1) {
		got := few.Meter(&venue.PublishMeter{Index: 1, Source: i + 1, Start: now - hour, At: now}, now)
		if full := i == MaxSources; full != (got.Reason == venue.TooManySources) {
			t.Errorf("provider %d: %+v", i+1, got)
		}
	}
	if got := few.Meter(&venue.PublishMeter{Index: 1, Source: 999, Start: now - 2*hour, At: now}, now); got.Refused() {
		t.Errorf("a provider of another hour: %+v", got)
	}
	over := venue.PublishMeter{Index: 1, Source: 1, Start: now - hour, At: now, Contracted: MaxGPUs*3600 + 1}
	if got := few.Meter(&over, now); got.Field != venue.FieldContracted || got.Limit != MaxGPUs*3600 {
		t.Errorf("more GPUs than there can be: %+v", got)
	}
}

// TestDaysAreBounded: an index remembers 400 days, each of which may hold as much as
// meters can say.
func TestDaysAreBounded(t *testing.T) {
	s := fleetOf(0)
	for day := range venue.Time(MaxDays + 10) {
		for i := range venue.SourceID(2) {
			end := day*MaxPeriod + hour
			s.Meter(&venue.PublishMeter{Index: 1, Source: i + 1, Start: end - hour, At: end, Contracted: MaxGPUs * 3600}, end)
		}
		s.Publish(day*MaxPeriod + 2*hour)
	}
	all := s.Over(1, 0, (MaxDays+10)*MaxPeriod)
	if want := venue.GPUTime(MaxDays * 2 * MaxGPUs * 3600); all.Contracted != want {
		t.Errorf("remembers %d contracted, want %d", all.Contracted, want)
	}
}

// slowFleet remembers every meter.
type slowFleet struct {
	meters map[[2]int64]venue.PublishMeter // By start and source.
	closed venue.Time                      // Everything before is final.
}

// sum adds up the meters of final periods that begin in a time.
func (s *slowFleet) sum(from, to venue.Time) (contracted, counted int64, providers int) {
	for _, m := range s.meters {
		if m.Start >= from && m.Start < min(to, s.closed) {
			contracted += int64(m.Contracted)
			counted += int64(m.Delivered - m.Unattested)
			providers++
		}
	}
	return contracted, counted, providers
}

// halfEven rounds 100 x counted / contracted to hundredths.
func halfEven(counted, contracted int64) venue.Amount {
	q, r := new(big.Int).QuoRem(big.NewInt(counted*10_000), big.NewInt(contracted), new(big.Int))
	if c := r.Cmp(new(big.Int).Sub(big.NewInt(contracted), r)); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return venue.Amount(q.Int64()) * PointPrice
}

// TestFleet lets meters come, be corrected and be late, and restarts in between:
// each period is published once, of the meters that were there in time, and the
// sums of days are those of the slow twin.
//
// rules: IDX-02.
func TestFleet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fleetOf(100 * hour)
		fast, slow := &s, slowFleet{meters: map[[2]int64]venue.PublishMeter{}, closed: 99 * hour}
		now := 100 * hour
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			now += venue.Time(rapid.SampledFrom([]int{0, 0, 600, 1800, 3600, 3 * 3600, 30 * 3600}).Draw(t, "dt")) * venue.Second
			if rapid.IntRange(0, 2).Draw(t, "publish") == 0 {
				slow.publish(t, fast, now)
			}
			m := venue.PublishMeter{
				Index: 1, Source: venue.SourceID(rapid.IntRange(1, 3).Draw(t, "source")),
				Start: (now/hour - venue.Time(rapid.IntRange(0, 4).Draw(t, "back"))) * hour, At: now - venue.Time(rapid.IntRange(0, 1).Draw(t, "age")),
				Contracted: venue.GPUTime(rapid.IntRange(0, 50).Draw(t, "contracted")),
			}
			m.Delivered = venue.GPUTime(rapid.Int64Range(0, int64(m.Contracted)).Draw(t, "delivered"))
			m.Unattested = venue.GPUTime(rapid.Int64Range(0, int64(m.Delivered)).Draw(t, "unattested"))
			key := [2]int64{int64(m.Start), int64(m.Source)}
			was, known := slow.meters[key]
			fits := m.Start+hour <= m.At && m.Start+2*hour > now && (!known || was.At < m.At)
			if got := fast.Meter(&m, now); got.Refused() == fits {
				t.Fatalf("Meter(%+v) at %d = %+v, the one before is %+v", m, now, got, was)
			}
			if fits {
				slow.meters[key] = m
			}
			fast = reloaded(t, fast)
		}
	})
}

// publish publishes whatever is due and compares.
func (s *slowFleet) publish(t *rapid.T, fast *Indices, now venue.Time) {
	for {
		due, _ := fast.Due()
		p, ok := fast.Publish(now)
		if ok != (due <= now) {
			t.Fatalf("Publish(%d) = %v, due at %d", now, ok, due)
		}
		if !ok {
			break
		}
		s.closed = p.Metered.End
		contracted, counted, providers := s.sum(p.Metered.Start, p.Metered.End)
		if int64(p.Metered.Contracted) != contracted || int64(p.Metered.Counted) != counted || p.Contributors != providers || p.Stale != (contracted == 0) {
			t.Fatalf("published %+v, want %d of %d by %d", p, counted, contracted, providers)
		}
		if contracted > 0 && (p.Price != halfEven(counted, contracted) || p.At != now) {
			t.Fatalf("published %+v, want %d", p, halfEven(counted, contracted))
		}
	}
	s.closed = now/hour*hour - hour // The last period that is over, and its grace.
	if !fast.Closed(1, s.closed) || fast.Closed(1, s.closed+hour) {
		t.Fatalf("final at %d is not all up to %d", now, s.closed)
	}
	day := now / MaxPeriod * MaxPeriod
	for _, from := range [...]venue.Time{0, day - MaxPeriod, day} {
		got := fast.Over(1, from, from+MaxPeriod)
		contracted, counted, _ := s.sum(from, from+MaxPeriod)
		if int64(got.Contracted) != contracted || int64(got.Counted) != counted {
			t.Fatalf("the day from %d is %+v, want %d of %d", from, got, counted, contracted)
		}
	}
}
