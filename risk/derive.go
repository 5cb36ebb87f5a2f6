package risk

import (
	"math"

	"github.com/clearhour/clearhour/venue"
)

// Derive returns what a step of a liquidation results in: the one function that
// the engine asks before it acts, and that whoever checks a receipt asks again.
// t are the terms of the instrument, nil where the step is about an account. The
// numbers are
//
//	rule                 inputs                                                results
//	LIQ-01 trigger       cash, unrealised, initial, maintenance, collateral    state
//	LIQ-02 partial       qty, mark, exec, equity, others, fee, target          lots, equity, maintenance after
//	R-LIQ-LIMIT          stake, spread, lower, upper, within                   limit
//	LIQ-03 bankruptcy    stake, lots, proceeds, fee                            value, what the fund receives
//	LIQ-04 disposal      position, available, fraction, full size, consumed    lots
//	LIQ-05 draw cap      fund, window max, drawn, cap, lots, per lot           lots covered, what the fund pays
//	LIQ-05 deleverage    stake, lots before, candidate, lots, its account      score in millionths, lots, value
//	LIQ-05 offset        stake, lots                                           value
//	LIQ-06 debt          cash, unrealised, maintenance, free, since, now, window   what gains have to pay
//	LIQ-06 gain          unrealised, cash, held, maintenance, share, more      gain, what it keeps, what it gives
//	MAR-13 seizure       balance, price, unit, rate, debt, asset               units taken, what of the debt is paid
//
// where a stake is qty, mark, equity, maintenance, total, and within is 1 for a
// limit that may not be worse than the bankruptcy price, and a candidate is qty,
// cost, notional, equity. A share is what all the gains together keep, their sum,
// and 1 for an account that gets one of the units that rounding left over; more is
// the place of the account among those that share, from 0, their number, and what
// its collateral counts for.
func Derive(rule venue.Rule, t *Terms, in *venue.Inputs) venue.Results {
	switch rule {
	case venue.RuleTrigger:
		return venue.PackResults(int64(StateOf(amount(in, 0)+amount(in, 1)+amount(in, 4), amount(in, 2), amount(in, 3))))
	case venue.RulePartial:
		return derivePartial(t, in)
	case venue.RuleLimit:
		return deriveLimit(t, in)
	case venue.RuleBankruptcy:
		s := stakeOf(t, in)
		value := s.BankruptcyValue(venue.Qty(in.At(5)))
		return venue.PackResults(int64(value), int64(FundDelta(amount(in, 6), value, venue.Rate(in.At(7)))))
	case venue.RuleDisposal:
		d := Disposal{Fraction: venue.Rate(in.At(2)), FullSize: venue.Qty(in.At(3)), MaxConsumed: venue.Rate(in.At(4))}
		return venue.PackResults(int64(d.Next(venue.Qty(in.At(0)), venue.Qty(in.At(1)))))
	case venue.RuleDrawCap:
		d := Draw{Fund: amount(in, 0), WindowMax: amount(in, 1), Drawn: amount(in, 2), Cap: venue.Rate(in.At(3))}
		covered, pays := d.Cover(venue.Qty(in.At(4)), amount(in, 5))
		return venue.PackResults(int64(covered), int64(pays))
	case venue.RuleDeleverage:
		return deriveDeleverage(t, in)
	case venue.RuleOffset:
		s := stakeOf(t, in)
		return venue.PackResults(int64(s.Offset(venue.Qty(in.At(5)))))
	case venue.RuleDebt:
		return deriveDebt(in)
	case venue.RuleGain:
		return deriveGain(in)
	case venue.RuleSeizure:
		c := Collateral{Balance: amount(in, 0), Price: in.At(1), Unit: in.At(2), Rate: venue.Rate(in.At(3))}
		units, pays := c.Seize(amount(in, 4))
		return venue.PackResults(int64(units), int64(pays))
	}
	return venue.Results{}
}

func amount(in *venue.Inputs, i int) venue.Amount { return venue.Amount(in.At(i)) }

func derivePartial(t *Terms, in *venue.Inputs) venue.Results {
	p := Partial{
		Qty: venue.Qty(in.At(0)), Mark: venue.Price(in.At(1)), Exec: venue.Price(in.At(2)),
		Equity: amount(in, 3), Others: amount(in, 4), Fee: venue.Rate(in.At(5)), Target: venue.Rate(in.At(6)),
	}
	lots := t.LeastClose(&p)
	equity, maintenance := t.AfterClose(&p, lots)
	return venue.PackResults(int64(lots), int64(equity), int64(maintenance))
}

// inputs are the numbers of a stake.
func (s *Stake) inputs() [5]int64 {
	return [5]int64{int64(s.Qty), int64(s.Mark), int64(s.Equity), int64(s.Maintenance), int64(s.Total)}
}

// Inputs returns a stake followed by other numbers.
func (s *Stake) Inputs(more ...int64) venue.Inputs {
	var all [venue.MaxInputs]int64
	own := s.inputs()
	copy(all[copy(all[:], own[:]):], more)
	return venue.PackInputs(all[:]...)
}

func stakeOf(t *Terms, in *venue.Inputs) Stake {
	return Stake{
		Qty: venue.Qty(in.At(0)), Mark: venue.Price(in.At(1)), TickValue: t.tickValue,
		Equity: amount(in, 2), Maintenance: amount(in, 3), Total: amount(in, 4),
	}
}

func deriveLimit(t *Terms, in *venue.Inputs) venue.Results {
	s := stakeOf(t, in)
	limit := s.Limit(venue.Rate(in.At(5)), in.At(8) == 1)
	return venue.PackResults(int64(min(max(limit, venue.Price(in.At(6))), venue.Price(in.At(7)))))
}

// Limit returns the worst price at which a liquidation closes the position: the
// worse of the bankruptcy price and of the fillable price, which is the mark less
// a part of spread times the maintenance margin that grows from none to all as
// the equity of the account goes from its maintenance margin to zero. within keeps
// it from being worse than the bankruptcy price. It is rounded in favour of the
// account (R-LIQ-LIMIT).
func (s *Stake) Limit(spread venue.Rate, within bool) venue.Price {
	round := venue.Up
	if s.Qty < 0 {
		round = venue.Down
	}
	bankrupt := priceOf(s.BankruptcyPrice(), round)
	if within {
		return bankrupt
	}
	short := min(max(0, s.Total-s.Equity), s.Total)
	cost := venue.WideProduct(int64(short), int64(spread), int64(s.Maintenance))
	den := venue.WideProduct(int64(s.Total), int64(venue.One), int64(s.size()), int64(s.TickValue))
	if s.Qty < 0 {
		return max(bankrupt, s.Mark+priceOf(venue.Ratio{Num: cost, Den: den}, venue.Down))
	}
	return min(bankrupt, s.Mark-priceOf(venue.Ratio{Num: cost, Den: den}, venue.Down))
}

// priceOf rounds a price and keeps it in the range of prices.
func priceOf(q venue.Ratio, r venue.Rounding) venue.Price {
	v, ok := q.At(1, r)
	switch {
	case ok:
		return min(max(venue.Price(v), -venue.MaxPrice), venue.MaxPrice)
	case q.Num.Sign() < 0:
		return -venue.MaxPrice
	}
	return venue.MaxPrice
}

// deriveDeleverage closes lots against one account. What the lots before it were
// worth is taken off, so that all the values add up to that of the whole.
func deriveDeleverage(t *Terms, in *venue.Inputs) venue.Results {
	s := stakeOf(t, in)
	before := venue.Qty(in.At(5))
	c := Candidate{Qty: venue.Qty(in.At(6)), Cost: amount(in, 7), Notional: amount(in, 8), Equity: amount(in, 9)}
	closed, _ := c.Deleverage(venue.Qty(in.At(10)))
	c.Score = c.score()
	millionths, ok := c.Score.At(int64(venue.One), venue.Down)
	if !ok {
		millionths = math.MaxInt64
		if c.Score.Num.Sign() < 0 {
			millionths = math.MinInt64
		}
	}
	value := s.BankruptcyValue(before + closed)
	if before > 0 {
		value -= s.BankruptcyValue(before)
	}
	return venue.PackResults(millionths, int64(closed), int64(value))
}

// PerLot returns what the fund loses on each lot that it takes over at the
// bankruptcy price and closes at exec, rounded up, at least 0.
func (s *Stake) PerLot(exec venue.Price) venue.Amount {
	proceeds := venue.Amount(exec) * s.TickValue
	if s.Qty < 0 {
		proceeds = -proceeds
	}
	return max(0, s.BankruptcyValue(1)-proceeds)
}

// AcceptTerms refuses terms of liquidation that are out of range (BadField).
func AcceptTerms(m *venue.LiquidationTerms) venue.Refusal {
	if *m == (venue.LiquidationTerms{}) {
		return venue.Refusal{}
	}
	const days = 366 * 24 * 3600 * venue.Second
	for _, f := range [...]struct {
		field           venue.Field
		value, low, top int64
	}{
		{venue.FieldTarget, int64(m.Target), int64(venue.One), int64(10 * venue.One)},
		{venue.FieldFee, int64(m.Fee), 0, int64(venue.One / 10)},
		{venue.FieldRange, int64(m.Spread), 0, int64(10 * venue.One)},
		{venue.FieldFraction, int64(m.Fraction), 1, int64(venue.One)},
		{venue.FieldFraction, int64(m.MaxConsumed), 1, int64(venue.One)},
		{venue.FieldFullSize, int64(m.FullSize), 1, int64(venue.MaxQty)},
		{venue.FieldCap, int64(m.Cap), 0, int64(venue.One)},
		{venue.FieldWindow, int64(m.Window), int64(venue.Second), int64(days)},
		{venue.FieldStep, int64(m.Step), int64(venue.Second / 1000), int64(m.Window)},
	} {
		if f.value < f.low {
			return venue.Refusal{Reason: venue.BadField, Field: f.field, Limit: f.low}
		}
		if f.value > f.top {
			return venue.Refusal{Reason: venue.BadField, Field: f.field, Limit: f.top}
		}
	}
	return venue.Refusal{}
}

// Covered says whether the equity of the account, without what its spot buys hold,
// is at least its initial margin, which is at least its maintenance margin.
func (r *Risk) Covered(id venue.AccountID, marks []venue.Mark) bool {
	a := r.ledger.Account(id)
	r.upToDate(a, marks)
	return free(a)+r.pledged(id) >= 0
}

// Fresh says whether none of the marks that value positions of the account is
// stale (R-STALE). Those of capped futures value nothing.
func (r *Risk) Fresh(id venue.AccountID, marks []venue.Mark) bool {
	for h := r.ledger.Account(id).Margined; h != 0; {
		x := r.ledger.Holding(h)
		if x.Qty != 0 && x.Kind != venue.Capped && marks[x.Instrument].Stale {
			return false
		}
		h = x.NextMargined
	}
	return true
}

// Score sets the scores of candidates and keeps their order.
func Score(all []Candidate) {
	for i := range all {
		all[i].Score = all[i].score()
	}
}
