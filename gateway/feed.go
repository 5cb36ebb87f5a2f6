package gateway

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// feedKey names a stream of market data: the levels of an instrument to a depth
// (0 for all of them), or its trades.
type feedKey struct {
	instrument venue.InstrumentID
	trades     bool
	depth      int
}

// feed is a stream and who listens. The book and the trades of an instrument
// count their updates apart, RptSeq(83); a book of limited depth counts its own,
// because it leaves out updates.
//
//	event -> pending entries -> one X per batch and listener
//	                            (nothing for a listener that is too slow: it
//	                            gets a new W when it has read what is queued)
type feed struct {
	key     feedKey
	terms   *venue.Instrument
	subs    []*subscription
	entries Writer // Entries that wait, inside of a group.
	count   int
	seq     venue.Seq // Of the newest entry.
	rpt     uint64
	dirty   bool
	last    marketdata.Book // What listeners of a limited depth know.
}

// subscription is one listener of a feed.
type subscription struct {
	link  *Link
	id    string // MDReqID, also the key in the link.
	feeds []*feed
	// stale says that book updates were left out: a W has to come.
	stale bool
}

// maxXEntries bounds the entries of an X, so that it stays far below MaxFrame.
const maxXEntries = 200

// feeds are all streams with a listener. They belong to the Hub's lock.
type feeds struct {
	byKey map[feedKey]*feed
	// on holds the feeds of each instrument, by its id.
	on    [][]*feed
	dirty []*feed
	stale []*subscription
	book  marketdata.Book
}

// of returns the feeds of an instrument that have listeners.
func (f *feeds) of(id venue.InstrumentID) []*feed {
	if int(id) >= len(f.on) {
		return nil
	}
	return f.on[id]
}

// get returns a feed, made when nobody listened before.
func (f *feeds) get(h *Hub, k feedKey, terms *venue.Instrument) *feed {
	if x := f.byKey[k]; x != nil {
		return x
	}
	x := &feed{key: k, terms: terms}
	x.entries.Begin()
	if !k.trades {
		h.cfg.Market.Book(k.instrument, k.depth, &x.last)
		x.rpt = x.last.RptSeq
	}
	if f.byKey == nil {
		f.byKey = map[feedKey]*feed{}
	}
	f.byKey[k] = x
	for int(k.instrument) >= len(f.on) {
		f.on = append(f.on, nil)
	}
	f.on[k.instrument] = append(f.on[k.instrument], x)
	return x
}

// level takes a change of the book.
func (f *feeds) level(h *Hub, e *venue.Entry, ev *venue.LevelChanged, c marketdata.Change) {
	if c.Feed != marketdata.FeedBook {
		return
	}
	for _, x := range f.of(ev.Instrument) {
		if x.key.trades {
			continue
		}
		x.touch(f, e.Seq)
		if x.key.depth != 0 {
			continue // The window is compared when the batch is over.
		}
		x.rpt = c.RptSeq
		x.level(bookAction(c.Action), ev.Side, marketdata.Level{Price: ev.Price, Qty: ev.Qty, Orders: ev.Orders})
		if x.count == maxXEntries {
			x.flush(h, e.Time)
		}
	}
}

// trade takes a trade.
func (f *feeds) trade(h *Hub, e *venue.Entry, ev *venue.Traded, c marketdata.Change) {
	if c.Feed != marketdata.FeedTrades {
		return
	}
	for _, x := range f.of(ev.Instrument) {
		if !x.key.trades {
			continue
		}
		x.touch(f, e.Seq)
		x.rpt = c.RptSeq
		w := x.entry('0')
		w.Char(TagMDEntryType, '2').Price(TagMDEntryPx, ev.Price, x.terms).Qty(TagMDEntrySize, ev.Qty)
		w.Uint(TagTradeID, uint64(ev.Trade)).Char(TagAggressorSide, '0'+byte(ev.TakerSide))
		w.Text(TagSymbol, x.terms.Symbol).Uint(TagRptSeq, x.rpt).Time(TagTransactTime, e.Time).EndEntry()
		if x.count == maxXEntries {
			x.flush(h, e.Time)
		}
	}
}

func (x *feed) touch(f *feeds, seq venue.Seq) {
	x.seq = seq
	if !x.dirty {
		x.dirty = true
		f.dirty = append(f.dirty, x)
	}
}

// entry opens an entry of an X.
func (x *feed) entry(action byte) *Writer {
	if x.count == 0 {
		x.entries.Begin().Group(TagNoMDEntries)
	}
	x.count++
	return x.entries.Entry().Char(TagMDUpdateAction, action)
}

func bookAction(a marketdata.Action) byte {
	switch a {
	case marketdata.Added:
		return '0'
	case marketdata.Deleted:
		return '2'
	case marketdata.Changed, marketdata.NoAction:
	}
	return '1'
}

// level writes an entry about a level.
func (x *feed) level(action byte, side venue.Side, l marketdata.Level) {
	w := x.entry(action)
	w.Char(TagMDEntryType, entryType(side)).Price(TagMDEntryPx, l.Price, x.terms)
	if action != '2' {
		w.Qty(TagMDEntrySize, l.Qty).Uint(TagNumberOfOrders, uint64(l.Orders))
	}
	w.Text(TagSymbol, x.terms.Symbol).Uint(TagRptSeq, x.rpt).EndEntry()
}

func entryType(s venue.Side) byte {
	if s == venue.Buy {
		return '0'
	}
	return '1'
}

// flush sends what the batch changed.
func (f *feeds) flush(h *Hub, now venue.Time) {
	for _, x := range f.dirty {
		x.dirty = false
		if x.key.depth != 0 {
			x.compare(h, f)
		}
		x.flush(h, now)
	}
	f.dirty = f.dirty[:0]
}

// compare writes the difference between what listeners of a limited depth know
// and the book of now.
func (x *feed) compare(h *Hub, f *feeds) {
	if !h.cfg.Market.Book(x.key.instrument, x.key.depth, &f.book) {
		return
	}
	x.side(venue.Buy, x.last.Bids, f.book.Bids)
	x.side(venue.Sell, x.last.Asks, f.book.Asks)
	x.last, f.book = f.book, x.last
}

// side writes the difference between two lists of levels, both best first.
func (x *feed) side(s venue.Side, was, is []marketdata.Level) {
	for len(was) > 0 || len(is) > 0 {
		switch {
		case len(is) == 0 || len(was) > 0 && better(s, was[0].Price, is[0].Price):
			x.rpt++
			x.level('2', s, was[0])
			was = was[1:]
		case len(was) == 0 || better(s, is[0].Price, was[0].Price):
			x.rpt++
			x.level('0', s, is[0])
			is = is[1:]
		default:
			if was[0] != is[0] {
				x.rpt++
				x.level('1', s, is[0])
			}
			was, is = was[1:], is[1:]
		}
	}
}

func better(s venue.Side, a, b venue.Price) bool {
	if s == venue.Buy {
		return a > b
	}
	return a < b
}

// flush sends the pending entries to all listeners.
func (x *feed) flush(h *Hub, now venue.Time) {
	if x.count == 0 {
		return
	}
	w := x.entries.EndGroup().Uint(TagApplSeqNum, uint64(x.seq))
	if !x.key.trades {
		sum, _ := h.cfg.Market.Checksum(x.key.instrument)
		w.Uint(TagBookChecksum, uint64(sum))
	}
	fields := w.b[1:]
	for _, s := range x.subs {
		s.send(h, now, x, fields)
	}
	x.count = 0
	x.entries.Begin()
}

// send sends an update to one listener. Trades are never left out; a listener
// that cannot keep up with them either is ended by its connection.
func (s *subscription) send(h *Hub, now venue.Time, x *feed, fields []byte) {
	session := s.link.Session()
	if session == nil {
		return
	}
	if !x.key.trades && (s.stale || s.link.wire.Slow()) {
		h.feeds.late(s)
		return
	}
	if !session.Stream(now, MsgIncrement, h.w.Begin().Text(TagMDReqID, s.id).Raw(fields).End()) {
		h.feeds.late(s)
		return
	}
	h.touch(session)
}

// late notes that a listener needs a new snapshot.
func (f *feeds) late(s *subscription) {
	if !s.stale {
		s.stale = true
		f.stale = append(f.stale, s)
	}
}

// catchUp sends a snapshot to listeners that were too slow and have read what
// was queued.
func (f *feeds) catchUp(h *Hub, now venue.Time) {
	f.stale = slices.DeleteFunc(f.stale, func(s *subscription) bool {
		session := s.link.Session()
		if session == nil || s.link.subs[s.id] != s {
			return true // It left meanwhile.
		}
		if s.link.wire.Room() <= 0 {
			return false
		}
		s.stale = false
		for _, x := range s.feeds {
			if !s.snapshot(h, now, session, x) {
				s.stale = true
			}
		}
		_ = session.Release() // A broken outbox is found by the next report.
		return !s.stale
	})
}

// snapshot sends the W of a feed.
func (s *subscription) snapshot(h *Hub, now venue.Time, session *Session, x *feed) bool {
	w := h.w.Begin().Text(TagMDReqID, s.id).Text(TagSymbol, x.terms.Symbol)
	if x.key.trades {
		h.lastTrades(w, x)
	} else {
		h.wholeBook(w, x)
	}
	return session.Stream(now, MsgSnapshot, w.End())
}

// wholeBook writes the levels of a book.
func (h *Hub) wholeBook(w *Writer, x *feed) {
	b := &h.feeds.book
	h.cfg.Market.Book(x.key.instrument, x.key.depth, b)
	w.Int(TagMarketDepth, int64(x.key.depth)).Uint(TagRptSeq, x.rpt).Uint(TagApplSeqNum, uint64(b.Seq))
	w.Uint(TagBookChecksum, uint64(b.Checksum))
	h.writeStatus(w, x.terms)
	w.Group(TagNoMDEntries)
	for _, l := range b.Bids {
		writeLevel(w, '0', l, x.terms)
	}
	for _, l := range b.Asks {
		writeLevel(w, '1', l, x.terms)
	}
	if len(b.Bids)+len(b.Asks) == 0 {
		w.Entry().Char(TagMDEntryType, 'J').EndEntry()
	}
	w.EndGroup()
}

func writeLevel(w *Writer, kind byte, l marketdata.Level, terms *venue.Instrument) {
	w.Entry().Char(TagMDEntryType, kind).Price(TagMDEntryPx, l.Price, terms).Qty(TagMDEntrySize, l.Qty)
	w.Uint(TagNumberOfOrders, uint64(l.Orders)).EndEntry()
}

// snapshotTrades is how many trades a new listener gets.
const snapshotTrades = 20

// lastTrades writes the newest trades, oldest first.
func (h *Hub) lastTrades(w *Writer, x *feed) {
	trades := h.cfg.Market.Trades(x.key.instrument, 0, snapshotTrades, nil)
	if len(trades) > 0 {
		x.rpt = trades[0].RptSeq
		w.Uint(TagApplSeqNum, uint64(trades[0].Seq))
	}
	w.Uint(TagRptSeq, x.rpt).Group(TagNoMDEntries)
	for _, t := range slices.Backward(trades) {
		w.Entry().Char(TagMDEntryType, '2').Price(TagMDEntryPx, t.Price, x.terms).Qty(TagMDEntrySize, t.Qty)
		w.Uint(TagTradeID, uint64(t.ID)).Char(TagAggressorSide, '0'+byte(t.TakerSide)).Time(TagTransactTime, t.Time).EndEntry()
	}
	if len(trades) == 0 {
		w.Entry().Char(TagMDEntryType, 'J').EndEntry()
	}
	w.EndGroup()
}

// tradingStatus is SecurityTradingStatus(326) of a phase.
func tradingStatus(p venue.Phase) int64 {
	switch p {
	case venue.Continuous:
		return 17 // Ready to trade.
	case venue.CancelOnly:
		return 26 // Post-close: only what ends orders is taken.
	case venue.Halted:
		return 2
	case venue.Settled:
		return 18 // Not available for trading.
	case venue.PreOpen, venue.OpenAuction, venue.ClosingAuction, venue.ProtectAuction:
		return 21 // Pre-open: orders are collected for an uncrossing.
	}
	return 20 // Unknown.
}

// forget ends all subscriptions of a link.
func (f *feeds) forget(l *Link) {
	for _, s := range l.subs {
		f.remove(s)
	}
	clear(l.subs)
}

// remove ends a subscription.
func (f *feeds) remove(s *subscription) {
	for _, x := range s.feeds {
		x.subs = slices.DeleteFunc(x.subs, func(o *subscription) bool { return o == s })
		if len(x.subs) > 0 {
			continue
		}
		delete(f.byKey, x.key)
		f.on[x.key.instrument] = slices.DeleteFunc(f.on[x.key.instrument], func(o *feed) bool { return o == x })
		f.dirty = slices.DeleteFunc(f.dirty, func(o *feed) bool { return o == x })
	}
}
