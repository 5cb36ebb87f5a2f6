package seen

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func id(s string) venue.ClOrdID {
	c, ok := venue.ParseClOrdID(s)
	if !ok {
		panic(s)
	}
	return c
}

// twin is the slow twin: a slice per account, oldest first.
type twin struct {
	limits Limits
	ids    map[venue.AccountID][]Entry
	live   map[venue.OrderID]bool
}

func (w *twin) total() (n uint32) {
	for _, q := range w.ids {
		n += uint32(len(q))
	}
	return n
}

func (w *twin) find(a venue.AccountID, id venue.ClOrdID) (Entry, bool) {
	for _, e := range w.ids[a] {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

func (w *twin) room(a venue.AccountID) bool {
	if w.total() < w.limits.Total && uint32(len(w.ids[a])) < w.limits.PerAccount {
		return true
	}
	for _, e := range w.ids[a] {
		if !w.live[e.Order()] {
			return true
		}
	}
	return false
}

func (w *twin) add(e Entry) {
	q := w.ids[e.Account]
	full := w.total() >= w.limits.Total
	for n := 0; len(q) > 0; n++ {
		crowded := uint32(len(q)) >= w.limits.PerAccount || full
		if !crowded && (n >= 2 || q[0].Time+Window > e.Time) {
			break
		}
		first := q[0]
		q = q[1:]
		if w.live[first.Order()] {
			first.Time = e.Time
			q = append(q, first)
			continue
		}
		full = false
	}
	w.ids[e.Account] = append(append([]Entry{}, q...), e)
}

func TestAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live := map[venue.OrderID]bool{}
		limits := Limits{Total: 20, PerAccount: 8}
		tab := New(limits, func(o venue.OrderID) bool { return live[o] })
		tw := &twin{limits: limits, ids: map[venue.AccountID][]Entry{}, live: live}
		now, order := venue.Time(0), venue.OrderID(0)
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			now += venue.Time(rapid.Int64Range(0, int64(Window)/6).Draw(t, "dt"))
			a := venue.AccountID(rapid.IntRange(16, 20).Draw(t, "account"))
			c := id(fmt.Sprintf("id-%d", rapid.IntRange(0, 30).Draw(t, "id")))
			got, ok := tab.Find(KeyOf(a, &c))
			want, wantOK := tw.find(a, c)
			if ok != wantOK || (ok && (got.Order() != want.Order() || got.Print != want.Print)) {
				t.Fatalf("Find(%d, %s) = %+v, %v; want %+v, %v", a, c, got, ok, want, wantOK)
			}
			room := tw.room(a)
			if got := tab.Room(a); got != room {
				t.Fatalf("Room(%d) = %v, want %v", a, got, room)
			}
			if ok || !room {
				continue
			}
			order++
			if len(live) < 12 {
				live[order] = true
			} else {
				clear(live)
			}
			e := Entry{ID: c, Account: a, Session: 3, Print: uint64(order) * 7, Time: now}
			e.SetOrder(order)
			tag := add(tab, e)
			tw.add(e)
			if at := tab.At(tag); at.ID != c || at.Order() != order {
				t.Fatalf("At(%d) = %+v, want %s", tag, at, c)
			}
			checkState(t, tab, limits, live)
		}
	})
}

// add adds an entry as the engine does.
func add(t *Table, e Entry) Tag {
	tag, x := t.Add(KeyOf(e.Account, &e.ID), e.Time)
	x.Session, x.Print, x.value = e.Session, e.Print, e.value
	return tag
}

func checkState(t *rapid.T, tab *Table, l Limits, live map[venue.OrderID]bool) {
	state := tab.AppendState(nil)
	other := New(l, func(o venue.OrderID) bool { return live[o] })
	rest, err := other.LoadState(append(bytes.Clone(state), 'x'))
	if err != nil || string(rest) != "x" {
		t.Fatalf("LoadState: rest %q, error %v", rest, err)
	}
	if again := other.AppendState(nil); !bytes.Equal(state, again) {
		t.Fatalf("state changed by loading:\n%x\n%x", state, again)
	}
}

func FuzzLoadState(f *testing.F) {
	tab := New(Limits{Total: 8, PerAccount: 4}, func(venue.OrderID) bool { return false })
	for i := range 12 {
		c := id(fmt.Sprint("x", i))
		add(tab, Entry{ID: c, Account: venue.AccountID(16 + i%3), Time: venue.Time(i)})
	}
	f.Add(tab.AppendState(nil))
	f.Fuzz(func(t *testing.T, src []byte) {
		other := New(Limits{Total: 8, PerAccount: 4}, func(venue.OrderID) bool { return false })
		rest, err := other.LoadState(src)
		if err != nil {
			return
		}
		if again := other.AppendState(nil); !bytes.Equal(again, src[:len(src)-len(rest)]) {
			t.Errorf("accepted %x but writes %x", src, again)
		}
	})
}

func known(t *Table, k Key) bool {
	_, ok := t.Find(k)
	return ok
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	tab := New(Limits{Total: 1000, PerAccount: 100}, func(venue.OrderID) bool { return false })
	n := 0
	add := func() {
		e := Entry{ID: id("0123456789abcdef"), Account: venue.AccountID(16 + n%20), Time: venue.Time(n)}
		e.ID[17], e.ID[18], e.ID[19] = byte(n)|1, byte(n>>8)|1, byte(n>>16)
		if k := KeyOf(e.Account, &e.ID); !known(tab, k) {
			tab.Add(k, e.Time)
		}
		n++
	}
	for range 5000 {
		add()
	}
	if got := testing.AllocsPerRun(2000, add); got != 0 {
		t.Errorf("Add allocates %v times, want 0", got)
	}
}

func BenchmarkFindAdd(b *testing.B) {
	tab := New(Limits{Total: 1 << 20, PerAccount: 1 << 12}, func(venue.OrderID) bool { return false })
	e := Entry{ID: id("0123456789abcdefghij")}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		e.Account = venue.AccountID(16 + n%1000)
		e.ID[0], e.ID[1], e.ID[2], e.ID[3] = byte(n)|128, byte(n>>7)|128, byte(n>>14)|128, byte(n>>21)|128
		e.Time = venue.Time(n)
		if k := KeyOf(e.Account, &e.ID); !known(tab, k) {
			tab.Add(k, e.Time)
		}
	}
}
