package matching

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// collected returns books with orders of the form qty@price, each of another
// owner, bids first.
func collected(t *testing.T, bids, asks string) *Books {
	t.Helper()
	b := New(Limits{Orders: 1000})
	t.Cleanup(b.Close)
	b.Open(1, testLow, testHigh)
	var m Matched
	tag := uint32(0)
	for side, text := range []string{bids, asks} {
		for word := range strings.FieldsSeq(text) {
			tag++
			o := limit(venue.OwnerID(tag), venue.Side(side+1), 0, 0)
			o.Tag = tag
			if _, err := fmt.Sscanf(word, "%d@%d", &o.Qty, &o.Price); err != nil {
				t.Fatal(err)
			}
			id, _ := b.Add(&o)
			b.Rest(id, &m)
		}
	}
	return b
}

func at(p venue.Price) Reference { return Reference{Price: p, Known: true} }

// TestIndicativePrice shows AUC-01 and AUC-02.
func TestIndicativePrice(t *testing.T) {
	for _, c := range []struct {
		name, bids, asks string
		ref              Reference
		want             Auction
		ok               bool
	}{
		{"empty", "", "", at(5), Auction{}, false},
		{"one side", "5@100", "", at(5), Auction{}, false},
		{"not crossed", "5@99", "5@100", at(5), Auction{}, false},
		// 100: 30 buy, 10 sell. 101: 30, 25. 102: 10, 25. So 101 with 25, and 5 to buy are left over.
		{"most volume", "10@102 20@101", "10@100 15@101", at(90), Auction{101, 25, 5}, true},
		// 100 to 102 trade 10; left over are 15 at 100, 5 at 101 and 0 at 102.
		{"least surplus", "10@102 5@101 10@100", "10@100", at(100), Auction{102, 10, 0}, true},
		// 10 trade from 100 to 103, buyers are left over everywhere: 5 of them, the highest.
		{"all to buy", "15@103", "10@100", at(101), Auction{103, 10, 5}, true},
		{"all to sell", "10@103", "15@100", at(102), Auction{100, 10, -5}, true},
		{"reference inside", "10@103", "10@100", at(101), Auction{101, 10, 0}, true},
		{"reference above", "10@103", "10@100", at(110), Auction{103, 10, 0}, true},
		{"reference below", "10@103", "10@100", at(-7), Auction{100, 10, 0}, true},
		{"no reference", "10@103", "10@100", Reference{}, Auction{101, 10, 0}, true},
		{"no reference below zero", "10@-100", "10@-103", Reference{}, Auction{-102, 10, 0}, true},
		// 10 trade from 100 to 103. 100 and 101: 3 more to buy. 102 and 103: 3 more to sell.
		{"mixed signs", "10@103 3@101", "10@100 3@102", at(100), Auction{100, 10, 3}, true},
		{"mixed signs, above", "10@103 3@101", "10@100 3@102", at(200), Auction{103, 10, -3}, true},
		{"mixed signs, at the ask", "10@103 3@101", "10@100 3@102", at(102), Auction{102, 10, -3}, true},
		{"mixed signs, middle", "10@103 3@101", "10@100 3@102", Reference{}, Auction{101, 10, 3}, true},
		{"fewer to buy", "10@103 2@101", "10@100 3@102", at(103), Auction{101, 10, 2}, true},
		{"fewer to sell", "10@103 4@101", "10@100 3@102", at(100), Auction{102, 10, -3}, true},
		{"nobody in between", "10@105 4@101", "10@100 3@104", at(90), Auction{102, 10, 0}, true},
		{"far apart", "10@9000", "10@-3000", Reference{}, Auction{3000, 10, 0}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := collected(t, c.bids, c.asks).Indicative(1, c.ref)
			if got != c.want || ok != c.ok {
				t.Errorf("Indicative of %q and %q near %v = %+v %v, want %+v %v", c.bids, c.asks, c.ref, got, ok, c.want, c.ok)
			}
		})
	}
}

// crosses puts trades into words: buyer-seller:qty@price, leaves of both.
func crosses(c *Crossed) string {
	var s strings.Builder
	for _, x := range c.Crosses {
		fmt.Fprintf(&s, "%d-%d:%d@%d(%d,%d) ", x.Buy.Tag, x.Sell.Tag, x.Qty, x.Price, x.Buy.Leaves, x.Sell.Leaves)
	}
	for _, x := range c.Cuts {
		fmt.Fprintf(&s, "%d-%d ", x.Tag, x.By)
	}
	return strings.TrimSpace(s.String())
}

// TestUncrossFillsByPriceAndTime shows AUC-03: the iceberg, order 2, is as old as
// its entry with all of its size.
func TestUncrossFillsByPriceAndTime(t *testing.T) {
	d := newDesk(t, New(Limits{}))
	iceberg := limit(2, venue.Buy, 20, 101).with(func(o *Order) { o.Display = 5 })
	for _, o := range []Order{
		limit(1, venue.Buy, 10, 101), iceberg, limit(3, venue.Buy, 10, 101), limit(4, venue.Buy, 10, 102),
		limit(5, venue.Sell, 36, 100), limit(6, venue.Sell, 3, 101),
	} {
		if why := d.b.Rest(d.ids[d.add(o)], &d.m); why != venue.OK {
			t.Fatal(why)
		}
	}
	b := d.b.(*Books)
	defer b.Close()
	a, _ := b.Indicative(1, Reference{})
	if want := (Auction{101, 39, 11}); a != want {
		t.Fatalf("Indicative = %+v, want %+v", a, want)
	}
	var c Crossed
	if left := b.Uncross(1, a.Price, a.Volume, &c); left != 0 {
		t.Errorf("Uncross leaves %d lots", left)
	}
	d.want("trades", crosses(&c), "4-5:10@101(0,26) 1-5:10@101(0,16) 2-5:16@101(4,0) 2-6:3@101(1,0)")
	d.want("book", d.book(), "11(2)@101 |")
	d.want("the iceberg keeps its place", d.place(limit(7, venue.Sell, 2, 101)), "2:1@101 3:1@101")
	if err := b.check(); err != nil {
		t.Error(err)
	}
}

// TestUncrossMatchesNobodyWithHimself has owner 9 on both sides.
func TestUncrossMatchesNobodyWithHimself(t *testing.T) {
	for _, c := range []struct {
		name, want string
		orders     []Order
	}{
		{"the next one trades", "1-4:10@100(0,0) 3-2:10@100(0,0)", []Order{
			limit(9, venue.Buy, 10, 100), limit(9, venue.Sell, 10, 100), limit(1, venue.Buy, 10, 100), limit(2, venue.Sell, 10, 100),
		}},
		{"strangers part", "3-2:10@100(0,0) 1-4:10@100(0,0)", []Order{
			limit(1, venue.Buy, 10, 100), limit(2, venue.Sell, 10, 100), limit(9, venue.Buy, 10, 100), limit(9, venue.Sell, 10, 100),
		}},
		{"what has no stranger is taken off", "1-3:2@100(8,0) 4-2:2@100(0,8) 1-8 2-8", []Order{
			limit(9, venue.Buy, 10, 100), limit(9, venue.Sell, 10, 100), limit(2, venue.Sell, 2, 100), limit(3, venue.Buy, 2, 100),
		}},
		{"alone", "1-5 2-5", []Order{limit(9, venue.Buy, 5, 100), limit(9, venue.Sell, 5, 100)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := New(Limits{})
			defer b.Close()
			d := newDesk(t, b)
			for _, o := range c.orders {
				b.Rest(d.ids[d.add(o)], &d.m)
			}
			a, _ := b.Indicative(1, at(100))
			var x Crossed
			b.Uncross(1, a.Price, a.Volume, &x)
			d.want(c.name, crosses(&x), c.want)
			if _, ok := b.Indicative(1, at(100)); ok {
				t.Errorf("the book is still crossed: %s", d.book())
			}
		})
	}
}

// TestUncrossGoesOnInTheNextCall takes one order of each side at a time.
func TestUncrossGoesOnInTheNextCall(t *testing.T) {
	b := New(Limits{FillsPerMatch: 2})
	defer b.Close()
	d := newDesk(t, b)
	for owner := range venue.OwnerID(4) {
		b.Rest(d.ids[d.add(limit(10+owner, venue.Buy, 3, 100))], &d.m)
		b.Rest(d.ids[d.add(limit(20+owner, venue.Sell, 2, 100))], &d.m)
	}
	var said []string
	for left := venue.Qty(8); left > 0; {
		var c Crossed
		left = b.Uncross(1, 100, left, &c)
		said = append(said, crosses(&c))
	}
	d.want("calls", strings.Join(said, " | "), "1-2:2@100(1,0) | 1-4:1@100(0,1) | 3-4:1@100(2,0) | 3-6:2@100(0,0) | 5-8:2@100(1,0)")
	d.want("book", d.book(), "4(2)@100 |")
}

// TestUncrossWaitsForStrangers has an owner on both sides who finds no others among
// the first two orders, and takes nothing off because others come.
func TestUncrossWaitsForStrangers(t *testing.T) {
	b := New(Limits{FillsPerMatch: 4})
	defer b.Close()
	d := newDesk(t, b)
	for _, o := range []Order{
		limit(9, venue.Buy, 10, 100), limit(9, venue.Sell, 10, 100), limit(1, venue.Buy, 2, 100), limit(2, venue.Sell, 2, 100),
		limit(3, venue.Buy, 8, 100), limit(4, venue.Sell, 8, 100),
	} {
		b.Rest(d.ids[d.add(o)], &d.m)
	}
	var c Crossed
	left := b.Uncross(1, 100, 20, &c)
	d.want("first", crosses(&c), "1-4:2@100(8,0) 3-2:2@100(0,8)")
	if left != 16 {
		t.Errorf("Uncross leaves %d lots, want 16", left)
	}
	c.Reset()
	left = b.Uncross(1, 100, left, &c)
	d.want("second", crosses(&c), "1-6:8@100(0,0) 5-2:8@100(0,0)")
	if left != 0 || d.book() != "|" {
		t.Errorf("Uncross leaves %d lots; book %q", left, d.book())
	}
}

// TestProRata shows MAT-01 on a level of 150 lots.
func TestProRata(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.b.ShareProRata(1)
		for owner, qty := range []venue.Qty{10, 1, 30, 49, 60} { // The first one is TOP.
			d.place(limit(venue.OwnerID(owner+1), venue.Sell, qty, 100))
		}
		// TOP 10. Of 41 more, 140 lots get: floor(41/140) = 0, floor(41*30/140) = 8,
		// floor(41*49/140) = 14, floor(41*60/140) = 17. The 2 that are left go to the
		// second order, which wants 1, and to the third.
		d.want("shares", d.place(limit(9, venue.Buy, 51, 100)), "1:10@100 2:1@100 3:9@100 4:14@100 5:17@100")
		d.want("book", d.book(), "| 99(3)@100")
		// No TOP now: 21, 35 and 43 lots. floor(3*21/99) = 0, floor(3*35/99) = 1, floor(3*43/99) = 1:
		// all below two, so that time decides.
		d.want("below two lots", d.place(limit(9, venue.Buy, 3, 100)), "3:3@100")
		d.want("all", d.place(limit(9, venue.Buy, 97, 101)), "3:18@100 4:35@100 5:43@100 leaves 1")
	})
}

func TestTopOrderIsBettered(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.b.ShareProRata(1)
		d.place(limit(1, venue.Buy, 10, 100))
		d.place(limit(2, venue.Buy, 90, 100))
		d.place(limit(3, venue.Buy, 1, 101)) // Betters the first, which is TOP no more.
		d.cancel(3)
		d.want("nobody is TOP", d.place(limit(9, venue.Sell, 20, 100)), "1:2@100 2:18@100") // The seller is order 4.
		d.place(limit(4, venue.Buy, 10, 101))
		d.place(limit(5, venue.Buy, 10, 101))
		d.want("TOP", d.place(limit(9, venue.Sell, 4, 101)), "5:4@101")
		d.want("still TOP", d.place(limit(9, venue.Sell, 10, 101)), "5:6@101 6:4@101")
	})
}

// TestTopOrderThatShowsItsNextSliceIsNoLongerTop fills what it shows once as
// part of the whole level and once alone.
func TestTopOrderThatShowsItsNextSliceIsNoLongerTop(t *testing.T) {
	for _, others := range []venue.Qty{0, 10} {
		both(t, Limits{}, func(t *testing.T, d *desk) {
			d.b.ShareProRata(1)
			d.place(limit(1, venue.Sell, 20, 100).with(func(o *Order) { o.Display = 5 }))
			if others > 0 {
				d.place(limit(2, venue.Sell, others, 100))
				d.want("TOP", d.place(limit(9, venue.Buy, 6, 100)), "1:5@100 2:1@100")
				d.cancel(2)
			} else {
				d.place(limit(9, venue.Buy, 5, 100))
			}
			d.place(limit(3, venue.Sell, 45, 100))
			last := len(d.ids) - 1
			// floor(10*5/50) = 1 is below two; 9 for the other, and the one that is left to the older.
			d.want("no TOP", d.place(limit(9, venue.Buy, 10, 100)), fmt.Sprintf("1:1@100 %d:9@100", last))
		})
	}
}

func TestTopOrderThatIsAmendedIsNoLongerTop(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.b.ShareProRata(1)
		d.place(limit(1, venue.Sell, 10, 100))
		d.place(limit(2, venue.Sell, 10, 100))
		d.m.Reset()
		d.b.Amend(d.ids[1], 100, 11, &d.m)
		d.b.Match(d.ids[1], &d.m)
		d.cancel(2)
		d.place(limit(3, venue.Sell, 45, 100))
		// floor(10*11/56) = 1 is below two; floor(10*45/56) = 8; the two that are left to the older.
		d.want("no TOP", d.place(limit(9, venue.Buy, 10, 100)), "1:2@100 3:8@100")
	})
}

// TestSharedSlicesUseUpTheFillLimit has two icebergs that show one lot each.
func TestSharedSlicesUseUpTheFillLimit(t *testing.T) {
	both(t, Limits{FillsPerMatch: 5}, func(t *testing.T, d *desk) {
		d.b.ShareProRata(1)
		for owner := range venue.OwnerID(2) {
			d.place(limit(owner+1, venue.Sell, 4, 100).with(func(o *Order) { o.Display = 1 }))
		}
		d.want("three rounds", d.place(limit(9, venue.Buy, 6, 100).tif(venue.FOK)), fmt.Sprintf("end %d leaves 6", venue.FOKNotFilled))
		d.want("two rounds", d.place(limit(9, venue.Buy, 4, 100).tif(venue.FOK)), "1:1@100 2:1@100 1:1@100 2:1@100")
	})
}

func TestProRataPreventsSelfTradesFirst(t *testing.T) {
	for _, c := range []struct {
		mode venue.SelfTrade
		want string
	}{
		{venue.CancelTaker, fmt.Sprintf("end %d leaves 20", venue.SelfTradePrevented)},
		{venue.CancelMaker, "1:5@100 3:15@100 2-40"},
		{venue.CancelBoth, fmt.Sprintf("2-40 end %d leaves 20", venue.SelfTradePrevented)},
		{venue.Decrement, fmt.Sprintf("2-20 end %d prevented 20", venue.SelfTradePrevented)},
	} {
		both(t, Limits{}, func(t *testing.T, d *desk) {
			d.b.ShareProRata(1)
			d.place(limit(1, venue.Sell, 5, 100))
			d.place(limit(9, venue.Sell, 40, 100))
			d.place(limit(3, venue.Sell, 40, 100))
			d.want(c.mode.String(), d.place(limit(9, venue.Buy, 20, 100).stp(c.mode)), c.want)
		})
	}
}

func TestSharedLevelIsFull(t *testing.T) {
	both(t, Limits{FillsPerMatch: 2}, func(t *testing.T, d *desk) {
		d.b.ShareProRata(1)
		d.place(limit(1, venue.Sell, 5, 100))
		d.place(limit(1, venue.Sell, 5, 100))
		d.want("third", d.place(limit(1, venue.Sell, 5, 100)), fmt.Sprintf("end %d leaves 5", venue.LevelFull))
		d.place(limit(1, venue.Sell, 5, 101))
		d.want("two levels", d.place(limit(2, venue.Buy, 15, 101)), fmt.Sprintf("1:5@100 2:5@100 end %d leaves 5", venue.FillLimitReached))
	})
}

func TestPreviewTellsWhatMatchWouldTrade(t *testing.T) {
	b := New(Limits{})
	defer b.Close()
	d := newDesk(t, b)
	d.place(limit(1, venue.Sell, 10, 100))
	d.place(limit(9, venue.Sell, 10, 102))
	d.place(limit(2, venue.Sell, 10, 105))
	for _, c := range []struct {
		o    Order
		want Preview
	}{
		{limit(3, venue.Buy, 5, 99), Preview{}},
		{limit(3, venue.Buy, 5, 105), Preview{100, 100, 5}},
		{limit(3, venue.Buy, 50, 105), Preview{100, 105, 30}},
		{limit(3, venue.Buy, 50, 105).tif(venue.FOK), Preview{}},
		{limit(9, venue.Buy, 50, 105), Preview{100, 100, 10}},
		{limit(9, venue.Buy, 50, 105).stp(venue.CancelMaker), Preview{100, 105, 20}},
		{limit(3, venue.Buy, 50, 104).with(func(o *Order) { o.MinQty = 21 }), Preview{}},
		{limit(3, venue.Buy, 50, 105).with(func(o *Order) { o.Flags = venue.PostOnly }), Preview{}},
	} {
		before := d.book()
		if got := b.Preview(&c.o); got != c.want || d.book() != before {
			t.Errorf("Preview(%+v) = %+v, want %+v; book %q", c.o, got, c.want, d.book())
		}
	}
}

// TestAuctionsAllocateNothing collects and uncrosses, and shares pro rata, over
// books that are warm.
func TestAuctionsAllocateNothing(t *testing.T) {
	b := New(Limits{Orders: 1000})
	defer b.Close()
	b.Open(1, 0, 1000)
	b.Open(2, 0, 1000)
	b.ShareProRata(2)
	var m Matched
	var c Crossed
	traded := venue.Qty(0)
	step := func() {
		c.Reset()
		for owner := range venue.OwnerID(40) {
			o := limit(owner%7, venue.Side(1+owner%2), venue.Qty(1+owner%5), 490+venue.Price(owner*7%20))
			if owner%4 == 0 {
				o.Display = 1
			}
			id, _ := b.Add(&o)
			b.Rest(id, &m)
			o.Instrument, o.Owner = 2, owner
			id, _ = b.Add(&o)
			b.Match(id, &m)
		}
		a, _ := b.Indicative(1, Reference{})
		for left := a.Volume; left > 0; {
			left = b.Uncross(1, a.Price, left, &c)
		}
		traded += a.Volume
		for owner := range venue.HoldingID(40) {
			for id, ok := b.Oldest(owner); ok; id, ok = b.Oldest(owner) {
				b.Cancel(id, venue.CanceledByVenue, &m)
			}
		}
		m.Reset()
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 || traded == 0 {
		t.Errorf("an auction of %d lots allocates %v times, want 0", traded, n)
	}
}

func BenchmarkIndicative(b *testing.B) {
	books, m := benchBooks(b)
	for n := range venue.Price(10_000) {
		o := limit(1, venue.Side(1+n%2), 10, 50_000+n%1000-500)
		id, _ := books.Add(&o)
		books.Rest(id, m)
	}
	m.Reset()
	for b.Loop() {
		books.Indicative(1, Reference{})
	}
}

// BenchmarkUncross collects and uncrosses 1,000 orders of each side.
func BenchmarkUncross(b *testing.B) {
	books, m := benchBooks(b)
	var c Crossed
	for b.Loop() {
		m.Reset()
		c.Reset()
		for n := range venue.OwnerID(2000) {
			o := limit(n, venue.Side(1+n%2), 10, 50_000)
			id, _ := books.Add(&o)
			books.Rest(id, m)
		}
		a, _ := books.Indicative(1, Reference{})
		for left := a.Volume; left > 0; {
			left = books.Uncross(1, a.Price, left, &c)
		}
	}
}

// BenchmarkProRata shares 1,000 lots among 100 orders.
func BenchmarkProRata(b *testing.B) {
	books, m := benchBooks(b)
	books.ShareProRata(1)
	for n := range venue.OwnerID(100) {
		o := limit(n, venue.Sell, venue.MaxQty, 50_000)
		id, _ := books.Add(&o)
		books.Match(id, m)
	}
	o := limit(1000, venue.Buy, 1000, 50_000).tif(venue.IOC)
	for b.Loop() {
		m.Reset()
		id, _ := books.Add(&o)
		books.Match(id, m)
	}
}
