package risk

import (
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// ClosingBound returns the worst price, in ticks, at which lots of the position may
// be closed: there the proceeds less a fee of that rate still are the bankruptcy
// value, so that whatever part of the position goes, no debt comes of it (MAR-15).
// It is rounded in favour of the venue: up for a long, which sells, down for a
// short. A long that cannot go bankrupt has a bound of zero or less.
func (s *Stake) ClosingBound(fee venue.Rate) venue.Price {
	t := *s
	rest, round := venue.One-fee, venue.Up
	if s.Qty < 0 {
		rest, round = venue.One+fee, venue.Down
	}
	if fee != 0 {
		t.Equity -= venue.Amount(s.size()) // Each fill rounds its fee up and is at least a lot.
	}
	p := t.BankruptcyPrice()
	v, ok := p.Num.Mul(venue.ToWide(venue.One)).Quo(p.Den.Mul(venue.ToWide(rest)), round).Int64()
	switch {
	case ok:
		return venue.Price(max(-int64(venue.MaxPrice), min(v, int64(venue.MaxPrice))))
	case p.Num.Sign() < 0:
		return -venue.MaxPrice
	}
	return venue.MaxPrice
}

// Worse says whether p is worse than q for an order of the side.
func Worse(side venue.Side, p, q venue.Price) bool {
	if side == venue.Buy {
		return p > q
	}
	return p < q
}

// ClosingBound is Stake.ClosingBound of a holding that has a position, at the
// taker fee of its instrument.
func (r *Risk) ClosingBound(h venue.HoldingID, marks []venue.Mark) venue.Price {
	st := r.Status(r.ledger.Holding(h).Account, marks)
	s := r.Stake(h, &st, marks)
	return s.ClosingBound(r.termsOf(h).taker)
}

// bound keeps an order that is taken because it closes from leaving a debt: its
// limit is at most ClosingBound; a market order, which has none of its own, gets
// that one where it is tighter. An order that only becomes smaller is left alone.
func (r *Risk) bound(h venue.HoldingID, x *ledger.Holding, marks []venue.Mark, o *Order, open *ledger.Open) venue.Refusal {
	if !o.Bounded || x.Kind != venue.Future || x.Closing(open.Side) == 0 || o.Old.Qty >= open.Qty && o.Old.Price == open.Price {
		return venue.Refusal{}
	}
	b := r.ClosingBound(h, marks)
	if !Worse(open.Side, open.Price, b) {
		return venue.Refusal{}
	}
	if !o.Market {
		return venue.Refusal{Reason: venue.BeyondBankruptcy, Field: venue.FieldPrice, Limit: int64(b)}
	}
	open.Price = b
	return venue.Refusal{}
}

// Slack is how far from the mark, in ticks, an account that has its maintenance
// margin can close at the least, whatever else it has, and owe nothing.
func (t *Terms) Slack(mark venue.Price) venue.Price {
	return venue.Price(int64(mark) * int64(t.slack) / int64(venue.One))
}

// Strained says whether what the spot buys of an account hold, with what orders in
// capped futures can lock, is needed: for the maintenance margin of its positions,
// or because the account has less money.
func (s *Status) Strained() bool {
	taken := s.Held + s.Committed
	if s.Maintenance == 0 {
		return s.Held > 0 && s.Cash+s.Unrealised < taken
	}
	return s.Held > 0 && s.Equity()-taken < s.Maintenance
}
