package risk

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Draw is what an insurance fund may still pay in a window of time (LIQ-05).
type Draw struct {
	// Fund is its balance, WindowMax the highest balance in the window, Drawn what
	// it paid in the window.
	Fund, WindowMax, Drawn venue.Amount
	// Cap is the part of WindowMax that may be drawn in a window.
	Cap venue.Rate
}

// Remaining returns what the fund may still pay, rounded down, at least 0.
func (d *Draw) Remaining() venue.Amount {
	most, ok := venue.MulDiv(int64(d.WindowMax), int64(d.Cap), int64(venue.One), venue.Down)
	if !ok {
		return max(0, d.Fund)
	}
	return max(0, min(venue.Amount(most)-d.Drawn, d.Fund))
}

// Cover returns how many of the lots the fund covers and what it pays, when each
// costs it perLot; nothing is paid for lots that cost nothing.
func (d *Draw) Cover(lots venue.Qty, perLot venue.Amount) (covered venue.Qty, pays venue.Amount) {
	if perLot <= 0 {
		return lots, 0
	}
	covered = min(lots, venue.Qty(d.Remaining()/perLot))
	return covered, venue.Amount(covered) * perLot
}

// Candidate is an account whose position can be closed against that of an
// account that is bankrupt.
type Candidate struct {
	Account venue.AccountID
	// Qty is the signed position, not 0, Cost its signed cost as in the ledger.
	Qty  venue.Qty
	Cost venue.Amount
	// Notional is |Qty| at the mark, Equity that of the account.
	Notional, Equity venue.Amount
	// Score is set by Rank.
	Score venue.Ratio
}

// score is how early a candidate is closed: profit as a part of the cost, times
// leverage; a loss is divided by the leverage instead. Cost, notional and equity
// count as one micro-dollar at least, so that an account without equity has the
// highest leverage and not none.
func (c *Candidate) score() venue.Ratio {
	value := c.Notional
	if c.Qty < 0 {
		value = -value
	}
	profit := int64(value - c.Cost)
	cost := int64(max(c.Cost, -c.Cost, 1))
	notional, equity := int64(max(c.Notional, 1)), int64(max(c.Equity, 1))
	if profit > 0 {
		return venue.Ratio{Num: venue.WideProduct(profit, notional), Den: venue.WideProduct(cost, equity)}
	}
	return venue.Ratio{Num: venue.WideProduct(profit, equity), Den: venue.WideProduct(cost, notional)}
}

// Rank sorts the candidates in the order in which they are closed (LIQ-05): by
// score from the highest, of equals the larger position, then the smaller
// account. It sets their scores, so that each account can be told its own.
func Rank(all []Candidate) {
	for i := range all {
		all[i].Score = all[i].score()
	}
	slices.SortFunc(all, compareRank)
}

func compareRank(a, b Candidate) int {
	return cmp.Or(
		b.Score.Cmp(a.Score),
		cmp.Compare(b.size(), a.size()),
		cmp.Compare(a.Account, b.Account),
	)
}

// Insert puts a candidate into its place among ranked ones and returns them. It
// keeps the first cap(ranked) and allocates nothing, so that the best of a
// large market are found in bounded memory, a part of the market at a time.
func Insert(ranked []Candidate, c Candidate) []Candidate {
	c.Score = c.score()
	return insert(ranked, c, compareRank)
}

// insert puts one into its place among ranked ones; when there are cap(ranked) of
// them the last one gives way.
func insert[T any](ranked []T, one T, compare func(a, b T) int) []T {
	at, _ := slices.BinarySearchFunc(ranked, one, compare)
	switch n := len(ranked); {
	case n < cap(ranked):
		ranked = ranked[:n+1]
	case at == n:
		return ranked
	}
	copy(ranked[at+1:], ranked[at:])
	ranked[at] = one
	return ranked
}

func (c *Candidate) size() venue.Qty { return max(c.Qty, -c.Qty) }

// Deleverage returns how many of the lots are closed against the candidate, and
// how many are left for those that rank after it.
func (c *Candidate) Deleverage(lots venue.Qty) (closed, left venue.Qty) {
	closed = min(lots, c.size())
	return closed, lots - closed
}

// Realised returns the result of closing lots of the candidate for value in all,
// which is positive: what the ledger's Trade adds to the cash, rounded as there.
func (c *Candidate) Realised(lots venue.Qty, value venue.Amount) venue.Amount {
	cost, ok := venue.MulDiv(int64(c.Cost), int64(lots), int64(c.size()), venue.Down)
	assert.That(ok, "share of a cost out of range")
	if c.Qty < 0 {
		value = -value
	}
	return value - venue.Amount(cost)
}
