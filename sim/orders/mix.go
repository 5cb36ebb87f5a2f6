package orders

import "github.com/clearhour/clearhour/venue"

// Mix says what a stream is made of.
type Mix struct {
	// Accounts is how many there are, from 2 to 1<<16. Each two have one owner
	// when Pairs is set.
	Accounts int
	Pairs    bool
	// Spots and Futures are how many instruments of each kind are listed, 1 to
	// 1,000 together.
	Spots, Futures int
	// Positions is how many futures each account has a position in after the
	// set-up.
	Positions int
	// Open is how many open orders of an account the stream aims at, 1 to 100.
	Open int
	// Money and Units are what each account gets at first: micro-dollars, and
	// units of every spot asset.
	Money, Units venue.Amount
	// Mark is the first mark in ticks, Range the width of the prices an order may
	// carry, and Band the distance from the mark that is taken.
	Mark, Range venue.Price
	Band        venue.Rate
	// Lots is the largest size of a usual order.
	Lots venue.Qty
	// Near and Deep are the distances in ticks within which orders are placed
	// from the last price.
	Near, Deep venue.Price
	// Pace is the largest step of time between two commands.
	Pace venue.Time
	// Leaps is one in how many commands time leaps by hours; 0 for never.
	Leaps uint64
	// Plain leaves out every kind of order but limit orders that rest or are
	// immediate-or-cancel.
	Plain bool
	// Shares weigh the kinds of command.
	Shares Shares
}

// Shares are the weights of the kinds of command; only their proportions matter.
type Shares struct {
	Place, Take, Cancel, Amend, MassCancel, Deposit, Withdraw, Mark, Phase, Tick, Retry, Malformed uint32
}

func (s *Shares) list() [12]uint32 {
	return [12]uint32{
		s.Place, s.Take, s.Cancel, s.Amend, s.MassCancel, s.Deposit, s.Withdraw, s.Mark, s.Phase, s.Tick, s.Retry, s.Malformed,
	}
}

// Mixed has something of everything, in a market narrow and poor enough that
// orders meet, accounts run short and limits are reached.
func Mixed() Mix {
	return Mix{
		Accounts: 40, Pairs: true, Spots: 3, Futures: 4, Open: 12,
		Money: 12_000_000_000, Units: 300, Mark: 2_500, Range: 20_000, Band: 100_000, Lots: 20, Near: 12, Deep: 200,
		Pace: venue.Second / 50, Leaps: 40_000,
		Shares: Shares{
			Place: 4_300, Take: 500, Cancel: 2_400, Amend: 1_100, MassCancel: 60, Deposit: 150, Withdraw: 150,
			Mark: 250, Phase: 20, Tick: 370, Retry: 400, Malformed: 300,
		},
	}
}

// Trading is the flow of a busy market in futures: half of it new limit orders
// (60 % within 50 ticks, 32 % deep, 8 % crossing), 35 % cancels of any open
// order, 5 % amendments and 10 % immediate orders. Each account has positions in
// so many futures and about so many open orders.
func Trading(accounts, positions, openOrders int) Mix {
	return Mix{
		Accounts: accounts, Futures: positions, Positions: positions, Open: openOrders,
		Money: 1_000_000_000_000_000, Mark: 25_000, Range: 100_000, Band: 200_000, Lots: 10, Near: 50, Deep: 550,
		Pace: 2_000, Plain: true,
		Shares: Shares{Place: 50, Take: 10, Cancel: 35, Amend: 5},
	}
}

// SpotTrading is Trading in so many spot instruments.
func SpotTrading(accounts, instruments, openOrders int) Mix {
	m := Trading(accounts, 0, openOrders)
	m.Spots, m.Units = instruments, 1_000_000_000
	return m
}
