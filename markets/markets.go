package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Market is an instrument and the state of its market.
type Market struct {
	// Terms are the contract; SetTerms changes some of them.
	Terms venue.Instrument
	// Ceiling is the taker rate of the listing, at which open orders reserve: Taker
	// is never above it.
	Ceiling venue.Rate
	// TickValue is Terms.TickValue(), what one tick on one lot is worth.
	TickValue venue.Amount
	// Over says that the market has ended by its terms and never opens again.
	Over bool
	// Phase says what orders may do.
	Phase venue.Phase
	// Guarded says that orders may have to wait instead of trading: the phase
	// collects, or the market has protections.
	Guarded bool
	// Uncrossing says that the market takes nothing until its uncrossing is done.
	Uncrossing bool
	// Traded says whether there was a trade; Last is the price of the last one.
	Traded bool
	Last   venue.Price
	// LastAt is when the last trade was.
	LastAt venue.Time
	// Lower and Upper are the band, both inclusive; they mean nothing before
	// the first mark (MAT-03).
	Lower, Upper venue.Price
}

// Asset is something that accounts hold.
type Asset struct {
	Symbol   string
	Decimals uint8
}

// Markets keeps all instruments and assets. Use New.
type Markets struct {
	markets []Market     // From 1; never moves.
	marks   []venue.Mark // By instrument; never moves.
	assets  []Asset      // From 1.

	now       venue.Time
	follows   []following // By instrument.
	followers []venue.InstrumentID
	due       venue.Time // When a follower has something to do next.
	sessions  []Session  // By instrument.
	// What follows is derived from phases and sessions.
	collecting, watched int
	deadline            venue.Time // 0 for none.
}

// New returns markets for up to limit instruments, from 1 to 65535. The one
// asset that is listed is venue.USD, as "USD" with 6 decimals.
func New(limit int) *Markets {
	assert.That(limit > 0 && limit < 1<<16, "limit of instruments out of range")
	return &Markets{
		markets: make([]Market, 1, limit+1),
		marks:   make([]venue.Mark, limit+1),
		assets:  []Asset{{}, {Symbol: "USD", Decimals: 6}},
		follows: make([]following, limit+1),

		sessions: make([]Session, limit+1),
	}
}

// Get returns the market of an instrument, nil when there is none. The pointer
// stays valid.
func (s *Markets) Get(id venue.InstrumentID) *Market {
	if id == 0 || int(id) >= len(s.markets) {
		return nil
	}
	return &s.markets[id]
}

// Count returns the highest instrument id.
func (s *Markets) Count() venue.InstrumentID { return venue.InstrumentID(len(s.markets) - 1) }

// Asset returns an asset, nil when there is none.
func (s *Markets) Asset(id venue.AssetID) *Asset {
	if id == 0 || int(id) >= len(s.assets) {
		return nil
	}
	return &s.assets[id]
}

// Assets returns the highest asset id.
func (s *Markets) Assets() venue.AssetID { return venue.AssetID(len(s.assets) - 1) }

// Marks returns the marks by instrument id. The slice is always the same; its
// content changes with SetMark. Entry 0 belongs to no instrument: its Price
// counts the changes of all marks, so that one comparison tells whether any moved.
func (s *Markets) Marks() []venue.Mark { return s.marks }

// Mark returns the mark of an instrument that exists.
func (s *Markets) Mark(id venue.InstrumentID) venue.Mark { return s.marks[id] }

func (s *Markets) unknown() venue.Refusal {
	return refuse(venue.UnknownInstrument, venue.FieldInstrument, int64(s.Count()))
}

// SetMark gives an instrument its mark and moves its band. A price equal to the
// mark keeps the version. It refuses UnknownInstrument, MarkIsComputed for a mark
// that follows an index, and PriceOutOfRange, with the bound that was passed.
func (s *Markets) SetMark(id venue.InstrumentID, p venue.Price) venue.Refusal {
	m := s.Get(id)
	if m == nil {
		return s.unknown()
	}
	if index := s.follows[id].terms.Index; index != 0 {
		return refuse(venue.MarkIsComputed, venue.FieldMark, int64(index))
	}
	if why := m.inRange(p, venue.FieldPrice); why.Refused() {
		return why
	}
	s.reprice(id, p, false)
	return venue.Refusal{}
}

// SetLast remembers the price of the last trade, which is made now.
func (s *Markets) SetLast(id venue.InstrumentID, p venue.Price) {
	m := &s.markets[id]
	m.Last, m.Traded, m.LastAt = p, true, s.now
}

// Band returns the lowest and the highest tick within rate of a price, rounded
// inward (MAT-03). The price is in units of which a tick has perTick, at least 1,
// so that it may lie between two ticks. False says that a bound fits no Price.
func Band(price int64, perTick int64, rate venue.Rate) (lower, upper venue.Price, ok bool) {
	parts, ok := venue.Mul(int64(venue.One), perTick)
	lo, okLow := venue.MulDiv(price, int64(venue.One-rate), parts, venue.Up)
	up, okUp := venue.MulDiv(price, int64(venue.One+rate), parts, venue.Down)
	inside := lo >= -int64(venue.MaxPrice) && up <= int64(venue.MaxPrice)
	return venue.Price(lo), venue.Price(up), ok && okLow && okUp && inside
}

// band returns the band around a price that is within the range of the terms. That
// of a Capped future is a part of its cap.
func (m *Market) band(p venue.Price) (lower, upper venue.Price) {
	if m.Terms.Kind == venue.Capped { // A part of a mark near 0 would close the market.
		room, _ := venue.MulDiv(int64(m.Terms.High), int64(m.Terms.Band), int64(venue.One), venue.Down)
		return max(p-venue.Price(room), m.Terms.Low), min(p+venue.Price(room), m.Terms.High)
	}
	lo, up, ok := Band(int64(p), 1, m.Terms.Band)
	if !ok {
		up = m.Terms.High // Above every price.
	}
	return max(lo, m.Terms.Low), min(up, m.Terms.High)
}

func (m *Market) inRange(p venue.Price, f venue.Field) venue.Refusal {
	if p < m.Terms.Low {
		return refuse(venue.PriceOutOfRange, f, int64(m.Terms.Low))
	}
	if p > m.Terms.High {
		return refuse(venue.PriceOutOfRange, f, int64(m.Terms.High))
	}
	return venue.Refusal{}
}

// Fees returns what the maker and the taker of a trade pay, each rounded up
// (FEE-01, R-ROUND).
func (m *Market) Fees(p venue.Price, q venue.Qty) (maker, taker venue.Amount) {
	value := venue.Amount(p) * venue.Amount(q) * m.TickValue // In range because List bounds it.
	return TradeFees(value, m.Terms.Maker, m.Terms.Taker)
}

// day is the number of Time units in a day.
const day = 24 * 3600 * venue.Second

// EndOfDay returns the next 00:00 UTC after now, when Day orders end.
func EndOfDay(now venue.Time) venue.Time { return (now/day + 1) * day }
