package matching

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// both runs a test on the fast books and on their slow twin.
func both(t *testing.T, l Limits, test func(t *testing.T, d *desk)) {
	t.Helper()
	t.Run("fast", func(t *testing.T) {
		b := New(l)
		defer b.Close()
		test(t, newDesk(t, b))
		if err := b.check(); err != nil {
			t.Errorf("the books are inconsistent: %v", err)
		}
	})
	t.Run("slow", func(t *testing.T) { test(t, newDesk(t, newSlow(l))) })
}

// desk drives books in few words: orders have numbers, in order of entry from 1,
// which are their tags.
type desk struct {
	t   *testing.T
	b   venueBooks
	m   Matched
	ids []venue.OrderID
}

const (
	testLow  = -3000
	testHigh = 9000
)

func newDesk(t *testing.T, b venueBooks) *desk {
	b.Open(1, testLow, testHigh)
	return &desk{t: t, b: b, ids: make([]venue.OrderID, 1)}
}

// limit returns a GTC limit order of an owner.
func limit(owner venue.OwnerID, side venue.Side, qty venue.Qty, price venue.Price) Order {
	return Order{
		Instrument: 1, Holding: venue.HoldingID(owner), Owner: owner, Side: side, Type: venue.Limit, TIF: venue.GTC,
		STP: venue.CancelTaker, Price: price, Qty: qty,
	}
}

func (o Order) with(change func(*Order)) Order {
	change(&o)
	return o
}

func (o Order) tif(f venue.TimeInForce) Order { o.TIF = f; return o }
func (o Order) stp(s venue.SelfTrade) Order   { o.STP = s; return o }

// add takes a slot and returns the number of the order.
func (d *desk) add(o Order) int {
	d.t.Helper()
	o.Tag = uint32(len(d.ids))
	id, ok := d.b.Add(&o)
	if !ok {
		d.t.Fatalf("Add(%+v) finds the slab full", o)
	}
	d.ids = append(d.ids, id)
	return len(d.ids) - 1
}

// place enters an order, matches it and returns what happened in words.
func (d *desk) place(o Order) string {
	d.t.Helper()
	n := d.add(o)
	d.m.Reset()
	d.b.Match(d.ids[n], &d.m)
	return d.said()
}

func (d *desk) cancel(n int) string {
	d.m.Reset()
	if !d.b.Cancel(d.ids[n], venue.CanceledByUser, &d.m) {
		return "unknown"
	}
	return d.said()
}

// said puts m into words: fills as maker:qty@price, cuts as order-by, then the end.
func (d *desk) said() string {
	var s strings.Builder
	for _, f := range d.m.Fills {
		fmt.Fprintf(&s, "%d:%d@%d ", f.MakerTag, f.Qty, f.Price)
	}
	for _, c := range d.m.Cuts {
		fmt.Fprintf(&s, "%d-%d ", c.Tag, c.By)
	}
	if d.m.End != venue.OK {
		fmt.Fprintf(&s, "end %d ", d.m.End)
	}
	if d.m.Prevented != 0 {
		fmt.Fprintf(&s, "prevented %d ", d.m.Prevented)
	}
	if d.m.Leaves != 0 {
		fmt.Fprintf(&s, "leaves %d ", d.m.Leaves)
	}
	return strings.TrimSpace(s.String())
}

// book puts all levels into words, the best first: qty(orders)@price.
func (d *desk) book() string {
	var s strings.Builder
	for _, side := range []venue.Side{venue.Buy, venue.Sell} {
		if side == venue.Sell {
			s.WriteString("| ")
		}
		for _, l := range d.b.Depth(1, side, 100, nil) {
			fmt.Fprintf(&s, "%d(%d)@%d ", l.Qty, l.Orders, l.Price)
		}
	}
	return strings.TrimSpace(s.String())
}

func (d *desk) want(what, got, want string) {
	d.t.Helper()
	if got != want {
		d.t.Errorf("%s: got %q, want %q; book %q", what, got, want, d.book())
	}
}

func TestPartialFillKeepsFIFOPlace(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 10, 100))
		d.place(limit(2, venue.Sell, 10, 100))
		d.want("first", d.place(limit(3, venue.Buy, 4, 100)), "1:4@100")
		d.want("second", d.place(limit(3, venue.Buy, 8, 100)), "1:6@100 2:2@100")
		d.want("book", d.book(), "| 8(1)@100")
	})
}

func TestTradesAtTheRestingPrice(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 10, 100))
		d.place(limit(1, venue.Sell, 10, 102))
		d.want("buy", d.place(limit(2, venue.Buy, 15, 110)), "1:10@100 2:5@102")
		d.place(limit(1, venue.Buy, 10, 90))
		d.want("sell", d.place(limit(2, venue.Sell, 5, -10)), "4:5@90")
	})
}

func TestFOKHonoursSelfTradeAndChangesNothing(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 10, 100))
		d.place(limit(9, venue.Sell, 10, 100))
		d.place(limit(2, venue.Sell, 10, 101))
		before := d.book()
		fok := limit(9, venue.Buy, 15, 101).tif(venue.FOK)
		for _, mode := range []venue.SelfTrade{venue.CancelTaker, venue.CancelBoth, venue.Decrement} {
			d.want(mode.String(), d.place(fok.stp(mode)), fmt.Sprintf("end %d leaves 15", venue.FOKNotFilled))
			d.want(mode.String(), d.book(), before)
		}
		d.want("beyond what is there", d.place(fok.stp(venue.CancelMaker).with(func(o *Order) { o.Qty = 21 })),
			fmt.Sprintf("end %d leaves 21", venue.FOKNotFilled))
		d.want("book", d.book(), before)
		d.want("cancel maker", d.place(fok.stp(venue.CancelMaker)), "1:10@100 3:5@101 2-10")
		d.want("book", d.book(), "| 5(1)@101")
	})
}

func TestFOKCountsHiddenSizeAndSlices(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		iceberg := limit(1, venue.Sell, 30, 100).with(func(o *Order) { o.Display = 10 })
		d.place(iceberg)
		d.place(limit(2, venue.Sell, 5, 100))
		d.want("shown", d.book(), "| 15(2)@100")
		d.want("all", d.place(limit(3, venue.Buy, 35, 100).tif(venue.FOK)), "1:10@100 2:5@100 1:10@100 1:10@100")
		d.want("book", d.book(), "|")
		d.place(iceberg)
		d.place(limit(9, venue.Sell, 5, 100))
		d.want("own order before the second slice", d.place(limit(9, venue.Buy, 11, 100).tif(venue.FOK)), fmt.Sprintf("end %d leaves 11", venue.FOKNotFilled))
		d.want("first slice", d.place(limit(9, venue.Buy, 10, 100).tif(venue.FOK)), "4:10@100")
		d.want("book", d.book(), "| 15(2)@100")
	})
}

func TestMinQtyIsMetOrNothingHappens(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 10, 100))
		d.place(limit(9, venue.Sell, 10, 100))
		ioc := limit(9, venue.Buy, 40, 100).tif(venue.IOC).with(func(o *Order) { o.MinQty = 11 })
		d.want("not met", d.place(ioc), fmt.Sprintf("end %d leaves 40", venue.MinQtyNotMet))
		d.want("book", d.book(), "| 20(2)@100")
		ioc.MinQty = 10
		d.want("met", d.place(ioc), fmt.Sprintf("1:10@100 end %d leaves 30", venue.SelfTradePrevented))
		d.want("book", d.book(), "| 10(1)@100")
	})
}

func TestBestMovesAfterCancel(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 1, 100))
		d.place(limit(1, venue.Sell, 1, 5000))
		d.place(limit(1, venue.Buy, 1, 99))
		d.place(limit(1, venue.Buy, 1, -2500))
		d.want("cancel", d.cancel(1), "1-1")
		d.want("cancel", d.cancel(3), "3-1")
		d.want("book", d.book(), "1(1)@-2500 | 1(1)@5000")
		if d.b.WouldTake(1, venue.Buy, 4999) || !d.b.WouldTake(1, venue.Buy, 5000) {
			t.Errorf("WouldTake does not follow the best price; book %q", d.book())
		}
		d.want("no trade at the old best", d.place(limit(2, venue.Buy, 1, 100)), "leaves 1")
		d.cancel(2)
		if p, ok := d.b.Best(1, venue.Sell); ok {
			t.Errorf("Best(sell) of an empty side = %d", p)
		}
	})
}

func TestEndedOrdersAreUnknown(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 10, 100))
		d.place(limit(2, venue.Buy, 10, 100))
		d.want("filled maker", d.cancel(1), "unknown")
		d.want("filled taker", d.cancel(2), "unknown")
		d.place(limit(1, venue.Sell, 10, 100))
		d.want("first cancel", d.cancel(3), "3-10")
		d.want("second cancel", d.cancel(3), "unknown")
		d.place(limit(1, venue.Sell, 10, 100).tif(venue.IOC))
		d.want("IOC", d.cancel(4), "unknown")
		var v View
		for n, id := range d.ids {
			if d.b.Get(id, &v) {
				t.Errorf("order %d is over and still known: %+v", n, v)
			}
		}
		if d.b.Live() != 0 {
			t.Errorf("Live() = %d after all orders ended", d.b.Live())
		}
	})
}

func TestImmediateRemainderNeverRests(t *testing.T) {
	for _, change := range []func(*Order){
		func(o *Order) { o.TIF = venue.IOC },
		func(o *Order) { o.Type, o.TIF = venue.Market, venue.GTC },
		func(o *Order) { o.Type, o.Stop, o.TIF = venue.Stop, 100, venue.GTC },
	} {
		both(t, Limits{}, func(t *testing.T, d *desk) {
			d.place(limit(1, venue.Sell, 10, 100))
			n := d.add(limit(2, venue.Buy, 15, 100).with(change))
			d.b.Reprice(d.ids[n], 100)
			d.m.Reset()
			d.b.Match(d.ids[n], &d.m)
			d.want("match", d.said(), fmt.Sprintf("1:10@100 end %d leaves 5", venue.IOCRemainder))
			d.want("book", d.book(), "|")
		})
	}
}

func TestPostOnlyIsRefusedBeforeAnythingChanges(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		d.place(limit(1, venue.Sell, 10, 100))
		post := limit(2, venue.Buy, 5, 100).with(func(o *Order) { o.Flags = venue.PostOnly })
		d.want("crossing", d.place(post), fmt.Sprintf("end %d leaves 5", venue.WouldTake))
		d.want("book", d.book(), "| 10(1)@100")
		post.Price = 99
		d.want("passive", d.place(post), "leaves 5")
		d.want("book", d.book(), "5(1)@99 | 10(1)@100")
	})
}

// TestSelfTradePrevention shows MAT-02: two lots of another, then five own.
func TestSelfTradePrevention(t *testing.T) {
	stp := venue.SelfTradePrevented
	for _, c := range []struct {
		mode       venue.SelfTrade
		qty        venue.Qty
		said, book string
	}{
		{venue.CancelTaker, 10, fmt.Sprintf("1:2@100 end %d leaves 8", stp), "| 5(1)@100 4(1)@101"},
		{venue.CancelMaker, 10, "1:2@100 3:4@101 2-5 leaves 4", "4(1)@101 |"},
		{venue.CancelBoth, 10, fmt.Sprintf("1:2@100 2-5 end %d leaves 8", stp), "| 4(1)@101"},
		{venue.Decrement, 10, "1:2@100 3:3@101 2-5 prevented 5", "| 1(1)@101"},
		{venue.Decrement, 7, fmt.Sprintf("1:2@100 2-5 end %d prevented 5", stp), "| 4(1)@101"},
		{venue.Decrement, 5, fmt.Sprintf("1:2@100 2-3 end %d prevented 3", stp), "| 2(1)@100 4(1)@101"},
		{venue.CancelTaker, 2, "1:2@100", "| 5(1)@100 4(1)@101"},
	} {
		both(t, Limits{}, func(t *testing.T, d *desk) {
			d.place(limit(1, venue.Sell, 2, 100))
			d.place(limit(9, venue.Sell, 5, 100))
			d.place(limit(1, venue.Sell, 4, 101))
			what := fmt.Sprintf("%v of %d", c.mode, c.qty)
			d.want(what, d.place(limit(9, venue.Buy, c.qty, 101).stp(c.mode)), c.said)
			d.want(what, d.book(), c.book)
		})
	}
}

func TestFillLimitEndsTheOrder(t *testing.T) {
	both(t, Limits{FillsPerMatch: 2}, func(t *testing.T, d *desk) {
		for range 3 {
			d.place(limit(1, venue.Sell, 1, 100))
		}
		d.want("FOK", d.place(limit(2, venue.Buy, 3, 100).tif(venue.FOK)), fmt.Sprintf("end %d leaves 3", venue.FOKNotFilled))
		d.want("GTC", d.place(limit(2, venue.Buy, 3, 100)), fmt.Sprintf("1:1@100 2:1@100 end %d leaves 1", venue.FillLimitReached))
		d.place(limit(1, venue.Sell, 1, 100))
		d.want("exactly", d.place(limit(2, venue.Buy, 3, 100)), "3:1@100 6:1@100 leaves 1")
	})
}

func TestAmendKeepsOrLosesPriority(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		for range 3 {
			d.place(limit(1, venue.Sell, 10, 100))
		}
		amend := func(n int, price venue.Price, leaves venue.Qty, wantKept bool) {
			t.Helper()
			d.m.Reset()
			if kept := d.b.Amend(d.ids[n], price, leaves, &d.m); kept != wantKept {
				t.Errorf("Amend(%d, %d, %d) = %v, want %v", n, price, leaves, kept, wantKept)
			} else if !kept {
				d.b.Match(d.ids[n], &d.m)
			}
		}
		amend(1, 100, 4, true)
		amend(2, 100, 11, false)
		d.want("book", d.book(), "| 25(3)@100")
		d.want("order of fills", d.place(limit(2, venue.Buy, 20, 100)), "1:4@100 3:10@100 2:6@100")
		d.place(limit(3, venue.Buy, 3, 90))
		amend(2, 90, 5, false)
		d.want("reprice trades", d.said(), "5:3@90 leaves 2")
		d.want("book", d.book(), "| 2(1)@90")
	})
}

func TestStopsAreElectedInOrder(t *testing.T) {
	both(t, Limits{}, func(t *testing.T, d *desk) {
		stop := func(side venue.Side, at venue.Price) {
			n := d.add(limit(1, side, 1, at).with(func(o *Order) { o.Type, o.Stop = venue.StopLimit, at }))
			d.b.Park(d.ids[n])
		}
		for _, at := range []venue.Price{120, 110, 110, 2000} {
			stop(venue.Buy, at)
		}
		for _, at := range []venue.Price{80, 90, 90, -2000} {
			stop(venue.Sell, at)
		}
		numbers := func(last venue.Price) string {
			var s []string
			for _, id := range d.b.Elect(1, last, nil) {
				var v View
				d.b.Get(id, &v)
				s = append(s, fmt.Sprint(v.Tag))
			}
			return strings.Join(s, " ")
		}
		d.want("between", numbers(100), "")
		d.want("up", numbers(120), "2 3 1")
		d.want("again", numbers(120), "")
		d.cancel(7)
		d.want("down", numbers(80), "6 5")
		d.want("far", numbers(-3000)+"/"+numbers(9000), "8/4")
		d.want("no stop is in the book", d.book(), "|")
	})
}
