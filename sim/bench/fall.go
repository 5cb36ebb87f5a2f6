package bench

import (
	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
)

// Fall is a market in which everybody who is long loses all that he has.
//
//	weak     half of the accounts, long with 10.5 % margin
//	strong   as many less those below, short with as much money as their positions are worth
//	reckless a twentieth, long with 25 % margin, who close far below the mark
//	catchers a twentieth, who buy what the reckless sell
//
// The mark falls to the bankruptcy price of the weak: the insurance fund takes over
// what it can, the rest is deleveraged. Then the reckless close at the end of the
// band and owe what the fund has no money for: the gains of others pay. Then the
// mark halves, and all who are left on the long side are deleveraged, the catchers
// too.
type Fall struct {
	crowd
	accounts  int
	positions map[venue.AccountID]venue.Qty
}

// FallPart is one part of a fall.
type FallPart struct {
	// Name says what happens.
	Name string
	Envelopes
	// Liquidated is how many accounts were found below their maintenance margin,
	// Taken and Deleveraged count transfers to the fund and to others, Cuts the
	// gains that gave to the debts of Debtors accounts.
	Liquidated, Taken, Deleveraged, Cuts, Debtors int
}

// fallTerms have a cap that lets the fund be emptied.
func fallTerms() venue.LiquidationTerms {
	return venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5_000, Spread: 1_500_000, Fraction: 300_000, MaxConsumed: 500_000, FullSize: 5,
		Cap: venue.One, Window: 8 * 3600 * venue.Second, Step: 5 * venue.Second,
	}
}

// NewFall opens a market of accounts, at least 80, with their positions and a fund
// that can take over about a tenth of what falls.
func NewFall(accounts int, now Clock) *Fall {
	f := &Fall{crowd: *newCrowd(accounts, now), accounts: accounts, positions: map[venue.AccountID]venue.Qty{}}
	f.do(&venue.SetLiquidation{Terms: fallTerms()})
	var open venue.Amount
	for i := range f.half() {
		q := venue.Qty(1 + i*7%20)
		rate := crowdInitial + crowdInitial/20
		if i < f.few() {
			rate = 250_000
		}
		f.deposit(i, worth(crowdPrice, q, rate))
		short := f.half() + i%f.strong()
		f.deposit(short, worth(crowdPrice, q, venue.One))
		f.trade(short, i, q)
		open += worth(crowdPrice, q, venue.One)
	}
	f.do(&venue.FundInsurance{Amount: open / 50})
	return f
}

func (f *Fall) half() int   { return f.accounts / 2 }
func (f *Fall) few() int    { return f.accounts / 20 }
func (f *Fall) strong() int { return f.accounts - f.half() - f.few() }

// Core returns the core, for whoever looks at the end.
func (f *Fall) Core() *engine.Engine { return f.core }

// Accounts returns the accounts from the first to the last.
func (f *Fall) Accounts() (first, last venue.AccountID) {
	return crowdAccount(0), crowdAccount(f.accounts - 1)
}

// Run lets the market fall. Look sees the events of each envelope; it may be nil.
func (f *Fall) Run(look func([]venue.Entry)) []FallPart {
	return []FallPart{
		f.run("mark at the bankruptcy price: takeovers, deleveraging", look, func() {
			f.mark(crowdPrice - crowdPrice*105/1000)
		}),
		f.run("closing 20 % below the mark: debts, haircut", look, f.dump),
		f.run("mark halves: all who are left are deleveraged", look, func() {
			f.mark(900)
		}),
	}
}

// run counts what happens until nothing more does.
func (f *Fall) run(name string, look func([]venue.Entry), begin func()) FallPart {
	p := FallPart{Name: name}
	f.look = func(entries []venue.Entry) {
		p.take(entries)
		if look != nil {
			look(entries)
		}
	}
	p.Envelopes = f.part(func() {
		begin()
		f.settle()
	})
	f.look = nil
	return p
}

// settle ticks until three steps in a row change nothing.
func (f *Fall) settle() {
	f.finish()
	tick := &venue.Tick{}
	for idle := 0; idle < 3; {
		due, ok := f.core.NextDeadline()
		if !ok || due > f.time+fallTerms().Window {
			return
		}
		before := f.sum.Events
		f.time = max(f.time, due)
		f.do(tick)
		f.finish()
		idle++
		if f.sum.Events != before {
			idle = 0
		}
	}
}

// dump lets the reckless sell at the end of the band to the catchers, whose margin
// is just enough. That is refused but while liquidation is off (MAR-15).
func (f *Fall) dump() {
	mark := crowdPrice - crowdPrice*105/1000
	low := mark - mark*19/100
	for i := range f.few() {
		catcher := f.half() + f.strong() + i
		q := venue.Qty(1 + i*7%20)
		f.deposit(catcher, worth(mark, q, crowdInitial+crowdInitial/10))
		o := venue.PlaceOrder{
			Account: crowdAccount(catcher), Instrument: 1, Side: venue.Buy, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: low, Qty: q, ClOrdID: f.id(),
		}
		f.do(&o)
	}
	f.do(&venue.SetLiquidation{})
	for i := range f.few() {
		f.do(&venue.PlaceOrder{
			Account: crowdAccount(i), Instrument: 1, Side: venue.Sell, Type: venue.Limit, TIF: venue.IOC, STP: venue.CancelTaker,
			Price: low, Qty: venue.Qty(1 + i*7%20), ClOrdID: f.id(),
		})
	}
	f.do(&venue.SetLiquidation{Terms: fallTerms()})
	for i := range f.few() {
		f.deposit(i, 1) // So that the account is looked at.
	}
}

// take counts what the events of an envelope say.
func (p *FallPart) take(entries []venue.Entry) {
	for i := range entries {
		if x, ok := entries[i].Event.(*venue.AccountStateChanged); ok && x.State == venue.StateLiquidating {
			p.Liquidated++
		}
		if x, ok := entries[i].Event.(*venue.PositionTransferred); ok {
			if x.To == venue.Insurance {
				p.Taken++
			} else {
				p.Deleveraged++
			}
		}
		if _, ok := entries[i].Event.(*venue.GainsHaircut); ok {
			p.Cuts++
		}
		if x, ok := entries[i].Event.(*venue.DebtPaid); ok && x.From == venue.Residue {
			p.Debtors++
		}
	}
}

// Close gives back the memory of the core.
func (f *Fall) Close() { f.core.Close() }
