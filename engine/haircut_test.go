package engine_test

import (
	"fmt"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// cuts is what the events of an envelope say about debts and gains.
type cuts struct {
	gave, paid, fund venue.Amount
	givers           map[venue.AccountID]bool
}

func cutsOf(entries []venue.Entry) cuts {
	c := cuts{givers: map[venue.AccountID]bool{}}
	for i := range entries {
		switch x := entries[i].Event.(type) {
		case *venue.GainsHaircut:
			c.gave += x.Amount
			c.givers[x.Account] = true
		case *venue.DebtPaid:
			if x.From == venue.Residue {
				c.paid += x.Amount
			} else {
				c.fund += x.Amount
			}
		}
	}
	return c
}

// dump lets an account close its position in the first market at the end of the
// band that loses most, against an account of another owner. It is refused where
// debts are somebody's (MAR-15): they are made while liquidation is off.
func (c *crash) dump(terms venue.LiquidationTerms, step func(venue.Command)) {
	a := venue.FirstAccount + venue.AccountID(c.r.Below(crashTraders))
	b := venue.FirstAccount + (a-venue.FirstAccount+2+venue.AccountID(c.r.Below(crashTraders-4)))%crashTraders
	qty := c.qty[position{a, 1}]
	if qty == 0 {
		return
	}
	for n := range crashTraders {
		step(&venue.MassCancel{Account: venue.FirstAccount + venue.AccountID(n)})
	}
	side := venue.Sell
	if qty < 0 {
		side, qty = venue.Buy, -qty
	}
	o := venue.PlaceOrder{
		Account: b, Instrument: 1, Side: side.Opposite(), Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Price: c.marks[1] + c.marks[1]*19/100*venue.Price(side.Sign()), Qty: qty, ClOrdID: c.id(),
	}
	against := o
	o.Account, o.Side, o.TIF, o.ClOrdID = a, side, venue.IOC, c.id()
	step(&venue.SetLiquidation{})
	step(&against)
	step(&o)
	step(&venue.SetLiquidation{Terms: terms})
	step(&venue.Deposit{Account: a, Asset: venue.USD, Amount: 1, Ref: c.id()})
}

// TestDebtsEnd lets accounts close far from the mark, so that they owe more than
// they have, with a fund that is soon empty or has never been. What gains give is
// what debts are paid, to the unit, nobody who gives falls below the maintenance
// margin, and while positions gain and lose all debts come to an end.
//
// rules: LIQ-05, LIQ-06, LIQ-08
func TestDebtsEnd(t *testing.T) {
	var given venue.Amount
	for _, seed := range seeds(t, 5) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			c := newCrash(seed, venue.Amount(seed%2)*2_000_000)
			defer c.core.Close()
			defer func() { c.twin.Close() }()
			var all cuts
			debts := 0
			step := func(cmd venue.Command) {
				t.Helper()
				c.do(cmd)
				err := c.check()
				now := cutsOf(c.tape.Entries)
				all.gave, all.fund = all.gave+now.gave, all.fund+now.fund
				if err == nil && now.gave != now.paid {
					err = fmt.Errorf("gains give %d, debts are paid %d", now.gave, now.paid)
				}
				for a := range now.givers {
					if err == nil && c.core.Below(a) {
						err = fmt.Errorf("account %d gave of its gains and is below its maintenance margin", a)
					}
				}
				if err == nil && c.r.Below(20) == 0 {
					err = c.restart()
				}
				if err != nil {
					t.Fatalf("seed %d, %T%+v: %v", seed, c.env.Command, c.env.Command, err)
				}
			}
			mark := func(i venue.InstrumentID, p venue.Price) {
				c.marks[i] = p
				step(&venue.SetMark{Instrument: i, Price: p})
			}
			terms := crashTerms()
			terms.Window = 100 * venue.Second
			step(&venue.SetLiquidation{Terms: terms})
			rich := func(n venue.AccountID, side venue.Side) venue.Command {
				return &venue.PlaceOrder{
					Account: venue.FirstAccount + n, Instrument: 2, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
					Price: c.marks[2], Qty: 100, ClOrdID: c.id(),
				}
			}
			for n := range venue.AccountID(3) {
				step(&venue.Deposit{Account: venue.FirstAccount + n, Asset: venue.USD, Amount: 1e9, Ref: c.id()})
			}
			for range 15 {
				for range 60 {
					a := venue.AccountID(c.r.Below(crashTraders))
					step(&venue.PlaceOrder{
						Account: venue.FirstAccount + a, Instrument: 1 + venue.InstrumentID(c.r.Below(2)), Side: venue.Buy + venue.Side(a%2),
						Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Price: 2000, Qty: venue.Qty(1 + c.r.Below(200)), ClOrdID: c.id(),
					})
				}
				for range 4 {
					mark(1, venue.Price(1950+c.r.Below(100)))
					c.dump(terms, step)
					debts += int(c.core.Owing())
				}
				for n := 0; c.core.Owing() > 0 && n < 40; n++ { // Two trade with each other, marks move, and time goes on.
					c.now += crashStep
					step(rich(0, venue.Buy+venue.Side(n%2)))
					step(rich(2, venue.Sell-venue.Side(n%2)))
					mark(1, venue.Price(1900+200*(n/2%2)))
					mark(2, venue.Price(1900+200*(n%2)))
					for c.core.Pending() {
						step(&venue.Tick{})
					}
				}
				if n := c.core.Owing(); n > 0 {
					t.Fatalf("seed %d: %d accounts still owe", seed, n)
				}
				mark(1, 2000)
				mark(2, 2000)
			}
			t.Logf("seed %d: the fund paid %d, gains gave %d; %d times a debt had to wait", seed, all.fund, all.gave, debts)
			given += all.gave
		})
	}
	if given == 0 {
		t.Error("no gain was cut in any seed")
	}
}

// TestHaircutAllocs lets an account owe, and gains pay for it, again and again.
func TestHaircutAllocs(t *testing.T) {
	const warm, counted = 100, 50
	c := newCrash(1, 0)
	defer c.core.Close()
	defer func() { c.twin.Close() }()
	for n := range venue.AccountID(3) {
		c.do(&venue.Deposit{Account: venue.FirstAccount + 2*n, Asset: venue.USD, Amount: 1e12, Ref: c.id()})
	}
	var all []venue.Command
	order := func(n venue.AccountID, side venue.Side, p venue.Price) {
		all = append(all, &venue.PlaceOrder{
			Account: venue.FirstAccount + 2*n, Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: p, Qty: 100, ClOrdID: c.id(),
		})
	}
	for range warm + 2*counted {
		all = append(all, &venue.SetMark{Instrument: 1, Price: 2000},
			&venue.Deposit{Account: venue.FirstAccount + 6, Asset: venue.USD, Amount: 24_999_999, Ref: c.id()})
		order(0, venue.Sell, 2000)
		order(3, venue.Buy, 2000)
		all = append(all, &venue.SetMark{Instrument: 1, Price: 1950})
		order(1, venue.Buy, 1600)
		all = append(all, &venue.SetLiquidation{})
		order(3, venue.Sell, 1600)
		all = append(all, &venue.SetLiquidation{Terms: crashTerms()},
			&venue.Deposit{Account: venue.FirstAccount + 6, Asset: venue.USD, Amount: 1, Ref: c.id()})
		order(1, venue.Sell, 1950)
		order(0, venue.Buy, 1950)
	}
	per, next, cut := len(all)/(warm+2*counted), 0, 0
	run := func(n int) {
		for _, cmd := range all[next : next+n*per] {
			c.env = venue.Envelope{Seq: c.core.Seq() + 1, Time: c.now, Session: 1, Command: cmd}
			c.tape.Reset()
			c.core.Apply(&c.env, &c.tape)
			for i := range c.tape.Entries {
				if c.tape.Entries[i].Event.Kind() == venue.EventGainsHaircut {
					cut++
				}
			}
		}
		next += n * per
	}
	run(warm)
	cut = 0
	if n := testing.AllocsPerRun(1, func() { run(counted) }); n != 0 {
		t.Errorf("%d haircuts allocate %v times, want 0", counted, n)
	}
	if cut < counted {
		t.Errorf("%d gains were cut in %d rounds", cut, 2*counted)
	}
}
