package engine_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// vault is a venue with a capped future and one on margin, of which that grows with
// the open interest, whose mark jumps about while liquidations are on. Of its accounts the first savers trade the capped one
// alone.
type vault struct {
	t     *rapid.T
	core  *engine.Engine
	tape  venue.Tape
	seq   venue.Seq
	now   venue.Time
	ids   int
	live  []*venue.OrderAccepted
	below map[venue.AccountID]bool
	fee   venue.Rate
	ready bool // All accounts are open.

	market  *marketdata.View
	blotter *blotter.View
	margin  *margin.View
}

const (
	vaultCap   = 100
	vaultTick  = venue.Amount(7)
	savers     = 3
	vaultUsers = 6
)

func newVault(t *rapid.T) *vault {
	v := &vault{t: t, core: engine.New(callLimits()), now: callStart, below: map[venue.AccountID]bool{}}
	v.market, v.blotter = marketdata.New(), blotter.New(blotter.Limits{})
	v.margin = margin.New(v.market, v.blotter, margin.Config{})
	v.fee = rapid.SampledFrom([]venue.Rate{0, 500, 100_000}).Draw(t, "fee")
	terms := venue.Instrument{
		ID: 1, Symbol: "AV", Class: "H100", Region: "NA-E", Grade: "C", Kind: venue.Capped, Window: venue.WindowDay, Maker: v.fee, Taker: v.fee,
		Start: callStart + 24*3600*venue.Second, End: callStart + 48*3600*venue.Second, Quote: venue.USD, Tick: vaultTick, Hours: 1, High: vaultCap, MaxQty: 100, Band: 800_000,
	}
	v.apply(&venue.ListInstrument{Terms: terms})
	terms.ID, terms.Symbol, terms.Kind, terms.Low, terms.High = 2, "H100", venue.Future, 1, 5000
	terms.Interest = venue.Interest{Low: 20, High: 600}
	terms.Brackets = []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}}
	v.apply(&venue.ListInstrument{Terms: terms})
	for i := venue.InstrumentID(1); i <= 2; i++ {
		v.apply(&venue.SetMark{Instrument: i, Price: 50})
		v.apply(&venue.SetPhase{Instrument: i, Phase: venue.Continuous})
	}
	v.apply(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 10_000, Spread: 1_500_000, Fraction: 500_000, MaxConsumed: 500_000, FullSize: 5,
		Cap: 250_000, Window: 8 * 3600 * venue.Second, Step: venue.Second,
	}})
	v.apply(&venue.FundInsurance{Amount: 5_000})
	for a := range venue.AccountID(vaultUsers) {
		v.apply(&venue.OpenAccount{Account: venue.FirstAccount + a, Owner: venue.OwnerID(a + 1)})
		v.apply(&venue.Deposit{Account: venue.FirstAccount + a, Asset: venue.USD, Amount: 20_000, Ref: v.id()})
	}
	v.ready = true
	return v
}

func (v *vault) id() venue.ClOrdID {
	v.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("v", v.ids))
	return id
}

// apply does a command on the venue and on one that was restarted before it.
func (v *vault) apply(c venue.Command) {
	twin := engine.New(callLimits())
	defer twin.Close()
	if err := twin.LoadState(v.core.AppendState(nil)); err != nil {
		v.t.Fatalf("state before %T%+v does not load: %v", c, c, err)
	}
	v.seq++
	env := venue.Envelope{Seq: v.seq, Time: v.now, Command: c}
	var other venue.Tape
	twin.Apply(&env, &other)
	v.tape.Reset()
	v.core.Apply(&env, &v.tape)
	if twin.StateHash() != v.core.StateHash() {
		v.t.Fatalf("a restarted venue differs after %T%+v", c, c)
	}
	for i := range v.tape.Entries {
		v.market.Apply(&v.tape.Entries[i])
		v.blotter.Apply(&v.tape.Entries[i])
	}
	v.check(c)
}

func (v *vault) check(c venue.Command) {
	if !v.core.Conserved() {
		v.t.Fatalf("%T%+v: money or positions are not conserved", c, c)
	}
	for _, e := range v.tape.Entries {
		v.checkEvent(c, e.Event)
	}
	if !v.ready {
		return
	}
	for a := venue.FirstAccount; a < venue.FirstAccount+vaultUsers; a++ {
		saver := a < venue.FirstAccount+savers
		if beyond := v.core.Cash(a) - v.core.Locked(a); saver && beyond < 0 {
			v.t.Fatalf("%T%+v: account %d has %d less than it locks", c, c, a, -beyond)
		}
		// Without fees no trade in the capped future brings anybody below what he
		// has to maintain, or lets him owe.
		below := v.core.Below(a) || v.core.Cash(a) < v.core.Locked(a) && !v.futures(a)
		if o, ok := c.(*venue.PlaceOrder); ok && o.Instrument == 1 && v.fee == 0 && below && !v.below[a] {
			v.t.Fatalf("%+v brings account %d below its maintenance margin, or into debt", o, a)
		}
		v.below[a] = below
		v.checkView(c, a)
	}
	v.checkLocked(c)
}

// checkView compares what a view of events says of an account.
func (v *vault) checkView(c venue.Command, a venue.AccountID) {
	got, ok := v.margin.Account(a)
	want, free, _ := v.core.Status(a)
	if !ok || got.Status != want || got.Free != free {
		v.t.Fatalf("%T%+v: a view has account %d as %+v, free %d, want %+v, free %d", c, c, a, got.Status, got.Free, want, free)
	}
	for _, p := range got.Positions {
		if need := v.core.Need(a, p.Instrument); p.Initial != need || p.Instrument == 1 && (p.Rank != 0 || p.HasLiquidation || p.Maintenance != 0) {
			v.t.Fatalf("%T%+v: a view has position %+v of account %d, want it to need %d", c, c, p, a, need)
		}
	}
}

// futures says whether an account has a position in the future on margin.
func (v *vault) futures(a venue.AccountID) bool {
	return viewOf(v.core).positions[seat{a, 2}].Qty != 0
}

func (v *vault) checkEvent(c venue.Command, e venue.Event) {
	switch x := e.(type) {
	case *venue.OrderAccepted:
		if x.Instrument == 1 && x.ClOrdID.String()[0] == 'L' {
			v.t.Fatalf("%T%+v: a capped future is liquidated: %+v", c, c, x)
		}
		v.live = append(v.live, x)
	case *venue.PositionTransferred:
		if x.Instrument == 1 {
			v.t.Fatalf("%T%+v: a position in a capped future is taken: %+v", c, c, x)
		}
	case *venue.OrderCanceled:
		if x.Account < venue.FirstAccount+savers && x.Reason == venue.CanceledByLiquidation {
			v.t.Fatalf("%T%+v: an order of who trades a capped future alone is taken: %+v", c, c, x)
		}
	case *venue.AccountStateChanged:
		if x.Account < venue.FirstAccount+savers && x.State >= venue.StateLiquidating {
			v.t.Fatalf("%T%+v: who holds a capped future alone is liquidated: %+v", c, c, x)
		}
	}
}

// checkLocked computes what is locked from the positions: what a long paid, and
// what is missing to the cap of what a short got.
func (v *vault) checkLocked(c venue.Command) {
	locked := map[venue.AccountID]venue.Amount{}
	for s, x := range viewOf(v.core).positions {
		if s.inst == 1 {
			locked[s.account] = x.Cost
			if x.Qty < 0 {
				locked[s.account] += venue.Amount(-x.Qty) * vaultCap * vaultTick
			}
		}
	}
	for a := venue.FirstAccount; a < venue.FirstAccount+vaultUsers; a++ {
		if got := v.core.Locked(a); got != locked[a] {
			v.t.Fatalf("%T%+v: account %d locks %d, want %d", c, c, a, got, locked[a])
		}
	}
}

func (v *vault) step() {
	n := func(low, high int, name string) int { return rapid.IntRange(low, high).Draw(v.t, name) }
	v.now += venue.Time(n(0, 2, "seconds")) * venue.Second
	switch op := n(0, 9, "op"); {
	case op <= 5:
		v.place(n)
	case op == 6 && len(v.live) > 0:
		o := v.live[n(0, len(v.live)-1, "order")]
		v.apply(&venue.AmendOrder{
			Account: o.Account, Order: o.Order, ClOrdID: v.id(), Price: venue.Price(n(0, vaultCap, "price")), Qty: venue.Qty(n(1, 30, "qty")),
		})
	case op == 7 && len(v.live) > 0:
		o := v.live[n(0, len(v.live)-1, "order")]
		v.apply(&venue.CancelOrder{Account: o.Account, Order: o.Order, ClOrdID: v.id()})
	case op == 8:
		a := venue.FirstAccount + venue.AccountID(n(0, vaultUsers-1, "who"))
		v.apply(&venue.Withdraw{Account: a, Asset: venue.USD, Amount: venue.Amount(n(1, 5000, "amount")), Ref: v.id()})
	default:
		v.apply(&venue.SetMark{Instrument: venue.InstrumentID(n(1, 2, "inst")), Price: venue.Price(n(1, vaultCap, "mark"))})
	}
	for i := 0; i < 20 && v.core.Pending(); i++ {
		v.apply(&venue.Tick{})
	}
}

func (v *vault) place(n func(low, high int, name string) int) {
	o := &venue.PlaceOrder{
		Account: venue.FirstAccount + venue.AccountID(n(0, vaultUsers-1, "who")), Instrument: 1, ClOrdID: v.id(),
		Side: venue.Side(n(1, 2, "side")), Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Price: venue.Price(n(0, vaultCap, "price")), Qty: venue.Qty(n(1, 30, "qty")),
	}
	if o.Account >= venue.FirstAccount+savers && n(0, 1, "future") == 1 {
		o.Instrument, o.Price, o.Qty = 2, max(1, o.Price), o.Qty*10
	}
	switch n(0, 6, "kind") {
	case 0:
		o.Flags = venue.ReduceOnly
	case 1:
		o.Type, o.Price, o.TIF = venue.Market, 0, venue.IOC
	case 2:
		o.Type, o.Price, o.TIF, o.Flags = venue.Market, 0, venue.IOC, venue.ReduceOnly
	case 3:
		o.Type, o.Stop = venue.StopLimit, venue.Price(n(1, vaultCap, "stop"))
	}
	v.apply(o)
}

// Positions in a capped future are never liquidated nor taken, whoever trades it
// alone never owes, and what is locked is what the positions can lose.
//
// rules: MAR-08
func TestCappedIsNeverLiquidated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := newVault(t)
		defer v.core.Close()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			v.step()
		}
		v.now = callStart + 48*3600*venue.Second
		for range 20 {
			v.apply(&venue.Tick{})
		}
		v.apply(&venue.SettleInstrument{Instrument: 1, Values: []venue.HourValue{{Value: venue.Amount(rapid.IntRange(0, vaultCap).Draw(t, "final")) * vaultTick}}})
		for range 20 {
			v.apply(&venue.Tick{})
		}
		for a := venue.FirstAccount; a < venue.FirstAccount+vaultUsers; a++ {
			if got := v.core.Locked(a); got != 0 {
				t.Fatalf("account %d locks %d after the end", a, got)
			}
		}
	})
}
