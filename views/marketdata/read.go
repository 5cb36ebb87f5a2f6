package marketdata

import "github.com/clearhour/clearhour/venue"

// Book is the levels of an instrument at one moment.
type Book struct {
	// Instrument is the market.
	Instrument venue.InstrumentID
	// Bids and Asks are best first.
	Bids, Asks []Level
	// RptSeq is the number of the last update of the book's feed, 0 for none.
	RptSeq uint64
	// Seq and Time are those of the last event of the instrument.
	Seq  venue.Seq
	Time venue.Time
	// Checksum covers the best ten levels of each side, whatever the depth.
	Checksum uint32
	// Phase is what the market lets its orders do.
	Phase venue.Phase
}

// Ticker is an instrument at a glance. The figures of 24 hours come from
// candles of a minute and are exact to the minute.
type Ticker struct {
	Instrument venue.InstrumentID
	// Phase is what the market lets its orders do.
	Phase venue.Phase
	// Auction is what the uncrossing of a collecting market would come to.
	Auction Auction
	// Bid and Ask are the best levels; Qty is 0 where there is none.
	Bid, Ask Level
	// Last is the last trade; ID is 0 when there was none.
	Last Trade
	// Marked says whether there is a mark; Mark is in ticks.
	Marked bool
	Mark   venue.Price
	// Stale says that no fresh source stands behind the mark; Sources is what it
	// was made of.
	Stale   bool
	Sources venue.MarkSources
	// Referred says that the mark follows an index, which is Index.
	Referred bool
	Index    Index
	// Funding is the last funding period of a perpetual; its Period is 0 before
	// there was one. NextFunding is when the present one ends, 0 for never.
	Funding     Funding
	NextFunding venue.Time
	// Trades counts the trades of 24 hours. Open, High and Low are in ticks and
	// mean nothing when it is 0; Volume is in lots.
	Trades          uint64
	Open, High, Low venue.Price
	Volume          venue.Qty
	// Seq and Time are those of the last event of the instrument.
	Seq  venue.Seq
	Time venue.Time
}

// Position returns the number and time of the last event applied.
func (v *View) Position() (venue.Seq, venue.Time) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.seq, v.time
}

// Instruments returns the terms of everything listed, in the order of listing.
// Neither the slice nor the terms ever change: when an instrument has other terms
// there is another slice. The caller must not write them.
func (v *View) Instruments() []*venue.Instrument {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.listed
}

// Instrument returns the present terms of an instrument, which are replaced and
// never written, and whether it is listed.
func (v *View) Instrument(id venue.InstrumentID) (*venue.Instrument, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if m := v.market(id); m != nil {
		return m.terms, true
	}
	return nil, false
}

// BySymbol returns the terms of the instrument of that name and whether it is
// listed.
func (v *View) BySymbol(symbol string) (*venue.Instrument, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if m := v.bySymbol[symbol]; m != nil {
		return m.terms, true
	}
	return nil, false
}

// Assets returns the assets by rising id. The slice never changes; the caller
// must not write it.
func (v *View) Assets() []Asset {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.assets
}

// Book fills b with the best depth levels of each side, all of them when depth
// is 0, reusing the memory of b, and says whether the instrument is listed.
func (v *View) Book(id venue.InstrumentID, depth int, b *Book) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.market(id)
	if m == nil {
		return false
	}
	if depth <= 0 {
		depth = -1
	}
	b.Instrument = id
	b.Bids = m.bids.top(depth, b.Bids[:0])
	b.Asks = m.asks.top(depth, b.Asks[:0])
	b.RptSeq, b.Seq, b.Time, b.Phase = m.bookSeq, m.seq, m.time, m.phase
	b.Checksum = m.checksum()
	return true
}

// Checksum returns the checksum of the book and the RptSeq that it belongs to;
// zero values when the instrument is not listed.
func (v *View) Checksum(id venue.InstrumentID) (sum uint32, rptSeq uint64) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if m := v.market(id); m != nil {
		return m.checksum(), m.bookSeq
	}
	return 0, 0
}

// State returns the phase and mark of an instrument and whether it has a mark;
// zero values when it is not listed.
func (v *View) State(id venue.InstrumentID) (p venue.Phase, mark venue.Price, marked bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if m := v.market(id); m != nil {
		return m.phase, m.mark, m.marked
	}
	return 0, 0, false
}

// Trades appends to dst at most n trades, newest first, that are older than
// the trade before (all when before is 0). At most MaxTrades are remembered.
func (v *View) Trades(id venue.InstrumentID, before venue.TradeID, n int, dst []Trade) []Trade {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.market(id)
	if m == nil {
		return dst
	}
	for i := 0; i < m.trades.len() && n > 0; i++ {
		t := m.trades.back(i)
		if before != 0 && t.ID >= before {
			continue
		}
		dst = append(dst, *t)
		n--
	}
	return dst
}

// Candles appends to dst at most n candles, newest first, that start before
// end (any when end is 0) and not before start.
func (v *View) Candles(id venue.InstrumentID, r Resolution, start, end venue.Time, n int, dst []Candle) []Candle {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.market(id)
	if m == nil {
		return dst
	}
	c := m.candles(r)
	if c == nil {
		return dst
	}
	for i := 0; i < c.len() && n > 0; i++ {
		k := c.back(i)
		if k.Start < start {
			break
		}
		if end != 0 && k.Start >= end {
			continue
		}
		dst = append(dst, *k)
		n--
	}
	return dst
}

func (m *market) candles(r Resolution) *candles {
	switch r {
	case Minute:
		return &m.minutes
	case Hour:
		return &m.hours
	case Day:
		return &m.day
	}
	return nil
}

// Ticker returns an instrument at a glance and whether it is listed. The 24
// hours end at now, or at the last event when now is before it.
func (v *View) Ticker(id venue.InstrumentID, now venue.Time) (Ticker, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.market(id)
	if m == nil {
		return Ticker{}, false
	}
	t := Ticker{Instrument: id, Phase: m.phase, Auction: m.auction, Marked: m.marked, Mark: m.mark, Seq: m.seq, Time: m.time}
	t.Bid, t.Ask = m.bids.best(), m.asks.best()
	v.readReference(m, &t)
	if m.trades.len() > 0 {
		t.Last = *m.trades.back(0)
	}
	m.sumDay(&t, max(now, v.time))
	return t, true
}

// sumDay adds up the candles that begin within 24 hours before now.
func (m *market) sumDay(t *Ticker, now venue.Time) {
	since := now - Day.Duration()
	for i := 0; i < m.minutes.len(); i++ {
		c := m.minutes.back(i)
		if c.Start <= since {
			return
		}
		if t.Trades == 0 {
			t.High, t.Low = c.High, c.Low
		}
		t.Open = c.Open
		t.High, t.Low = max(t.High, c.High), min(t.Low, c.Low)
		t.Volume += c.Volume
		t.Trades += uint64(c.Trades)
	}
}
