package matching

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestPricesAtPageBoundariesAndRangeEnds walks levels whose neighbours are in
// another word, page, group of pages and group of groups.
func TestPricesAtPageBoundariesAndRangeEnds(t *testing.T) {
	edges := []venue.Price{
		0, 1, 63, 64, 511, 512, 513, 1023, 1024, 32767, 32768, 32769, 1<<21 - 1, 1 << 21, 1<<21 + 1,
		1<<23 + 5, maxSpan - 513, maxSpan - 512, maxSpan - 2, maxSpan - 1,
	}
	const low = -77
	for _, side := range []venue.Side{venue.Buy, venue.Sell} {
		b := New(Limits{Orders: 100})
		b.Open(1, low, low+maxSpan-1)
		d := &desk{t: t, b: b, ids: make([]venue.OrderID, 1)}
		for i := range edges {
			d.place(limit(1, side, 1, low+edges[(i*7)%len(edges)]))
		}
		depth := b.Depth(1, side, 100, nil)
		if len(depth) != len(edges) {
			t.Fatalf("%v: Depth finds %d levels, want %d", side, len(depth), len(edges))
		}
		for i, l := range depth {
			want := low + edges[i]
			if side == venue.Buy {
				want = low + edges[len(edges)-1-i]
			}
			if l.Price != want {
				t.Errorf("%v: level %d is at %d, want %d", side, i, l.Price, want)
			}
			if p, ok := b.Best(1, side); !ok || p != want {
				t.Errorf("%v: best after %d trades is %d, want %d", side, i, p, want)
			}
			if got := d.place(limit(2, side.Opposite(), 1, want)); len(d.m.Fills) != 1 || d.m.Fills[0].Price != want {
				t.Errorf("%v: trade at %d gives %q", side, want, got)
			}
		}
		if _, ok := b.Best(1, side); ok || b.Live() != 0 {
			t.Errorf("%v: something is left", side)
		}
		if err := b.check(); err != nil {
			t.Errorf("%v: %v", side, err)
		}
		b.Close()
	}
}

func TestRangeOfOneTick(t *testing.T) {
	b := New(Limits{Orders: 10})
	defer b.Close()
	b.Open(3, 5, 5)
	d := &desk{t: t, b: b, ids: make([]venue.OrderID, 1)}
	o := limit(1, venue.Sell, 3, 5)
	o.Instrument = 3
	d.place(o)
	o.Owner, o.Side = 2, venue.Buy
	d.want("trade", d.place(o), "1:3@5")
}

// TestIDsAreNeverReused takes one slot again and again.
func TestIDsAreNeverReused(t *testing.T) {
	b := New(Limits{Orders: 1})
	defer b.Close()
	d := newDesk(t, b)
	seen := map[venue.OrderID]bool{}
	for range 1000 {
		n := d.add(limit(1, venue.Sell, 1, 100))
		if id := d.ids[n]; seen[id] || id == 0 || uint32(id) != 1 {
			t.Fatalf("order %d has id %x, which is 0, was given before, or is in another slot", n, id)
		}
		seen[d.ids[n]] = true
		if n > 1 && d.cancel(n-1) != "unknown" {
			t.Fatalf("the id of order %d cancels order %d", n-1, n)
		}
		d.cancel(n)
	}
}

// TestGuessedIDIsUnknown asks with the generation that a released slot has, and
// with the one that it will have next.
func TestGuessedIDIsUnknown(t *testing.T) {
	b := New(Limits{Orders: 4})
	defer b.Close()
	d := newDesk(t, b)
	d.place(limit(1, venue.Sell, 1, 100))
	d.cancel(1)
	var v View
	for _, id := range []venue.OrderID{0, 1, 1 << 32, 1<<32 | 1, 2<<32 | 1, 1<<32 | 2, 1<<32 | 5, math.MaxUint64} {
		if b.Get(id, &v) || b.Cancel(id, venue.CanceledByUser, &d.m) || b.Reduce(id, 1, venue.CanceledByUser, &d.m) {
			t.Errorf("%x is taken for a live order", id)
		}
		if _, ok := b.Holding(id); ok {
			t.Errorf("%x has a holding", id)
		}
		if _, ok := b.After(id); ok {
			t.Errorf("%x has a successor", id)
		}
	}
}

// TestWornSlotIsRetired uses up the generations of a slot.
func TestWornSlotIsRetired(t *testing.T) {
	b := New(Limits{Orders: 2})
	defer b.Close()
	d := newDesk(t, b)
	d.place(limit(1, venue.Sell, 1, 100))
	d.cancel(1)
	b.orders[1].gen = math.MaxUint32 - 1
	d.place(limit(1, venue.Sell, 1, 100))
	d.cancel(2)
	state := b.AppendState(nil)
	c := New(Limits{Orders: 2})
	defer c.Close()
	if _, err := c.LoadState(state); err != nil {
		t.Fatalf("LoadState with a retired slot: %v", err)
	}
	for _, b := range []*Books{b, c} {
		o := limit(1, venue.Sell, 1, 100)
		if id, ok := b.Add(&o); !ok || uint32(id) != 2 {
			t.Errorf("Add after the slot was retired = %x, %v, want slot 2", id, ok)
		}
		if id, ok := b.Add(&o); ok {
			t.Errorf("Add into full books = %x", id)
		}
	}
}

func TestFullSlabRefusesAndGoesOn(t *testing.T) {
	both(t, Limits{Orders: 3}, func(t *testing.T, d *desk) {
		for n := range 3 {
			d.place(limit(1, venue.Sell, 1, 100+venue.Price(n)))
		}
		o := limit(2, venue.Buy, 1, 100)
		if id, ok := d.b.Add(&o); ok {
			t.Fatalf("Add into full books = %x", id)
		}
		d.cancel(2)
		d.want("after a cancel", d.place(o), "1:1@100")
		d.want("book", d.book(), "| 1(1)@102")
	})
}

func TestFullLevelRefusesBeforeAnythingChanges(t *testing.T) {
	b := New(Limits{Orders: maxLevelOrders + 10})
	defer b.Close()
	d := newDesk(t, b)
	for range maxLevelOrders {
		d.place(limit(1, venue.Sell, venue.MaxQty, 100))
	}
	d.want("one more", d.place(limit(1, venue.Sell, 7, 100)), fmt.Sprintf("end %d leaves 7", venue.LevelFull))
	n := d.add(limit(1, venue.Sell, 7, 100))
	if why := b.Rest(d.ids[n], &d.m); why != venue.LevelFull {
		t.Errorf("Rest at a full level = %d, want %d", why, venue.LevelFull)
	}
	n = d.add(limit(1, venue.Sell, 7, 100).tif(venue.GTC).with(func(o *Order) { o.Display = 3 }))
	d.m.Reset()
	b.Match(d.ids[n], &d.m)
	d.want("iceberg", d.said(), fmt.Sprintf("end %d leaves 7", venue.LevelFull))
	want := Level{Price: 100, Qty: maxLevelOrders * venue.MaxQty, Orders: maxLevelOrders, Instrument: 1, Side: venue.Sell}
	if got := b.Depth(1, venue.Sell, 1, nil); got[0] != want {
		t.Errorf("full level is %+v, want %+v", got[0], want)
	}
	d.want("an immediate order needs no level", d.place(limit(2, venue.Buy, 1, 100).tif(venue.IOC)), "1:1@100")
}

func TestPagesRunOutAndComeBack(t *testing.T) {
	l := Limits{Orders: 10, Pages: 2}
	b := New(l)
	defer b.Close()
	d := newDesk(t, b)
	d.place(limit(1, venue.Sell, 1, 1000))
	d.place(limit(1, venue.Sell, 1, 2000))
	refused := fmt.Sprintf("end %d leaves 1", venue.MemoryExhausted)
	d.want("third page", d.place(limit(1, venue.Sell, 1, 3000)), refused)
	d.want("other side", d.place(limit(1, venue.Buy, 1, 0)), refused)
	stop := d.add(limit(1, venue.Buy, 1, 0).with(func(o *Order) { o.Type, o.Stop = venue.StopLimit, 500 }))
	if why := b.Park(d.ids[stop]); why != venue.MemoryExhausted {
		t.Errorf("Park without a page = %d, want %d", why, venue.MemoryExhausted)
	}
	d.want("same page", d.place(limit(1, venue.Sell, 1, 1001)), "leaves 1")
	d.want("a page is left", d.cancel(2), "2-1")
	if why := b.Park(d.ids[stop]); why != venue.OK {
		t.Errorf("Park with a page = %d", why)
	}
	d.m.Reset()
	if !b.Amend(d.ids[stop], 10, 5, &d.m) {
		t.Error("Amend does not keep a stop dormant")
	}
	d.want("book", d.book(), "| 1(1)@1000 1(1)@1001")
	if err := b.check(); err != nil {
		t.Error(err)
	}
}

func TestIcebergShowsItsSlicesAtTheTail(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 25, 100).with(func(o *Order) { o.Display = 10 }))
		d.place(limit(2, venue.Sell, 10, 100))
		d.want("a part of a slice", d.place(limit(3, venue.Buy, 4, 100)), "1:4@100")
		d.want("book", d.book(), "| 16(2)@100")
		d.want("the rest of it", d.place(limit(3, venue.Buy, 6, 100)), "1:6@100")
		d.want("book", d.book(), "| 20(2)@100")
		d.want("the other is first now", d.place(limit(3, venue.Buy, 12, 100)), "2:10@100 1:2@100")
		d.m.Reset()
		d.b.Reduce(d.ids[1], 4, venue.ReduceOnlyTrimmed, &d.m)
		d.want("hidden lots go first", d.said(), "1-4")
		d.want("book", d.book(), "| 8(1)@100")
		d.want("the last slice", d.place(limit(3, venue.Buy, 20, 100)), "1:8@100 1:1@100 leaves 11")
	})
}

func TestLevelsAreNamedOnce(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		for n := range 6 {
			d.place(limit(1, venue.Sell, 1, 100+venue.Price(n/3)))
		}
		d.place(limit(2, venue.Buy, 7, 101))
		want := []Level{
			{Price: 100, Instrument: 1, Side: venue.Sell},
			{Price: 101, Instrument: 1, Side: venue.Sell},
			{Price: 101, Qty: 1, Orders: 1, Instrument: 1, Side: venue.Buy},
		}
		if got := d.m.Levels; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("levels of a sweep: got %+v, want %+v", got, want)
		}
		d.m.Reset()
		d.b.Amend(d.ids[7], 101, 9, &d.m)
		d.b.Match(d.ids[7], &d.m)
		want = []Level{{Price: 101, Qty: 9, Orders: 1, Instrument: 1, Side: venue.Buy}}
		if got := d.m.Levels; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("levels of an amend in place: got %+v, want %+v", got, want)
		}
	})
}

func TestHoldingsListOrdersOldestFirst(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		for n := range 5 {
			d.place(limit(7, venue.Sell, 1, 100-venue.Price(n)))
		}
		d.cancel(3)
		d.place(limit(7, venue.Sell, 1, 100).tif(venue.IOC))
		var got []uint32
		d.b.Each(7, func(v *View) bool {
			got = append(got, v.Tag)
			d.b.Cancel(v.Order, venue.CanceledByMass, &d.m)
			return v.Tag < 4
		})
		if fmt.Sprint(got) != "[1 2 4]" {
			t.Errorf("Each shows %v, want [1 2 4]", got)
		}
		d.want("book", d.book(), "| 1(1)@96")
		d.b.Each(99, func(*View) bool { t.Error("Each finds an order of nobody"); return true })
	})
}

func TestOrdersExpireByTime(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		for _, at := range []venue.Time{50, 20, 40, 30, 0, 10} {
			d.place(limit(1, venue.Sell, 1, 100).with(func(o *Order) { o.Expire = at }))
		}
		d.cancel(4)
		d.place(limit(2, venue.Buy, 1, 100))
		if at, ok := d.b.Due(); !ok || at != 10 {
			t.Errorf("Due() = %d, %v, want 10", at, ok)
		}
		due := d.b.Expire(40, nil)
		if len(due) != 3 {
			t.Errorf("Expire(40) = %x, want 3 orders", due)
		}
		for _, id := range due {
			d.b.Cancel(id, venue.Expired, &d.m)
		}
		d.want("book", d.book(), "| 1(1)@100")
		if at, ok := d.b.Due(); ok {
			t.Errorf("Due() = %d with only a GTC order left", at)
		}
	})
}

// TestExpiryQueueStaysInOrder ends orders at random, from any place of the heap.
func TestExpiryQueueStaysInOrder(t *testing.T) {
	b := New(Limits{Orders: 500})
	defer b.Close()
	d := newDesk(t, b)
	random := rand.New(rand.NewPCG(5, 5))
	for n := 1; n <= 3000; n++ {
		at := venue.Time(1 + random.IntN(1_000_000))
		d.place(limit(1, venue.Sell, 1, 100).with(func(o *Order) { o.TIF, o.Expire = venue.GTD, at }))
		if n > 400 {
			for d.cancel(1+random.IntN(n)) == "unknown" {
			}
		}
		if bad := b.checkExpiries(); bad != "" {
			t.Fatalf("after %d orders: %s", n, bad)
		}
	}
	var last venue.Time
	for b.Live() > 0 {
		at, _ := b.Due()
		for _, id := range b.Expire(at, nil) {
			b.Cancel(id, venue.Expired, &d.m)
		}
		if at <= last {
			t.Fatalf("due at %d after %d", at, last)
		}
		last = at
	}
}
