package agent

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
)

// world is an Env that notes what an agent does.
type world struct {
	list     []*client.Instrument
	open     []client.Report
	position venue.Qty
	sent     []client.Order
	canceled []client.Ref
	timers   int
	bid, ask client.Level
}

func (w *world) Now() time.Time                    { return time.Unix(0, 0) }
func (w *world) Instruments() []*client.Instrument { return w.list }
func (w *world) Book(string) client.BookView       { return w }
func (w *world) Submit(o client.Order) client.Ref  { w.sent = append(w.sent, o); return 1 }
func (w *world) Amend(client.Ref, client.Change)   {}
func (w *world) Cancel(r client.Ref)               { w.canceled = append(w.canceled, r) }
func (w *world) Account() client.AccountView       { return w }
func (w *world) After(time.Duration, any)          { w.timers++ }
func (w *world) Every(time.Duration, any)          { w.timers++ }
func (w *world) Rand(string) *rand.Rand            { return rand.New(rand.NewPCG(1, 2)) }
func (w *world) Record(string, float64)            {}
func (w *world) Position(string) venue.Qty         { return w.position }
func (w *world) Seq() (venue.Seq, bool)            { return 1, true }

func (w *world) Levels(venue.Side, int, []client.Level) []client.Level { return nil }

func (w *world) Best(s venue.Side) (client.Level, bool) {
	l := w.bid
	if s == venue.Sell {
		l = w.ask
	}
	return l, l.Qty > 0
}

func (w *world) Open(fn func(client.Ref, *client.Report)) {
	for i := range w.open {
		fn(client.Ref(i+1), &w.open[i])
	}
}

func market() *client.Instrument {
	return &client.Instrument{Instrument: venue.Instrument{Symbol: "H100", Low: 1, High: 10_000}}
}

func maker() *Maker {
	return &Maker{
		Fair: func(string) venue.Price { return 2000 }, Edge: 10, Step: 5, Levels: 3, Lots: 5, Inventory: 100, Pace: time.Second,
	}
}

func TestMakerQuotesBothSidesAroundFair(t *testing.T) {
	w := &world{list: []*client.Instrument{market()}}
	if err := maker().Start(w); err != nil {
		t.Fatal(err)
	}
	if len(w.sent) != 6 || w.timers != 1 {
		t.Fatalf("sent %d orders and asked for %d timers, want 6 and 1", len(w.sent), w.timers)
	}
	for _, o := range w.sent {
		if o.Side == venue.Buy && o.Price > 1990 || o.Side == venue.Sell && o.Price < 2010 {
			t.Errorf("%v at %d is nearer to 2000 than the edge of 10", o.Side, o.Price)
		}
		if !o.Flags.Has(venue.PostOnly | venue.CancelOnDisconnect) {
			t.Errorf("flags %b, want post-only and cancel-on-disconnect", o.Flags)
		}
	}
}

func TestMakerLeansAgainstItsInventory(t *testing.T) {
	w := &world{list: []*client.Instrument{market()}, position: 200}
	_ = maker().Start(w)
	for _, o := range w.sent {
		if o.Side == venue.Buy && o.Price > 1970 {
			t.Errorf("long 200 lots, still bids %d: want at most 1970", o.Price)
		}
	}
}

func TestMakerCancelsWhatIsOutOfPlaceAndKeepsTheRest(t *testing.T) {
	i := market()
	w := &world{list: []*client.Instrument{i}, open: []client.Report{
		{Instrument: i, Side: venue.Buy, Price: 1985},  // In place.
		{Instrument: i, Side: venue.Buy, Price: 1995},  // Too near.
		{Instrument: i, Side: venue.Sell, Price: 3000}, // Too far.
	}}
	_ = maker().Start(w)
	if len(w.canceled) != 2 || w.canceled[0] != 2 || w.canceled[1] != 3 {
		t.Errorf("canceled %v, want the orders 2 and 3", w.canceled)
	}
	if len(w.sent) != 5 {
		t.Errorf("sent %d orders, want 2 bids and 3 offers", len(w.sent))
	}
}

func TestMakerIsSilentWithoutAFairPrice(t *testing.T) {
	m := maker()
	m.Fair = func(string) venue.Price { return 0 }
	w := &world{list: []*client.Instrument{market()}}
	_ = m.Start(w)
	if len(w.sent) != 0 {
		t.Errorf("sent %v without knowing a price", w.sent)
	}
}

func TestTakerTradesBackBeyondItsLimit(t *testing.T) {
	taker := &Taker{Pace: time.Second, Lots: 3, Limit: 10}
	for position, want := range map[venue.Qty]venue.Side{11: venue.Sell, -11: venue.Buy} {
		w := &world{list: []*client.Instrument{market()}, position: position, bid: client.Level{Qty: 5}, ask: client.Level{Qty: 5}}
		taker.On(w, client.TimerEvent{Tag: take{}})
		if len(w.sent) != 1 || w.sent[0].Side != want || w.sent[0].Type != venue.Market {
			t.Errorf("position %d: sent %+v, want one market order to %v", position, w.sent, want)
		}
		if w.timers != 1 {
			t.Errorf("asked for %d timers, want the next one", w.timers)
		}
	}
}

func TestTakerWaitsForAnOtherSide(t *testing.T) {
	taker := &Taker{Pace: time.Second, Lots: 3, Limit: 10}
	w := &world{list: []*client.Instrument{market()}}
	taker.On(w, client.TimerEvent{Tag: take{}})
	if len(w.sent) != 0 {
		t.Errorf("sent %+v into an empty book", w.sent)
	}
}
