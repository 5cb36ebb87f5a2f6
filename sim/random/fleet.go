package random

import (
	"github.com/clearhour/clearhour/sim/kernel"
	"github.com/clearhour/clearhour/venue"
)

const (
	// fleetIndex is the index of the availability of the fleet.
	fleetIndex venue.IndexID = classes + 1
	// fleetFirst is the first contract on it: of the day that ends half an hour after
	// the beginning.
	fleetFirst venue.InstrumentID = 7
)

// capped returns a contract on the availability of the fleet: points of ten dollars.
func capped(id venue.InstrumentID, symbol string) venue.Instrument {
	t := terms(id, symbol, venue.Capped)
	t.Brackets, t.Tick, t.Hours, t.Low, t.High, t.MaxQty, t.Band = nil, 10_000, 10, 0, 10_000, 2_000, 150_000
	t.MaxPosition = 60
	return t
}

// fleets lists the contracts that settle to the availability of a day.
func (s *Sim) fleets() {
	for i := range venue.Time(2) {
		t := capped(fleetFirst+venue.InstrumentID(i), [...]string{"AV.TODAY", "AV.TOMORROW"}[i])
		t.Start = Start - Start%day + i*day
		t.End = t.Start + day
		s.list(listing{terms: t, follows: true, depth: 15})
	}
}

// ends says whether the operator is to tell the final price of a market.
func (l *listing) ends(now venue.Time) bool {
	return l.terms.Window == venue.WindowHour && now >= l.terms.End
}

// homeOf returns the market where an agent is at home: of the capped futures one
// that is not over.
func (s *Sim) homeOf(a *agent) *listing {
	l := &s.listings[a.home]
	for range 6 {
		if s.view[l.terms.ID].phase != venue.Settled && l.terms.Kind == s.listings[a.home].terms.Kind {
			return l
		}
		l = &s.listings[1+a.where.Below(uint64(len(s.listings)-1))]
	}
	return nil
}

// meter is a provider: it says what it owed and delivered in the period before, now
// and then again, too late, or without an attested reading.
func (s *Sim) meter(a *agent) {
	const period = 2 * minute
	if s.now < s.world.silent[0] && a.what.OneIn(2) {
		return
	}
	m := &venue.PublishMeter{Index: fleetIndex, Source: venue.SourceID(a.from) + 1, Start: s.now - s.now%period - period, At: s.now}
	owed := venue.GPUTime(100 * period / second)
	m.Contracted = owed
	m.Delivered = venue.GPUTime(min(max(s.world.points*a.price.LogNormal(1, 0.01), 0), 100) * float64(owed) / 100)
	switch a.what.Below(12) {
	case 0: // Not all of it was attested.
		m.Unattested = venue.GPUTime(a.size.Below(uint64(m.Delivered/5 + 1)))
	case 1: // Too late, most of the time.
		m.Start -= period
	case 2: // Another one was put together later.
		m.At -= second
	case 3:
		m.Delivered = m.Contracted + 1
	case 4: // Nothing was owed, and nothing delivered.
		m.Contracted, m.Delivered = 0, 0
	}
	s.send(a, 0, m)
}

// quote is a maker that quotes many markets at once and has its quotes protected.
func (s *Sim) quote(a *agent) {
	account, set := a.accounts[0], venue.QuoteSet(1+a.where.Below(2))
	if a.count == 0 || a.what.OneIn(40) {
		p := &venue.SetQuoteProtection{Account: account, Set: set, ClOrdID: a.name(), Limits: venue.QuoteLimits{
			Window: venue.Time(a.size.Between(1, 20)) * second, Frozen: venue.Time(a.size.Between(1, 20)) * second,
			Qty: venue.Qty(a.size.Between(20, 120)), Delta: venue.Qty(a.size.Between(10, 80)),
		}}
		if a.what.OneIn(6) {
			p.Limits = venue.QuoteLimits{}
		}
		s.send(a, account, p)
	}
	if a.what.OneIn(12) || s.now < s.world.away && a.what.OneIn(2) {
		c := &venue.CancelQuotes{Account: account, ClOrdID: a.name()}
		if a.what.OneIn(2) {
			c.Set = set
		}
		s.send(a, account, c)
		return
	}
	q := &venue.MassQuote{Account: account, Set: set, ClOrdID: a.name()}
	if a.what.OneIn(4) {
		q.Flags = venue.CancelOnDisconnect
	}
	for range 1 + a.size.Below(8) {
		if l := s.somewhere(a); l != nil && l.terms.Kind != venue.Spot {
			q.Entries = append(q.Entries, s.entry(a, l))
		}
	}
	s.send(a, account, q)
	if a.what.OneIn(20) {
		s.kernel.Schedule(s.now+second, kernel.Wake, a.from, 1)
	}
}

// entry is a quote around what the maker believes the price to be.
func (s *Sim) entry(a *agent, l *listing) venue.QuoteEntry {
	fair := s.world.fair(l)
	e := venue.QuoteEntry{
		Instrument: l.terms.ID, Bid: away(l, venue.Buy, fair, venue.Price(a.price.Between(1, 12))), BidQty: venue.Qty(a.size.Between(0, 20)),
		Ask: away(l, venue.Sell, fair, venue.Price(a.price.Between(1, 12))), AskQty: venue.Qty(a.size.Between(0, 20)),
	}
	switch a.what.Below(16) {
	case 0:
		e.Bid = e.Ask
	case 1:
		e.BidQty = venue.Qty(a.strange())
	case 2: // It is somewhere else.
		e.Bid += 30
		e.Ask += 30
	}
	return e
}
