package engine

import (
	"github.com/clearhour/clearhour/feeds"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of a contract that settles to an index of availability.
const (
	// maxMetered is its longest window: an index remembers its days until it is
	// settled.
	maxMetered = (feeds.MaxDays-8)*dayLength - feeds.MaxGrace
)

// publishMeter keeps what a provider delivered. It counts when the period is
// final.
func (e *Engine) publishMeter(c *venue.PublishMeter) {
	if why := e.indices.Meter(c, e.now); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
	}
}

// metered says what a fleet came to.
func (e *Engine) metered(id venue.IndexID, m *feeds.Metered) {
	x := e.tape.IndexMetered()
	x.Index, x.Start, x.End, x.Providers = id, m.Start, m.End, uint16(m.Providers)
	x.Contracted, x.Counted = m.Contracted, m.Counted
}

// checkMetered says whether a market may follow an index, which exists, of its
// kind. What follows an index of availability settles to it (IDX-02): the terms
// must make that exact, and the index is not changed afterwards.
func (e *Engine) checkMetered(c *venue.SetReference) venue.Refusal {
	refuse := func(r venue.Reason, f venue.Field, limit venue.Time) venue.Refusal {
		return venue.Refusal{Reason: r, Field: f, Limit: int64(limit)}
	}
	t := &e.markets.Get(c.Instrument).Terms
	id, was := c.Reference.Index, e.markets.Reference(c.Instrument).Index
	metered := e.isMetered(id)
	points := venue.Amount(feeds.FullAvailability) * feeds.PointPrice
	switch {
	case e.ending.stages[c.Instrument] != stageOpen:
		return refuse(venue.NotOpen, venue.FieldWindow, t.End)
	case was != 0 && was != id && (metered || e.isMetered(was)):
		return refuse(venue.SettlesToIndex, venue.FieldIndex, venue.Time(was))
	case !metered:
		return venue.Refusal{}
	case t.Kind == venue.Spot || t.Kind == venue.Perpetual:
		return refuse(venue.WrongIndexKind, venue.FieldIndex, venue.Time(id))
	case t.Start%dayLength != 0 || t.End%dayLength != 0:
		return refuse(venue.BadField, venue.FieldWindow, dayLength)
	case t.End-t.Start > maxMetered:
		return refuse(venue.BadField, venue.FieldWindow, maxMetered)
	case feeds.PointPrice%t.Tick != 0:
		return refuse(venue.BadTick, venue.FieldTick, venue.Time(feeds.PointPrice))
	case venue.Amount(t.High)*t.Tick != points:
		return refuse(venue.PriceOutOfRange, venue.FieldRange, venue.Time(points/t.Tick))
	}
	return venue.Refusal{}
}

func (e *Engine) isMetered(id venue.IndexID) bool {
	return id != 0 && e.indices.Terms(id).Kind == venue.AvailabilityIndex
}

// settleMetered settles the markets that wait for an index of availability.
func (e *Engine) settleMetered(index venue.IndexID) {
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		if e.markets.Reference(id).Index == index {
			e.settleToIndex(id)
		}
	}
}

// settleToIndex settles a market that is closed to the availability over its
// window, when that is final. Where nothing was contracted there is none, and an
// operator tells the price (SettleInstrument).
func (e *Engine) settleToIndex(id venue.InstrumentID) {
	index := e.markets.Reference(id).Index
	t := &e.markets.Get(id).Terms
	if e.ending.stages[id] != stageClosed || !e.isMetered(index) || !e.indices.Closed(index, t.End) {
		return
	}
	sum := e.indices.Over(index, t.Start, t.End)
	points, ok := sum.Index()
	if !ok {
		return
	}
	m := e.tape.WindowMetered()
	m.Instrument, m.Index, m.Contracted, m.Counted = id, index, sum.Contracted, sum.Counted
	price := venue.Price(venue.Amount(points) * feeds.PointPrice / t.Tick)
	x := e.tape.InstrumentSettled()
	x.Instrument, x.Final, x.Price = id, true, price
	e.ending.stages[id] = stageSettling
	e.ending.jobs = append(e.ending.jobs, job{inst: id, price: price})
}

// awaits returns the index of availability that is still to settle a market, 0 for
// none: nobody else tells its price meanwhile.
func (e *Engine) awaits(id venue.InstrumentID) venue.IndexID {
	index := e.markets.Reference(id).Index
	if !e.isMetered(index) || e.indices.Closed(index, e.markets.Get(id).Terms.End) {
		return 0
	}
	return index
}
