package marketdata

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// feed gives events to a view, each in an envelope of its own.
type feed struct {
	view *View
	tape venue.Tape
	seq  venue.Seq
	now  venue.Time
}

func newFeed(t testing.TB, terms ...venue.Instrument) *feed {
	t.Helper()
	f := &feed{view: New(), now: 1_700_000_000 * venue.Second}
	for i := range terms {
		f.apply(func(tape *venue.Tape) { tape.InstrumentListed().Terms = terms[i] })
	}
	return f
}

// apply applies what fill puts on the tape and returns what the last event of
// it changed.
func (f *feed) apply(fill func(*venue.Tape)) Change {
	f.seq++
	f.tape.Reset()
	f.tape.Begin(&venue.Envelope{Seq: f.seq, Time: f.now})
	fill(&f.tape)
	var c Change
	for i := range f.tape.Entries {
		c = f.view.Apply(&f.tape.Entries[i])
	}
	return c
}

func (f *feed) level(s venue.Side, p venue.Price, q venue.Qty, orders uint32) Change {
	return f.apply(func(t *venue.Tape) {
		*t.LevelChanged() = venue.LevelChanged{Instrument: 1, Side: s, Price: p, Qty: q, Orders: orders}
	})
}

func (f *feed) trade(p venue.Price, q venue.Qty) Change {
	return f.apply(func(t *venue.Tape) {
		*t.Traded() = venue.Traded{Instrument: 1, Trade: venue.TradeID(f.seq), Price: p, Qty: q, TakerSide: venue.Buy}
	})
}

var oneTerms = venue.Instrument{ID: 1, Symbol: "H100C.NAE.D.2026-12-01", Tick: 10_000, Hours: 24}

// rules: MD-01
func TestChange(t *testing.T) {
	f := newFeed(t, oneTerms)
	for i, c := range []struct {
		got, want Change
	}{
		{f.level(venue.Buy, 250, 5, 1), Change{1, FeedBook, Added, 0, 1}},
		{f.level(venue.Buy, 251, 5, 1), Change{1, FeedBook, Added, 0, 2}},
		{f.level(venue.Buy, 249, 5, 1), Change{1, FeedBook, Added, 2, 3}},
		{f.level(venue.Buy, 250, 7, 2), Change{1, FeedBook, Changed, 1, 4}},
		{f.level(venue.Buy, 250, 7, 2), Change{}},
		{f.level(venue.Sell, 260, 0, 0), Change{}},
		{f.trade(251, 5), Change{1, FeedTrades, NoAction, 0, 1}},
		{f.level(venue.Buy, 251, 0, 0), Change{1, FeedBook, Deleted, 0, 5}},
	} {
		if c.got != c.want {
			t.Errorf("step %d: change = %+v, want %+v", i, c.got, c.want)
		}
	}
	var b Book
	if !f.view.Book(1, 0, &b) {
		t.Fatal("the book is missing")
	}
	if want := []Level{{250, 7, 2}, {249, 5, 1}}; !slices.Equal(b.Bids, want) || len(b.Asks) != 0 || b.RptSeq != 5 {
		t.Errorf("book = %+v, want bids %v and RptSeq 5", b, want)
	}
}

// TestTwice shows that hearing an event again changes nothing.
func TestTwice(t *testing.T) {
	f := newFeed(t, oneTerms)
	f.trade(250, 5)
	again := slices.Clone(f.tape.Entries)
	for i := range again {
		if c := f.view.Apply(&again[i]); c != (Change{}) {
			t.Errorf("second time: change = %+v, want none", c)
		}
	}
	if got := f.view.Trades(1, 0, 10, nil); len(got) != 1 {
		t.Errorf("trades = %v, want one", got)
	}
}

// TestKinds applies one event of each kind to an empty view, where most of them
// are about things that it has never heard of.
func TestKinds(t *testing.T) {
	f := newFeed(t)
	f.apply(func(t *venue.Tape) {
		t.VersionSet()
		t.AssetListed()
		t.PhaseChanged()
		t.MarkChanged()
		t.AccountOpened()
		t.Deposited()
		t.Withdrawn()
		t.CommandRejected()
		t.OrderAccepted()
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
		t.InstrumentListed().Terms = oneTerms
	})
	if got := len(f.view.Instruments()); got != 1 {
		t.Errorf("instruments = %d, want 1", got)
	}
	if got := f.view.Assets(); len(got) != 2 {
		t.Errorf("assets = %v, want the one and USD, which is always there", got)
	}
}

func TestReference(t *testing.T) {
	two := oneTerms
	two.ID, two.Symbol = 2, "B"
	two.Brackets = []venue.Bracket{{Upto: 5, Initial: 100_000, Maintenance: 50_000}}
	f := newFeed(t, oneTerms, two)
	two.Brackets[0].Upto = 6 // The view has its own copy.
	got, ok := f.view.BySymbol("B")
	if !ok || got.ID != 2 || got.Brackets[0].Upto != 5 {
		t.Errorf("BySymbol(B) = %+v, %v, want instrument 2 with its brackets", got, ok)
	}
	if _, ok := f.view.Instrument(3); ok {
		t.Error("instrument 3 exists")
	}
	f.apply(func(t *venue.Tape) {
		*t.PhaseChanged() = venue.PhaseChanged{Instrument: 2, Phase: venue.Continuous}
		*t.MarkChanged() = venue.MarkChanged{Instrument: 2, Price: 77}
	})
	if p, mark, marked := f.view.State(2); p != venue.Continuous || mark != 77 || !marked {
		t.Errorf("State(2) = %v, %d, %v, want continuous, 77, true", p, mark, marked)
	}
}

// rules: MD-02
func TestTickerAndCandles(t *testing.T) {
	f := newFeed(t, oneTerms)
	day := f.now - f.now%Day.Duration() + Day.Duration()
	for _, c := range []struct {
		at    venue.Time
		price venue.Price
		qty   venue.Qty
	}{
		{day, 100, 1},
		{day + 30*venue.Second, 90, 2},
		{day + 59*venue.Second, 110, 3}, // One minute.
		{day + 60*venue.Second, 105, 4},
		{day + 2*3600*venue.Second, 120, 5},
	} {
		f.now = c.at
		f.trade(c.price, c.qty)
	}
	minutes := f.view.Candles(1, Minute, 0, 0, 10, nil)
	want := []Candle{
		{day + 7200*venue.Second, 120, 120, 120, 120, 5, 1},
		{day + 60*venue.Second, 105, 105, 105, 105, 4, 1},
		{day, 100, 110, 90, 110, 6, 3},
	}
	if !slices.Equal(minutes, want) {
		t.Errorf("minutes = %v, want %v", minutes, want)
	}
	if got := f.view.Candles(1, Day, 0, 0, 10, nil); len(got) != 1 || got[0].Volume != 15 || got[0].High != 120 || got[0].Low != 90 {
		t.Errorf("days = %v, want one with volume 15, high 120, low 90", got)
	}
	if got := f.view.Candles(1, Hour, day+1, 0, 10, nil); len(got) != 1 {
		t.Errorf("hours after the first = %v, want one", got)
	}
	if got := f.view.Candles(1, Minute, 0, day+60*venue.Second, 1, nil); len(got) != 1 || got[0].Start != day {
		t.Errorf("the last minute before the second = %v, want the first", got)
	}
	for _, c := range []struct {
		now    venue.Time
		volume venue.Qty
		trades uint64
		open   venue.Price
	}{
		{0, 15, 5, 100},
		{day + Day.Duration() - 1, 15, 5, 100},
		{day + Day.Duration(), 9, 2, 105},
		{day + Day.Duration() + 3600*venue.Second, 5, 1, 120},
		{day + 2*Day.Duration(), 0, 0, 0},
	} {
		got, ok := f.view.Ticker(1, c.now)
		if !ok || got.Volume != c.volume || got.Trades != c.trades || got.Open != c.open || got.Last.Price != 120 {
			t.Errorf("Ticker at %d = %+v, want volume %d of %d trades from %d", c.now, got, c.volume, c.trades, c.open)
		}
	}
}

func TestTradesRing(t *testing.T) {
	f := newFeed(t, oneTerms)
	for i := range venue.Price(MaxTrades + 50) {
		f.trade(i, 1)
	}
	all := f.view.Trades(1, 0, MaxTrades*2, nil)
	if len(all) != MaxTrades || all[0].Price != MaxTrades+49 || all[MaxTrades-1].Price != 50 {
		t.Fatalf("trades = %d from %d to %d, want %d from %d to 50", len(all), all[0].Price, all[len(all)-1].Price, MaxTrades, MaxTrades+49)
	}
	page := f.view.Trades(1, all[9].ID, 5, nil)
	if !slices.Equal(page, all[10:15]) {
		t.Errorf("page = %v, want %v", page, all[10:15])
	}
}

// TestLadder compares a side of the book with a sorted slice.
func TestLadder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.SampledFrom([]venue.Side{venue.Buy, venue.Sell}).Draw(t, "side")
		width := rapid.SampledFrom([]int64{4, 40, 2000}).Draw(t, "width")
		fast := ladder{side: side}
		var slow []Level
		for range rapid.IntRange(1, 600).Draw(t, "steps") {
			l := Level{Price: venue.Price(rapid.Int64Range(-width, width).Draw(t, "price")), Qty: venue.Qty(rapid.Int64Range(0, 3).Draw(t, "qty")), Orders: 1}
			action, rank := fast.set(l)
			var want Action
			var at int
			slow, want, at = slowSet(slow, side, l)
			if action != want || action != NoAction && rank != at && !(rank == -1 && at > maxRank-blockLevels) {
				t.Fatalf("set(%+v) = %d at %d, want %d at %d", l, action, rank, want, at)
			}
		}
		for _, n := range []int{0, 1, 10, len(slow), -1} {
			want := slow
			if n >= 0 {
				want = slow[:min(n, len(slow))]
			}
			if got := fast.top(n, nil); !slices.Equal(got, want) {
				t.Fatalf("top(%d) = %v, want %v", n, got, want)
			}
		}
		for i, b := range fast.blocks {
			if len(b) == 0 || len(b) > blockLevels {
				t.Fatalf("block %d has %d levels", i, len(b))
			}
		}
	})
}

// slowSet is the same on a plain slice.
func slowSet(s []Level, side venue.Side, l Level) ([]Level, Action, int) {
	sign := venue.Price(1)
	if side == venue.Buy {
		sign = -1
	}
	at, found := slices.BinarySearchFunc(s, l.Price, func(a Level, p venue.Price) int { return int((a.Price - p) * sign) })
	switch {
	case found && l.Qty == 0:
		return slices.Delete(s, at, at+1), Deleted, at
	case found && s[at] == l:
		return s, NoAction, at
	case found:
		s[at] = l
		return s, Changed, at
	case l.Qty == 0:
		return s, NoAction, -1
	}
	return slices.Insert(s, at, l), Added, at
}

// TestLadderShrinks shows that a book that was deep once gives its blocks back.
func TestLadderShrinks(t *testing.T) {
	l := ladder{side: venue.Sell}
	const deep = 100_000
	for p := range venue.Price(deep) {
		l.set(Level{Price: p, Qty: 1, Orders: 1})
	}
	for p := range venue.Price(deep) {
		if p%1000 != 0 {
			l.set(Level{Price: p})
		}
	}
	if got, most := len(l.blocks), 2*deep/1000/(blockLevels/2)+2; l.count != deep/1000 || got > most {
		t.Errorf("%d levels in %d blocks, want %d in at most %d", l.count, got, deep/1000, most)
	}
}

func TestApplyAllocs(t *testing.T) {
	f := newFeed(t, oneTerms)
	for i := range venue.Price(2 * MaxTrades) {
		f.trade(i, 1)
		f.level(venue.Buy, i%300, 5, 1)
	}
	var i venue.Price
	if n := testing.AllocsPerRun(1000, func() {
		i++
		f.trade(i, 1)
		f.level(venue.Buy, i%300, venue.Qty(i%4), 1)
	}); n != 0 {
		t.Errorf("a trade and a level allocate %v times, want 0", n)
	}
}

func BenchmarkLevel(b *testing.B) {
	for _, levels := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(levels), func(b *testing.B) {
			v := New()
			e := venue.Entry{Seq: 1, Event: &venue.InstrumentListed{Terms: oneTerms}}
			v.Apply(&e)
			ev := &venue.LevelChanged{Instrument: 1, Side: venue.Sell, Orders: 1}
			e.Event = ev
			for p := range levels {
				e.Seq++
				ev.Price, ev.Qty = venue.Price(p), 1
				v.Apply(&e)
			}
			i := 0
			for b.Loop() {
				i++
				e.Seq++
				// Nine of ten changes are among the best 20 levels, levels come and go.
				ev.Price, ev.Qty = venue.Price(i%20), venue.Qty(i/20%2)
				if i%10 == 0 {
					ev.Price = venue.Price(i * 7919 % levels)
				}
				v.Apply(&e)
			}
		})
	}
}

func BenchmarkBookTop10(b *testing.B) {
	f := newFeed(b, oneTerms)
	for p := range venue.Price(1000) {
		f.level(venue.Sell, 1000+p, 5, 1)
		f.level(venue.Buy, 999-p, 5, 1)
	}
	var book Book
	for b.Loop() {
		f.view.Book(1, 10, &book)
	}
}
