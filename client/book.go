package client

import (
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"sync"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// Level is what stands at a price.
type Level struct {
	Price  venue.Price
	Qty    venue.Qty
	Orders uint32
}

// Trade is a public trade.
type Trade struct {
	Instrument *Instrument
	ID         venue.TradeID
	Price      venue.Price
	Qty        venue.Qty
	// TakerSide is the side of the incoming order.
	TakerSide venue.Side
	At        venue.Time
	// Seq is the envelope, 0 in a snapshot.
	Seq venue.Seq
}

// Book is a followed order book. It checks each update's number and checksum
// and asks for a new snapshot when one is wrong. Its methods are safe for
// concurrent use.
type Book struct {
	client     *Client
	instrument *Instrument
	depth      int

	mu      sync.RWMutex
	id      string // MDReqID of the subscription, replaced with each.
	ready   bool
	bids    []Level // Best first.
	asks    []Level
	rpt     uint64
	seq     venue.Seq
	resyncs int
	text    []byte
}

// Follow subscribes to the book and the trades of an instrument and returns when
// the first snapshot is there. depth bounds the levels of each side, 0 for all.
func (c *Client) Follow(ctx context.Context, symbol string, depth int) (*Book, error) {
	i := c.Instrument(symbol)
	if i == nil {
		return nil, fmt.Errorf("%w: %s", ErrUnknownSymbol, symbol)
	}
	b := &Book{client: c, instrument: i, depth: depth, id: c.NewID()}
	id := b.id
	c.mu.Lock()
	c.feeds[id] = b
	c.mu.Unlock()
	err := c.request(ctx, gateway.MsgMarketData, id, func(w *gateway.Writer) { b.ask(w, id) }, func(m *gateway.Message) bool { return true })
	if err != nil {
		c.mu.Lock()
		delete(c.feeds, id)
		c.mu.Unlock()
		return nil, err
	}
	return b, nil
}

// ask writes the subscription.
func (b *Book) ask(w *gateway.Writer, id string) {
	w.Text(gateway.TagMDReqID, id).Char(gateway.TagSubscriptionRequestType, '1').Int(gateway.TagMarketDepth, int64(b.depth))
	w.Group(gateway.TagNoRelatedSym).Entry().Text(gateway.TagSymbol, b.instrument.Symbol).EndEntry().EndGroup()
}

// refollow subscribes anew under another id. The old subscription, if it still
// is one, is ended.
func (c *Client) refollow(b *Book) {
	b.mu.Lock()
	old := b.id
	b.id = c.NewID()
	b.ready = false
	id := b.id
	b.mu.Unlock()
	c.mu.Lock()
	_, followed := c.feeds[old]
	delete(c.feeds, old)
	if followed {
		c.feeds[id] = b
	}
	c.mu.Unlock()
	if followed {
		c.stream(gateway.MsgMarketData, func(w *gateway.Writer) { b.ask(w, id) })
	}
}

// Close ends the subscription.
func (b *Book) Close() {
	b.mu.RLock()
	id := b.id
	b.mu.RUnlock()
	c := b.client
	c.mu.Lock()
	_, followed := c.feeds[id]
	delete(c.feeds, id)
	c.mu.Unlock()
	if followed {
		c.unfollow(id)
	}
}

func (c *Client) unfollow(id string) {
	c.stream(gateway.MsgMarketData, func(w *gateway.Writer) {
		w.Text(gateway.TagMDReqID, id).Char(gateway.TagSubscriptionRequestType, '2').Int(gateway.TagMarketDepth, 0)
	})
}

// Instrument returns the terms.
func (b *Book) Instrument() *Instrument { return b.instrument }

// Best returns the best level of a side and whether there is one.
func (b *Book) Best(s venue.Side) (Level, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	l := *b.side(s)
	if len(l) == 0 {
		return Level{}, false
	}
	return l[0], true
}

// Levels appends the best n levels of a side to dst, all of them when n is 0.
func (b *Book) Levels(s venue.Side, n int, dst []Level) []Level {
	b.mu.RLock()
	defer b.mu.RUnlock()
	l := *b.side(s)
	if n > 0 && n < len(l) {
		l = l[:n]
	}
	return append(dst, l...)
}

// Seq returns the envelope of the last update, and whether the book is in step:
// it is not between a broken connection and the next snapshot.
func (b *Book) Seq() (venue.Seq, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.seq, b.ready
}

// Resyncs returns how often an update did not fit.
func (b *Book) Resyncs() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.resyncs
}

func (b *Book) side(s venue.Side) *[]Level {
	if s == venue.Buy {
		return &b.bids
	}
	return &b.asks
}

// market deals with W and X.
func (c *Client) market(m *gateway.Message) {
	id := m.Text(gateway.TagMDReqID)
	c.mu.Lock()
	b := c.feeds[id]
	c.mu.Unlock()
	if b == nil {
		return // What was on its way when the subscription ended.
	}
	trades := !m.Has(gateway.TagBookChecksum)
	if trades {
		c.trades(b, m)
		return
	}
	var ok bool
	if m.Type == gateway.MsgSnapshot {
		ok = b.replace(m)
	} else {
		ok = b.update(m)
	}
	if !ok {
		b.mu.Lock()
		b.resyncs++
		b.mu.Unlock()
		c.unfollow(id)
		c.refollow(b)
		return
	}
	if m.Type == gateway.MsgSnapshot {
		c.reply(id, m, true)
		if on := c.cfg.Notices.OnStatus; on != nil {
			on(statusNotice(m, b.instrument))
		}
	}
	if c.cfg.OnBook != nil {
		c.cfg.OnBook(b)
	}
}

// trades gives public trades to OnTrade; those of a snapshot are history.
func (c *Client) trades(b *Book, m *gateway.Message) {
	if c.cfg.OnTrade == nil || m.Type == gateway.MsgSnapshot {
		return
	}
	seq := venue.Seq(number(m.Get(gateway.TagApplSeqNum)))
	for i := range m.Entries(gateway.TagNoMDEntries) {
		t := &c.trade
		*t = Trade{Instrument: b.instrument, Seq: seq}
		m.Entry(gateway.TagNoMDEntries, i, func(tag gateway.Tag, v []byte) {
			switch tag {
			case gateway.TagTradeID:
				t.ID = venue.TradeID(number(v))
			case gateway.TagMDEntryPx:
				t.Price, _ = b.ticks(v)
			case gateway.TagMDEntrySize:
				t.Qty = venue.Qty(number(v))
			case gateway.TagAggressorSide:
				t.TakerSide = venue.Side(v[0] - '0')
			case gateway.TagTransactTime:
				t.At, _ = gateway.ParseStamp(v)
			}
		})
		c.cfg.OnTrade(t)
	}
}

func (b *Book) ticks(v []byte) (venue.Price, bool) {
	p, err := scale.ParsePrice(v, &b.instrument.Instrument)
	return p, err == nil
}

// entry is an entry of W or X.
type entry struct {
	action, kind byte
	level        Level
	rpt          uint64
	bad          bool
}

func (b *Book) entry(m *gateway.Message, i int) entry {
	e := entry{action: '0'}
	m.Entry(gateway.TagNoMDEntries, i, func(t gateway.Tag, v []byte) {
		switch t {
		case gateway.TagMDUpdateAction:
			e.action = v[0]
		case gateway.TagMDEntryType:
			e.kind = v[0]
		case gateway.TagMDEntryPx:
			p, ok := b.ticks(v)
			e.level.Price, e.bad = p, e.bad || !ok
		case gateway.TagMDEntrySize:
			e.level.Qty = venue.Qty(number(v))
		case gateway.TagNumberOfOrders:
			e.level.Orders = uint32(number(v))
		case gateway.TagRptSeq:
			e.rpt = number(v)
		}
	})
	return e
}

// replace takes a snapshot.
func (b *Book) replace(m *gateway.Message) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bids, b.asks = b.bids[:0], b.asks[:0]
	for i := range m.Entries(gateway.TagNoMDEntries) {
		switch e := b.entry(m, i); {
		case e.bad:
			return false
		case e.kind == '0':
			b.bids = append(b.bids, e.level)
		case e.kind == '1':
			b.asks = append(b.asks, e.level)
		}
	}
	b.rpt, b.ready = number(m.Get(gateway.TagRptSeq)), true
	return b.matches(m)
}

// update takes increments; false when one is missing or the result is wrong.
func (b *Book) update(m *gateway.Message) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ready {
		return true // Of before the snapshot that was asked for.
	}
	for i := range m.Entries(gateway.TagNoMDEntries) {
		e := b.entry(m, i)
		if e.bad || e.rpt != b.rpt+1 || !b.apply(&e) {
			return false
		}
		b.rpt = e.rpt
	}
	return b.matches(m)
}

// apply changes a level.
func (b *Book) apply(e *entry) bool {
	s := venue.Buy
	if e.kind == '1' {
		s = venue.Sell
	}
	levels := b.side(s)
	at, found := slices.BinarySearchFunc(*levels, e.level.Price, func(l Level, p venue.Price) int {
		return int(l.Price-p) * -int(s.Sign())
	})
	switch {
	case e.action == '2' && found:
		*levels = slices.Delete(*levels, at, at+1)
	case e.action == '1' && found:
		(*levels)[at] = e.level
	case e.action == '0' && !found:
		*levels = slices.Insert(*levels, at, e.level)
	default:
		return false
	}
	return true
}

// checksumDepth is how many levels of each side the checksum covers.
const checksumDepth = 10

// matches compares the checksum of the message with that of the book.
func (b *Book) matches(m *gateway.Message) bool {
	b.seq = venue.Seq(number(m.Get(gateway.TagApplSeqNum)))
	if b.depth != 0 && b.depth < checksumDepth {
		return true // The checksum covers levels that were not asked for.
	}
	return uint64(b.checksum()) == number(m.Get(gateway.TagBookChecksum))
}

// checksum is the CRC-32 of the digits of the best ten levels, asks first: price
// without its point, then quantity.
func (b *Book) checksum() uint32 {
	step := int64(b.instrument.Tick)
	for places := 6; places > 0 && step%10 == 0; places-- {
		step /= 10
	}
	b.text = appendDigits(b.text[:0], b.asks, step)
	b.text = appendDigits(b.text, b.bids, step)
	return crc32.ChecksumIEEE(b.text)
}

func appendDigits(dst []byte, levels []Level, step int64) []byte {
	for _, l := range levels[:min(len(levels), checksumDepth)] {
		if l.Price != 0 { // Zero is all leading zeros.
			dst = strconv.AppendInt(dst, int64(l.Price)*step, 10)
		}
		dst = strconv.AppendInt(dst, int64(l.Qty), 10)
	}
	return dst
}
