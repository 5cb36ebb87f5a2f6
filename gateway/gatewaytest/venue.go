package gatewaytest

import (
	"context"
	"errors"
	"slices"
	"sort"
	"sync"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Symbol is the instrument that New lists, with ticks of one cent and 24
// GPU-hours a lot.
const Symbol = "H100C.NAE.D.2026-12-01"

// Venue takes commands and gives events. Create it with New.
type Venue struct {
	mu     sync.Mutex
	wake   chan struct{}
	closed bool
	// Full makes Submit answer that the venue is overloaded.
	full    bool
	seq     venue.Seq
	now     func() venue.Time
	pending []venue.Entry
	index   uint32
	session venue.SessionID
	time    venue.Time

	trades  venue.TradeID
	nextID  venue.OrderID
	orders  map[venue.OrderID]*order
	clients map[clientKey]*outcome
	books   map[venue.InstrumentID]*book
	history []venue.Entry
	keep    bool

	quotes map[quoteKey]*order
	guards map[guardKey]venue.QuoteLimits
}

type clientKey struct {
	account venue.AccountID
	id      venue.ClOrdID
}

// outcome is what a client id led to the first time.
type outcome struct {
	order   venue.OrderID
	refusal venue.Refusal
}

type order struct {
	venue.PlaceOrder
	id      venue.OrderID
	session venue.SessionID
	leaves  venue.Qty
	filled  venue.Qty
}

// book is both sides, best first.
type book struct {
	terms venue.Instrument
	bids  []*level
	asks  []*level
}

type level struct {
	price  venue.Price
	qty    venue.Qty
	orders []*order
}

// New returns a venue with accounts 16 to 19, a million dollars each, and one
// instrument. now is its clock. With keep it remembers all events for Replay.
func New(now func() venue.Time, keep bool) *Venue {
	v := &Venue{
		wake: make(chan struct{}, 1), now: now, keep: keep,
		nextID: 1 << 32, orders: map[venue.OrderID]*order{}, clients: map[clientKey]*outcome{}, books: map[venue.InstrumentID]*book{},
		quotes: map[quoteKey]*order{}, guards: map[guardKey]venue.QuoteLimits{},
	}
	v.begin(0)
	v.emit(&venue.AssetListed{Asset: venue.USD, Symbol: "USD", Decimals: 6})
	v.list(1, Symbol)
	for a := venue.FirstAccount; a < venue.FirstAccount+4; a++ {
		v.emit(&venue.AccountOpened{Account: a, Owner: venue.OwnerID(a)})
		v.emit(&venue.BalanceChanged{Account: a, Asset: venue.USD, Total: 1_000_000_000_000})
	}
	v.notify()
	return v
}

func (v *Venue) list(id venue.InstrumentID, symbol string) {
	terms := venue.Instrument{
		ID: id, Symbol: symbol, Kind: venue.Future, Class: "H100-SXM-80", Region: "NA-E", Grade: "C",
		Window: venue.WindowDay, Start: 1_796_083_200 * venue.Second, End: 1_796_169_600 * venue.Second,
		Quote: venue.USD, Tick: 10_000, Hours: 24, Low: 1, High: 100_000, MaxQty: 1_000_000,
		Band: venue.One, Maker: 100, Taker: 500,
	}
	v.books[id] = &book{terms: terms}
	v.emit(&venue.InstrumentListed{Terms: terms})
	v.emit(&venue.PhaseChanged{Instrument: id, Phase: venue.Continuous})
	v.emit(&venue.MarkChanged{Instrument: id, Price: 250})
}

// Submit implements gateway.Submitter.
func (v *Venue) Submit(session venue.SessionID, c venue.Command) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed || v.full {
		return errors.New("gatewaytest: overloaded")
	}
	v.begin(session)
	switch c := c.(type) {
	case *venue.PlaceOrder:
		v.place(session, c)
	case *venue.CancelOrder:
		v.cancel(c)
	case *venue.AmendOrder:
		v.amend(c)
	case *venue.MassCancel:
		v.massCancel(c)
	case *venue.Transfer:
		v.transfer(c)
	case *venue.MassQuote:
		v.massQuote(session, c)
	case *venue.SetQuoteProtection:
		v.protect(c)
	case *venue.CancelQuotes:
		v.cancelQuotes(c)
	case *venue.SetPhase:
		v.emit(&venue.PhaseChanged{Instrument: c.Instrument, Phase: c.Phase})
	case *venue.Tick, *venue.SetVersion, *venue.ListAsset, *venue.ListInstrument, *venue.SetMark,
		*venue.OpenAccount, *venue.Deposit, *venue.Withdraw,
		*venue.SetSchedule, *venue.SetProtections, *venue.ListIndex, *venue.PublishReading, *venue.PublishMeter, *venue.SetReference,
		*venue.FundInsurance, *venue.SetFeeTiers, *venue.SetLiquidation, *venue.SettleInstrument,
		*venue.SetCollateral, *venue.SellCollateral,
		*venue.SetTerms, *venue.ProposeChange, *venue.ApproveChange, *venue.CancelChange, *venue.SetOperator:
	}
	v.notify()
	return nil
}

// Happens emits events that no request asked for, in an envelope of their own.
func (v *Venue) Happens(events ...venue.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.begin(0)
	for _, e := range events {
		v.emit(e)
	}
	v.notify()
}

// SetFull makes Submit refuse everything, or take it again.
func (v *Venue) SetFull(full bool) {
	v.mu.Lock()
	v.full = full
	v.mu.Unlock()
}

// Close ends Next once what is pending was read.
func (v *Venue) Close() {
	v.mu.Lock()
	v.closed = true
	v.mu.Unlock()
	v.notify()
}

// ErrClosed ends Next after Close.
var ErrClosed = errors.New("gatewaytest: closed")

// Next returns the events since the last call; it waits for the first.
func (v *Venue) Next(ctx context.Context) ([]venue.Entry, bool, func(), error) {
	for {
		v.mu.Lock()
		entries, closed := v.pending, v.closed
		v.pending = nil
		v.mu.Unlock()
		if len(entries) > 0 {
			return entries, false, func() {}, nil
		}
		if closed {
			return nil, false, nil, ErrClosed
		}
		select {
		case <-v.wake:
		case <-ctx.Done():
			return nil, false, nil, ctx.Err()
		}
	}
}

// Replay returns all events from after the envelope on, as a restart does. The
// Venue was made with keep.
func (v *Venue) Replay(after venue.Seq) []venue.Entry {
	v.mu.Lock()
	defer v.mu.Unlock()
	at := sort.Search(len(v.history), func(i int) bool { return v.history[i].Seq > after })
	return append([]venue.Entry(nil), v.history[at:]...)
}

func (v *Venue) notify() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

func (v *Venue) begin(session venue.SessionID) {
	v.seq++
	v.index, v.session, v.time = 0, session, v.now()
}

func (v *Venue) emit(e venue.Event) {
	entry := venue.Entry{Seq: v.seq, Index: v.index, Session: v.session, Time: v.time, Event: e}
	v.index++
	v.pending = append(v.pending, entry)
	if v.keep {
		v.history = append(v.history, entry)
	}
}

// again answers a retry and says whether it was one.
func (v *Venue) again(account venue.AccountID, id venue.ClOrdID) bool {
	if o := v.clients[clientKey{account, id}]; o != nil {
		v.emit(&venue.RequestRepeated{Account: account, ClOrdID: id, Order: o.order, Refusal: o.refusal})
		return true
	}
	return false
}

func (v *Venue) remember(account venue.AccountID, id venue.ClOrdID, o outcome) {
	v.clients[clientKey{account, id}] = &o
}

func (v *Venue) place(session venue.SessionID, c *venue.PlaceOrder) {
	if v.again(c.Account, c.ClOrdID) {
		return
	}
	if r := v.refusal(c); r.Refused() {
		v.remember(c.Account, c.ClOrdID, outcome{refusal: r})
		v.emit(&venue.OrderRejected{
			Account: c.Account, Instrument: c.Instrument, ClOrdID: c.ClOrdID, Side: c.Side, Type: c.Type,
			TIF: c.TIF, Price: c.Price, Qty: c.Qty, Refusal: r,
		})
		return
	}
	v.nextID++
	o := &order{PlaceOrder: *c, id: v.nextID, session: session, leaves: c.Qty}
	v.orders[o.id] = o
	v.remember(c.Account, c.ClOrdID, outcome{order: o.id})
	v.emit(&venue.OrderAccepted{
		Session: session, Account: c.Account, Instrument: c.Instrument, Order: o.id, ClOrdID: c.ClOrdID, Side: c.Side,
		Type: c.Type, TIF: c.TIF, STP: c.STP, Flags: c.Flags, Price: c.Price, Stop: c.Stop, Qty: c.Qty,
		MinQty: c.MinQty, Display: c.Display, Expire: c.Expire,
	})
	v.match(o)
}

func (v *Venue) refusal(c *venue.PlaceOrder) venue.Refusal {
	b := v.books[c.Instrument]
	switch {
	case b == nil:
		return venue.Refusal{Reason: venue.UnknownInstrument, Field: venue.FieldInstrument}
	case c.Type != venue.Limit:
		return venue.Refusal{Reason: venue.UnsupportedCombination, Field: venue.FieldType}
	case c.Qty < 1 || c.Qty > b.terms.MaxQty:
		return venue.Refusal{Reason: venue.BadQty, Field: venue.FieldQty, Limit: int64(b.terms.MaxQty)}
	case c.Price < b.terms.Low || c.Price > b.terms.High:
		return venue.Refusal{Reason: venue.PriceOutOfRange, Field: venue.FieldPrice, Limit: int64(b.terms.High)}
	}
	return venue.Refusal{}
}

// match trades an order and rests what is left.
func (v *Venue) match(o *order) {
	b := v.books[o.Instrument]
	against := &b.asks
	if o.Side == venue.Sell {
		against = &b.bids
	}
	touched := map[venue.Price]bool{}
	for o.leaves > 0 && len(*against) > 0 && crosses(o, (*against)[0].price) {
		l := (*against)[0]
		v.fill(b, o, l)
		touched[l.price] = true
		if len(l.orders) == 0 {
			*against = (*against)[1:]
			v.emit(&venue.LevelChanged{Instrument: o.Instrument, Side: o.Side.Opposite(), Price: l.price})
			delete(touched, l.price)
		}
	}
	for p := range touched {
		v.level(o.Instrument, o.Side.Opposite(), p)
	}
	if o.leaves == 0 {
		delete(v.orders, o.id)
		return
	}
	if o.TIF == venue.IOC || o.TIF == venue.FOK {
		v.end(o, venue.ClOrdID{}, venue.IOCRemainder)
		return
	}
	v.rest(b, o)
}

func crosses(o *order, p venue.Price) bool {
	if o.Side == venue.Buy {
		return p <= o.Price
	}
	return p >= o.Price
}

// fill trades against the oldest order of a level.
func (v *Venue) fill(b *book, o *order, l *level) {
	m := l.orders[0]
	q := min(o.leaves, m.leaves)
	o.leaves, o.filled = o.leaves-q, o.filled+q
	m.leaves, m.filled = m.leaves-q, m.filled+q
	l.qty -= q
	v.trades++
	notional := venue.Amount(l.price) * venue.Amount(q) * b.terms.TickValue()
	v.emit(&venue.Traded{
		Instrument: o.Instrument, Trade: v.trades, Price: l.price, Qty: q, TakerSide: o.Side,
		Maker: venue.Fill{Account: m.Account, Order: m.id, Leaves: m.leaves, Fee: venue.Fee(notional, b.terms.Maker)},
		Taker: venue.Fill{Account: o.Account, Order: o.id, Leaves: o.leaves, Fee: venue.Fee(notional, b.terms.Taker)},
	})
	v.guard(m, q)
	if m.leaves == 0 {
		l.orders = l.orders[1:]
		delete(v.orders, m.id)
	}
}

// side returns the levels of a side and the place of a price in them.
func (b *book) side(s venue.Side, p venue.Price) (*[]*level, int) {
	if s == venue.Buy {
		return &b.bids, sort.Search(len(b.bids), func(i int) bool { return b.bids[i].price <= p })
	}
	return &b.asks, sort.Search(len(b.asks), func(i int) bool { return b.asks[i].price >= p })
}

func (v *Venue) rest(b *book, o *order) {
	levels, at := b.side(o.Side, o.Price)
	if at == len(*levels) || (*levels)[at].price != o.Price {
		*levels = append(*levels, nil)
		copy((*levels)[at+1:], (*levels)[at:])
		(*levels)[at] = &level{price: o.Price}
	}
	l := (*levels)[at]
	l.orders = append(l.orders, o)
	l.qty += o.leaves
	v.level(o.Instrument, o.Side, o.Price)
}

func (v *Venue) level(id venue.InstrumentID, s venue.Side, p venue.Price) {
	levels, at := v.books[id].side(s, p)
	e := &venue.LevelChanged{Instrument: id, Side: s, Price: p}
	if at < len(*levels) && (*levels)[at].price == p {
		e.Qty, e.Orders = (*levels)[at].qty, uint32(len((*levels)[at].orders))
	}
	v.emit(e)
}

// unrest takes an order off its level.
func (v *Venue) unrest(o *order) {
	levels, at := v.books[o.Instrument].side(o.Side, o.Price)
	l := (*levels)[at]
	for i := range l.orders {
		if l.orders[i] == o {
			l.orders = append(l.orders[:i], l.orders[i+1:]...)
			break
		}
	}
	l.qty -= o.leaves
	if len(l.orders) == 0 {
		*levels = append((*levels)[:at], (*levels)[at+1:]...)
	}
}

func (v *Venue) end(o *order, by venue.ClOrdID, why venue.Reason) {
	delete(v.orders, o.id)
	v.emit(&venue.OrderCanceled{Account: o.Account, Instrument: o.Instrument, Order: o.id, ClOrdID: by, Qty: o.leaves, Reason: why})
}

// find returns the live order that a request is about.
func (v *Venue) find(account venue.AccountID, id venue.OrderID, orig venue.ClOrdID) *order {
	if id == 0 {
		if out := v.clients[clientKey{account, orig}]; out != nil {
			id = out.order
		}
	}
	o := v.orders[id]
	if o == nil || o.Account != account {
		return nil
	}
	return o
}

func (v *Venue) cancel(c *venue.CancelOrder) {
	o := v.find(c.Account, c.Order, c.Orig)
	if o == nil {
		v.emit(&venue.CancelRejected{
			Account: c.Account, Order: c.Order, Orig: c.Orig, ClOrdID: c.ClOrdID,
			Refusal: venue.Refusal{Reason: venue.UnknownOrder, Field: venue.FieldOrder},
		})
		return
	}
	v.unrest(o)
	v.end(o, c.ClOrdID, venue.CanceledByUser)
	v.level(o.Instrument, o.Side, o.Price)
}

func (v *Venue) amend(c *venue.AmendOrder) {
	if v.again(c.Account, c.ClOrdID) {
		return
	}
	o := v.find(c.Account, c.Order, c.Orig)
	if o == nil || c.Qty <= o.filled {
		r := venue.Refusal{Reason: venue.UnknownOrder, Field: venue.FieldOrder}
		if o != nil {
			r = venue.Refusal{Reason: venue.QtyBelowFilled, Field: venue.FieldQty, Limit: int64(o.filled)}
		}
		v.emit(&venue.CancelRejected{Account: c.Account, Order: c.Order, Orig: c.Orig, ClOrdID: c.ClOrdID, Amend: true, Refusal: r})
		return
	}
	old := o.Price
	v.unrest(o)
	o.Price, o.leaves = c.Price, c.Qty-o.filled
	v.remember(c.Account, c.ClOrdID, outcome{order: o.id})
	v.emit(&venue.OrderAmended{
		Account: o.Account, Instrument: o.Instrument, Order: o.id, ClOrdID: c.ClOrdID,
		Price: c.Price, Qty: c.Qty, Leaves: o.leaves,
	})
	v.level(o.Instrument, o.Side, old)
	v.match(o)
}

func (v *Venue) massCancel(c *venue.MassCancel) {
	var ids []venue.OrderID
	for id, o := range v.orders {
		cod := c.Session == 0 || o.session == c.Session && o.Flags.Has(venue.CancelOnDisconnect)
		if o.Account == c.Account && (c.Instrument == 0 || c.Instrument == o.Instrument) && (c.Side == 0 || c.Side == o.Side) && cod {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	why := venue.CanceledByMass
	if c.Session != 0 {
		why = venue.CanceledByDisconnect
	}
	for _, id := range ids {
		o := v.orders[id]
		v.unrest(o)
		v.end(o, c.ClOrdID, why)
		v.level(o.Instrument, o.Side, o.Price)
	}
	v.emit(&venue.MassCanceled{Account: c.Account, ClOrdID: c.ClOrdID, Count: uint32(len(ids))})
}

// Open is an Authenticator that lets everybody in: the key id is "K<account>",
// and the password is "wrong" for a refusal.
type Open struct{}

// Logon implements gateway.Authenticator.
func (Open) Logon(c *gateway.Credentials) (gateway.Grant, gateway.Code) {
	if c.Password == "wrong" {
		return gateway.Grant{}, gateway.AuthInvalidSignature
	}
	if len(c.KeyID) < 2 || c.KeyID[0] != 'K' {
		return gateway.Grant{}, gateway.AuthInvalidKey
	}
	var account venue.AccountID
	for _, d := range []byte(c.KeyID[1:]) {
		if d < '0' || d > '9' {
			return gateway.Grant{}, gateway.AuthInvalidKey
		}
		account = account*10 + venue.AccountID(d-'0')
	}
	return gateway.Grant{Key: c.KeyID, Account: account, Accounts: []venue.AccountID{account}, Trade: true, Transfer: true}, gateway.CodeNone
}
