package random

import (
	"github.com/clearhour/clearhour/venue"
)

// quote is what the public feed says of a market, a second late at most.
type quote struct {
	bid, ask venue.Price // 0 for none.
	mark     venue.Price
	phase    venue.Phase
}

// middle returns the price around which an agent thinks: the middle, or the mark.
func (q *quote) middle() venue.Price {
	if q.bid > 0 && q.ask > 0 {
		return (q.bid + q.ask) / 2
	}
	return max(q.mark, 1)
}

// somewhere returns a market that is not over, or nil.
func (s *Sim) somewhere(a *agent) *listing {
	if a.home != 0 && !a.where.OneIn(3) {
		return s.homeOf(a)
	}
	for range 4 {
		if l := &s.listings[1+a.where.Below(uint64(len(s.listings)-1))]; s.view[l.terms.ID].phase != venue.Settled {
			return l
		}
	}
	return nil
}

// draft begins an order of an agent in a market.
func (s *Sim) draft(a *agent, l *listing) *venue.PlaceOrder {
	return &venue.PlaceOrder{
		Account: a.someAccount(), Instrument: l.terms.ID, Side: venue.Side(1 + a.what.Below(2)), Type: venue.Limit, TIF: venue.GTC,
		STP: venue.SelfTrade(1 + a.what.Below(4)), Qty: venue.Qty(a.size.Between(1, 12)), ClOrdID: a.name(),
	}
}

// away returns the price so many ticks behind another one, seen from a side, and
// within the range of the terms.
func away(l *listing, side venue.Side, p, ticks venue.Price) venue.Price {
	return min(max(p-venue.Price(side.Sign())*ticks, l.terms.Low), l.terms.High)
}

// place sends an order.
func (s *Sim) place(a *agent, o *venue.PlaceOrder) {
	a.last = *o
	s.send(a, o.Account, o)
}

// take is a trader without a plan: any order, anywhere.
func (s *Sim) take(a *agent) {
	for n := 1 + a.size.Poisson(s.haste()); n > 0; n-- {
		switch k := a.what.Below(100); {
		case k < 62:
			s.anything(a)
		case k < 84:
			s.cancel(a)
		case k < 95:
			s.amend(a)
		case k < 97:
			m := &venue.MassCancel{Account: a.someAccount(), ClOrdID: a.name()}
			if a.what.OneIn(2) {
				m.Side = a.bias
			}
			if l := s.somewhere(a); l != nil && a.what.OneIn(2) {
				m.Instrument = l.terms.ID
			}
			s.send(a, m.Account, m)
		case k < 98: // From one account to another of its own, and now and then of somebody else.
			to := a.someAccount()
			if a.what.OneIn(10) {
				to = venue.FirstAccount + venue.AccountID(a.where.Below(uint64(len(s.byAccount))))
			}
			from := a.someAccount()
			s.send(a, from, &venue.Transfer{
				Account: from, To: to, Asset: venue.AssetID(1 + a.what.Below(3)), Amount: venue.Amount(a.size.Between(1, 40)), Ref: a.name(),
			})
		default: // The answer was slow: it tries again, or says something else by mistake.
			again := a.last
			if a.what.OneIn(4) {
				again.Qty++
			}
			s.send(a, again.Account, &again)
		}
	}
}

// haste is how many more commands takers send at once in a crisis.
func (s *Sim) haste() float64 {
	if s.now < s.world.crisis {
		return 1.5
	}
	return 0.3
}

// anything makes an order of any kind.
func (s *Sim) anything(a *agent) {
	l := s.somewhere(a)
	if l == nil {
		return
	}
	q := &s.view[l.terms.ID]
	o, mid := s.draft(a, l), q.middle()
	o.Price = away(l, o.Side, mid, venue.Price(a.price.Between(-4, 40)))
	switch k := a.what.Below(100); {
	case k < 30:
	case k < 40:
		o.Type, o.Price, o.TIF = venue.Market, 0, venue.IOC
	case k < 50:
		o.TIF = venue.IOC + venue.TimeInForce(a.what.Below(2))
		if o.TIF == venue.IOC && a.what.OneIn(2) {
			o.MinQty = venue.Qty(a.size.Between(1, int64(o.Qty)))
		}
	case k < 62:
		o.Type, o.Price = venue.Stop, 0
		o.Stop = away(l, o.Side, mid, -venue.Price(a.price.Between(1, 60)))
		if a.what.OneIn(3) {
			o.Flags |= venue.ByMark
		}
		if a.what.OneIn(2) {
			o.Type, o.Price = venue.StopLimit, away(l, o.Side, o.Stop, venue.Price(a.price.Between(-10, 5)))
		}
	case k < 72:
		o.Qty *= 4
		o.Display = venue.Qty(a.size.Between(1, int64(o.Qty)))
	case k < 82:
		o.Flags |= venue.PostOnly
	case k < 88:
		o.TIF, o.Expire = venue.GTD, s.now+1+s.soon(&a.when, 5*minute)
	case k < 94:
		o.TIF = venue.Day
	default:
		o.Price = away(l, o.Side, mid, venue.Price(a.price.Pareto(20, 1)))
		o.Qty = venue.Qty(min(a.size.Pareto(20, 1), 30_000))
	}
	if l.terms.Kind != venue.Spot && a.what.OneIn(6) {
		o.Flags |= venue.ReduceOnly
	}
	if a.what.OneIn(10) {
		o.Flags |= venue.CancelOnDisconnect
	}
	s.place(a, o)
}

// cancel ends an order, by the venue's identifier.
func (s *Sim) cancel(a *agent) {
	if o := a.anyOrder(); o != nil {
		s.send(a, o.account, &venue.CancelOrder{Account: o.account, Order: o.id, ClOrdID: a.name()})
	}
}

// amend changes an order: smaller, larger, elsewhere.
func (s *Sim) amend(a *agent) {
	o := a.anyOrder()
	if o == nil {
		return
	}
	l := &s.listings[o.instrument]
	c := &venue.AmendOrder{Account: o.account, Order: o.id, ClOrdID: a.name(), Price: o.price, Qty: o.qty}
	switch a.what.Below(3) {
	case 0:
		c.Qty = max(1, o.qty-venue.Qty(a.size.Below(uint64(max(o.leaves, 1)))))
	case 1:
		c.Qty += venue.Qty(a.size.Between(1, 10))
	case 2:
		if c.Price != 0 {
			c.Price = away(l, o.side, o.price, venue.Price(a.price.Between(-8, 8)))
		}
	}
	s.send(a, o.account, c)
}

// make is a maker: it quotes both sides of every market around what it believes
// the price to be, and leaves when the world says so.
func (s *Sim) make(a *agent) {
	if s.now < s.world.away && a.what.OneIn(2) {
		if len(a.orders) > 0 {
			s.send(a, a.accounts[0], &venue.MassCancel{Account: a.accounts[0], ClOrdID: a.name()})
		}
		return
	}
	for i := range a.orders {
		o := &a.orders[i]
		l := &s.listings[o.instrument]
		off := (s.world.fair(l) - o.price) * venue.Price(o.side.Sign())
		if off < 2 || off > 60 {
			s.send(a, o.account, &venue.CancelOrder{Account: o.account, Order: o.id, ClOrdID: a.name()})
		}
	}
	if len(a.orders) > 60 {
		return
	}
	for range 4 {
		l := s.somewhere(a)
		if l == nil {
			return
		}
		fair := s.world.fair(l)
		o := s.draft(a, l)
		o.Price = away(l, o.Side, fair, venue.Price(a.price.Between(4, 25)))
		o.Qty = venue.Qty(a.size.Between(1, l.depth))
		if s.view[l.terms.ID].phase == venue.Continuous {
			o.Flags = venue.PostOnly | venue.CancelOnDisconnect
		}
		s.place(a, o)
	}
}

// margined returns a market in which positions are held on margin, or nil.
func (s *Sim) margined(a *agent) *listing {
	for range 4 {
		if l := s.somewhere(a); l != nil && l.terms.Kind.Held() == venue.Future {
			return l
		}
	}
	return nil
}

// lever is a trader with a view and as much of a position as its money allows.
func (s *Sim) lever(a *agent) {
	l := s.margined(a)
	if a.isolated != 0 && !a.what.OneIn(10) {
		l = &s.listings[a.isolated]
	}
	if l == nil {
		return
	}
	account := a.someAccount()
	equity, need := s.check.Equity(account)
	if equity <= 0 {
		return
	}
	if a.what.OneIn(12) {
		a.bias = a.bias.Opposite()
	}
	o := s.draft(a, l)
	o.Account = account
	lot := float64(s.view[l.terms.ID].middle()) * float64(l.terms.TickValue())
	room := float64(equity-2*need)*float64(6+a.size.Below(13)) - 1
	switch lots := venue.Qty(min(room/max(lot, 1), 3_000)); {
	case lots >= 1 && !a.what.OneIn(5):
		o.Side, o.Qty = a.bias, max(1, lots)
	default: // It closes something.
		o.Flags = venue.ReduceOnly
		o.Qty = venue.Qty(a.size.Between(1, 200))
		o.Side = a.bias.Opposite()
	}
	switch mid := s.view[l.terms.ID].middle(); {
	case a.what.OneIn(2):
		o.Type, o.Price, o.TIF = venue.Market, 0, venue.IOC
	case a.what.OneIn(4): // At any price that the band takes.
		o.Price = away(l, o.Side, mid, -mid*venue.Price(a.price.Between(1, 18))/100)
	default:
		o.Price = away(l, o.Side, mid, -venue.Price(a.price.Between(0, 30)))
	}
	s.place(a, o)
	if a.what.OneIn(4) { // A stop below it.
		stop := *o
		stop.Side, stop.Type, stop.TIF, stop.Price, stop.Flags = o.Side.Opposite(), venue.Stop, venue.GTC, 0, venue.ReduceOnly
		stop.Stop = away(l, stop.Side, s.view[l.terms.ID].middle(), -venue.Price(a.price.Between(5, 80)))
		stop.ClOrdID = a.name()
		s.send(a, stop.Account, &stop)
	}
}

// sweep takes whole books when it is struck, and gets rid of what it has bought
// otherwise.
func (s *Sim) sweep(a *agent, struck bool) {
	for i := 1; i < len(s.listings); i++ {
		l := &s.listings[i]
		if s.view[i].phase == venue.Settled || a.what.OneIn(2) {
			continue
		}
		o := s.draft(a, l)
		o.Type, o.Price, o.TIF, o.Qty = venue.Market, 0, venue.IOC, venue.Qty(a.size.Between(100, 1_000))
		switch {
		case struck:
			o.Side = a.bias
			if a.what.OneIn(3) { // In a protected market it waits in the auction that it begins.
				o.Type, o.TIF = venue.Limit, venue.GTC
				o.Price = away(l, o.Side, s.view[i].middle(), -s.view[i].middle()/14)
			}
		case l.terms.Kind == venue.Spot:
			o.Side, o.Qty = a.bias.Opposite(), 50
		default:
			o.Flags, o.Side = venue.ReduceOnly, a.bias.Opposite()
		}
		s.place(a, o)
	}
	if struck && a.what.OneIn(2) {
		a.bias = a.bias.Opposite()
	}
}

// drain is a pair of accounts of different owners that works together against the
// insurance fund: one of them buys from the other all that its money allows, at a
// price that suits the other, just before the price falls; the other takes its gain
// out (property 11).
func (s *Sim) drain(a *agent, struck bool) {
	victim, gainer := a.accounts[0], s.partner.accounts[0]
	if !struck {
		free, need := s.check.Equity(gainer)
		if out := free - 3*need - 2_000*dollar; out > 0 {
			s.send(s.partner, gainer, &venue.Withdraw{Account: gainer, Asset: venue.USD, Amount: out, Ref: s.partner.name()})
		}
		if e, _ := s.check.Equity(victim); e < 500*dollar {
			s.send(s.bank, 0, &venue.Deposit{Account: victim, Asset: venue.USD, Amount: 1_500 * dollar, Ref: s.bank.name()})
		}
		return
	}
	const thin = 5
	l := &s.listings[thin]
	equity, need := s.check.Equity(victim)
	mark := s.view[thin].mark
	lots := venue.Qty(float64(equity-2*need) * 11 / max(float64(mark)*float64(l.terms.TickValue()), 1))
	if lots < 1 || mark == 0 {
		return
	}
	buy, sell := s.draft(a, l), s.draft(s.partner, l)
	buy.Account, buy.Side, buy.Qty, buy.STP = victim, venue.Buy, lots, venue.CancelTaker
	sell.Account, sell.Side, sell.Qty, sell.STP = gainer, venue.Sell, lots, venue.CancelTaker
	buy.Price = away(l, venue.Buy, mark, -mark/25)
	sell.Price = buy.Price
	s.send(s.partner, gainer, sell)
	a.arrived = max(a.arrived, s.partner.arrived)
	s.send(a, victim, buy)
}
