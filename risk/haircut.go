package risk

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Haircut shares what was collected among gains that it does not cover (LIQ-06):
// to each its part rounded down, and the units that are missing one each to the
// largest remainders, of equals to the one that stands earlier in gains. Gains
// are in the order of the accounts' ids, at least 0, with a sum of at most
// MaxAmount that is at least collected. What is paid sums to collected exactly.
func Haircut(gains []venue.Amount, collected venue.Amount) []venue.Amount {
	var c Cutter
	return c.Haircut(gains, collected)
}

// Cutter keeps the memory of haircuts.
type Cutter struct {
	paid   []venue.Amount
	claims []claim
}

// claim is what rounding down left of a gain.
type claim struct {
	at   int
	rest venue.Wide // The remainder times what is owed.
}

// NewCutter returns a Cutter that allocates nothing for up to n gains.
func NewCutter(n int) Cutter {
	return Cutter{paid: make([]venue.Amount, 0, n), claims: make([]claim, 0, n)}
}

// Haircut is the function Haircut. What it returns is valid until the next call.
func (c *Cutter) Haircut(gains []venue.Amount, collected venue.Amount) []venue.Amount {
	var owed venue.Amount
	for _, g := range gains {
		assert.That(g >= 0 && g <= venue.MaxAmount-owed, "gain out of range")
		owed += g
	}
	assert.That(collected >= 0 && collected <= owed, "collected more than is owed")
	c.paid, c.claims = c.paid[:0], c.claims[:0]
	missing := collected
	for i, g := range gains {
		v := FloorOf(g, collected, owed)
		c.paid = append(c.paid, v)
		missing -= v
		rest := venue.WideProduct(int64(g), int64(collected)).Sub(venue.WideProduct(int64(v), int64(owed)))
		c.claims = append(c.claims, claim{i, rest})
	}
	slices.SortFunc(c.claims, func(a, b claim) int {
		return cmp.Or(b.rest.Cmp(a.rest), cmp.Compare(a.at, b.at))
	})
	for _, x := range c.claims[:missing] {
		c.paid[x.at]++
	}
	return c.paid
}

// FloorOf returns the part of what was collected that falls to a gain of several
// that sum to owed, rounded down.
func FloorOf(gain, collected, owed venue.Amount) venue.Amount {
	if owed == 0 {
		return 0
	}
	v, _ := venue.MulDiv(int64(gain), int64(collected), int64(owed), venue.Down) // At most gain.
	return venue.Amount(v)
}

// Gain is an account with what it can give.
type Gain struct {
	Account venue.AccountID
	Amount  venue.Amount // Above 0.
}

// Gain returns what an account can give of its gains (LIQ-06): the result of its
// positions at the marks, at most what it has above its maintenance margin and
// what orders that are paid in full may take, so that nobody is liquidated for it;
// at least 0.
func (s *Status) Gain() venue.Amount {
	return max(0, min(s.Unrealised, s.Equity()-s.Held-s.Committed-s.Maintenance))
}

func compareGain(a, b Gain) int {
	return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.Account, b.Account))
}

// InsertGain puts a gain into its place among those found so far, the largest
// first and of equals the smaller account, and returns them. It keeps the first
// cap(ranked) and allocates nothing.
func InsertGain(ranked []Gain, g Gain) []Gain {
	return insert(ranked, g, compareGain)
}

// GainBefore says whether a gain stands before another one in the order of
// InsertGain.
func GainBefore(a, b Gain) bool { return compareGain(a, b) < 0 }

// SortGains brings gains into the order of the accounts, which Haircut wants.
func SortGains(all []Gain) {
	slices.SortFunc(all, func(a, b Gain) int { return cmp.Compare(a.Account, b.Account) })
}

// deriveGain is what one account gives, whose gain is one of several.
func deriveGain(in *venue.Inputs) venue.Results {
	s := Status{Unrealised: amount(in, 0), Cash: amount(in, 1), Held: amount(in, 2), Maintenance: amount(in, 3), Collateral: amount(in, 9)}
	gain := s.Gain()
	keeps := FloorOf(gain, amount(in, 4), amount(in, 5)) + amount(in, 6)
	return venue.PackResults(int64(gain), int64(keeps), int64(gain-keeps))
}

// deriveDebt is what an account owes that gains have to pay: nothing while it has
// positions, and nothing while the fund has money that is not set aside and a
// whole window has not gone by since the fund left a part of the debt unpaid.
func deriveDebt(in *venue.Inputs) venue.Results {
	maintenance, free := amount(in, 2), amount(in, 3)
	since, now, window := in.At(4), in.At(5), in.At(6)
	if maintenance != 0 || free > 0 && now-since < window {
		return venue.PackResults(0)
	}
	return venue.PackResults(max(0, -int64(amount(in, 0)+amount(in, 1))))
}

// Offset returns what the insurance fund pays for lots that close a position of
// its own (LIQ-05): their bankruptcy value, at most their value at the mark, so
// that what the account owes beyond its position stays with it. It is negative
// when the fund is paid, as for short lots.
func (s *Stake) Offset(lots venue.Qty) venue.Amount {
	marked := venue.Amount(lots) * venue.Amount(s.Mark) * s.TickValue
	if s.Qty < 0 {
		marked = -marked
	}
	return min(marked, s.BankruptcyValue(lots))
}
