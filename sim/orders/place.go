package orders

import "github.com/clearhour/clearhour/venue"

// draft begins an order of an account in a market.
func (s *Stream) draft(a venue.AccountID, m *market) *venue.PlaceOrder {
	s.order = venue.PlaceOrder{
		Account: a, Instrument: m.terms.ID, Side: venue.Side(1 + s.sides.Below(2)), Type: venue.Limit, TIF: venue.GTC,
		STP: venue.SelfTrade(1 + s.types.Below(4)), Qty: venue.Qty(s.sizes.Between(1, int64(s.mix.Lots))),
	}
	return &s.order
}

// send completes an order with an identifier.
func (s *Stream) send(o *venue.PlaceOrder) (venue.SessionID, venue.Command) {
	s.desk.open(o, s.who.Uint64())
	s.note(memory{kind: venue.KindPlaceOrder, order: *o})
	return session(o.Account), o
}

// rest makes an opening order, away from the last price.
func (s *Stream) rest(account int) (venue.SessionID, venue.Command) {
	m := s.somewhere()
	o := s.draft(venue.FirstAccount+venue.AccountID(account), m)
	o.Price = away(o.Side, m.last, venue.Price(s.prices.Between(1, int64(s.mix.Near+s.mix.Deep))))
	return s.send(o)
}

// away returns the price so many ticks behind another, seen from a side.
func away(side venue.Side, p, ticks venue.Price) venue.Price {
	return p - venue.Price(side.Sign())*ticks
}

// place makes a new order that may rest. Clients of a plain mix who have all the
// orders that they want cancel one instead, so that the book does not grow.
func (s *Stream) place() (venue.SessionID, venue.Command) {
	if most := s.mix.Accounts * s.mix.Open; len(s.desk.live) > most+most/16 && s.mix.Plain {
		return s.cancelOne()
	}
	m := s.somewhere()
	o := s.draft(s.someone(), m)
	switch at := s.prices.Below(100); {
	case at < 60:
		o.Price = away(o.Side, m.last, venue.Price(s.prices.Between(1, int64(s.mix.Near))))
	case at < 92:
		o.Price = away(o.Side, m.last, venue.Price(s.prices.Between(int64(s.mix.Near), int64(s.mix.Near+s.mix.Deep))))
	default:
		o.Price = away(o.Side, m.last, venue.Price(s.prices.Between(-3, 0)))
	}
	if !s.mix.Plain {
		s.vary(o, m)
	}
	return s.send(o)
}

// take makes an immediate order, half of them at any price.
func (s *Stream) take() (venue.SessionID, venue.Command) {
	m := s.somewhere()
	o := s.draft(s.someone(), m)
	o.TIF, o.Price = venue.IOC, away(o.Side, m.last, -venue.Price(s.prices.Between(0, 3)))
	if s.prices.OneIn(2) {
		reach := venue.Price(venue.Rate(m.mark) * m.terms.Band / venue.One)
		o.Price = away(o.Side, m.mark, -reach)
		o.Price = min(max(o.Price, m.terms.Low), m.terms.High)
	}
	switch {
	case s.mix.Plain:
	case s.types.OneIn(4):
		o.TIF = venue.FOK
	case s.types.OneIn(4):
		o.MinQty = venue.Qty(s.sizes.Between(1, int64(o.Qty)))
	case s.types.OneIn(3):
		o.Type, o.Price, o.TIF = venue.Market, 0, venue.TimeInForce(1+s.types.Below(4))
	}
	s.flag(o, m)
	return s.send(o)
}

// vary turns a plain order into one of the other kinds.
func (s *Stream) vary(o *venue.PlaceOrder, m *market) {
	switch at := s.types.Below(100); {
	case at < 35:
	case at < 45:
		o.TIF = venue.Day
	case at < 58:
		s.until(o)
	case at < 70:
		s.stop(o, m)
	case at < 80:
		o.Display = venue.Qty(s.sizes.Between(1, int64(o.Qty)))
		o.Qty *= venue.Qty(s.sizes.Between(1, 4))
	case at < 90:
		o.Flags |= venue.PostOnly
	case at < 93:
		o.Qty *= 50 // More than most accounts can pay.
	}
	s.flag(o, m)
}

// until gives an order an end, mostly soon.
func (s *Stream) until(o *venue.PlaceOrder) {
	o.TIF, o.Expire = venue.GTD, s.now+1+venue.Time(s.types.Below(uint64(60*venue.Second)))
	if s.types.OneIn(10) {
		o.Expire += venue.Time(s.types.Below(uint64(3 * day)))
	}
}

// stop makes the order wait for a price beyond the last one.
func (s *Stream) stop(o *venue.PlaceOrder, m *market) {
	o.Type, o.Price = venue.Stop, 0
	o.Stop = away(o.Side, m.last, -venue.Price(s.prices.Between(0, int64(2*s.mix.Near))))
	if s.types.OneIn(2) {
		o.Type, o.Price = venue.StopLimit, away(o.Side, o.Stop, venue.Price(s.prices.Between(-5, 5)))
	}
	if s.types.OneIn(3) {
		s.until(o)
	}
}

// flag adds flags that go with every kind of order.
func (s *Stream) flag(o *venue.PlaceOrder, m *market) {
	if s.mix.Plain {
		return
	}
	if s.types.OneIn(8) {
		o.Flags |= venue.CancelOnDisconnect
	}
	if m.terms.Kind == venue.Future && s.types.OneIn(8) {
		o.Flags |= venue.ReduceOnly
	}
}
