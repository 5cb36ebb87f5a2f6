package blotter

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// slow is the same view as a list of everything that ever happened: it computes
// what a View keeps.
type slow struct {
	ended   int
	entries []venue.Entry
}

// slowOrder is an order with all of its names.
type slowOrder struct {
	Order
	names []venue.ClOrdID
	endAt int
	value *big.Int
}

// orders folds the events into the orders of all time, by id.
func (s *slow) orders() map[venue.OrderID]*slowOrder {
	all := map[venue.OrderID]*slowOrder{}
	for at, e := range s.entries {
		switch ev := e.Event.(type) {
		case *venue.OrderAccepted:
			all[ev.Order] = &slowOrder{
				Order: Order{ID: ev.Order, Account: ev.Account, ClOrdID: ev.ClOrdID, Side: ev.Side, Price: ev.Price, Qty: ev.Qty, Leaves: ev.Qty, Status: StatusNew, Seq: e.Seq},
				names: []venue.ClOrdID{ev.ClOrdID}, value: new(big.Int),
			}
		case *venue.OrderAmended:
			o := all[ev.Order]
			o.Price, o.Qty, o.Leaves = ev.Price, ev.Qty, ev.Leaves
			o.names = append(o.names, ev.ClOrdID)
		case *venue.OrderReduced:
			o := all[ev.Order]
			o.Qty, o.Leaves = o.Qty-ev.By, ev.Leaves
		case *venue.OrderCanceled:
			o := all[ev.Order]
			o.Leaves, o.Status, o.Reason, o.endAt = 0, StatusCanceled, ev.Reason, 2*at
			o.names = append(o.names, ev.ClOrdID)
		case *venue.Traded:
			for i, f := range []venue.Fill{ev.Maker, ev.Taker} {
				o := all[f.Order]
				o.Filled, o.Leaves, o.Status, o.Fees = o.Filled+ev.Qty, f.Leaves, StatusPartiallyFilled, o.Fees+f.Fee
				o.value.Add(o.value, new(big.Int).Mul(big.NewInt(int64(ev.Price)), big.NewInt(int64(ev.Qty))))
				if f.Leaves == 0 {
					o.Status, o.endAt = StatusFilled, 2*at+i // When both end the taker is the later one.
				}
			}
		case *venue.VersionSet, *venue.AssetListed, *venue.InstrumentListed, *venue.PhaseChanged, *venue.MarkChanged,
			*venue.AccountOpened, *venue.Deposited, *venue.Withdrawn, *venue.CommandRejected, *venue.OrderRejected,
			*venue.RequestRepeated, *venue.OrderTriggered, *venue.CancelRejected, *venue.MassCanceled,
			*venue.LevelChanged, *venue.BalanceChanged, *venue.PositionChanged,
			*venue.LiquidationSet, *venue.InsuranceFunded, *venue.AccountStateChanged, *venue.PositionTransferred, *venue.Receipt, *venue.GainsHaircut, *venue.DebtPaid,
			*venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.ScheduleSet, *venue.ProtectionsSet,
			*venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered,
			*venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet, *venue.FundingClosed, *venue.FundingPaid, *venue.FundingSettled,
			*venue.CollateralSet, *venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
			// The machine makes none of these.
		}
	}
	return all
}

// String is for failures: an order without its names in bytes.
func (o *slowOrder) String() string {
	return fmt.Sprintf("{%d %v %d+%d/%d value %v end %d}", o.ID, o.Status, o.Filled, o.Leaves, o.Qty, o.value, o.endAt)
}

// known drops the ended orders that an account has too many of.
func (s *slow) known(account venue.AccountID) (live, ended []*slowOrder) {
	for _, o := range s.orders() {
		switch {
		case o.Account != account:
		case o.Status.Live():
			live = append(live, o)
		default:
			ended = append(ended, o)
		}
	}
	slices.SortFunc(live, func(a, b *slowOrder) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(ended, func(a, b *slowOrder) int { return cmp.Compare(b.endAt, a.endAt) })
	return live, ended[:min(len(ended), s.ended)]
}

// machine makes events as an engine could, from what is live in the slow view.
type machine struct {
	t     *rapid.T
	feed  *feed
	slow  *slow
	next  venue.OrderID
	names int
}

func (m *machine) name() venue.ClOrdID {
	m.names++
	return venue.ClOrdID{'n', byte('0' + m.names/1000%10), byte('0' + m.names/100%10), byte('0' + m.names/10%10), byte('0' + m.names%10)}
}

// pick returns a live order of any account, or nil.
func (m *machine) pick(label string) *slowOrder {
	all := m.slow.orders()
	var live []*slowOrder
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if all[k].Status.Live() {
			live = append(live, all[k])
		}
	}
	if len(live) == 0 {
		return nil
	}
	return rapid.SampledFrom(live).Draw(m.t, label)
}

func (m *machine) step() {
	kind := rapid.IntRange(0, 9).Draw(m.t, "kind")
	o := m.pick("order")
	switch {
	case o == nil || kind < 3:
		m.next++
		q := rapid.Int64Range(1, 1<<31-1).Draw(m.t, "qty")
		m.emit(&venue.OrderAccepted{
			Account: rapid.SampledFrom([]venue.AccountID{alice, bob}).Draw(m.t, "account"), Order: m.next, ClOrdID: m.name(),
			Side: rapid.SampledFrom([]venue.Side{venue.Buy, venue.Sell}).Draw(m.t, "side"), Price: 5, Qty: venue.Qty(q),
		})
	case kind == 3:
		leaves := venue.Qty(rapid.Int64Range(1, 1<<20).Draw(m.t, "leaves"))
		m.emit(&venue.OrderAmended{Account: o.Account, Order: o.ID, ClOrdID: m.name(), Price: 6, Qty: o.Filled + leaves, Leaves: leaves})
	case kind == 4 && o.Leaves > 1:
		by := venue.Qty(rapid.Int64Range(1, int64(o.Leaves)-1).Draw(m.t, "by"))
		m.emit(&venue.OrderReduced{Account: o.Account, Order: o.ID, By: by, Leaves: o.Leaves - by})
	case kind == 5:
		m.emit(&venue.OrderCanceled{Account: o.Account, Order: o.ID, ClOrdID: m.name(), Qty: o.Leaves, Reason: venue.CanceledByUser})
	default:
		m.trade(o)
	}
}

func (m *machine) trade(maker *slowOrder) {
	taker := m.pick("taker")
	if taker.ID == maker.ID || taker.Side == maker.Side {
		return
	}
	q := venue.Qty(rapid.Int64Range(1, int64(min(maker.Leaves, taker.Leaves))).Draw(m.t, "qty"))
	m.emit(&venue.Traded{
		Instrument: 1, Trade: venue.TradeID(m.feed.seq + 1), Qty: q, TakerSide: taker.Side,
		Price: venue.Price(rapid.Int64Range(-int64(venue.MaxPrice), int64(venue.MaxPrice)).Draw(m.t, "price")),
		Maker: venue.Fill{Account: maker.Account, Order: maker.ID, Leaves: maker.Leaves - q, Fee: 1},
		Taker: venue.Fill{Account: taker.Account, Order: taker.ID, Leaves: taker.Leaves - q, Fee: 2},
	})
}

func (m *machine) emit(e venue.Event) {
	m.feed.seq++
	entry := venue.Entry{Seq: m.feed.seq, Time: venue.Time(m.feed.seq), Event: e}
	m.slow.entries = append(m.slow.entries, entry)
	m.feed.view.Apply(&entry)
}

func same(a *Order, b *slowOrder) bool {
	return a.ID == b.ID && a.Account == b.Account && a.ClOrdID == b.ClOrdID && a.Price == b.Price &&
		a.Qty == b.Qty && a.Filled == b.Filled && a.Leaves == b.Leaves && a.Status == b.Status &&
		a.Reason == b.Reason && a.Fees == b.Fees && big.NewInt(a.Value).Cmp(b.value) == 0 && a.Priced == b.Filled
}

func (m *machine) compare(account venue.AccountID) {
	live, ended := m.slow.known(account)
	for _, c := range []struct {
		what string
		fast []Order
		slow []*slowOrder
	}{
		{"live", m.feed.view.Live(account, Filter{}, Place{}, 1e6, nil), live},
		{"ended", m.feed.view.Ended(account, Filter{}, 1e6, nil), ended},
	} {
		if !slices.EqualFunc(c.fast, c.slow, func(a Order, b *slowOrder) bool { return same(&a, b) }) {
			m.t.Fatalf("%s orders of %d = %+v, want %+v", c.what, account, c.fast, c.slow)
		}
	}
	for _, o := range slices.Concat(live, ended) {
		if got, ok := m.feed.view.Order(o.ID); !ok || !same(&got, o) {
			m.t.Fatalf("order %d = %+v, %v, want %+v", o.ID, got, ok, o)
		}
		further := o.names[1:]
		for _, n := range append(further[max(0, len(further)-maxAliases):], o.names[0]) {
			if got, ok := m.feed.view.ByClient(account, n); !ok || got.ID != o.ID {
				m.t.Fatalf("order %d is not found by %s", o.ID, n)
			}
		}
	}
}

func TestSlowTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept := rapid.IntRange(1, 5).Draw(t, "kept")
		m := &machine{t: t, feed: newFeed(Limits{Ended: kept, Fills: 5}), slow: &slow{ended: kept}}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			m.step()
		}
		m.compare(alice)
		m.compare(bob)
		m.image()
	})
}

// image writes the live orders as an image of the state would and compares a
// view of it with the one that heard everything.
func (m *machine) image() {
	fresh := New(Limits{})
	var at uint32
	for _, account := range []venue.AccountID{bob, alice} {
		live, _ := m.slow.known(account)
		for _, o := range live {
			fresh.Apply(&venue.Entry{Seq: m.feed.seq, Index: at, Event: &venue.OrderAccepted{
				Account: o.Account, Order: o.ID, ClOrdID: o.ClOrdID, Side: o.Side, Price: o.Price, Qty: o.Qty, Filled: o.Filled,
			}})
			at++
		}
	}
	for _, account := range []venue.AccountID{alice, bob} {
		a := fresh.Live(account, Filter{}, Place{}, 1e6, nil)
		b := m.feed.view.Live(account, Filter{}, Place{}, 1e6, nil)
		if !slices.EqualFunc(a, b, func(a, b Order) bool {
			return a.ID == b.ID && a.ClOrdID == b.ClOrdID && a.Qty == b.Qty && a.Filled == b.Filled && a.Leaves == b.Leaves && a.Status == b.Status && a.Price == b.Price
		}) {
			m.t.Fatalf("live orders of %d after an image = %+v, want %+v", account, a, b)
		}
	}
}

// lives runs n orders through entry, a fill and a cancel.
func lives(v *View, seq *venue.Seq, events *[4]venue.Event, entry *venue.Entry) {
	accepted := events[0].(*venue.OrderAccepted)
	accepted.Order++
	for i := range accepted.ClOrdID {
		if accepted.ClOrdID[i]++; accepted.ClOrdID[i] <= '~' {
			break
		}
		accepted.ClOrdID[i] = '!'
	}
	events[1].(*venue.Traded).Maker.Order = accepted.Order
	events[2].(*venue.BalanceChanged).Total++
	events[3].(*venue.OrderCanceled).Order = accepted.Order
	for _, e := range events {
		*seq++
		entry.Seq, entry.Event = *seq, e
		v.Apply(entry)
	}
}

func newLives() *[4]venue.Event {
	return &[4]venue.Event{
		&venue.OrderAccepted{Account: alice, ClOrdID: id("!!!!!!!!"), Side: venue.Buy, Price: 5, Qty: 5},
		&venue.Traded{Instrument: 1, Price: 5, Qty: 1, TakerSide: venue.Sell, Maker: venue.Fill{Account: alice, Leaves: 4}, Taker: venue.Fill{Account: bob}},
		&venue.BalanceChanged{Account: alice, Asset: 1},
		&venue.OrderCanceled{Account: alice, Reason: venue.CanceledByUser},
	}
}

func TestApplyAllocs(t *testing.T) {
	v, events, seq, entry := New(Limits{}), newLives(), venue.Seq(0), &venue.Entry{}
	for range 5000 {
		lives(v, &seq, events, entry)
	}
	if n := testing.AllocsPerRun(2000, func() { lives(v, &seq, events, entry) }); n != 0 {
		t.Errorf("the life of an order allocates %v times, want 0", n)
	}
}

func BenchmarkApply(b *testing.B) {
	v, events, seq, entry := New(Limits{}), newLives(), venue.Seq(0), &venue.Entry{}
	for b.Loop() {
		lives(v, &seq, events, entry)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(seq), "ns/event")
}
