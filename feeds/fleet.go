package feeds

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of what is kept of availability indices.
const (
	// MaxMeters is how many meters of open periods all indices together remember.
	MaxMeters = 1 << 16
	// MaxDays is for how many days of UTC an index remembers its sums: those of a
	// year, and some until it is settled.
	MaxDays = 400
	// MaxGPUs is how many GPUs one provider can owe at a time, so that the sums of
	// MaxDays stay within MaxGPUTime.
	MaxGPUs = 1 << 24
	// MinMetered is the shortest period that is metered.
	MinMetered = 60 * venue.Second
	// MaxGrace is how long after its end the meters of a period are taken at most.
	MaxGrace = 7 * MaxPeriod
)

// PointPrice is a hundredth of a point of availability as a price in
// micro-dollars: a point is a dollar, so that the hours of a contract are the
// dollars that a point is worth.
const PointPrice venue.Amount = 10_000

// fleet is what an availability index remembers: the meters of the periods that
// are open, and what came of the days.
//
//	closed periods: sums per day │ open periods: meters, which may be corrected
//	─────────────────────────────┼──────────────────────────────────► time
//	                          closing
//
// A period closes a grace (Index.Window) after its end; it is published then and
// final.
type fleet struct {
	meters  []meter    // By rising period and source.
	closing venue.Time // The first open period.
	days    []daySum   // Rising, days with nothing contracted left out.
	last    Metered    // The last period in which something was contracted.
}

// meter is what a provider owed and delivered in a period.
type meter struct {
	start    venue.Time
	source   venue.SourceID
	at       venue.Time
	delivery Delivery
}

type daySum struct {
	day venue.Time
	sum Availability
}

// Metered is what a fleet came to in a period. Its End is 0 while there was none.
type Metered struct {
	Availability
	// Start and End are those of the period.
	Start, End venue.Time
	// Providers is how many meters there were.
	Providers int
}

// checkFleet checks the terms of an availability index. It has no clamp, cap,
// least number or second window.
func checkFleet(t *venue.Index) venue.Refusal {
	switch {
	case t.Clamp != 0:
		return refuse(venue.BadField, venue.FieldBand, 0)
	case t.Cap != 0 || t.Contributors != 0:
		return refuse(venue.BadField, venue.FieldRange, 0)
	case t.Period < MinMetered:
		return refuse(venue.BadField, venue.FieldWindow, int64(MinMetered))
	case t.Period > MaxPeriod || MaxPeriod%t.Period != 0 || t.Period%venue.Second != 0:
		return refuse(venue.BadField, venue.FieldWindow, int64(MaxPeriod))
	case t.Window < 0:
		return refuse(venue.BadField, venue.FieldAge, 0)
	case t.Window > MaxGrace:
		return refuse(venue.BadField, venue.FieldAge, int64(MaxGrace))
	case t.Widest != 0:
		return refuse(venue.BadField, venue.FieldAge, 0)
	}
	return venue.Refusal{}
}

// firstOpen returns the first period that is not closed at a time.
func firstOpen(t *venue.Index, now venue.Time) venue.Time {
	return max(0, now-t.Window) / t.Period * t.Period
}

// closes returns when the first open period closes.
func (f *fleet) closes(t *venue.Index) venue.Time { return f.closing + t.Period + t.Window }

// Meter takes the meter of a provider for a period, in place of an earlier one of
// the two. It refuses UnknownIndex; WrongIndexKind for an index of prices;
// BadField for a source, period, time or amount out of range; PeriodClosed for a
// period that is final (the limit is the first one that is not); ReadingTooOld for
// a meter that is not younger than the one before; TooManySources and
// MemoryExhausted.
func (s *Indices) Meter(c *venue.PublishMeter, now venue.Time) venue.Refusal {
	if !s.Exists(c.Index) {
		return refuse(venue.UnknownIndex, venue.FieldIndex, int64(s.Count()))
	}
	x := &s.all[c.Index-1]
	if x.terms.Kind != venue.AvailabilityIndex {
		return refuse(venue.WrongIndexKind, venue.FieldKind, int64(x.terms.Kind))
	}
	m := meter{
		start: c.Start, source: c.Source, at: c.At,
		delivery: Delivery{Contracted: c.Contracted, Delivered: c.Delivered, Unattested: c.Unattested},
	}
	if why := m.check(&x.terms, now); why.Refused() {
		return why
	}
	if first := max(x.fleet.closing, firstOpen(&x.terms, now)); c.Start < first {
		return refuse(venue.PeriodClosed, venue.FieldHour, int64(first))
	}
	all := x.fleet.meters
	i, known := slices.BinarySearchFunc(all, m, meter.compare)
	if known {
		if all[i].at >= c.At {
			return refuse(venue.ReadingTooOld, venue.FieldAge, int64(all[i].at))
		}
		all[i] = m
		return venue.Refusal{}
	}
	if why := s.room(&x.fleet, c.Start); why.Refused() {
		return why
	}
	x.fleet.meters = slices.Insert(all, i, m)
	s.metered++
	return venue.Refusal{}
}

// room says whether there may be one more meter of a period.
func (s *Indices) room(f *fleet, start venue.Time) venue.Refusal {
	if s.metered == MaxMeters {
		return refuse(venue.MemoryExhausted, venue.FieldSource, MaxMeters)
	}
	from, _ := slices.BinarySearchFunc(f.meters, meter{start: start}, meter.compare)
	if next := from + MaxSources; next <= len(f.meters) && f.meters[next-1].start == start {
		return refuse(venue.TooManySources, venue.FieldSource, MaxSources)
	}
	return venue.Refusal{}
}

func (m meter) compare(o meter) int {
	if m.start != o.start {
		return cmp.Compare(m.start, o.start)
	}
	return cmp.Compare(m.source, o.source)
}

// check refuses what no meter at a time can say.
func (m *meter) check(t *venue.Index, now venue.Time) venue.Refusal {
	most := MaxGPUs * venue.GPUTime(t.Period/venue.Second)
	switch {
	case m.source == 0:
		return refuse(venue.BadField, venue.FieldSource, 1)
	case m.start < 0 || m.start%t.Period != 0:
		return refuse(venue.BadField, venue.FieldHour, int64(t.Period))
	case m.start > now-t.Period:
		return refuse(venue.BadField, venue.FieldHour, int64(now-t.Period))
	case m.at < m.start+t.Period:
		return refuse(venue.BadField, venue.FieldAge, int64(m.start+t.Period))
	case m.at > now:
		return refuse(venue.BadField, venue.FieldAge, int64(now))
	case m.delivery.Contracted > most:
		return refuse(venue.BadField, venue.FieldContracted, int64(most))
	}
	return m.delivery.Check()
}

// close closes the first open period and publishes it (IDX-02). The next one is
// the first that has meters, or the last that has closed; what is between had
// nothing contracted.
func (x *index) close(now venue.Time) Metered {
	f, t := &x.fleet, &x.terms
	m := Metered{Start: f.closing, End: f.closing + t.Period}
	for ; m.Providers < len(f.meters) && f.meters[m.Providers].start == m.Start; m.Providers++ {
		ok := m.Add(f.meters[m.Providers].delivery)
		assert.That(ok, "sum of meters out of range")
	}
	f.meters = slices.Delete(f.meters, 0, m.Providers)
	x.value.Stale = true
	if p, ok := m.Index(); ok {
		x.value = Reading{Price: venue.Amount(p) * PointPrice, At: now, Valid: true}
		f.last = m
		f.keep(&m)
	}
	next := max(m.End, firstOpen(t, now)-t.Period)
	if len(f.meters) > 0 {
		next = min(next, f.meters[0].start)
	}
	f.closing = next
	x.next = f.closes(t)
	return m
}

// keep adds a period to the sums of its day and drops days that are too old.
func (f *fleet) keep(m *Metered) {
	day := m.Start / MaxPeriod * MaxPeriod
	if n := len(f.days); n == 0 || f.days[n-1].day != day {
		f.days = append(f.days, daySum{day: day})
	}
	f.days = slices.DeleteFunc(f.days, func(d daySum) bool { return d.day <= day-MaxDays*MaxPeriod })
	d := &f.days[len(f.days)-1].sum
	d.Contracted += m.Contracted
	d.Counted += m.Counted
}

// Closed says whether all periods of an availability index that exists are final
// up to a time.
func (s *Indices) Closed(id venue.IndexID, to venue.Time) bool {
	return s.all[id-1].fleet.closing >= to
}

// Over returns what an availability index that exists came to in the days of UTC
// that begin at a time and end before another, as far as periods are final. It
// remembers MaxDays.
func (s *Indices) Over(id venue.IndexID, from, to venue.Time) Availability {
	var a Availability
	for _, d := range s.all[id-1].fleet.days {
		if d.day >= from && d.day < to {
			a.Contracted += d.sum.Contracted
			a.Counted += d.sum.Counted
		}
	}
	return a
}

// LastMetered returns the last period of an availability index that exists in
// which something was contracted, and whether there was one.
func (s *Indices) LastMetered(id venue.IndexID) (Metered, bool) {
	m := s.all[id-1].fleet.last
	return m, m.End != 0
}
