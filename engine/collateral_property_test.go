package engine_test

import (
	"fmt"
	"math/big"
	"reflect"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// pawnshop is a small venue in which six accounts of three owners trade two futures
// on money and collateral, one of them isolated.
type pawnshop struct {
	t         *testing.T
	rand      rng.Source
	core      *engine.Engine
	twin      *engine.Engine
	tape, two venue.Tape
	now       venue.Time
	n         int
	marks     map[venue.InstrumentID]venue.Price
	pledges   map[venue.AssetID]venue.CollateralSet
	kinds     map[venue.EventKind]int
	states    map[venue.AccountID]venue.AccountState
}

const (
	pawnAccounts = 6
	pawnTick     = 1000
)

var pawnDecimals = map[venue.AssetID]uint8{2: 8, 3: 0, 4: 12}

func newPawnshop(t *testing.T, seed uint64) *pawnshop {
	limits := engine.Limits{Orders: 1 << 10, Accounts: 64, Holdings: 256, Instruments: 8, Requests: 1 << 16, RequestsPerAccount: 1 << 13}
	p := &pawnshop{
		t: t, rand: rng.New(seed, "pawnshop"), core: engine.New(limits), twin: engine.New(limits), now: 1_790_000_000 * venue.Second,
		marks: map[venue.InstrumentID]venue.Price{}, pledges: map[venue.AssetID]venue.CollateralSet{}, kinds: map[venue.EventKind]int{},
		states: map[venue.AccountID]venue.AccountState{},
	}
	t.Cleanup(func() { p.core.Close(); p.twin.Close() })
	p.do(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 500_000, MaxConsumed: 500_000, FullSize: 5, Cap: 500_000,
		Window: 3600 * venue.Second, Step: 10 * venue.Second,
	}})
	p.do(&venue.FundInsurance{Amount: 100_000_000})
	for id := venue.AssetID(2); id <= 4; id++ {
		p.do(&venue.ListAsset{Asset: id, Symbol: fmt.Sprint("A", id), Decimals: pawnDecimals[id]})
	}
	for id := venue.InstrumentID(1); id <= 2; id++ {
		p.do(&venue.ListInstrument{Terms: venue.Instrument{
			ID: id, Symbol: fmt.Sprint("F", id), Kind: venue.Perpetual, Class: "H100-SXM-80", Region: "EU-N", Grade: "C", Quote: venue.USD,
			Tick: pawnTick, Hours: 1, Low: 1, High: 20_000, MaxQty: 1000, Band: 500_000, Taker: 500,
			Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
		}})
		p.do(&venue.SetMark{Instrument: id, Price: 2000})
		p.do(&venue.SetPhase{Instrument: id, Phase: venue.Continuous})
	}
	for k := range pawnAccounts {
		c := &venue.OpenAccount{Account: venue.FirstAccount + venue.AccountID(k), Owner: venue.OwnerID(k/2 + 1)}
		if k == 1 {
			c.Isolated = 2
		}
		p.do(c)
	}
	return p
}

func (p *pawnshop) pick(n int) int { return int(p.rand.Below(uint64(n))) }

// do applies a command to the venue and to its twin, which is restarted at times.
func (p *pawnshop) do(c venue.Command) {
	p.n++
	if p.pick(20) == 0 {
		fresh := engine.New(engine.Limits{Orders: 1 << 10, Accounts: 64, Holdings: 256, Instruments: 8, Requests: 1 << 16, RequestsPerAccount: 1 << 13})
		if err := fresh.LoadState(p.twin.AppendState(nil)); err != nil {
			p.t.Fatal(err)
		}
		p.twin.Close()
		p.twin = fresh
	}
	env := venue.Envelope{Seq: p.core.Seq() + 1, Time: p.now, Session: 7, Command: c}
	p.tape.Reset()
	p.core.Apply(&env, &p.tape)
	p.two.Reset()
	p.twin.Apply(&env, &p.two)
	if !reflect.DeepEqual(p.tape.Entries, p.two.Entries) {
		p.t.Fatalf("command %d %T: the restarted venue tells something else", p.n, c)
	}
	for i := range p.tape.Entries {
		p.learn(c, p.tape.Entries[i].Event)
	}
}

func (p *pawnshop) learn(c venue.Command, e venue.Event) {
	p.kinds[e.Kind()]++
	switch x := e.(type) {
	case *venue.MarkChanged:
		p.marks[x.Instrument] = x.Price
	case *venue.CollateralSet:
		p.pledges[x.Asset] = *x
	case *venue.AccountStateChanged:
		p.states[x.Account] = x.State
	case *venue.Withdrawn:
		p.covered(c, x.Account, x.Asset)
	case *venue.Transferred:
		p.covered(c, x.Account, x.Asset)
	}
}

// covered wants an account that something left to cover what it needs without
// unrealised profit, and without collateral when it was money.
func (p *pawnshop) covered(c venue.Command, a venue.AccountID, as venue.AssetID) {
	s := p.account(a)
	free := s.cash - s.held + s.losses
	if as != venue.USD {
		if p.pledges[as].Price == 0 {
			return
		}
		free += s.collateral
	}
	if free < 0 {
		p.t.Fatalf("command %d %+v leaves account %d with %d: %+v", p.n, c, a, free, s)
	}
}

// estate is what an account has, from the events of an image and in rationals.
type estate struct {
	cash, held, unrealised, losses, collateral venue.Amount
	positions                                  map[venue.InstrumentID]venue.Qty
	assets                                     map[venue.AssetID]venue.Amount
}

func (p *pawnshop) account(a venue.AccountID) estate {
	s := estate{positions: map[venue.InstrumentID]venue.Qty{}, assets: map[venue.AssetID]venue.Amount{}}
	var tape venue.Tape
	p.core.Image(&tape)
	for i := range tape.Entries {
		switch x := tape.Entries[i].Event.(type) {
		case *venue.BalanceChanged:
			if x.Account != a {
				continue
			}
			if x.Asset == venue.USD {
				s.cash, s.held = x.Total, x.Held
				continue
			}
			s.assets[x.Asset] = x.Total
			s.collateral += p.worth(x.Asset, x.Total)
		case *venue.PositionChanged:
			if x.Account != a {
				continue
			}
			s.positions[x.Instrument] = x.Qty
			u := venue.Amount(x.Qty)*venue.Amount(p.marks[x.Instrument])*pawnTick - x.Cost
			s.unrealised += u
			s.losses += min(0, u)
		}
	}
	return s
}

// worth is MAR-04 for one balance.
func (p *pawnshop) worth(as venue.AssetID, total venue.Amount) venue.Amount {
	c := p.pledges[as]
	v := new(big.Int).Mul(big.NewInt(int64(total)), big.NewInt(int64(c.Price)))
	v.Mul(v, big.NewInt(int64(c.Rate)))
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(pawnDecimals[as])), nil)
	return venue.Amount(v.Div(v, unit.Mul(unit, big.NewInt(int64(venue.One)))).Int64())
}

// command draws one.
func (p *pawnshop) command() venue.Command {
	a := venue.FirstAccount + venue.AccountID(p.pick(pawnAccounts))
	as := venue.AssetID(1 + p.pick(4))
	whole := venue.Amount(1_000_000)
	for range pawnDecimals[as] {
		if as != venue.USD {
			whole *= 10
		}
	}
	if as != venue.USD {
		whole /= 100_000
	}
	ref, _ := venue.ParseClOrdID(fmt.Sprint("r", p.n))
	amount := max(1, whole*venue.Amount(p.pick(40))/venue.Amount(1+p.pick(3)))
	inst := venue.InstrumentID(1 + p.pick(2))
	switch p.pick(18) {
	case 0:
		return &venue.Deposit{Account: a, Asset: as, Amount: amount, Ref: ref}
	case 1, 2:
		return &venue.Withdraw{Account: a, Asset: as, Amount: amount, Ref: ref}
	case 3, 4:
		return &venue.Transfer{Account: a, To: venue.FirstAccount + (a - venue.FirstAccount) ^ 1, Asset: as, Amount: amount, Ref: ref}
	case 5:
		if as == venue.USD {
			as = 2
		}
		price := venue.Amount(p.pick(3_000_000))
		if p.pick(10) == 0 {
			price = 0
		}
		return &venue.SetCollateral{Asset: as, Price: price, Rate: venue.Rate(p.pick(1_000_001))}
	case 6, 7:
		return &venue.SetMark{Instrument: inst, Price: max(200, p.marks[inst]+venue.Price(p.pick(401))-200)}
	case 8:
		p.now += venue.Time(p.pick(20)) * venue.Second
		return &venue.Tick{}
	case 9, 10:
		if c := p.flatten(a, inst, ref); c != nil {
			return c
		}
	}
	o := &venue.PlaceOrder{
		Account: a, Instrument: inst, Side: venue.Side(1 + p.pick(2)), Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelMaker,
		Qty: venue.Qty(1 + p.pick(60)), Price: max(1, p.marks[inst]+venue.Price(p.pick(101))-50), ClOrdID: ref,
	}
	if p.pick(3) == 0 {
		o.TIF = venue.IOC
	}
	return o
}

// flatten closes a position at once, as far as there is another side.
func (p *pawnshop) flatten(a venue.AccountID, inst venue.InstrumentID, ref venue.ClOrdID) venue.Command {
	qty := p.account(a).positions[inst]
	if qty == 0 {
		return nil
	}
	// Somebody else quotes the whole of it first.
	other := venue.FirstAccount + (a-venue.FirstAccount+2)%pawnAccounts
	o := venue.PlaceOrder{
		Account: a, Instrument: inst, Side: venue.Sell, Type: venue.Limit, TIF: venue.IOC, STP: venue.CancelMaker, Flags: venue.ReduceOnly,
		Qty: max(qty, -qty), Price: p.marks[inst] - 60, ClOrdID: ref,
	}
	if qty < 0 {
		o.Side, o.Price = venue.Buy, p.marks[inst]+60
	}
	quote := o
	quote.Account, quote.Side, quote.TIF, quote.Flags = other, o.Side.Opposite(), venue.GTC, 0
	p.do(&quote)
	return &o
}

// rest lets the venue do what is due.
func (p *pawnshop) rest() {
	for n := 0; ; n++ {
		at, ok := p.core.NextDeadline()
		if !ok || at > p.now {
			break
		}
		if n == 200 {
			p.t.Fatalf("command %d: the venue always has something to do", p.n)
		}
		p.do(&venue.Tick{})
	}
}

// settled wants what holds when nothing is left to be done at once after c. Whoever
// has an asset was judged when it got another price; a mark alone does not judge
// those who have orders only.
func (p *pawnshop) settled(c venue.Command) {
	priced, _ := c.(*venue.SetCollateral)
	p.rest()
	if !p.core.Conserved() {
		p.t.Fatalf("command %d: money or positions are not conserved", p.n)
	}
	for k := range pawnAccounts {
		a := venue.FirstAccount + venue.AccountID(k)
		s := p.account(a)
		open := false
		for inst, q := range s.positions {
			open = open || q != 0
			if k == 1 && inst != 2 {
				p.t.Fatalf("command %d: the isolated account has a position in %d", p.n, inst)
			}
		}
		equity, state := s.cash+s.collateral+s.unrealised, p.states[a]
		judged := priced != nil && s.assets[priced.Asset] != 0
		if healthy := state == 0 || state == venue.StateHealthy; judged && (healthy && equity < s.held || state == venue.StateReduceOnly && equity >= s.held) {
			p.t.Fatalf("command %d: account %d is %v with equity %d: %+v", p.n, a, state, equity, s)
		}
		if s.cash < 0 && s.collateral > 0 && !open { // It may wait for a step.
			p.now += 10 * venue.Second
			p.rest()
			s = p.account(a)
		}
		if !open && s.cash < 0 && s.collateral > 0 {
			p.t.Fatalf("command %d: account %d owes and keeps its collateral: %+v", p.n, a, s)
		}
	}
}

// TestCollateralProperties runs random deposits, prices, trades, withdrawals and
// transfers: nothing leaves that is needed, no debt without a position keeps its
// collateral, and a venue that is restarted now and then does the same.
//
// rules: MAR-04, MAR-11, MAR-13, MAR-14, ACC-01, DET-01
func TestCollateralProperties(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			p := newPawnshop(t, seed)
			for range 2000 {
				c := p.command()
				p.do(c)
				p.settled(c)
			}
			if got, want := p.twin.StateHash(), p.core.StateHash(); got != want {
				t.Errorf("hash of the restarted venue is %v, want %v", got, want)
			}
			for _, k := range []venue.EventKind{
				venue.EventCollateralSeized, venue.EventTransferred, venue.EventWithdrawn, venue.EventTraded, venue.EventPositionTransferred,
			} {
				if p.kinds[k] == 0 {
					t.Errorf("no event of kind %d in the run", k)
				}
			}
		})
	}
}
