package feeds

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func usual() venue.Index {
	return venue.Index{
		ID: 1, Symbol: "PIX.H100C", Clamp: 100_000, Cap: 500_000, Contributors: 3,
		Period: 60 * venue.Second, Window: 600 * venue.Second, Widest: 3600 * venue.Second,
	}
}

func TestListIndex(t *testing.T) {
	bad := func(f venue.Field, limit int64) venue.Refusal {
		return venue.Refusal{Reason: venue.BadField, Field: f, Limit: limit}
	}
	for _, c := range []struct {
		name string
		edit func(*venue.Index)
		want venue.Refusal
	}{
		{"fine", func(*venue.Index) {}, venue.Refusal{}},
		{"again", func(x *venue.Index) { x.ID = 1 }, venue.Refusal{Reason: venue.DuplicateID, Field: venue.FieldIndex, Limit: 2}},
		{"gap", func(x *venue.Index) { x.ID = 3 }, bad(venue.FieldIndex, 2)},
		{"no symbol", func(x *venue.Index) { x.Symbol = "" }, bad(venue.FieldSymbol, MaxSymbol)},
		{"long symbol", func(x *venue.Index) { x.Symbol = strings.Repeat("x", 33) }, bad(venue.FieldSymbol, MaxSymbol)},
		{"space", func(x *venue.Index) { x.Symbol = "a b" }, bad(venue.FieldSymbol, MaxSymbol)},
		{"bracket", func(x *venue.Index) { x.Symbol = "a[b" }, bad(venue.FieldSymbol, MaxSymbol)},
		{"taken", func(x *venue.Index) { x.Symbol = "first" }, venue.Refusal{Reason: venue.DuplicateID, Field: venue.FieldSymbol, Limit: 1}},
		{"clamp", func(x *venue.Index) { x.Clamp = venue.One + 1 }, bad(venue.FieldBand, int64(venue.One))},
		{"cap", func(x *venue.Index) { x.Cap = 333_333 }, bad(venue.FieldRange, 333_334)},
		{"nobody", func(x *venue.Index) { x.Contributors = 0 }, bad(venue.FieldRange, MaxContributors)},
		{"too many", func(x *venue.Index) { x.Contributors = MaxSources + 1 }, bad(venue.FieldRange, MaxSources)},
		{"short period", func(x *venue.Index) { x.Period = 1 }, bad(venue.FieldWindow, int64(venue.Second))},
		{"long period", func(x *venue.Index) { x.Period = MaxPeriod + 1 }, bad(venue.FieldWindow, int64(MaxPeriod))},
		{"short window", func(x *venue.Index) { x.Window = 0 }, bad(venue.FieldAge, int64(venue.Second))},
		{"narrower", func(x *venue.Index) { x.Widest = x.Window - 1 }, bad(venue.FieldAge, int64(600*venue.Second))},
		{"too wide", func(x *venue.Index) { x.Widest = MaxAge + 1 }, bad(venue.FieldAge, int64(MaxAge))},
	} {
		var s Indices
		first := usual()
		first.Symbol = "first"
		if why := s.List(&first, 0); why.Refused() {
			t.Fatalf("first: %+v", why)
		}
		x := usual()
		x.ID = 2
		c.edit(&x)
		if got := s.List(&x, 0); got != c.want {
			t.Errorf("%s: List = %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestSourcesAreBounded fills an index with contributors: the next one has room
// only when another can never count again.
func TestSourcesAreBounded(t *testing.T) {
	var s Indices
	x := usual()
	s.List(&x, 0)
	now := 10_000 * venue.Second
	read := func(source venue.SourceID) venue.Refusal {
		return s.Read(&venue.PublishReading{Index: 1, Source: source, Price: 1, Volume: 1, At: now}, now)
	}
	for i := range venue.SourceID(MaxSources) {
		if why := read(i + 1); why.Refused() {
			t.Fatalf("source %d: %+v", i+1, why)
		}
	}
	want := venue.Refusal{Reason: venue.TooManySources, Field: venue.FieldSource, Limit: MaxSources}
	if got := read(999); got != want {
		t.Errorf("Read = %+v, want %+v", got, want)
	}
	now += x.Widest + 1
	if got := read(999); got.Refused() {
		t.Errorf("Read = %+v after all others are too old", got)
	}
}

// slowIndices remembers every reading that was taken.
type slowIndices struct {
	terms venue.Index
	last  map[venue.SourceID]venue.PublishReading
	value Reading
}

func (s *slowIndices) publish(now venue.Time) {
	t := Terms{Clamp: s.terms.Clamp, Cap: s.terms.Cap, Contributors: int(s.terms.Contributors)}
	for _, age := range []venue.Time{s.terms.Window, s.terms.Widest} {
		var cs []Contribution
		for _, r := range s.last {
			if now-r.At <= age {
				cs = append(cs, Contribution{Price: r.Price, Volume: r.Volume})
			}
		}
		if v, ok := Compute(cs, &t); ok {
			p, _ := v.Publish(PublicationStep)
			s.value = Reading{Price: p, At: now, Valid: true}
			return
		}
	}
	s.value.Stale = true
}

// TestPrices lets readings come and publications follow, and restarts in between.
//
// rules: IDX-01.
func TestPrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := usual()
		slow := slowIndices{terms: x, last: map[venue.SourceID]venue.PublishReading{}}
		fast := &Indices{}
		now := venue.Time(0)
		fast.List(&x, now)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now += venue.Time(rapid.IntRange(0, 200).Draw(t, "dt")) * venue.Second
			if rapid.IntRange(0, 2).Draw(t, "publish") == 0 {
				due, _ := fast.Due()
				p, ok := fast.Publish(now)
				if ok != (due <= now) {
					t.Fatalf("Publish(%d) = %v, due at %d", now, ok, due)
				}
				if ok {
					slow.publish(now)
				}
				if ok && p.Reading != slow.value || fast.Last(1) != slow.value {
					t.Fatalf("published %+v, want %+v", fast.Last(1), slow.value)
				}
			}
			r := venue.PublishReading{
				Index: 1, Source: venue.SourceID(rapid.IntRange(1, 6).Draw(t, "source")), At: now - venue.Time(rapid.IntRange(0, 4000).Draw(t, "age"))*venue.Second,
				Price: venue.Amount(rapid.IntRange(1, 3_000_000).Draw(t, "price")), Volume: venue.Qty(rapid.IntRange(1, 1000).Draw(t, "volume")),
			}
			was, known := slow.last[r.Source]
			fits := now-r.At <= x.Widest && (!known || was.At < r.At)
			if got := fast.Read(&r, now); got.Refused() == fits {
				t.Fatalf("Read(%+v) at %d = %+v, the one before is %+v", r, now, got, was)
			}
			if fits {
				slow.last[r.Source] = r
			}
			fast = reloaded(t, fast)
		}
	})
}

// reloaded returns a copy by way of the state, which may not be cut anywhere.
func reloaded(t *rapid.T, s *Indices) *Indices {
	state := s.AppendState(nil)
	copied := &Indices{}
	rest, err := copied.LoadState(append(bytes.Clone(state), 7))
	if err != nil || !bytes.Equal(rest, []byte{7}) {
		t.Fatalf("LoadState leaves %v, %v", rest, err)
	}
	if again := copied.AppendState(nil); !bytes.Equal(again, state) {
		t.Fatalf("state is %x after a restart, was %x", again, state)
	}
	cut := rapid.IntRange(0, len(state)-1).Draw(t, "cut")
	if _, err := new(Indices).LoadState(state[:cut]); !errors.Is(err, ErrState) {
		t.Fatalf("a state cut at %d of %d loads: %v", cut, len(state), err)
	}
	return copied
}

// FuzzState loads what is no state: it is refused, or is what is written again.
func FuzzState(f *testing.F) {
	var s Indices
	x := usual()
	s.List(&x, 0)
	s.Read(&venue.PublishReading{Index: 1, Source: 4, Price: 5, Volume: 6, At: 7}, 8)
	f.Add(s.AppendState(nil))
	s = fleetOf(0)
	for i := range venue.Time(3) {
		now := (i + 1) * hour
		s.Meter(&venue.PublishMeter{Index: 1, Source: 7, Start: i * hour, Contracted: 9, Delivered: 8, Unattested: 7, At: now}, now)
		s.Publish(now)
	}
	f.Add(s.AppendState(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Indices
		rest, err := s.LoadState(b)
		if err != nil {
			return
		}
		if again := append(s.AppendState(nil), rest...); !bytes.Equal(again, b) {
			t.Errorf("%x loads, and is written as %x", b, again)
		}
	})
}
