package feeds

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of what is kept of indices.
const (
	// MaxIndices is the highest index id.
	MaxIndices = 1024
	// MaxSources is how many contributors one index remembers.
	MaxSources = 256
	// MaxPrice is the highest price of a reading: about 1.1 million dollars per
	// GPU-hour.
	MaxPrice venue.Amount = 1<<40 - 1
	// MaxSymbol is the longest symbol in bytes.
	MaxSymbol = 32
	// MaxPeriod is the longest time between publications, MaxAge the highest age
	// at which a reading may count.
	MaxPeriod = 24 * 3600 * venue.Second
	MaxAge    = 45 * MaxPeriod
)

// Indices keeps the indices: their terms, the latest reading of each contributor
// or the meters of a fleet, and what was published. The zero value has none.
type Indices struct {
	all []index // Index id less one.
	due venue.Time
	// metered is how many meters of open periods there are.
	metered int
}

type index struct {
	terms    venue.Index
	readings []reading // Of a price index, by rising source.
	fleet    fleet     // Of an availability index.
	value    Reading
	count    int        // Readings that the last news was made of.
	next     venue.Time // When it is published next.
}

// reading is the latest that a contributor said.
type reading struct {
	source       venue.SourceID
	contribution Contribution
	at           venue.Time
}

// Publication is what an index said when it was due.
type Publication struct {
	Index venue.IndexID
	Reading
	// Contributors is how many readings were young enough.
	Contributors int
	// News says that it is not stale, or has just become so.
	News bool
	// Metered is what the fleet of an availability index came to in the period.
	Metered Metered
}

// Count returns the highest index id.
func (s *Indices) Count() venue.IndexID { return venue.IndexID(len(s.all)) }

// Exists says whether there is such an index.
func (s *Indices) Exists(id venue.IndexID) bool { return id != 0 && int(id) <= len(s.all) }

// Terms returns what an index is that exists.
func (s *Indices) Terms(id venue.IndexID) *venue.Index { return &s.all[id-1].terms }

// Last returns what an index that exists last said.
func (s *Indices) Last(id venue.IndexID) Reading { return s.all[id-1].value }

// Contributors returns how many readings the last news of an index that exists
// was made of.
func (s *Indices) Contributors(id venue.IndexID) int { return s.all[id-1].count }

// List adds an index. A price index is first published at the next multiple of
// its period, an availability index when the first period that is open now has
// closed. It refuses what is not well formed and names field and limit.
func (s *Indices) List(t *venue.Index, now venue.Time) venue.Refusal {
	if why := s.checkName(t); why.Refused() {
		return why
	}
	x := index{terms: *t}
	switch t.Kind {
	case venue.PriceIndex:
		if why := checkPrices(t); why.Refused() {
			return why
		}
		x.next = following(now, t.Period)
	case venue.AvailabilityIndex:
		if why := checkFleet(t); why.Refused() {
			return why
		}
		x.fleet.closing = firstOpen(t, now)
		x.next = x.fleet.closes(t)
	default:
		return refuse(venue.BadField, venue.FieldKind, int64(venue.AvailabilityIndex))
	}
	s.all = append(s.all, x)
	s.schedule()
	return venue.Refusal{}
}

// checkPrices checks the terms of a price index.
func checkPrices(t *venue.Index) venue.Refusal {
	rates := Terms{Clamp: t.Clamp, Cap: t.Cap, Contributors: int(t.Contributors)}
	if why := rates.Check(); why.Refused() {
		return why
	}
	switch {
	case t.Contributors > MaxSources:
		return refuse(venue.BadField, venue.FieldRange, MaxSources)
	case t.Period < venue.Second:
		return refuse(venue.BadField, venue.FieldWindow, int64(venue.Second))
	case t.Period > MaxPeriod:
		return refuse(venue.BadField, venue.FieldWindow, int64(MaxPeriod))
	case t.Window < venue.Second:
		return refuse(venue.BadField, venue.FieldAge, int64(venue.Second))
	case t.Widest < t.Window:
		return refuse(venue.BadField, venue.FieldAge, int64(t.Window))
	case t.Widest > MaxAge:
		return refuse(venue.BadField, venue.FieldAge, int64(MaxAge))
	}
	return venue.Refusal{}
}

func (s *Indices) checkName(t *venue.Index) venue.Refusal {
	next := int64(len(s.all)) + 1
	switch {
	case int64(t.ID) < next:
		return refuse(venue.DuplicateID, venue.FieldIndex, next)
	case next > MaxIndices:
		return refuse(venue.MemoryExhausted, venue.FieldIndex, MaxIndices)
	case int64(t.ID) > next:
		return refuse(venue.BadField, venue.FieldIndex, next)
	case !isSymbol(t.Symbol):
		return refuse(venue.BadField, venue.FieldSymbol, MaxSymbol)
	}
	for i := range s.all {
		if s.all[i].terms.Symbol == t.Symbol {
			return refuse(venue.DuplicateID, venue.FieldSymbol, int64(i)+1)
		}
	}
	return venue.Refusal{}
}

// isSymbol says whether a name has 1 to MaxSymbol bytes of [A-Za-z0-9._-].
func isSymbol(s string) bool {
	if s == "" || len(s) > MaxSymbol {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '.' && s[i] != '_' && s[i] != '-' {
			return false
		}
	}
	return true
}

func refuse(r venue.Reason, f venue.Field, limit int64) venue.Refusal {
	return venue.Refusal{Reason: r, Field: f, Limit: limit}
}

// following returns the next multiple of a period after a time.
func following(now, period venue.Time) venue.Time { return (now/period + 1) * period }

// Read takes a reading in place of the earlier one of its contributor. It
// refuses UnknownIndex; WrongIndexKind for an index of meters; BadField for a source, price, volume or time out of
// range; ReadingTooOld when it is not younger than the contributor's last one,
// or older than may ever count (the limit is the time it has to be after); and
// TooManySources.
func (s *Indices) Read(c *venue.PublishReading, now venue.Time) venue.Refusal {
	if !s.Exists(c.Index) {
		return refuse(venue.UnknownIndex, venue.FieldIndex, int64(s.Count()))
	}
	x := &s.all[c.Index-1]
	if x.terms.Kind != venue.PriceIndex {
		return refuse(venue.WrongIndexKind, venue.FieldKind, int64(x.terms.Kind))
	}
	r := reading{source: c.Source, contribution: Contribution{Price: c.Price, Volume: c.Volume}, at: c.At}
	if why := x.check(&r, now); why.Refused() {
		return why
	}
	i, known := x.find(c.Source)
	if known && x.readings[i].at >= c.At {
		return refuse(venue.ReadingTooOld, venue.FieldAge, int64(x.readings[i].at))
	}
	if known {
		x.readings[i] = r
		return venue.Refusal{}
	}
	if len(x.readings) == MaxSources {
		x.forget(now)
		i, _ = x.find(c.Source)
	}
	if len(x.readings) == MaxSources {
		return refuse(venue.TooManySources, venue.FieldSource, MaxSources)
	}
	x.readings = slices.Insert(x.readings, i, r)
	return venue.Refusal{}
}

func (x *index) check(r *reading, now venue.Time) venue.Refusal {
	switch c := &r.contribution; {
	case r.source == 0:
		return refuse(venue.BadField, venue.FieldSource, 1)
	case c.Check().Refused():
		return c.Check()
	case c.Price > MaxPrice:
		return refuse(venue.BadField, venue.FieldPrice, int64(MaxPrice))
	case c.Volume > venue.MaxQty:
		return refuse(venue.BadQty, venue.FieldQty, int64(venue.MaxQty))
	case r.at > now:
		return refuse(venue.BadField, venue.FieldAge, int64(now))
	case now-r.at > x.terms.Widest:
		return refuse(venue.ReadingTooOld, venue.FieldAge, int64(now-x.terms.Widest))
	}
	return venue.Refusal{}
}

// find returns the place of a contributor, or where it would be.
func (x *index) find(source venue.SourceID) (int, bool) {
	return slices.BinarySearchFunc(x.readings, source, func(r reading, s venue.SourceID) int { return int(r.source) - int(s) })
}

// forget drops what can never count again.
func (x *index) forget(now venue.Time) {
	x.readings = slices.DeleteFunc(x.readings, func(r reading) bool { return now-r.at > x.terms.Widest })
}

// Due returns when an index is to be published next, and whether any is.
func (s *Indices) Due() (venue.Time, bool) { return s.due, len(s.all) > 0 }

func (s *Indices) schedule() {
	for i := range s.all {
		if i == 0 || s.all[i].next < s.due {
			s.due = s.all[i].next
		}
	}
}

// Publish publishes the first index that is due and says whether there was one.
// A venue that was away for several periods publishes a price once, and the
// availability of each period of which it has meters.
func (s *Indices) Publish(now venue.Time) (Publication, bool) {
	if len(s.all) == 0 || s.due > now {
		return Publication{}, false
	}
	i := slices.IndexFunc(s.all, func(x index) bool { return x.next <= now })
	assert.That(i >= 0, "no index is due at the time of the first one")
	x := &s.all[i]
	p := Publication{Index: x.terms.ID}
	was := x.value.Stale
	if x.terms.Kind == venue.AvailabilityIndex {
		s.metered -= len(x.fleet.meters)
		p.Metered = x.close(now)
		s.metered += len(x.fleet.meters)
		p.Contributors = p.Metered.Providers
	} else {
		p.Contributors = x.publish(now)
		x.next = following(now, x.terms.Period)
	}
	p.Reading, p.News = x.value, !was || !x.value.Stale
	if p.News {
		x.count = p.Contributors
	}
	s.schedule()
	return p, true
}

// publish computes the value of readings up to Window old; when they are too
// few, of those up to Widest (R-INDEX). It returns how many there were.
func (x *index) publish(now venue.Time) int {
	cs := x.within(now, x.terms.Window)
	if len(cs) < int(x.terms.Contributors) {
		cs = x.within(now, x.terms.Widest)
	}
	t := Terms{Clamp: x.terms.Clamp, Cap: x.terms.Cap, Contributors: int(x.terms.Contributors)}
	x.value = x.value.Publish(cs, &t, now)
	return len(cs)
}

func (x *index) within(now, age venue.Time) []Contribution {
	cs := make([]Contribution, 0, len(x.readings))
	for i := range x.readings {
		if now-x.readings[i].at <= age {
			cs = append(cs, x.readings[i].contribution)
		}
	}
	return cs
}
