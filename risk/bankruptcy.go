package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Stake is a position with its share of the equity of its account: all positions
// share it by their maintenance margin, so that closing one of them at its
// bankruptcy price leaves the others exactly theirs (LIQ-03).
type Stake struct {
	// Qty is the signed position, not 0, and Mark what it is valued at.
	Qty  venue.Qty
	Mark venue.Price
	// TickValue is what one tick on one lot is worth.
	TickValue venue.Amount
	// Equity is that of the account; it may be negative.
	Equity venue.Amount
	// Maintenance is the margin of this position, Total that of all positions of
	// the account, above 0.
	Maintenance, Total venue.Amount
}

// BankruptcyPrice returns the price, in ticks, at which closing the position
// uses up its share of the equity.
func (s *Stake) BankruptcyPrice() venue.Ratio {
	num, den := s.value(s.size())
	if s.Qty < 0 {
		num = num.Neg() // A short pays what its value is below zero.
	}
	return venue.Ratio{Num: num, Den: den.Mul(venue.WideProduct(int64(s.size()), int64(s.TickValue)))}
}

// BankruptcyValue returns what closing lots of the position must bring so that
// their share of the equity covers it, rounded up; it is negative for a short,
// which pays. Lots is from 1 to the size of the position.
func (s *Stake) BankruptcyValue(lots venue.Qty) venue.Amount {
	assert.That(lots > 0 && lots <= s.size(), "closes more than the position")
	num, den := s.value(lots)
	v, ok := num.Quo(den, venue.Up).Int64()
	assert.That(ok, "bankruptcy value out of range")
	return venue.Amount(v)
}

// value is the exact bankruptcy value of some lots: their value at the mark less
// their share of the equity.
func (s *Stake) value(lots venue.Qty) (num, den venue.Wide) {
	assert.That(s.Qty != 0 && s.Total > 0, "bankruptcy price without a position or margin")
	sign := int64(1)
	if s.Qty < 0 {
		sign = -1
	}
	den = venue.WideProduct(int64(s.size()), int64(s.Total))
	marked := venue.WideProduct(sign, int64(lots), int64(s.Mark), int64(s.TickValue)).Mul(den)
	return marked.Sub(venue.WideProduct(int64(lots), int64(s.Equity), int64(s.Maintenance))), den
}

func (s *Stake) size() venue.Qty { return max(s.Qty, -s.Qty) }

// FundDelta returns what the insurance fund receives when a closing brought
// proceeds, negative for a short, against the bankruptcy value: of a surplus at
// most the rate of the value traded, rounded down, the rest stays with the
// account; a shortfall it pays in full, and the result is negative.
func FundDelta(proceeds, bankruptcy venue.Amount, most venue.Rate) venue.Amount {
	delta := proceeds - bankruptcy
	if delta <= 0 {
		return delta
	}
	limit, ok := venue.MulDiv(int64(max(proceeds, -proceeds)), int64(most), int64(venue.One), venue.Down)
	if !ok {
		return delta // A limit that fits no amount binds none.
	}
	return min(delta, venue.Amount(limit))
}
