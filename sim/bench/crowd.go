package bench

import (
	"runtime"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// crowd is a venue with one future and many accounts that have positions in it.
type crowd struct {
	core *engine.Engine
	tape venue.Tape
	env  venue.Envelope
	time venue.Time
	ids  uint64
	look func([]venue.Entry) // Sees the events of each envelope.
	now  Clock
	sum  Envelopes
}

// Envelopes is what some envelopes did, and the most that one of them did.
type Envelopes struct {
	// Count is how many there were, Events all that they told.
	Count, Events int
	// MostEvents and MostReceipts are of one envelope: a receipt is a step that a
	// rule took.
	MostEvents, MostReceipts int
	// Took is the time of all, Longest that of one. They include what reading the
	// clock costs.
	Took, Longest time.Duration
	// Allocs is how many times all of them together allocated.
	Allocs uint64
}

// The terms of the market: an initial margin of 10 % and a maintenance margin of
// 5 %, a band of 20 %, and a tick worth a thousandth of a dollar.
const (
	crowdPrice   venue.Price  = 2000
	crowdBand    venue.Rate   = 200_000
	crowdTick    venue.Amount = 1000
	crowdInitial venue.Rate   = 100_000
)

// newCrowd returns a venue with accounts without money.
func newCrowd(accounts int, now Clock) *crowd {
	n := uint32(accounts)
	c := &crowd{now: now, time: 1_700_000_000 * venue.Second, core: engine.New(engine.Limits{
		Orders: 1<<12 + 2*n, Accounts: 64 + n, Holdings: 64 + n, Instruments: 2, Requests: 1<<12 + 8*n, RequestsPerAccount: 1 << 10,
	})}
	c.do(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "H100C.EUN.D.2027-01-15", Kind: venue.Future, Class: "H100-SXM-80", Region: "EU-N", Grade: "C", Window: venue.WindowDay,
		Start: 1_799_971_200 * venue.Second, End: 1_800_057_600 * venue.Second, Quote: venue.USD, Tick: crowdTick, Hours: 1,
		Low: 1, High: 20_000, MaxQty: 10_000, Band: crowdBand,
		Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: crowdInitial, Maintenance: crowdInitial / 2}},
	}})
	c.mark(crowdPrice)
	c.do(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	for i := range accounts {
		c.do(&venue.OpenAccount{Account: crowdAccount(i), Owner: venue.OwnerID(i + 1)})
	}
	return c
}

func crowdAccount(i int) venue.AccountID { return venue.FirstAccount + venue.AccountID(i) }

// id returns an identifier that was not used before.
func (c *crowd) id() (id venue.ClOrdID) {
	c.ids++
	n := c.ids
	for i := range 10 {
		id[9-i] = byte('0' + n%10)
		n /= 10
	}
	return id
}

// do applies a command and counts.
func (c *crowd) do(cmd venue.Command) {
	c.env = venue.Envelope{Seq: c.core.Seq() + 1, Time: c.time, Command: cmd}
	c.tape.Reset()
	start := c.now()
	c.core.Apply(&c.env, &c.tape)
	c.count(c.now() - start)
}

func (c *crowd) count(took time.Duration) {
	s, receipts := &c.sum, 0
	for i := range c.tape.Entries {
		if c.tape.Entries[i].Event.Kind() == venue.EventReceipt {
			receipts++
		}
	}
	s.Count++
	s.Events += len(c.tape.Entries)
	s.MostEvents, s.MostReceipts = max(s.MostEvents, len(c.tape.Entries)), max(s.MostReceipts, receipts)
	s.Took += took
	s.Longest = max(s.Longest, took)
	if c.look != nil {
		c.look(c.tape.Entries)
	}
}

// part returns what f did.
func (c *crowd) part(f func()) Envelopes {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.sum = Envelopes{}
	f()
	runtime.ReadMemStats(&after)
	c.sum.Allocs = after.Mallocs - before.Mallocs
	return c.sum
}

func (c *crowd) mark(p venue.Price) { c.do(&venue.SetMark{Instrument: 1, Price: p}) }

func (c *crowd) deposit(i int, amount venue.Amount) {
	c.do(&venue.Deposit{Account: crowdAccount(i), Asset: venue.USD, Amount: amount, Ref: c.id()})
}

// trade lets one account sell lots to another one at the first mark.
func (c *crowd) trade(seller, buyer int, q venue.Qty) {
	o := venue.PlaceOrder{
		Account: crowdAccount(seller), Instrument: 1, Side: venue.Sell, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Price: crowdPrice, Qty: q, ClOrdID: c.id(),
	}
	c.do(&o)
	o.Account, o.Side, o.ClOrdID = crowdAccount(buyer), venue.Buy, c.id()
	c.do(&o)
}

// worth is the value of lots at a price, times a rate.
func worth(p venue.Price, q venue.Qty, rate venue.Rate) venue.Amount {
	v, ok := venue.MulDiv(int64(venue.Amount(p)*venue.Amount(q)*crowdTick), int64(rate), int64(venue.One), venue.Up)
	assert.That(ok, "value out of range")
	return venue.Amount(v)
}

// pending says whether the core has something to do at once.
func (c *crowd) pending() bool {
	due, ok := c.core.NextDeadline()
	return ok && due <= c.time
}

// finish ticks until nothing is to be done at once.
func (c *crowd) finish() {
	tick := &venue.Tick{}
	for c.pending() {
		c.do(tick)
	}
}
