package markets

import "github.com/clearhour/clearhour/venue"

// anyFlags are those that whoever places an order may set: a quote is made by a
// command of its own.
const anyFlags = venue.PostOnly | venue.ReduceOnly | venue.CancelOnDisconnect | venue.ByMark

// Admit says whether an order may enter its market now, and at which price it
// counts: the limit; for a market order the bound of the band, at which it is an
// immediate-or-cancel limit (MAT-03); for a stop the bound of the band around its
// trigger. It changes nothing.
//
// The band is asked of limit and market orders. A stop-limit meets it when it is
// elected (see InBand). Before the first mark there is no band: spot takes limit
// orders within the range of the terms, everything else is refused with NoMark.
func (s *Markets) Admit(o *venue.PlaceOrder, now venue.Time) (*Market, venue.Price, venue.Refusal) {
	m := s.Get(o.Instrument)
	if m == nil {
		return nil, 0, s.unknown()
	}
	if why := m.Admits(Enter); why.Refused() {
		return nil, 0, why
	}
	if why := wellFormed(o); why.Refused() {
		return nil, 0, why
	}
	if why := m.collects(o); why.Refused() {
		return nil, 0, why
	}
	if why := m.checkTerms(o); why.Refused() {
		return nil, 0, why
	}
	if why := m.checkStop(o, s.marks[o.Instrument]); why.Refused() {
		return nil, 0, why
	}
	if why := checkExpiry(o.TIF, o.Expire, now); why.Refused() {
		return nil, 0, why
	}
	price, why := m.effective(o, s.marks[o.Instrument].Version != 0)
	if why.Refused() {
		return nil, 0, why
	}
	return m, price, venue.Refusal{}
}

// wellFormed checks the enumerations of an order and what they say together.
func wellFormed(o *venue.PlaceOrder) venue.Refusal {
	switch {
	case o.Side != venue.Buy && o.Side != venue.Sell:
		return refuse(venue.BadField, venue.FieldSide, int64(venue.Sell))
	case o.Type < venue.Limit || o.Type > venue.StopLimit:
		return refuse(venue.BadField, venue.FieldType, int64(venue.StopLimit))
	case o.TIF < venue.Day || o.TIF > venue.GTD:
		return refuse(venue.BadField, venue.FieldTIF, int64(venue.GTD))
	case o.STP < venue.CancelTaker || o.STP > venue.Decrement:
		return refuse(venue.BadField, venue.FieldSTP, int64(venue.Decrement))
	case o.Flags&^anyFlags != 0:
		return refuse(venue.BadField, venue.FieldFlags, int64(anyFlags))
	}
	limit := o.Type == venue.Limit || o.Type == venue.StopLimit
	stop := o.Type == venue.Stop || o.Type == venue.StopLimit
	once := o.TIF == venue.IOC || o.TIF == venue.FOK
	switch {
	case !limit && o.Price != 0:
		return refuse(venue.UnsupportedCombination, venue.FieldPrice, 0)
	case !stop && o.Stop != 0:
		return refuse(venue.UnsupportedCombination, venue.FieldStop, 0)
	case stop && once: // The time in force is how long the stop waits.
		return refuse(venue.UnsupportedCombination, venue.FieldTIF, int64(venue.GTC))
	case o.Type == venue.Market && o.TIF == venue.GTD:
		return refuse(venue.UnsupportedCombination, venue.FieldTIF, int64(venue.IOC))
	case o.Flags.Has(venue.PostOnly) && (o.Type != venue.Limit || once):
		return refuse(venue.UnsupportedCombination, venue.FieldFlags, int64(anyFlags&^venue.PostOnly))
	case o.Flags.Has(venue.ByMark) && !stop:
		return refuse(venue.UnsupportedCombination, venue.FieldFlags, int64(anyFlags&^venue.ByMark))
	case o.MinQty != 0 && o.TIF != venue.IOC:
		return refuse(venue.UnsupportedCombination, venue.FieldMinQty, 0)
	case o.Display != 0 && (!limit || once):
		return refuse(venue.UnsupportedCombination, venue.FieldDisplay, 0)
	}
	return venue.Refusal{}
}

// checkTerms checks an order against the terms of its instrument.
func (m *Market) checkTerms(o *venue.PlaceOrder) venue.Refusal {
	if o.Flags.Has(venue.ReduceOnly) && m.Terms.Kind == venue.Spot {
		return refuse(venue.UnsupportedCombination, venue.FieldFlags, int64(anyFlags&^venue.ReduceOnly))
	}
	if why := m.checkQty(o.Qty); why.Refused() {
		return why
	}
	if why := part(o.MinQty, o.Qty, venue.FieldMinQty); why.Refused() {
		return why
	}
	if why := part(o.Display, o.Qty, venue.FieldDisplay); why.Refused() {
		return why
	}
	if o.Type == venue.Limit || o.Type == venue.StopLimit {
		return m.inRange(o.Price, venue.FieldPrice)
	}
	return venue.Refusal{}
}

func (m *Market) checkQty(q venue.Qty) venue.Refusal {
	if q < 1 {
		return refuse(venue.BadQty, venue.FieldQty, 1)
	}
	if q > m.Terms.MaxQty {
		return refuse(venue.BadQty, venue.FieldQty, int64(m.Terms.MaxQty))
	}
	return venue.Refusal{}
}

// part checks a quantity that is none or a part of the order's.
func part(q, whole venue.Qty, f venue.Field) venue.Refusal {
	if q < 0 {
		return refuse(venue.BadQty, f, 0)
	}
	if q > whole {
		return refuse(venue.BadQty, f, int64(whole))
	}
	return venue.Refusal{}
}

// checkStop refuses a trigger out of range, and one that the price by which the
// stop wakes has already reached: such an order says something else than its
// sender believes.
func (m *Market) checkStop(o *venue.PlaceOrder, mark venue.Mark) venue.Refusal {
	if o.Type != venue.Stop && o.Type != venue.StopLimit {
		return venue.Refusal{}
	}
	if why := m.inRange(o.Stop, venue.FieldStop); why.Refused() {
		return why
	}
	at, known := m.Last, m.Traded
	if o.Flags.Has(venue.ByMark) {
		at, known = Wakes(mark)
	}
	if known && (at == o.Stop || (at > o.Stop) == (o.Side == venue.Buy)) {
		return refuse(venue.StopAlreadyReached, venue.FieldStop, int64(at))
	}
	return venue.Refusal{}
}

// Wakes returns the price at which stops by the mark wake, and whether there is
// one: a stale mark wakes nobody (R-STALE).
func Wakes(mark venue.Mark) (venue.Price, bool) { return mark.Price, mark.Version != 0 && !mark.Stale }

// checkExpiry wants a time ahead with GTD and none without.
func checkExpiry(tif venue.TimeInForce, expire, now venue.Time) venue.Refusal {
	if tif == venue.GTD && expire <= now {
		return refuse(venue.AlreadyExpired, venue.FieldExpire, int64(now))
	}
	if tif != venue.GTD && expire != 0 {
		return refuse(venue.UnsupportedCombination, venue.FieldExpire, 0)
	}
	return venue.Refusal{}
}

// effective returns the price at which the order counts and checks the band.
func (m *Market) effective(o *venue.PlaceOrder, marked bool) (venue.Price, venue.Refusal) {
	if !marked {
		if m.Terms.Kind == venue.Spot && o.Type == venue.Limit {
			return o.Price, venue.Refusal{}
		}
		return 0, refuse(venue.NoMark, venue.FieldMark, 0)
	}
	switch o.Type {
	case venue.Limit:
		return o.Price, m.InBand(o.Side, o.Price)
	case venue.Market:
		return m.Bound(o.Side), venue.Refusal{}
	case venue.StopLimit:
		return o.Price, venue.Refusal{}
	case venue.Stop:
	}
	lower, upper := m.band(o.Stop)
	if o.Side == venue.Buy {
		return upper, venue.Refusal{}
	}
	return lower, venue.Refusal{}
}

// Bound returns the worst price at which an aggressive order of the side may
// trade, once there is a mark: the limit of a market order (MAT-03).
func (m *Market) Bound(side venue.Side) venue.Price {
	if side == venue.Buy {
		return m.Upper
	}
	return m.Lower
}

// InBand refuses PriceOutOfBand for a limit buy above the upper bound or a limit
// sell below the lower one; the passive side is free (MAT-03). There is a mark.
func (m *Market) InBand(side venue.Side, p venue.Price) venue.Refusal {
	b := m.Bound(side)
	if p != b && (p > b) == (side == venue.Buy) {
		return refuse(venue.PriceOutOfBand, venue.FieldPrice, int64(b))
	}
	return venue.Refusal{}
}

// Amended is a live order and what an amendment asks of it.
type Amended struct {
	// Side and Type are the order's; Dormant says that it is a stop still waiting.
	Side    venue.Side
	Type    venue.OrderType
	Dormant bool
	// Price is the order's limit and Qty its total, filled lots included.
	Price venue.Price
	Qty   venue.Qty
	// Filled is what was filled, in lots.
	Filled venue.Qty
	// NewPrice and NewQty are asked for, NewQty with the filled lots.
	NewPrice venue.Price
	NewQty   venue.Qty
}

// AdmitAmend says whether a live order of the market may be changed so. A smaller
// quantity at the same price is a reduction, which more phases allow than an
// amendment and which asks no band. The order without a limit keeps price 0.
// QtyBelowFilled is refused when nothing would be left open; the limit is the
// least total.
func (s *Markets) AdmitAmend(id venue.InstrumentID, a *Amended) venue.Refusal {
	m := s.Get(id)
	if m == nil {
		return s.unknown()
	}
	reduces := a.NewPrice == a.Price && a.NewQty <= a.Qty
	action := Amend
	if reduces {
		action = Reduce
	}
	if why := m.Admits(action); why.Refused() {
		return why
	}
	if why := m.checkQty(a.NewQty); why.Refused() && (!reduces || a.NewQty < 1) { // An order may be older than the limit.
		return why
	}
	if a.NewQty <= a.Filled {
		return refuse(venue.QtyBelowFilled, venue.FieldQty, int64(a.Filled)+1)
	}
	if reduces {
		return venue.Refusal{}
	}
	return s.admitAmendPrice(m, a)
}

func (s *Markets) admitAmendPrice(m *Market, a *Amended) venue.Refusal {
	if a.Type == venue.Market || a.Type == venue.Stop {
		if a.NewPrice != a.Price {
			return refuse(venue.UnsupportedCombination, venue.FieldPrice, int64(a.Price))
		}
		return venue.Refusal{}
	}
	if why := m.inRange(a.NewPrice, venue.FieldPrice); why.Refused() {
		return why
	}
	if a.Dormant || s.marks[m.Terms.ID].Version == 0 {
		return venue.Refusal{}
	}
	return m.InBand(a.Side, a.NewPrice)
}
