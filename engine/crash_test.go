package engine_test

import (
	"fmt"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// crash is a venue under random orders and marks that jump, with liquidation.
type crash struct {
	core, twin *engine.Engine
	tape, copy venue.Tape
	env        venue.Envelope
	r          rng.Source
	now        venue.Time
	ids        int
	marks      [3]venue.Price
	terms      [3]*risk.Terms
	receipts   uint64
	last       venue.Hash
	qty        map[position]venue.Qty
	forced     int // Positions that went without an order.
	most       int // Events of one command.
}

const (
	crashTraders = 24
	crashStep    = 10 * venue.Second
)

func crashLimits() engine.Limits {
	return engine.Limits{Orders: 1 << 11, OrdersPerAccount: 60, OrdersPerHolding: 40, Accounts: 64, Holdings: 256, Instruments: 4, FillsPerOrder: 12, Requests: 1 << 13, RequestsPerAccount: 1 << 8}
}

func crashTerms() venue.LiquidationTerms {
	return venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5_000, Spread: 1_500_000, Fraction: 300_000, MaxConsumed: 500_000, FullSize: 4,
		Cap: 250_000, Window: 3600 * venue.Second, Step: crashStep,
	}
}

func newCrash(seed uint64, fund venue.Amount) *crash {
	c := &crash{core: engine.New(crashLimits()), twin: engine.New(crashLimits()), r: rng.New(seed, "crash"), qty: map[position]venue.Qty{}, now: 1_700_000_000 * venue.Second}
	c.do(&venue.SetLiquidation{Terms: crashTerms()})
	if fund > 0 {
		c.do(&venue.FundInsurance{Amount: fund})
	}
	for i := venue.InstrumentID(1); i <= 2; i++ {
		t := venue.Instrument{
			ID: i, Symbol: fmt.Sprint("F", i), Kind: venue.Future, Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Window: venue.WindowDay,
			Start: 1_800_000_000 * venue.Second, End: 1_800_086_400 * venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 20_000,
			MaxQty: 1000, Band: 200_000, Maker: 100, Taker: 500,
			Brackets: []venue.Bracket{{Upto: 100_000_000, Initial: 50_000, Maintenance: 25_000}, {Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 60_000}},
		}
		c.terms[i], c.marks[i] = risk.TermsOf(&t), 2000
		c.do(&venue.ListInstrument{Terms: t})
		c.do(&venue.SetMark{Instrument: i, Price: 2000})
		c.do(&venue.SetPhase{Instrument: i, Phase: venue.Continuous})
	}
	for n := range crashTraders {
		a := venue.FirstAccount + venue.AccountID(n)
		c.do(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(a/2 + 1)})
		money := venue.Amount(5+c.r.Below(60)) * 1_000_000
		if n%6 == 5 {
			money = 20_000 + venue.Amount(c.r.Below(300_000)) // Dust.
		}
		c.do(&venue.Deposit{Account: a, Asset: venue.USD, Amount: money, Ref: c.id()})
	}
	return c
}

func (c *crash) id() venue.ClOrdID {
	c.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("c", c.ids))
	return id
}

// do applies a command to the venue and to its twin.
func (c *crash) do(cmd venue.Command) {
	c.env = venue.Envelope{Seq: c.core.Seq() + 1, Time: c.now, Session: 1, Command: cmd}
	c.tape.Reset()
	c.core.Apply(&c.env, &c.tape)
	c.copy.Reset()
	c.twin.Apply(&c.env, &c.copy)
	c.most = max(c.most, len(c.tape.Entries))
}

// next applies a random command.
func (c *crash) next() {
	a := venue.FirstAccount + venue.AccountID(c.r.Below(crashTraders))
	i := venue.InstrumentID(1 + c.r.Below(2))
	c.now += venue.Time(c.r.Below(uint64(venue.Second)))
	switch n := c.r.Below(100); {
	case n < 80:
		o := &venue.PlaceOrder{
			Account: a, Instrument: i, Side: venue.Buy + venue.Side(c.r.Below(2)), Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: c.marks[i] + venue.Price(c.r.Below(80)) - 40, Qty: venue.Qty(1 + c.r.Below(60)), ClOrdID: c.id(),
		}
		if c.r.Below(4) == 0 {
			o.TIF = venue.IOC
		}
		c.do(o)
	case n < 84:
		c.do(&venue.MassCancel{Account: a})
	case n < 88:
		c.do(&venue.Withdraw{Account: a, Asset: venue.USD, Amount: venue.Amount(1 + c.r.Below(1_000_000)), Ref: c.id()})
	case n < 97:
		c.mark(i, c.marks[i]+venue.Price(c.r.Below(60))-30)
	case n < 99:
		c.mark(i, c.marks[i]*venue.Price(60+c.r.Below(80))/100)
	default:
		c.do(&venue.Tick{})
	}
}

func (c *crash) mark(i venue.InstrumentID, p venue.Price) {
	c.marks[i] = min(max(p, 200), 15_000)
	c.do(&venue.SetMark{Instrument: i, Price: c.marks[i]})
}

// check wants everything that holds after any command.
func (c *crash) check() error {
	if !c.core.Conserved() {
		return fmt.Errorf("money or positions are not conserved")
	}
	if got, want := c.twin.StateHash(), c.core.StateHash(); got != want {
		return fmt.Errorf("state of the restored venue is %v, want %v", got, want)
	}
	if drawn, most := c.core.Drawn(); drawn > most {
		return fmt.Errorf("the fund lost %d in a window, at most %d are allowed", drawn, most)
	}
	if c.most > 4000 {
		return fmt.Errorf("%d events of one command", c.most)
	}
	for i := range c.tape.Entries {
		if err := c.event(c.tape.Entries[i].Event); err != nil {
			return err
		}
	}
	return nil
}

// event wants receipts that derive again and are chained, and positions that the
// events account for.
func (c *crash) event(e venue.Event) error {
	switch x := e.(type) {
	case *venue.Receipt:
		c.receipts++
		if got := risk.Derive(x.Rule, c.terms[x.Instrument], &x.Inputs); got != x.Results || x.Number != c.receipts || x.Seal(c.last) != x.Hash {
			return fmt.Errorf("receipt %+v derives %v, or is not number %d of the chain", x, got, c.receipts)
		}
		c.last = x.Hash
		if x.Rule == venue.RuleLimit && x.Inputs.At(2) >= x.Inputs.At(4) {
			return fmt.Errorf("receipt %+v closes a position of an account that has its maintenance margin", x)
		}
	case *venue.Traded:
		c.qty[position{x.Maker.Account, x.Instrument}] -= x.Qty * x.TakerSide.Sign()
		c.qty[position{x.Taker.Account, x.Instrument}] += x.Qty * x.TakerSide.Sign()
	case *venue.PositionTransferred:
		c.qty[position{x.From, x.Instrument}] -= x.Qty
		c.qty[position{x.To, x.Instrument}] += x.Qty
		c.forced++
	case *venue.PositionChanged:
		if was := c.qty[position{x.Account, x.Instrument}]; was != x.Qty {
			return fmt.Errorf("position %+v, want %d", x, was)
		}
	}
	return nil
}

// settle ticks until nothing presses, and wants everybody above the maintenance
// margin then, or waiting for a next step.
func (c *crash) settle() error {
	for n := 0; c.core.Pending(); n++ {
		if n > 2000 {
			return fmt.Errorf("liquidations do not come to an end")
		}
		c.do(&venue.Tick{})
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}

// restart gives the venue a twin that was restored from its state.
func (c *crash) restart() error {
	c.twin.Close()
	c.twin = engine.New(crashLimits())
	return c.twin.LoadState(c.core.AppendState(nil))
}

// TestCrashes lets marks jump under random orders, with and without a fund.
//
// rules: LIQ-01, LIQ-02, LIQ-03, LIQ-04, LIQ-05, LIQ-09
func TestCrashes(t *testing.T) {
	for _, seed := range seeds(t, 4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			c := newCrash(seed, venue.Amount(seed%3)*20_000_000)
			defer c.core.Close()
			defer func() { c.twin.Close() }()
			for n := range 1500 {
				c.next()
				err := c.check()
				if err == nil && n%50 == 0 {
					err = c.settle()
				}
				if err == nil && c.r.Below(20) == 0 {
					err = c.restart()
				}
				if err != nil {
					t.Fatalf("seed %d, command %d %T%+v: %v", seed, n, c.env.Command, c.env.Command, err)
				}
			}
			t.Logf("seed %d: %d receipts, %d transfers, at most %d events of a command", seed, c.receipts, c.forced, c.most)
			if c.receipts < 20 {
				t.Errorf("seed %d: %d receipts; the stream liquidates nobody", seed, c.receipts)
			}
		})
	}
}

// TestWholeMarketLiquidated lets every position of a market be closed against its
// will: whatever the fund has, it ends, and nobody is left below.
func TestWholeMarketLiquidated(t *testing.T) {
	for _, fund := range []venue.Amount{0, 1_000_000, 1_000_000_000} {
		for _, to := range []venue.Price{200, 1200, 1900, 2100, 3000, 15_000} {
			c := newCrash(uint64(fund+1), fund)
			for n := range crashTraders {
				c.do(&venue.PlaceOrder{
					Account: venue.FirstAccount + venue.AccountID(n), Instrument: 1, Side: venue.Buy + venue.Side(n%2), Type: venue.Limit,
					TIF: venue.GTC, STP: venue.CancelTaker, Price: 2000, Qty: venue.Qty(1 + c.r.Below(100)), ClOrdID: c.id(),
				})
				if err := c.check(); err != nil {
					t.Fatal(err)
				}
			}
			for n := range crashTraders {
				c.do(&venue.MassCancel{Account: venue.FirstAccount + venue.AccountID(n)})
			}
			c.mark(1, to)
			err := c.check()
			for range 20 {
				if err == nil {
					err = c.settle()
				}
				c.now += crashStep
			}
			if err != nil {
				t.Fatalf("fund %d, mark %d: %v", fund, to, err)
			}
			for n := range crashTraders {
				if a := venue.FirstAccount + venue.AccountID(n); c.core.Below(a) {
					t.Errorf("fund %d, mark %d: account %d is still below its maintenance margin", fund, to, a)
				}
			}
			c.core.Close()
			c.twin.Close()
		}
	}
}
