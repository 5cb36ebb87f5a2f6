package check

import (
	"github.com/clearhour/clearhour/venue"
)

// fund is what the insurance fund gave lately (LIQ-05): what it paid for others,
// what it promised for the positions that it took, and what closing them lost
// beyond that. What a position that it has gains or loses with the mark is not given
// to anybody.
type fund struct {
	terms venue.LiquidationTerms
	now   venue.Time
	// cash is what it has, event by event; lately is how that changed, and what was
	// given, in the time that counts.
	cash   venue.Amount
	lately []draw
	gave   bool // In this command.
	// reserved is by instrument what takeovers promised of the loss of closing it.
	reserved []venue.Amount
	// closing is the market of its present order, won what that won so far.
	closing venue.InstrumentID
	won     venue.Amount
}

// draw is an amount given at a time, and what the fund had then.
type draw struct {
	at          venue.Time
	given, cash venue.Amount
}

// roll begins a command and forgets what counts no longer: a span of the length of a
// window, and for the balance an eighth of it more, as the venue remembers in parts
// of that length. The last balance before that still held when it began.
func (f *fund) roll(now venue.Time) {
	f.now, f.gave = now, false
	old := 0
	for old < len(f.lately)-1 && f.lately[old+1].at <= now-f.terms.Window-f.terms.Window/8-1 {
		old++
	}
	f.lately = f.lately[:copy(f.lately, f.lately[old:])]
}

// note remembers what the fund has and gave.
func (f *fund) note(given venue.Amount) {
	f.gave = f.gave || given != 0
	f.lately = append(f.lately, draw{at: f.now, given: given, cash: f.cash})
}

// gain is money that comes in, or goes out when it is negative.
func (f *fund) gain(n venue.Amount) {
	f.cash += n
	f.note(0)
}

// gives is money for an account that owes more than it has.
func (f *fund) gives(n venue.Amount) {
	f.note(n)
	f.gain(-n)
}

// takes is a position that comes in: what closing it at the end of the band would
// lose is promised now, rounded up for each lot.
func (f *fund) takes(m *market, e *venue.PositionTransferred) {
	bound := m.lower
	if e.Qty < 0 {
		bound = m.upper
	}
	size := max(e.Qty, -e.Qty)
	paid := -share(-e.Value, 1, size)
	loss := max(0, paid-m.value(e.Qty/size, bound)) * venue.Amount(size)
	f.note(loss)
	*at(&f.reserved, int(e.Instrument)) += loss
}

// closes takes in what one fill of an order of the fund won, or lost when it is
// negative.
func (f *fund) closes(i venue.InstrumentID, won venue.Amount) {
	f.closing = i
	f.won += won
}

// closed ends that order. What it lost in all is first taken from what was
// promised.
func (f *fund) closed() {
	if f.won < 0 {
		r := at(&f.reserved, int(f.closing))
		used := min(-f.won, *r)
		*r -= used
		f.note(-f.won - used)
	}
	f.won = 0
}

// release gives back what was promised for positions that are gone: it stays
// drawn.
func (f *fund) release(held []venue.Qty) {
	for i := range f.reserved {
		if i >= len(held) || held[i] == 0 {
			f.reserved[i] = 0
		}
	}
}

// within checks the cap, when something was given.
func (f *fund) within() error {
	if !f.gave || f.terms.Step == 0 {
		return nil
	}
	var given, most venue.Amount
	for i := range f.lately {
		d := &f.lately[i]
		most = max(most, d.cash)
		if d.at > f.now-f.terms.Window {
			given += d.given
		}
	}
	if may, _ := venue.MulDiv(int64(most), int64(f.terms.Cap), int64(venue.One), venue.Down); given > venue.Amount(may) {
		return broken(DrawCap, "the fund gave %d within %d s, in which it had at most %d and may give %d", given, f.terms.Window/venue.Second, most, may)
	}
	return nil
}

// pending is what a closing of a liquidation comes to for the fund, until it is
// known whether the account paid it or the position went to the fund (LIQ-03).
type pending struct {
	account venue.AccountID
	delta   venue.Amount
}

// receipt hears what a step of a liquidation was computed from.
func (c *Checker) receipt(e *venue.Receipt) {
	c.settlePending()
	c.fund.closed()
	c.offset = false
	if e.Rule != venue.RuleDeleverage {
		c.licensed = false
	}
	c.account(e.Account).receipts++
	switch e.Rule {
	case venue.RuleBankruptcy:
		c.pending = pending{e.Account, venue.Amount(e.Results.At(1))}
	case venue.RuleOffset:
		c.offset = true
	case venue.RuleTrigger, venue.RulePartial, venue.RuleDisposal, venue.RuleDrawCap, venue.RuleDeleverage, venue.RuleLimit,
		venue.RuleSeizure, venue.RuleGain, venue.RuleDebt:
	}
}

// settlePending books what the fund received or paid.
func (c *Checker) settlePending() {
	p := c.pending
	c.pending = pending{}
	switch {
	case p.delta > 0:
		c.pay(p.account, venue.Insurance, p.delta)
		c.fund.gain(p.delta)
	case p.delta < 0:
		c.pay(venue.Insurance, p.account, -p.delta)
		c.fund.gives(-p.delta)
		c.tally.Drawn -= p.delta
	}
}

// judged compares the numbers of a change of state with the shadow's own.
func (c *Checker) judged(e *venue.AccountStateChanged) error {
	c.settlePending()
	if err := c.closeSettled(); err != nil {
		return err
	}
	equity, maintenance := c.Equity(e.Account)
	if e.Cash+e.Unrealised+e.Collateral != equity || e.Maintenance != maintenance {
		return broken(Liquidation, "account %d is judged by equity %d and maintenance margin %d, it has %d and %d",
			e.Account, e.Cash+e.Unrealised+e.Collateral, e.Maintenance, equity, maintenance)
	}
	c.account(e.Account).state = e.State
	if e.State < venue.StateLiquidating {
		return nil
	}
	c.tally.States[e.State]++
	return c.below(e.Account, "is "+e.State.String())
}

// endures wants a fund without a position not to come to less than nothing: what it
// pays is bounded by its money, and what it takes as collateral is worth what it
// pays (LIQ-05, MAR-13). Only a price that is told can change that: of the
// collateral, of its sale, or the final one of a market.
func (c *Checker) endures() error {
	before := c.worth
	c.worth, _ = c.Equity(venue.Insurance)
	if !c.flat(venue.Insurance) {
		return nil
	}
	c.tally.WorthLowest = min(c.tally.WorthLowest, c.worth)
	if c.worth >= min(before, 0) {
		return nil
	}
	for i := range c.entries {
		switch c.entries[i].Event.(type) { //nolint:gochecksumtype // The prices.
		case *venue.CollateralSet, *venue.CollateralSold, *venue.InstrumentSettled:
			return nil
		case *venue.PositionChanged:
			if c.markets[c.entries[i].Event.(*venue.PositionChanged).Instrument].final {
				return nil
			}
		}
	}
	return broken(FundWorth, "the fund had %d and has %d with its collateral, and no position", before, c.worth)
}
