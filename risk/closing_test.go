package risk

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// rules: MAR-15
//
// Whatever lots are closed at the bound pay their bankruptcy value and the fee; one
// tick further they need not.
func TestClosingBoundLeavesNoDebt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := venue.Qty(rapid.Int64Range(1, 1000).Draw(t, "size"))
		s := Stake{
			Qty: size, Mark: venue.Price(rapid.Int64Range(100, 5000).Draw(t, "mark")), TickValue: 24_000,
			Maintenance: 1, Total: 1,
		}
		if rapid.Bool().Draw(t, "short") {
			s.Qty = -size
		}
		worth := int64(size) * int64(s.Mark) * int64(s.TickValue)
		s.Equity = venue.Amount(worth / 1000 * rapid.Int64Range(0, 300).Draw(t, "equity per mille"))
		fee := venue.Rate(rapid.SampledFrom([]int64{0, 500, 20_000}).Draw(t, "fee"))
		bound := s.ClosingBound(fee)
		lots := venue.Qty(rapid.Int64Range(1, int64(size)).Draw(t, "lots"))
		if left := s.afterClosing(lots, bound, fee); left < 0 {
			t.Fatalf("closing %d of %d at %d with a fee of %d leaves %d", lots, s.Qty, bound, fee, left)
		}
		further := bound - 1
		if s.Qty < 0 {
			further = bound + 1
		}
		if left := s.afterClosing(size, further, fee); left > venue.Amount(2*size) {
			t.Fatalf("closing all of %d at %d, beyond the bound, still leaves %d", s.Qty, further, left)
		}
	})
}

// afterClosing is by how much closing lots at a price is better than the bankruptcy
// value, after the fee.
func (s *Stake) afterClosing(lots venue.Qty, p venue.Price, fee venue.Rate) venue.Amount {
	value := venue.Amount(p) * venue.Amount(lots) * s.TickValue
	paid := venue.Fee(value, fee)
	if s.Qty < 0 {
		value = -value
	}
	return value - paid - s.BankruptcyValue(lots)
}
