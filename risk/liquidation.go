package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// State is what an account may do, by its equity.
type State uint8

// States in the order in which an account that loses money passes through them.
const (
	// Healthy has at least its initial margin.
	Healthy State = iota + 1
	// ReduceOnly has less and at least its maintenance margin: it may only close
	// (MAR-09).
	ReduceOnly
	// Liquidating has less than its maintenance margin (LIQ-01).
	Liquidating
)

// String returns the word that people use.
func (s State) String() string {
	switch s {
	case Healthy:
		return "healthy"
	case ReduceOnly:
		return "reduce-only"
	case Liquidating:
		return "liquidating"
	}
	return "state?"
}

// StateOf returns the state of an account with these requirements. An account
// without a position is never Liquidating.
func StateOf(equity, initial, maintenance venue.Amount) State {
	switch {
	case Liquidatable(equity, maintenance):
		return Liquidating
	case equity < initial:
		return ReduceOnly
	}
	return Healthy
}

// Liquidatable says whether there is a maintenance margin and the equity is
// below it; equality is safe (LIQ-01).
func Liquidatable(equity, maintenance venue.Amount) bool {
	return maintenance > 0 && equity < maintenance
}

// LiquidationPrice returns the price, in ticks, at which the equity would equal
// the maintenance margin (LIQ-01), and whether there is one. backing is what the
// account has for this position at the moment: its cash and unrealised results
// elsewhere less the maintenance margin elsewhere. A price that is not positive
// is never reached: a long is then safe at every price, a short at none.
// There is none without a position, nor for a long that needs all of its value.
// The margin is that of the schedule before rounding.
func (t *Terms) LiquidationPrice(qty venue.Qty, cost, backing venue.Amount) (venue.Ratio, bool) {
	if qty == 0 {
		return venue.Ratio{}, false
	}
	// In every bracket the margin is a straight line, base + rate·(N − from), so
	// equity = margin has one solution in N; it counts in the first bracket that
	// reaches so far, because equity less margin falls with a loss.
	sign := int64(1)
	if qty < 0 {
		sign = -1
	}
	short := venue.ToWide(cost).Sub(venue.ToWide(backing)).Mul(venue.WideProduct(sign, int64(venue.One)))
	for i := range t.maintenance.steps {
		s := &t.maintenance.steps[i]
		line := s.base().Sub(venue.WideProduct(int64(s.rate), int64(s.from)))
		num := short.Add(line.Mul(venue.ToWide(sign)))
		slope := int64(venue.One) - sign*int64(s.rate)
		last := s.upto >= venue.MaxAmount
		if !last && num.Cmp(venue.WideProduct(int64(s.upto), slope)) > 0 {
			continue
		}
		if slope == 0 {
			return venue.Ratio{}, false
		}
		return venue.Ratio{Num: num, Den: venue.WideProduct(slope, int64(qty)*sign, int64(t.tickValue))}, true
	}
	return venue.Ratio{}, false
}

// Partial is a position that is to be closed in part, with what a lot costs.
type Partial struct {
	// Qty is the signed position.
	Qty venue.Qty
	// Mark values it, Exec is the price at which closing is expected.
	Mark, Exec venue.Price
	// Equity is that of the account, Others the maintenance margin of its other
	// positions.
	Equity, Others venue.Amount
	// Fee is the liquidation fee on what is closed; Target is how many times the
	// maintenance margin the equity shall be, One for just enough.
	Fee, Target venue.Rate
}

// LeastClose returns the least number of lots to close so that the equity
// reaches the target, and all lots when no smaller number does (LIQ-02). The
// comparison is exact; the prices are not negative, notionals at most MaxAmount.
func (t *Terms) LeastClose(p *Partial) venue.Qty {
	size := int64(max(p.Qty, -p.Qty))
	lot := int64(p.Mark) * int64(t.tickValue)
	from := int64(0)
	for i := t.stepOf(venue.Amount(size * lot)); i >= 0 && from <= size; i-- {
		s := &t.maintenance.steps[i]
		to := size // The last number of lots whose rest is still in the bracket.
		if s.from > 0 {
			to = (size*lot - int64(s.from)) / lot
		}
		if x, ok := t.leastInStep(p, s, from, min(to, size)); ok {
			return venue.Qty(x)
		}
		from = max(from, to+1)
	}
	return venue.Qty(size)
}

func (t *Terms) stepOf(notional venue.Amount) int {
	i := 0
	for notional > t.maintenance.steps[i].upto {
		i++
	}
	return i
}

// leastInStep looks for the least x in from..to with missing + x·slope <= 0,
// where missing is by how much the target is missed without closing anything,
// all in 1e-12 micro-dollars.
func (t *Terms) leastInStep(p *Partial, s *step, from, to int64) (int64, bool) {
	if from > to {
		return 0, false
	}
	size, lot := int64(max(p.Qty, -p.Qty)), int64(p.Mark)*int64(t.tickValue)
	target := venue.ToWide(p.Target)
	million := int64(venue.One)
	margin := s.base().
		Add(venue.WideProduct(int64(s.rate), size*lot-int64(s.from))).
		Add(venue.WideProduct(int64(p.Others), million))
	missing := target.Mul(margin).Sub(venue.WideProduct(int64(p.Equity), million, million))
	slope := p.lotCost(t.tickValue).Sub(target.Mul(venue.WideProduct(int64(s.rate), lot)))
	if missing.Add(slope.Mul(venue.ToWide(from))).Sign() <= 0 {
		return from, true
	}
	if slope.Sign() >= 0 {
		return 0, false // Closing costs more than it frees.
	}
	x, ok := missing.Quo(slope.Neg(), venue.Up).Int64()
	return x, ok && x <= to
}

// lotCost is what closing one lot costs, in 1e-12 micro-dollars: the distance
// from mark to execution, and the fee.
func (p *Partial) lotCost(tickValue venue.Amount) venue.Wide {
	million := int64(venue.One)
	slip := max(p.Mark-p.Exec, p.Exec-p.Mark)
	return venue.WideProduct(int64(slip), int64(tickValue), million, million).
		Add(venue.WideProduct(int64(p.Fee), int64(p.Exec), int64(tickValue), million))
}

// AfterClose returns equity and maintenance margin of the account once lots are
// closed at Exec: the fee and the margin are rounded up. Lots is from 0 to the
// size of the position.
func (t *Terms) AfterClose(p *Partial, lots venue.Qty) (equity, maintenance venue.Amount) {
	size := max(p.Qty, -p.Qty)
	assert.That(lots >= 0 && lots <= size, "closed more than the position")
	value := venue.Amount(lots) * t.tickValue
	slip := value * venue.Amount(max(p.Mark-p.Exec, p.Exec-p.Mark))
	equity = p.Equity - slip - venue.Fee(value*venue.Amount(p.Exec), p.Fee)
	return equity, p.Others + t.Maintenance(t.notional(size-lots, p.Mark))
}

// Relief is a position as a liquidation chooses among several: what closing one
// lot frees of the maintenance margin and what it is expected to cost.
type Relief struct {
	Instrument venue.InstrumentID
	// Freed is at least 0, Cost at least 1 where closing costs anything.
	Freed, Cost venue.Amount
}

// Relief returns what closing one lot of the position frees and costs, the cost
// rounded up. The position is not empty.
func (t *Terms) Relief(i venue.InstrumentID, p *Partial) Relief {
	size := max(p.Qty, -p.Qty)
	assert.That(size > 0, "relief of an empty position")
	freed := t.Maintenance(t.notional(size, p.Mark)) - t.Maintenance(t.notional(size-1, p.Mark))
	slip := t.notional(1, max(p.Mark-p.Exec, p.Exec-p.Mark))
	return Relief{Instrument: i, Freed: freed, Cost: slip + venue.Fee(t.notional(1, p.Exec), p.Fee)}
}

// Before says whether a liquidation closes r before o: the one that frees more
// per cost comes first, and of equals the one with the smaller instrument id.
func (r Relief) Before(o Relief) bool {
	a := venue.WideProduct(int64(r.Freed), int64(o.Cost))
	if c := a.Cmp(venue.WideProduct(int64(o.Freed), int64(r.Cost))); c != 0 {
		return c > 0
	}
	return r.Instrument < o.Instrument
}
