package engine

import (
	"github.com/clearhour/clearhour/feeds"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of the work of one Tick. What is left over is due at once, so that the
// next Tick goes on with it.
const (
	maxPublished = 16
	maxMarked    = 64
)

// maxImpactLevels bounds the price levels that a mark asks of one side: a side
// that needs more for the impact quantity counts as too thin (MRK-01).
const maxImpactLevels = 256

func (e *Engine) listIndex(c *venue.ListIndex) {
	if why := e.indices.List(&c.Terms, e.now); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.tape.IndexListed().Terms = c.Terms
}

// publishReading keeps what a contributor says. It moves nothing by itself: the
// index does when it is published.
func (e *Engine) publishReading(c *venue.PublishReading) {
	if why := e.indices.Read(c, e.now); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
	}
}

func (e *Engine) setReference(c *venue.SetReference) {
	if why := e.checkReference(c); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.markets.SetReference(c.Instrument, &c.Reference, e.now)
	e.risk.SetStale(c.Instrument, c.Reference.Stale)
	x := e.tape.ReferenceSet()
	x.Instrument, x.Reference = c.Instrument, c.Reference
}

func (e *Engine) checkReference(c *venue.SetReference) venue.Refusal {
	why := e.markets.CheckReference(c.Instrument, &c.Reference)
	if !why.Refused() && !e.indices.Exists(c.Reference.Index) {
		return venue.Refusal{Reason: venue.UnknownIndex, Field: venue.FieldIndex, Limit: int64(e.indices.Count())}
	}
	if !why.Refused() {
		why = e.checkMetered(c)
	}
	return why
}

// soonest returns the earlier of a time and of what indices and marks have due.
func (e *Engine) soonest(at venue.Time, ok bool) (venue.Time, bool) {
	if due, has := e.indices.Due(); has && (!ok || due < at) {
		at, ok = due, true
	}
	if due, has := e.markets.MarksDue(); has && (!ok || due < at) {
		at, ok = due, true
	}
	return at, ok
}

// publishIndices publishes what is due (IDX-01, IDX-02). An index that stays stale has
// nothing to say. The marks that follow are computed in the same Tick.
func (e *Engine) publishIndices() {
	for range maxPublished {
		p, ok := e.indices.Publish(e.now)
		if !ok {
			return
		}
		if p.News {
			e.published(&p)
		}
		if p.Metered.End != 0 {
			e.settleMetered(p.Index)
		}
	}
}

// published tells what an index says and hands it on.
func (e *Engine) published(p *feeds.Publication) {
	if p.Metered.Contracted > 0 {
		e.metered(p.Index, &p.Metered)
	}
	x := e.tape.IndexPublished()
	x.Index, x.Price, x.At, x.Stale, x.Contributors = p.Index, p.Price, p.At, p.Stale, uint16(p.Contributors)
	e.markets.Moved(p.Index, e.now)
	if !p.Stale {
		e.follow(p.Index, p.Price)
	}
}

// computeMarks computes the marks that are due (MRK-01). It is done by the clock
// and after a publication, never by an order: what a mark costs does not depend
// on how much is sent.
func (e *Engine) computeMarks() {
	e.marked = e.markets.DueMarks(e.now, maxMarked, e.marked[:0])
	for _, id := range e.marked {
		o := e.observe(id)
		if !e.markets.Compute(id, &o, e.now) {
			continue
		}
		e.remark(id)
		e.noteMark(id)
		k := e.markets.Mark(id)
		x := e.tape.MarkChanged()
		x.Instrument, x.Price, x.Stale, x.Sources = id, k.Price, k.Stale, e.markets.Sources(id)
		e.elect(id)
	}
}

// observe gathers what the mark of an instrument is computed from.
func (e *Engine) observe(id venue.InstrumentID) markets.Observed {
	r := e.markets.Reference(id)
	last := e.indices.Last(r.Index)
	o := markets.Observed{Fresh: last.Fresh(e.now, r.IndexAge)}
	if last.Valid {
		o.Index = last.Price
	}
	if !e.markets.Get(id).Phase.Uncrosses() {
		return o // Bids may reach asks: such a book has no middle.
	}
	o.Bid, o.Ask = e.impact(id, venue.Buy, r.Impact), e.impact(id, venue.Sell, r.Impact)
	return o
}

// impact adds up what one side shows, best first.
func (e *Engine) impact(id venue.InstrumentID, side venue.Side, want venue.Qty) markets.Impact {
	i := markets.Impact{Want: want}
	e.depth = e.books.Depth(id, side, maxImpactLevels, e.depth[:0])
	for k := range e.depth {
		if !i.Take(e.depth[k].Price, e.depth[k].Qty) {
			break
		}
	}
	return i
}

func (e *Engine) imageIndices() {
	for id := venue.IndexID(1); id <= e.indices.Count(); id++ {
		e.tape.IndexListed().Terms = *e.indices.Terms(id)
		if m, ok := e.indices.LastMetered(id); ok {
			e.metered(id, &m)
		}
		if last := e.indices.Last(id); last.Valid || last.Stale {
			x := e.tape.IndexPublished()
			x.Index, x.Price, x.At, x.Stale = id, last.Price, last.At, last.Stale
			x.Contributors = uint16(e.indices.Contributors(id))
		}
	}
}

func (e *Engine) imageReference(id venue.InstrumentID) {
	r := e.markets.Reference(id)
	if r.Index == 0 {
		return
	}
	x := e.tape.ReferenceSet()
	x.Instrument, x.Reference = id, *r
	if p, ok := e.markets.LastFunding(id); ok {
		e.closed(id, &p)
	}
}

// closed says what a funding period came to.
func (e *Engine) closed(id venue.InstrumentID, p *markets.FundingPeriod) {
	x := e.tape.FundingClosed()
	x.Instrument, x.Period, x.Counted, x.Method, x.Last = id, p.Period, p.Counted, p.Method, p.Last()
	if n, mean, rate, ok := p.Premium(); ok {
		x.Samples, x.Premium = uint32(n), fine(mean)
		if p.Method == venue.ImpactPremium {
			x.Rate = fine(rate.Rate)
		}
	}
	mark, index, ok := p.Means()
	if !ok {
		return
	}
	m, fits := mark.At(1, venue.HalfEven)
	i, fits2 := index.At(1, venue.HalfEven)
	assert.That(fits && fits2, "mean of a funding period out of range")
	x.Mark, x.Index = venue.Amount(m), venue.Amount(i)
}

// fine rounds a share for showing. Impact prices and index are within the range of
// the instrument, which spans less than 1<<24 times its lowest price.
func fine(r venue.Ratio) venue.FineRate {
	v, ok := r.At(int64(venue.FineOne), venue.HalfEven)
	assert.That(ok, "rate of funding out of range")
	return venue.FineRate(v)
}
