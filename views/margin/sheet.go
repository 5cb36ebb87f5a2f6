package margin

import (
	"slices"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/marketdata"
)

// holding is a position, the open orders of its instrument, or both.
type holding struct {
	position blotter.Position
	instr    *venue.Instrument
	terms    *risk.Terms
	mark     marketdata.Marking
	extent   risk.Extent
	// ticks and lots are the open buys of a spot instrument.
	ticks int64
	lots  venue.Qty
	open  []ledger.Open // The open orders in a capped future.
}

// sheet is what an account has, from which all else follows.
type sheet struct {
	known bool
	state venue.AccountState
	cash  venue.Amount
	// collateral is what assets other than money count for (MAR-04).
	collateral venue.Amount
	held       []holding // By rising instrument.
}

// read fills in the sheet of an account: cash and positions first, then the open
// orders.
func (v *View) read(id venue.AccountID, s *sheet) {
	v.readPositions(id, s)
	if !s.known {
		return
	}
	v.blotter.EachLive(id, func(o *blotter.Order) {
		if (o.Type == venue.Stop || o.Type == venue.StopLimit) && !o.Triggered {
			return // It sleeps, and needs nothing.
		}
		h := v.holding(s, o.Instrument)
		if h == nil {
			return
		}
		if h.instr.Kind == venue.Spot {
			if o.Side == venue.Buy {
				h.ticks += int64(o.Price) * int64(o.Leaves)
				h.lots += o.Leaves
			}
			return
		}
		open := ledger.Open{Side: o.Side, ReduceOnly: o.Flags.Has(venue.ReduceOnly), Price: o.Price, Qty: o.Leaves}
		h.extent = h.extent.With(open, h.mark.Price, h.instr.TickValue())
		if h.instr.Kind == venue.Capped {
			h.open = append(h.open, open)
		}
	})
	v.grow(s)
}

// grow brings initial margins in line with the open interest of now (MAR-03).
func (v *View) grow(s *sheet) {
	for i := range s.held {
		if h := &s.held[i]; h.instr.Interest.High != 0 {
			now := *h.terms // A copy: others read at the same time.
			now.SetInterest(int64(v.blotter.Interest(h.instr.ID)))
			h.terms = &now
		}
	}
}

// readPositions fills in what the equity of an account follows from.
func (v *View) readPositions(id venue.AccountID, s *sheet) {
	*s = sheet{held: s.held[:0]}
	s.state, s.known = v.blotter.State(id)
	if !s.known {
		return
	}
	v.blotter.EachBalance(id, func(b *blotter.Balance) {
		if b.Asset == venue.USD {
			s.cash = b.Total
			return
		}
		s.collateral += v.pledged(b)
	})
	v.blotter.EachPosition(id, func(p *blotter.Position) {
		if h := v.holding(s, p.Instrument); h != nil {
			h.position = *p
		}
	})
}

// pledged is what a balance counts for as collateral.
func (v *View) pledged(b *blotter.Balance) venue.Amount {
	for _, a := range v.market.Assets() { // There are few, and fewer that count.
		if a.ID == b.Asset && a.Price != 0 {
			p := risk.Pledge{Asset: a.ID, Decimals: a.Decimals, Price: a.Price, Rate: a.Rate}
			return p.Counts(b.Total)
		}
	}
	return 0
}

// holding returns the holding of an instrument, made when it is the first time.
func (v *View) holding(s *sheet, id venue.InstrumentID) *holding {
	at, found := slices.BinarySearchFunc(s.held, id, func(h holding, id venue.InstrumentID) int { return int(h.instr.ID) - int(id) })
	if found {
		return &s.held[at]
	}
	m, ok := v.market.Marking(id)
	if !ok {
		return nil // A stream that began in the middle.
	}
	s.held = slices.Insert(s.held, at, holding{instr: m.Terms, terms: v.termsOf(&m), mark: m})
	s.held[at].position.Instrument = id
	return &s.held[at]
}

// status adds the account up as the engine does. It is the one place from which
// equity and requirements come.
func (s *sheet) status() risk.Status {
	st := risk.Status{Cash: s.cash, Collateral: s.collateral}
	for i := range s.held {
		h := &s.held[i]
		if h.instr.Kind == venue.Spot {
			st.Held += h.terms.BuyHold(h.ticks, h.lots)
			continue
		}
		if h.instr.Kind == venue.Capped {
			need, reach := h.terms.Paid(h.position.Qty, h.extent, h.open)
			st.Cash -= h.locked()
			st.Initial += need
			st.Committed += reach
			continue
		}
		st.Unrealised += h.unrealised()
		st.Initial += h.initial()
		st.Maintenance += h.maintenance()
	}
	return st
}

// fresh says whether no mark that values a position is stale; that of a capped
// future values none.
func (s *sheet) fresh() bool {
	return !slices.ContainsFunc(s.held, func(h holding) bool {
		return h.position.Qty != 0 && h.mark.Stale && h.instr.Kind != venue.Capped
	})
}

// locked is what a position in a capped future is paid with.
func (h *holding) locked() venue.Amount { return h.terms.Locked(h.position.Qty, h.position.Cost) }

func (h *holding) unrealised() venue.Amount {
	return h.terms.Unrealised(h.position.Qty, h.position.Cost, h.mark.Price)
}

// notional is what the position is worth at the mark, without its sign.
func (h *holding) notional() venue.Amount {
	value := h.unrealised() + h.position.Cost
	return max(value, -value)
}

func (h *holding) maintenance() venue.Amount { return h.terms.Maintenance(h.notional()) }

// initial is what position and open orders need.
func (h *holding) initial() venue.Amount {
	if h.instr.Kind == venue.Capped {
		need, _ := h.terms.Paid(h.position.Qty, h.extent, h.open)
		return need + h.locked()
	}
	r := h.terms.Requirement(h.position.Qty, h.extent, h.mark.Price)
	if h.mark.Stale {
		return risk.StaleNeed(r.Total(), h.mark.Factor)
	}
	return r.Total()
}

// shown is the position as readers see it, of an account with the status.
func (h *holding) shown(st *risk.Status) Position {
	p := Position{
		Position: h.position, Terms: h.instr, Mark: h.mark,
		Unrealised: h.unrealised(), Initial: h.initial(),
	}
	if h.instr.Kind == venue.Capped {
		return p // It is never liquidated.
	}
	p.Maintenance = h.maintenance()
	p.Liquidation, p.HasLiquidation = h.terms.LiquidationPriceOf(h.position.Qty, h.position.Cost, h.mark.Price, st)
	return p
}

// candidate is the position as it is ranked.
func (h *holding) candidate(id venue.AccountID, st *risk.Status) risk.Candidate {
	return h.terms.CandidateOf(id, h.position.Qty, h.position.Cost, h.mark.Price, st)
}
