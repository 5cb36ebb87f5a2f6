package bench

import "github.com/clearhour/clearhour/venue"

// Moved is what a move of a mark did: the command that set it, and the ticks till
// everybody with a position was judged.
type Moved struct {
	// Accounts is how many have a position.
	Accounts int
	Envelopes
}

// MoveMark opens accounts with positions of different sizes, moves the mark runs
// times, by a tick up and down, and returns the best run. All stay above their
// margins.
func MoveMark(accounts, runs int, now Clock) Moved {
	c := newCrowd(accounts, now)
	defer c.core.Close()
	c.do(&venue.SetLiquidation{Terms: fallTerms()})
	for i := range accounts {
		c.deposit(i, 1_000_000_000)
	}
	const scatter = 7919 // Neighbours among the positions are none among the accounts.
	for i := 0; i+1 < accounts; i += 2 {
		c.trade(i*scatter%accounts, (i+1)*scatter%accounts, venue.Qty(1+i%50))
	}
	c.finish()
	best := Moved{Accounts: accounts}
	up, down := &venue.SetMark{Instrument: 1, Price: crowdPrice + 1}, &venue.SetMark{Instrument: 1, Price: crowdPrice}
	for n := range runs + 1 {
		to := up
		if n%2 == 1 {
			to = down
		}
		if got := c.part(func() { c.do(to); c.finish() }); n == 1 || n > 1 && got.Took < best.Took { // The first one warms.
			best.Envelopes = got
		}
	}
	return best
}
