package blotter

import (
	"slices"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

const (
	alice venue.AccountID = 16
	bob   venue.AccountID = 17
)

// feed gives events to a view, each in an envelope of its own.
type feed struct {
	view *View
	tape venue.Tape
	seq  venue.Seq
}

func newFeed(l Limits) *feed { return &feed{view: New(l)} }

func (f *feed) apply(fill func(*venue.Tape)) {
	f.seq++
	f.tape.Reset()
	f.tape.Begin(&venue.Envelope{Seq: f.seq, Time: venue.Time(f.seq) * venue.Second, Session: 7})
	fill(&f.tape)
	for i := range f.tape.Entries {
		f.view.Apply(&f.tape.Entries[i])
	}
}

func id(s string) venue.ClOrdID {
	c, ok := venue.ParseClOrdID(s)
	if !ok {
		panic("bad id in a test: " + s)
	}
	return c
}

func (f *feed) accept(a venue.AccountID, o venue.OrderID, name string, side venue.Side, p venue.Price, q venue.Qty) {
	f.apply(func(t *venue.Tape) {
		*t.OrderAccepted() = venue.OrderAccepted{
			Session: 7, Account: a, Instrument: 1, Order: o, ClOrdID: id(name),
			Side: side, Type: venue.Limit, TIF: venue.GTC, Price: p, Qty: q,
		}
	})
}

func (f *feed) trade(maker, taker venue.Fill, side venue.Side, p venue.Price, q venue.Qty) {
	f.apply(func(t *venue.Tape) {
		*t.Traded() = venue.Traded{Instrument: 1, Trade: venue.TradeID(f.seq), Price: p, Qty: q, TakerSide: side, Maker: maker, Taker: taker}
	})
}

func (f *feed) cancel(a venue.AccountID, o venue.OrderID, request venue.ClOrdID, why venue.Reason) {
	f.apply(func(t *venue.Tape) {
		*t.OrderCanceled() = venue.OrderCanceled{Account: a, Instrument: 1, Order: o, ClOrdID: request, Qty: 1, Reason: why}
	})
}

// state is what a test says about an order.
type state struct {
	status              Status
	reason              venue.Reason
	qty, filled, leaves venue.Qty
	price               venue.Price
	value               int64
	fees                venue.Amount
	triggered           bool
	last                string
}

func (f *feed) want(t *testing.T, o venue.OrderID, want state) {
	t.Helper()
	got, ok := f.view.Order(o)
	if !ok {
		t.Fatalf("order %d is missing", o)
	}
	s := state{got.Status, got.Reason, got.Qty, got.Filled, got.Leaves, got.Price, got.Value, got.Fees, got.Triggered, got.LastClOrdID.String()}
	if s != want {
		t.Errorf("order %d = %+v, want %+v", o, s, want)
	}
}

func TestLifeOfAnOrder(t *testing.T) {
	f := newFeed(Limits{})
	f.accept(alice, 1, "a1", venue.Sell, 100, 10)
	f.want(t, 1, state{status: StatusNew, qty: 10, leaves: 10, price: 100, last: "a1"})
	f.accept(bob, 2, "b1", venue.Buy, 105, 4)
	f.trade(venue.Fill{Account: alice, Order: 1, Leaves: 6, Fee: 3}, venue.Fill{Account: bob, Order: 2, Leaves: 0, Fee: 5}, venue.Buy, 100, 4)
	f.want(t, 1, state{status: StatusPartiallyFilled, qty: 10, filled: 4, leaves: 6, price: 100, value: 400, fees: 3, last: "a1"})
	f.want(t, 2, state{status: StatusFilled, qty: 4, filled: 4, price: 105, value: 400, fees: 5, last: "b1"})

	f.apply(func(t *venue.Tape) {
		*t.OrderAmended() = venue.OrderAmended{Account: alice, Instrument: 1, Order: 1, ClOrdID: id("a2"), Price: 99, Qty: 12, Leaves: 8}
	})
	f.want(t, 1, state{status: StatusPartiallyFilled, qty: 12, filled: 4, leaves: 8, price: 99, value: 400, fees: 3, last: "a2"})
	f.apply(func(t *venue.Tape) {
		*t.OrderReduced() = venue.OrderReduced{Account: alice, Instrument: 1, Order: 1, By: 3, Leaves: 5, Reason: venue.SelfTradePrevented}
	})
	f.want(t, 1, state{status: StatusPartiallyFilled, qty: 9, filled: 4, leaves: 5, price: 99, value: 400, fees: 3, last: "a2"})
	f.cancel(alice, 1, id("a3"), venue.CanceledByUser)
	f.want(t, 1, state{status: StatusCanceled, reason: venue.CanceledByUser, qty: 9, filled: 4, price: 99, value: 400, fees: 3, last: "a3"})
	for _, name := range []string{"a1", "a2", "a3"} {
		if got, ok := f.view.ByClient(alice, id(name)); !ok || got.ID != 1 {
			t.Errorf("ByClient(alice, %s) = order %d, %v, want order 1", name, got.ID, ok)
		}
		if _, ok := f.view.ByClient(bob, id(name)); ok {
			t.Errorf("ByClient(bob, %s) finds the order of another account", name)
		}
	}
	fills := f.view.Fills(alice, Filter{}, Place{}, 10, nil)
	if len(fills) != 1 || !fills[0].Maker || fills[0].Side != venue.Sell || fills[0].ClOrdID != id("a1") || fills[0].Fee != 3 {
		t.Errorf("fills of alice = %+v, want one as maker", fills)
	}
}

func TestEnds(t *testing.T) {
	f := newFeed(Limits{})
	for i, c := range []struct {
		why  venue.Reason
		want Status
	}{
		{venue.Expired, StatusExpired},
		{venue.IOCRemainder, StatusCanceled},
		{venue.FOKNotFilled, StatusCanceled},
		{venue.CanceledByMass, StatusCanceled},
	} {
		o := venue.OrderID(i + 1)
		f.accept(alice, o, "x"+string(rune('a'+i)), venue.Buy, 5, 5)
		f.cancel(alice, o, venue.ClOrdID{}, c.why)
		if got, _ := f.view.Order(o); got.Status != c.want || got.Reason != c.why {
			t.Errorf("end by %d: status %v, reason %d, want %v", c.why, got.Status, got.Reason, c.want)
		}
	}
	if n := f.view.TotalLive(); n != f.view.LiveCount(alice)+f.view.LiveCount(bob) {
		t.Errorf("TotalLive = %d, want the sum over the accounts", n)
	}
	if n, all := f.view.LiveCount(alice), f.view.TotalLive(); n != 0 || all != 0 {
		t.Errorf("live orders = %d of %d, want none", n, all)
	}
	f.accept(alice, 99, "x-last", venue.Buy, 5, 5)
	if all := f.view.TotalLive(); all != 1 {
		t.Errorf("live orders of all = %d, want 1", all)
	}
}

func TestStop(t *testing.T) {
	f := newFeed(Limits{})
	f.apply(func(t *venue.Tape) {
		*t.OrderAccepted() = venue.OrderAccepted{Account: alice, Instrument: 1, Order: 1, ClOrdID: id("s"), Side: venue.Buy, Type: venue.Stop, TIF: venue.GTC, Stop: 110, Qty: 5}
	})
	f.apply(func(t *venue.Tape) {
		*t.OrderTriggered() = venue.OrderTriggered{Account: alice, Instrument: 1, Order: 1, Price: 121}
	})
	f.want(t, 1, state{status: StatusNew, qty: 5, leaves: 5, price: 121, triggered: true, last: "s"})
	f.apply(func(t *venue.Tape) {
		*t.OrderAccepted() = venue.OrderAccepted{Account: alice, Instrument: 1, Order: 2, ClOrdID: id("t"), Side: venue.Buy, Type: venue.StopLimit, TIF: venue.GTC, Price: 120, Qty: 5}
	})
	f.want(t, 2, state{status: StatusNew, qty: 5, leaves: 5, price: 120, triggered: true, last: "t"}) // As in an image.
}

// TestRejected shows that a refused order is found by its client id, and that
// the refusal of a duplicate does not hide the order that has the id.
func TestRejected(t *testing.T) {
	f := newFeed(Limits{})
	reject := func(name string, why venue.Reason) {
		f.apply(func(t *venue.Tape) {
			*t.OrderRejected() = venue.OrderRejected{Account: alice, Instrument: 1, ClOrdID: id(name), Side: venue.Buy, Qty: 5, Refusal: venue.Refusal{Reason: why, Field: venue.FieldPrice}}
		})
	}
	reject("r", venue.BadTick)
	if got, ok := f.view.ByClient(alice, id("r")); !ok || got.Status != StatusRejected || got.Reason != venue.BadTick || got.Field != venue.FieldPrice || got.ID != 0 {
		t.Errorf("ByClient(r) = %+v, %v, want rejected for the tick", got, ok)
	}
	f.accept(alice, 1, "a", venue.Buy, 5, 5)
	reject("a", venue.DuplicateClOrdID)
	if got, ok := f.view.ByClient(alice, id("a")); !ok || got.ID != 1 {
		t.Errorf("ByClient(a) = %+v, %v, want order 1", got, ok)
	}
	if _, ok := f.view.Order(0); ok {
		t.Error("order 0 exists")
	}
}

func TestForgets(t *testing.T) {
	f := newFeed(Limits{Ended: 2, Fills: 3})
	for i := range venue.OrderID(5) {
		name := "n" + string(rune('0'+i))
		f.accept(alice, i+1, name, venue.Buy, 5, 5)
		f.trade(venue.Fill{Account: bob}, venue.Fill{Account: alice, Order: i + 1, Leaves: 4}, venue.Buy, 5, 1)
		f.cancel(alice, i+1, id("c"+name), venue.CanceledByUser)
	}
	if got := len(f.view.Ended(alice, Filter{}, 10, nil)); got != 2 {
		t.Errorf("ended orders = %d, want 2", got)
	}
	for i := range venue.OrderID(5) {
		name := "n" + string(rune('0'+i))
		_, byID := f.view.Order(i + 1)
		_, byName := f.view.ByClient(alice, id(name))
		_, byCancel := f.view.ByClient(alice, id("c"+name))
		if want := i >= 3; byID != want || byName != want || byCancel != want {
			t.Errorf("order %d: found by id %v, by name %v, by cancel %v, want all %v", i+1, byID, byName, byCancel, want)
		}
	}
	fills := f.view.Fills(alice, Filter{}, Place{}, 10, nil)
	if len(fills) != 3 || fills[0].Order != 5 || fills[2].Order != 3 {
		t.Errorf("fills = %+v, want those of orders 5, 4 and 3", fills)
	}
	if len(f.view.byID) != 2 || len(f.view.byClient) != 4 {
		t.Errorf("%d ids and %d names are kept, want 2 and 4", len(f.view.byID), len(f.view.byClient))
	}
}

// TestAliasesBounded amends one order for ever.
func TestAliasesBounded(t *testing.T) {
	f := newFeed(Limits{})
	f.accept(alice, 1, "first", venue.Buy, 5, 5)
	name := func(i int) venue.ClOrdID {
		return venue.ClOrdID{'m', byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)}
	}
	for i := range 200 {
		f.apply(func(t *venue.Tape) {
			*t.OrderAmended() = venue.OrderAmended{Account: alice, Instrument: 1, Order: 1, ClOrdID: name(i), Price: 5, Qty: 5, Leaves: 5}
		})
	}
	if got := len(f.view.byClient); got != maxAliases+1 {
		t.Errorf("%d names are kept, want %d", got, maxAliases+1)
	}
	for i, want := range map[int]bool{199: true, 200 - maxAliases: true, 199 - maxAliases: false, 0: false} {
		if _, ok := f.view.ByClient(alice, name(i)); ok != want {
			t.Errorf("amendment %d: found %v, want %v", i, ok, want)
		}
	}
	if _, ok := f.view.ByClient(alice, id("first")); !ok {
		t.Error("the id at entry is forgotten")
	}
}

func TestBalancesAndPositions(t *testing.T) {
	f := newFeed(Limits{})
	f.apply(func(t *venue.Tape) {
		*t.AccountOpened() = venue.AccountOpened{Account: alice, Owner: 3}
		*t.BalanceChanged() = venue.BalanceChanged{Account: alice, Asset: 2, Total: 5}
		*t.BalanceChanged() = venue.BalanceChanged{Account: alice, Asset: 1, Total: 100, Held: 40}
		*t.BalanceChanged() = venue.BalanceChanged{Account: alice, Asset: 2}
		*t.PositionChanged() = venue.PositionChanged{Account: alice, Instrument: 9, Qty: -3, Cost: -300, Margin: 30}
		*t.PositionChanged() = venue.PositionChanged{Account: alice, Instrument: 4, Margin: 7}
		*t.PositionChanged() = venue.PositionChanged{Account: alice, Instrument: 5, Qty: 1}
		*t.PositionChanged() = venue.PositionChanged{Account: alice, Instrument: 5}
	})
	if got, want := f.view.Balances(alice), []Balance{{1, 100, 40, 1}}; !slices.Equal(got, want) {
		t.Errorf("balances = %v, want %v", got, want)
	}
	if got, want := f.view.Positions(alice), []Position{{Instrument: 4, Margin: 7, Seq: 1}, {Instrument: 9, Qty: -3, Cost: -300, Margin: 30, Seq: 1}}; !slices.Equal(got, want) {
		t.Errorf("positions = %v, want %v", got, want)
	}
	if got := f.view.PositionIn(alice, 9); got.Qty != -3 {
		t.Errorf("PositionIn(9) = %+v, want -3 lots", got)
	}
	if owner, ok := f.view.Owner(alice); !ok || owner != 3 {
		t.Errorf("Owner(alice) = %d, %v, want 3", owner, ok)
	}
	if _, ok := f.view.Owner(bob); ok {
		t.Error("bob exists")
	}
}

// TestKinds applies one event of each kind to an empty view, where all of them
// are about things that it has never heard of.
func TestKinds(t *testing.T) {
	f := newFeed(Limits{})
	f.apply(func(t *venue.Tape) {
		t.VersionSet()
		t.AssetListed()
		t.InstrumentListed()
		t.PhaseChanged()
		t.MarkChanged()
		t.AccountOpened()
		t.Deposited()
		t.Withdrawn()
		t.CommandRejected()
		t.OrderRejected()
		t.RequestRepeated()
		t.OrderTriggered()
		t.OrderAmended()
		t.OrderReduced()
		t.OrderCanceled()
		t.CancelRejected()
		t.MassCanceled()
		t.Traded()
		t.LevelChanged()
		t.BalanceChanged()
		t.PositionChanged()
		t.OrderAccepted()
	})
}

func TestPaging(t *testing.T) {
	f := newFeed(Limits{})
	for i := range venue.OrderID(10) {
		f.accept(alice, i+1, "o"+string(rune('a'+i)), venue.Side(i%2+1), 5, 5)
	}
	var got []venue.OrderID
	var after Place
	for {
		page := f.view.Live(alice, Filter{Side: venue.Sell}, after, 2, nil)
		if len(page) == 0 {
			break
		}
		for _, o := range page {
			got = append(got, o.ID)
		}
		last := page[len(page)-1]
		after = Place{last.Seq, last.Index}
	}
	if want := []venue.OrderID{2, 4, 6, 8, 10}; !slices.Equal(got, want) {
		t.Errorf("sell orders by pages of two = %v, want %v", got, want)
	}
}

// TestRejectedForNobody shows that a refusal for an account that does not exist
// costs no memory, whatever its number.
func TestRejectedForNobody(t *testing.T) {
	f := newFeed(Limits{})
	f.apply(func(t *venue.Tape) {
		*t.OrderRejected() = venue.OrderRejected{Account: 1<<32 - 1, ClOrdID: id("x"), Refusal: venue.Refusal{Reason: venue.UnknownAccount}}
	})
	if len(f.view.accounts) != 0 || len(f.view.byClient) != 0 {
		t.Errorf("%d accounts and %d names are kept, want none", len(f.view.accounts), len(f.view.byClient))
	}
}
