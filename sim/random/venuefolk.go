package random

import (
	"math"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// transfer is the bank: it gives money to those who have lost theirs and lets
// others withdraw.
func (s *Sim) transfer(a *agent) {
	id := venue.FirstAccount + venue.AccountID(a.where.Below(uint64(len(s.byAccount))))
	equity, need := s.check.Equity(id)
	first := s.byAccount[id-venue.FirstAccount].money
	switch {
	case equity < first/4 && !a.what.OneIn(3):
		s.send(a, 0, &venue.Deposit{Account: id, Asset: venue.USD, Amount: max(first/2, dollar), Ref: a.name()})
	case a.what.OneIn(3):
		s.send(a, 0, &venue.Deposit{Account: id, Asset: venue.USD, Amount: venue.Amount(a.size.Between(1, int64(200*dollar))), Ref: a.name()})
	case a.what.OneIn(3):
		s.send(a, id, &venue.Withdraw{Account: id, Asset: venue.AssetID(1 + a.what.Below(4)), Amount: venue.Amount(a.size.Between(1, 50)), Ref: a.name()})
	default:
		out := max(1, (equity-need-first)/2)
		s.send(a, id, &venue.Withdraw{Account: id, Asset: venue.USD, Amount: out, Ref: a.name()})
	}
}

// contribute publishes what a contributor saw: now and then an outlier, and
// nothing at all while its class is silent.
func (s *Sim) contribute(a *agent) {
	if s.now < s.world.silent[a.class] && a.class != int(a.owner)%5 {
		return
	}
	seen := s.world.price[a.class] * a.price.LogNormal(1, 0.003)
	if a.what.Chance(20_000) {
		seen *= [...]float64{0.1, 0.5, 2, 6}[a.what.Below(4)]
	}
	s.send(a, 0, &venue.PublishReading{
		Index: venue.IndexID(a.class + 1), Source: venue.SourceID(a.from) + 1, Price: venue.Amount(seen*1e6 + 0.5),
		Volume: venue.Qty(a.size.Between(1, 5_000)), At: s.now - venue.Time(a.size.Below(uint64(3*second))),
	})
}

// operate is the operator: marks where no index gives them, phases, money for the
// fund, new futures, and the settlement of those that ended.
func (s *Sim) operate(a *agent) {
	for i := 1; i < len(s.listings); i++ {
		l := &s.listings[i]
		if l.follows || s.view[i].phase == venue.Settled {
			continue
		}
		if l.ends(s.now) {
			s.settle(a, l)
			continue
		}
		s.send(a, 0, &venue.SetMark{Instrument: l.terms.ID, Price: s.world.fair(l)})
	}
	switch k := a.what.Below(100); {
	case k < 12:
		s.pause(a)
	case k < 20:
		s.send(a, 0, &venue.FundInsurance{Amount: venue.Amount(a.size.Between(1, 150)) * dollar})
	case k < 22:
		s.send(a, 0, &venue.SetFeeTiers{Tiers: []venue.FeeTier{
			{Maker: 200, Taker: 500}, {Min: venue.Amount(a.size.Between(1, 500_000)) * dollar, Maker: -100, Taker: 400},
		}})
	case k < 24:
		s.send(a, 0, &venue.SetVersion{Version: 1})
	case k < 34: // Collateral falls with everything else.
		price := venue.Amount(s.world.price[0] * 40 * 1e6)
		s.send(a, 0, &venue.SetCollateral{Asset: bill, Price: price, Rate: 900_000})
	case k < 42:
		n := venue.Amount(a.size.Between(1, 6_000_000))
		s.send(a, 0, &venue.SellCollateral{Asset: bill, Amount: n, Proceeds: 90 * n})
	case k < 45:
		s.send(a, 0, s.otherTerms(a))
	case k < 51:
		s.propose(a)
	case k < 56:
		s.decide(a)
	}
	s.reopen(a)
	if s.now >= s.nextList {
		s.nextList = s.now - s.now%hour + hour + 20*minute
		s.wanted = true
	}
}

// otherTerms changes band and margins of the thin market.
func (s *Sim) otherTerms(a *agent) *venue.SetTerms {
	const thin = 5
	t := &s.listings[thin].terms
	c := &venue.SetTerms{
		Instrument: thin, MaxQty: t.MaxQty, Band: 150_000 + venue.Rate(a.size.Below(100_000)), Maker: t.Maker, Taker: t.Taker, Brackets: brackets(),
	}
	for i := range c.Brackets {
		c.Brackets[i].Maintenance += venue.Rate(a.size.Below(20_000))
		c.Brackets[i].Initial += 20_000
	}
	return c
}

// propose is the first key of a change.
func (s *Sim) propose(a *agent) {
	var inner venue.Command = &venue.FundInsurance{Amount: dollar}
	if a.what.OneIn(2) {
		inner = &venue.SetPhase{Instrument: 1, Phase: venue.CancelOnly}
		s.paused[1] = s.now + minute
	}
	p := &venue.ProposeChange{Operator: 1, Change: a.name(), Reason: venue.ForRisk, Content: wire.Content(inner)}
	s.proposed = append(s.proposed, p)
	s.send(a, 0, p)
}

// decide is the second key, or takes a change back.
func (s *Sim) decide(a *agent) {
	if len(s.proposed) == 0 {
		return
	}
	p := s.proposed[0]
	s.proposed = s.proposed[1:]
	if a.what.OneIn(3) {
		s.send(a, 0, &venue.CancelChange{Operator: 2, Change: p.Change, Reason: venue.ForOther})
		return
	}
	s.send(a, 0, &venue.ApproveChange{Operator: 2, Change: p.Change, Digest: p.Digest()})
}

// settle tells the final value of a future that ended, once.
func (s *Sim) settle(a *agent, l *listing) {
	if s.settled[l.terms.ID] || s.now < l.terms.End+10*second {
		return
	}
	s.settled[l.terms.ID] = true
	v := venue.HourValue{Value: venue.Amount(s.world.price[l.class]*1e6 + 0.5)}
	if l.terms.Kind == venue.Capped {
		v.Value = venue.Amount(s.world.fair(l)) * l.terms.Tick
	}
	s.send(a, 0, &venue.SettleInstrument{Instrument: l.terms.ID, Values: []venue.HourValue{v}})
}

// pause takes a market out of continuous trading for a while.
func (s *Sim) pause(a *agent) {
	l := s.somewhere(a)
	if l == nil {
		return
	}
	p := [...]venue.Phase{venue.CancelOnly, venue.Halted, venue.PreOpen, venue.OpenAuction, venue.ClosingAuction, venue.ProtectAuction}[a.what.Below(6)]
	s.paused[l.terms.ID] = s.now + 10*second + s.soon(&a.when, 20*second)
	s.send(a, 0, &venue.SetPhase{Instrument: l.terms.ID, Phase: p})
}

// reopen brings markets back whose pause is over.
func (s *Sim) reopen(a *agent) {
	for i := 1; i < len(s.listings); i++ {
		if at := s.paused[i]; at != 0 && at <= s.now {
			s.paused[i] = 0
			if p := s.listings[i].terms.ID; s.view[i].phase == venue.Halted && (p == 2 || p == 4) && a.what.OneIn(2) {
				s.send(a, 0, &venue.SetProtections{Instrument: p, Protections: protections()})
			}
			s.send(a, 0, &venue.SetPhase{Instrument: venue.InstrumentID(i), Phase: venue.Continuous})
		}
	}
}

// strange is a number that nobody expects.
func (a *agent) strange() int64 {
	v := [...]int64{0, -1, 1, math.MaxInt64, math.MinInt64, math.MaxInt32, math.MaxInt32 + 1, 1 << 60, 1<<24 + 1}
	return v[a.size.Below(uint64(len(v)))]
}

// nonsense sends commands with one field out of its range, and some that nobody
// may send.
func (s *Sim) nonsense(a *agent) {
	l := s.somewhere(a)
	if l == nil {
		return
	}
	o := s.draft(a, l)
	o.Price = s.view[l.terms.ID].middle()
	n := a.strange()
	var c venue.Command = o
	switch a.what.Below(20) {
	case 0:
		o.Account = venue.AccountID(a.what.Below(uint64(venue.FirstAccount)))
	case 1:
		o.Instrument = venue.InstrumentID(n)
	case 2:
		o.Side = venue.Side(n)
	case 3:
		o.Type = venue.OrderType(n)
	case 4:
		o.TIF = venue.TimeInForce(n)
	case 5:
		o.STP = venue.SelfTrade(n)
	case 6:
		o.Flags = venue.OrderFlags(n)
	case 7:
		o.Price = venue.Price(n)
	case 8:
		o.Stop = venue.Price(n)
	case 9:
		o.Qty = venue.Qty(n)
	case 10:
		o.MinQty = venue.Qty(n)
	case 11:
		o.Display = venue.Qty(n)
	case 12:
		o.Expire = venue.Time(n)
	case 13:
		o.ClOrdID = venue.ClOrdID{}
	case 14:
		c = &venue.CancelOrder{Account: o.Account, Order: venue.OrderID(n), ClOrdID: o.ClOrdID}
	case 15:
		c = &venue.AmendOrder{Account: o.Account, Order: venue.OrderID(n), ClOrdID: o.ClOrdID, Price: o.Price, Qty: o.Qty}
	case 16:
		c = &venue.Withdraw{Account: o.Account, Asset: venue.AssetID(n), Amount: venue.Amount(a.strange()), Ref: o.ClOrdID}
	case 17:
		c = &venue.Deposit{Account: o.Account, Asset: venue.USD, Amount: venue.Amount(min(n, 1)), Ref: o.ClOrdID}
	case 18:
		c = &venue.PublishReading{Index: venue.IndexID(a.what.Below(4)), Source: 9, Price: venue.Amount(n), Volume: venue.Qty(a.strange()), At: s.now}
	case 19:
		c = s.misrule(a, n)
	}
	s.send(a, o.Account, c)
}

// misrule is a command of an operator that makes no sense.
func (s *Sim) misrule(a *agent, n int64) venue.Command {
	switch a.what.Below(6) {
	case 0:
		return &venue.SetMark{Instrument: venue.InstrumentID(a.what.Below(9)), Price: venue.Price(min(n, 0))}
	case 1:
		return &venue.SetPhase{Instrument: venue.InstrumentID(n), Phase: venue.Continuous}
	case 2:
		return &venue.SetLiquidation{Terms: venue.LiquidationTerms{Step: venue.Time(n), Cap: -1}}
	case 3:
		return &venue.FundInsurance{Amount: venue.Amount(min(n, 0))}
	case 4:
		return &venue.OpenAccount{Account: venue.AccountID(n), Owner: 1}
	}
	return &venue.SettleInstrument{Instrument: venue.InstrumentID(a.what.Below(7)), Values: []venue.HourValue{{Value: venue.Amount(n)}}}
}
