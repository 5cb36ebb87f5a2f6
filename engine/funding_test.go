package engine_test

import (
	"maps"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// funded drives a perpetual with a mark from an index and compares every funding
// period with sums of rationals over the seconds of the period.
type funded struct {
	t        *rapid.T
	core     *engine.Engine
	tape     venue.Tape
	audit    *auditor
	now      venue.Time
	requests int

	// The slow twin: a value per second since the last close.
	mark, index           venue.Amount
	markOK, indexOK, open bool
	premium               *big.Rat // Sum of mark less index over the seconds that count.
	seconds               int64
	impact                impactTwin
	due                   map[venue.AccountID]venue.Amount // What each has to pay for the period being paid.
	periods               int
}

const perpHours = 7

func newFunded(t *rapid.T) *funded {
	f := &funded{t: t, audit: newAuditor(), premium: new(big.Rat), due: map[venue.AccountID]venue.Amount{}, now: 3600 * venue.Second}
	f.core = engine.New(engine.Limits{
		Orders: 1 << 10, Accounts: 64, Holdings: 256, Instruments: 4, Requests: 1 << 12, RequestsPerAccount: 1 << 10,
		PaidPerTick: rapid.IntRange(1, 3).Draw(t, "paid per tick"),
	})
	f.impact.levels = [2]map[venue.Price]venue.Qty{{}, {}}
	f.list()
	f.refer(rapid.Bool().Draw(t, "impact"))
	f.do(&venue.PublishReading{Index: 1, Source: 1, Price: 2_000_000, Volume: 1, At: f.now})
	f.do(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	return f
}

// list lists an index and a perpetual that follows it, and opens six accounts.
func (f *funded) list() {
	f.do(&venue.ListIndex{Terms: venue.Index{
		ID: 1, Symbol: "PIX", Cap: venue.One, Contributors: 1,
		Period: 7 * venue.Second, Window: 20 * venue.Second, Widest: 20 * venue.Second,
	}})
	f.do(&venue.ListInstrument{Terms: venue.Instrument{
		ID: 1, Symbol: "PERP", Class: "H100-SXM-80", Region: "NA-E", Grade: "C",
		Kind: venue.Perpetual, Quote: venue.USD, Tick: 1000, Hours: perpHours, Low: 1, High: 100_000, MaxQty: 1000, Band: 200_000,
		Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}})
	f.do(&venue.SetReference{Instrument: 1, Reference: perpReference})
	for a := venue.FirstAccount; a < venue.FirstAccount+6; a++ {
		f.do(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(a)})
		f.do(&venue.Deposit{Account: a, Asset: venue.USD, Amount: 1_000_000_000, Ref: f.id()})
	}
}

// perpReference is how the perpetual follows its index, with the time-weighted
// premium.
var perpReference = venue.Reference{
	Index: 1, Impact: 2, Band: 100_000,
	Span: 10 * venue.Second, Every: venue.Second, IndexAge: 15 * venue.Second, LastAge: 5 * venue.Second,
	Stale: 1_500_000, Funding: 60 * venue.Second,
}

// refer chooses the method of funding while the market is halted.
func (f *funded) refer(impact bool) {
	r := perpReference
	if impact {
		r.Method = venue.ImpactPremium
		r.Default = venue.Rate(rapid.IntRange(-3000, 3000).Draw(f.t, "default"))
		r.Factor = venue.Rate(rapid.IntRange(1, 500_000).Draw(f.t, "factor"))
	}
	f.do(&venue.SetReference{Instrument: 1, Reference: r})
	f.impact.terms = r
}

func (f *funded) id() venue.ClOrdID {
	f.requests++
	id, _ := venue.ParseClOrdID(big.NewInt(int64(f.requests)).String())
	return id
}

func (f *funded) do(c venue.Command) {
	f.tape.Reset()
	f.core.Apply(&venue.Envelope{Seq: f.core.Seq() + 1, Time: f.now, Command: c}, &f.tape)
	if f.audit == nil {
		return
	}
	for _, e := range f.tape.Entries {
		f.hear(e.Event)
	}
	if err := f.audit.apply(f.tape.Entries); err != nil {
		f.t.Fatalf("%T%+v: %v", c, c, err)
	}
}

// hear follows what counts. The state of the audit is that before the envelope,
// but for payments of orders that come after it.
func (f *funded) hear(e venue.Event) {
	switch x := e.(type) {
	case *venue.MarkChanged:
		f.mark, f.markOK = venue.Amount(x.Price)*1000, !x.Stale
	case *venue.PhaseChanged:
		f.open = x.Phase == venue.Continuous
	case *venue.LevelChanged:
		f.impact.level(x)
	case *venue.FundingClosed:
		f.sample() // The mark was computed before.
		f.close(x)
	case *venue.FundingPaid:
		if want := f.due[x.Account]; x.Amount != want {
			f.t.Fatalf("account %d pays %d for %d lots, want %d", x.Account, x.Amount, x.Qty, want)
		}
		delete(f.due, x.Account)
	case *venue.FundingSettled:
		if len(f.due) != 0 || x.Residue < 0 || x.Residue > venue.Amount(x.Positions) {
			f.t.Fatalf("settled %+v, still to pay %v", x, f.due)
		}
	}
}

// close computes what everybody owes: the rational sum over the seconds, over the
// length of the period, rounded up.
func (f *funded) close(x *venue.FundingClosed) {
	if len(f.due) != 0 {
		f.t.Fatalf("a period ends while %v are to pay", f.due)
	}
	if got := int64(x.Counted / venue.Second); got != f.seconds {
		f.t.Fatalf("counted %d seconds, want %d", got, f.seconds)
	}
	f.periods++
	unit := new(big.Rat).Quo(f.premium, big.NewRat(int64(x.Period/venue.Second), 1))
	f.impact.check(f.t, x)
	if x.Method == venue.ImpactPremium {
		unit = f.impact.perUnit(f.seconds, x.Last)
	}
	f.impact.excess, f.impact.indices, f.impact.samples = 0, 0, 0
	for k, q := range f.audit.qty {
		pays := new(big.Rat).Mul(unit, big.NewRat(int64(q)*perpHours, 1))
		up := new(big.Int).Div(new(big.Int).Sub(new(big.Int).Add(pays.Num(), pays.Denom()), big.NewInt(1)), pays.Denom())
		if up.Sign() != 0 {
			f.due[k.account] = venue.Amount(up.Int64())
		}
	}
	f.premium, f.seconds = new(big.Rat), 0
}

// second lets a second pass and ticks at its end.
func (f *funded) second() {
	if f.open && f.markOK && f.indexOK {
		f.premium.Add(f.premium, big.NewRat(int64(f.mark-f.index), 1))
		f.seconds++
	}
	f.now += venue.Second
	f.impact.sampled = false
	f.do(&venue.Tick{})
	f.sample()
	if !f.core.Conserved() {
		f.t.Fatalf("money is not conserved at %d", f.now)
	}
	f.readIndex()
}

func (f *funded) readIndex() {
	last := f.core.LastIndex(1)
	f.index, f.indexOK = last.Price, last.Fresh(f.now, 15*venue.Second)
}

// sample compares the impact prices with the index, once per second.
func (f *funded) sample() {
	f.readIndex()
	if i := &f.impact; !i.sampled && f.open && f.markOK && f.indexOK {
		i.excess += i.premium(f.index)
		i.indices += int64(f.index)
		i.samples++
	}
	f.impact.sampled = true
}

// impactTwin computes FUN-02 from the levels that events tell, in rationals.
type impactTwin struct {
	terms           venue.Reference
	levels          [2]map[venue.Price]venue.Qty // Bids and asks.
	excess, indices int64
	samples         uint32
	sampled         bool // In the present second.
}

func (i *impactTwin) level(x *venue.LevelChanged) {
	side := i.levels[x.Side-venue.Buy]
	if delete(side, x.Price); x.Qty > 0 {
		side[x.Price] = x.Qty
	}
}

// premium returns how far the mean prices of two lots are from the index, rounded
// towards it.
func (i *impactTwin) premium(index venue.Amount) int64 {
	cost := func(prices []venue.Price, side map[venue.Price]venue.Qty) (int64, bool) {
		sum, left := int64(0), venue.Qty(2)
		for _, p := range prices {
			n := min(left, side[p])
			sum += int64(p) * int64(n) * 1000
			left -= n
		}
		return sum, left == 0
	}
	asks := slices.Sorted(maps.Keys(i.levels[1]))
	bids := slices.Sorted(maps.Keys(i.levels[0]))
	slices.Reverse(bids)
	var excess int64
	if sum, ok := cost(bids, i.levels[0]); ok {
		excess += max(0, sum/2-int64(index))
	}
	if sum, ok := cost(asks, i.levels[1]); ok {
		excess -= max(0, int64(index)-(sum+1)/2)
	}
	return excess
}

func (i *impactTwin) mean() *big.Rat { return big.NewRat(i.excess, max(1, i.indices)) }

// rate is that for eight hours.
func (i *impactTwin) rate() *big.Rat {
	if i.samples == 0 {
		return new(big.Rat)
	}
	rate := new(big.Rat).Add(i.mean(), big.NewRat(int64(i.terms.Default), 1_000_000))
	bound := big.NewRat(int64(i.terms.Factor)*50_000, 1_000_000*1_000_000)
	if rate.Cmp(bound) > 0 {
		return bound
	}
	if bound.Neg(bound); rate.Cmp(bound) < 0 {
		return bound
	}
	return rate
}

// perUnit is what a GPU-hour pays for the seconds that counted.
func (i *impactTwin) perUnit(seconds int64, index venue.Amount) *big.Rat {
	unit := new(big.Rat).Mul(i.rate(), big.NewRat(int64(index)*seconds, 8*3600))
	return unit
}

// check compares what an event tells; the half of a billionth does not matter here.
func (i *impactTwin) check(t *rapid.T, x *venue.FundingClosed) {
	if x.Method != i.terms.Method || x.Samples != i.samples {
		t.Fatalf("closed %+v, want %v and %d samples", x, i.terms.Method, i.samples)
	}
	near := func(got venue.FineRate, want *big.Rat) bool {
		d := new(big.Rat).Sub(big.NewRat(int64(got), int64(venue.FineOne)), want)
		return d.Abs(d).Cmp(big.NewRat(1, 2*int64(venue.FineOne))) <= 0
	}
	rate := i.rate()
	if x.Method == venue.TimeWeighted {
		rate = new(big.Rat)
	}
	if !near(x.Premium, i.mean()) || !near(x.Rate, rate) {
		t.Fatalf("closed %+v, want premium %v and rate %v", x, i.mean(), rate)
	}
}

// step does something at the present second.
func (f *funded) step() {
	t := f.t
	account := venue.FirstAccount + venue.AccountID(rapid.IntRange(0, 5).Draw(t, "account"))
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0, 1:
		f.do(&venue.PublishReading{Index: 1, Source: 1, Price: venue.Amount(rapid.IntRange(1_900_000, 2_100_000).Draw(t, "index")), Volume: 1, At: f.now})
	case 2:
		f.do(&venue.SetPhase{Instrument: 1, Phase: rapid.SampledFrom([]venue.Phase{venue.Continuous, venue.Continuous, venue.Halted}).Draw(t, "phase")})
		if !f.open && rapid.Bool().Draw(t, "refer") {
			f.refer(rapid.Bool().Draw(t, "impact"))
		}
	case 3:
		f.do(&venue.MassCancel{Account: account})
	case 4, 5, 6, 7:
		side := rapid.SampledFrom([]venue.Side{venue.Buy, venue.Sell}).Draw(t, "side")
		f.do(&venue.PlaceOrder{
			Account: account, Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: venue.Price(rapid.IntRange(1950, 2050).Draw(t, "price")), Qty: venue.Qty(rapid.IntRange(1, 9).Draw(t, "qty")), ClOrdID: f.id(),
		})
	case 8:
		if len(f.due) > 0 {
			f.do(&venue.Tick{})
		}
	case 9: // Nothing happens.
	}
}

// TestFunding lets people trade a perpetual while its index, its book and its
// phase come and go: what is paid is what the rationals say, to the position at
// the end of the period, once; a stale mark or index, and a halt, cost nobody
// anything; payments sum to the residue.
//
// rules: FUN-01, FUN-02, MRK-02.
func TestFunding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFunded(t)
		defer f.core.Close()
		for range 150 {
			for range rapid.IntRange(0, 3).Draw(t, "steps") {
				f.step()
			}
			f.restart()
			f.second()
		}
		if f.periods == 0 {
			t.Fatal("no period ended")
		}
	})
}

// restart goes on with a copy from a snapshot.
func (f *funded) restart() {
	if rapid.IntRange(0, 19).Draw(f.t, "restart") != 0 {
		return
	}
	was := f.core
	f.core = engine.New(was.Limits())
	if err := f.core.LoadState(was.AppendState(nil)); err != nil {
		f.t.Fatal(err)
	}
	if got, want := f.core.StateHash(), was.StateHash(); got != want {
		f.t.Fatalf("hash after a restart is %v, want %v", got, want)
	}
	was.Close()
}

// TestMarksAllocateNothing computes a mark from a book of many levels at every
// Tick. A publication sorts readings and may allocate.
func TestMarksAllocateNothing(t *testing.T) {
	core := engine.New(engine.Limits{Orders: 1 << 10, Accounts: 64, Holdings: 256, Instruments: 4, Requests: 1 << 12, RequestsPerAccount: 1 << 10})
	defer core.Close()
	f := &funded{core: core, now: 3600 * venue.Second}
	f.list()
	f.do(&venue.PublishReading{Index: 1, Source: 1, Price: 2_000_000, Volume: 1, At: f.now})
	f.do(&venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	f.now += 12 * venue.Second // The index was just published.
	f.do(&venue.Tick{})
	for i := range 200 {
		side, price := venue.Buy, venue.Price(1990-i)
		if i%2 == 1 {
			side, price = venue.Sell, venue.Price(2010+i)
		}
		f.do(&venue.PlaceOrder{
			Account: venue.FirstAccount, Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC,
			STP: venue.CancelTaker, Price: price, Qty: 1, ClOrdID: f.id(),
		})
	}
	env := venue.Envelope{Command: &venue.Tick{}}
	marks := 0
	if n := testing.AllocsPerRun(3, func() {
		f.now += venue.Second
		env.Seq, env.Time = core.Seq()+1, f.now
		f.tape.Reset()
		core.Apply(&env, &f.tape)
		marks += len(f.tape.Entries)
	}); n != 0 || marks == 0 {
		t.Errorf("a Tick with %d marks allocates %v times", marks, n)
	}
}
