package client

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Order is what to place. Zero values of TIF and STP stand for good till
// canceled and for canceling what is left of the incoming order.
type Order struct {
	// Symbol is the instrument.
	Symbol string
	// ClOrdID identifies the order, 1 to 20 visible ASCII bytes, unique for the
	// account; the client makes one when it is empty.
	ClOrdID string
	// Side is Buy or Sell, Type how it meets the book (Limit when 0).
	Side venue.Side
	Type venue.OrderType
	TIF  venue.TimeInForce
	STP  venue.SelfTrade
	// Flags are post-only, reduce-only, cancel-on-disconnect, and by-mark for stops
	// that wake at the mark instead of at the last trade.
	Flags venue.OrderFlags
	// Price and Stop are in ticks.
	Price, Stop venue.Price
	// Qty, MinQty and Display are in lots.
	Qty, MinQty, Display venue.Qty
	// Expire is when a GTD order ends.
	Expire venue.Time
}

// idMaker makes client ids that are unique among processes: the time of the
// start and a count, in base 36.
type idMaker struct {
	prefix string
	n      atomic.Uint64
}

func (m *idMaker) begin() { m.prefix = base36(uint64(time.Now().UnixNano())/1000) + "-" }

func (m *idMaker) next() string { return m.prefix + base36(m.n.Add(1)) }

func base36(n uint64) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	var b [13]byte
	i := len(b)
	for {
		i--
		b[i] = digits[n%36]
		if n /= 36; n == 0 {
			return string(b[i:])
		}
	}
}

// waiter is who waits for a report about an id.
type waiter struct {
	ch   chan answer
	kind ReportKind
}

// NewID returns a ClOrdID that was not used before.
func (c *Client) NewID() string { return c.ids.next() }

// answer is what a caller waits for.
type answer struct {
	report Report
	err    error
}

// Place sends an order and returns the first report: accepted, or an *Error. The
// report of an order that was placed before under the same ClOrdID is what it is
// now. When ctx ends first the error is StatusUnknown: the order may be live.
func (c *Client) Place(ctx context.Context, o Order) (Report, error) {
	if o.ClOrdID == "" {
		o.ClOrdID = c.NewID()
	}
	return c.ask(ctx, o.ClOrdID, func() error { return c.send(&o) })
}

// Send sends an order and waits for nothing: its reports go to OnReport. An
// empty ClOrdID is filled in. Many orders can be sent one after another; Flush
// lets them go at once, otherwise they go with the next tick of the client or the
// next call that waits.
func (c *Client) Send(o *Order) error {
	if o.ClOrdID == "" {
		o.ClOrdID = c.NewID()
	}
	return c.send(o)
}

// Flush lets everything that was sent go on the wire.
func (c *Client) Flush() { _ = c.session.Release() }

// ask sends something and waits for the first report about its id.
func (c *Client) ask(ctx context.Context, id string, send func() error) (Report, error) {
	return c.wait(ctx, id, OrderReport, send)
}

// wait is ask for the first report of a kind. A mass cancel is reported by each
// of its orders, under its own id, before it is done.
func (c *Client) wait(ctx context.Context, id string, kind ReportKind, send func() error) (Report, error) {
	key, ok := venue.ParseClOrdID(id)
	if !ok {
		return Report{}, &Error{Code: gateway.BadValue, Field: "ClOrdID", Text: "a ClOrdID is 1 to 20 visible ASCII bytes"}
	}
	ch := make(chan answer, 1)
	c.mu.Lock()
	if c.closed != nil {
		c.mu.Unlock()
		return Report{}, ErrClosed
	}
	if _, pending := c.orders[key]; pending {
		c.mu.Unlock()
		return Report{}, &Error{Code: gateway.AlreadyPending, Field: "ClOrdID"}
	}
	c.orders[key] = waiter{ch, kind}
	c.mu.Unlock()
	if err := send(); err != nil {
		c.forget(key)
		return Report{}, err
	}
	c.Flush()
	select {
	case a := <-ch:
		return a.report, a.err
	case <-ctx.Done():
		c.forget(key)
		return Report{}, &Error{Code: gateway.StatusUnknown, Text: fmt.Sprintf("no answer to %s: %v", id, ctx.Err())}
	}
}

func (c *Client) forget(key venue.ClOrdID) {
	c.mu.Lock()
	delete(c.orders, key)
	c.mu.Unlock()
}

// resolve gives the first report about an id to who waits for it.
func (c *Client) resolve(id venue.ClOrdID, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w, waits := c.orders[id]
	if !waits || w.kind == MassCanceled && a.err == nil && a.report.Kind != MassCanceled {
		return
	}
	delete(c.orders, id)
	w.ch <- a
}

// post keeps a message of order entry for resending, and sends it. Without a
// session nothing is sent.
func (c *Client) post(t gateway.MsgType, write func(w *gateway.Writer, at venue.Time)) error {
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	if !c.on.Load() {
		return ErrNotConnected
	}
	at := clock()
	w := c.w.Begin()
	write(w, at)
	c.session.Send(at, t, w.End())
	return nil
}

func (c *Client) send(o *Order) error {
	terms := c.terms(o.Symbol)
	if terms == nil {
		return fmt.Errorf("%w: %s", ErrUnknownSymbol, o.Symbol)
	}
	return c.post(gateway.MsgNewOrder, func(w *gateway.Writer, at venue.Time) {
		writeOrder(w, o, terms)
		w.Time(gateway.TagTransactTime, at)
	})
}

func writeOrder(w *gateway.Writer, o *Order, terms *venue.Instrument) {
	w.Text(gateway.TagClOrdID, o.ClOrdID).Text(gateway.TagSymbol, o.Symbol).Char(gateway.TagSide, '0'+byte(o.Side)).Qty(gateway.TagOrderQty, o.Qty)
	kind := o.Type
	if kind == 0 {
		kind = venue.Limit
	}
	switch kind {
	case venue.Market:
		w.Char(gateway.TagOrdType, '1')
	case venue.Limit:
		w.Char(gateway.TagOrdType, '2').Price(gateway.TagPrice, o.Price, terms)
	case venue.Stop:
		w.Char(gateway.TagOrdType, '3').Price(gateway.TagStopPx, o.Stop, terms)
	case venue.StopLimit:
		w.Char(gateway.TagOrdType, '4').Price(gateway.TagPrice, o.Price, terms).Price(gateway.TagStopPx, o.Stop, terms)
	}
	writeTIF(w, o, kind)
	if o.STP != 0 && o.STP != venue.CancelTaker {
		w.Int(gateway.TagSelfMatchPreventionInstruction, smp(o.STP))
	}
	if o.MinQty != 0 {
		w.Qty(gateway.TagMinQty, o.MinQty)
	}
	if o.Display != 0 {
		w.Qty(gateway.TagDisplayQty, o.Display)
	}
	if o.Flags.Has(venue.ByMark) {
		w.Char(gateway.TagTriggerPriceType, 'M')
	}
	if inst := execInst(o.Flags); inst != "" {
		w.Text(gateway.TagExecInst, inst)
	}
}

func writeTIF(w *gateway.Writer, o *Order, kind venue.OrderType) {
	switch o.TIF {
	case venue.Day:
		w.Char(gateway.TagTimeInForce, '0')
	case venue.IOC:
		w.Char(gateway.TagTimeInForce, '3')
	case venue.FOK:
		w.Char(gateway.TagTimeInForce, '4')
	case venue.GTD:
		w.Char(gateway.TagTimeInForce, '6').Time(gateway.TagExpireTime, o.Expire)
	case venue.GTC:
		w.Char(gateway.TagTimeInForce, '1')
	default:
		if kind != venue.Market {
			w.Char(gateway.TagTimeInForce, '1')
		}
	}
}

// smp is SelfMatchPreventionInstruction(2964).
func smp(s venue.SelfTrade) int64 {
	switch s {
	case venue.CancelTaker:
		return 1
	case venue.CancelMaker:
		return 2
	case venue.CancelBoth:
		return 3
	case venue.Decrement:
		return 100
	}
	return 1
}

func execInst(f venue.OrderFlags) string {
	var s strings.Builder
	for _, p := range [3]struct {
		flag venue.OrderFlags
		c    string
	}{{venue.PostOnly, " 6"}, {venue.ReduceOnly, " E"}, {venue.CancelOnDisconnect, " o"}} {
		if f.Has(p.flag) {
			s.WriteString(p.c)
		}
	}
	return strings.TrimPrefix(s.String(), " ")
}

// Target names a live order: by the venue's id, or by the client's when that is
// 0.
type Target struct {
	// Symbol and Side are those of the order.
	Symbol string
	Side   venue.Side
	// OrderID is the venue's id, ClOrdID the client's.
	OrderID venue.OrderID
	ClOrdID string
}

func (t *Target) write(w *gateway.Writer, id string) {
	w.Text(gateway.TagClOrdID, id)
	if t.OrderID != 0 {
		w.Uint(gateway.TagOrderID, uint64(t.OrderID))
	}
	if t.ClOrdID != "" {
		w.Text(gateway.TagOrigClOrdID, t.ClOrdID)
	}
	w.Text(gateway.TagSymbol, t.Symbol).Char(gateway.TagSide, '0'+byte(t.Side))
}

// Cancel cancels an order and returns its last report, or an *Error.
func (c *Client) Cancel(ctx context.Context, t Target) (Report, error) {
	id := c.NewID()
	return c.ask(ctx, id, func() error { return c.SendCancel(t, id) })
}

// SendCancel sends a cancel with an id of its own and waits for nothing.
func (c *Client) SendCancel(t Target, id string) error {
	return c.post(gateway.MsgCancel, func(w *gateway.Writer, at venue.Time) {
		t.write(w, id)
		w.Time(gateway.TagTransactTime, at)
	})
}

// Change is the new price and the new total quantity of an order, what was
// filled included.
type Change struct {
	Price venue.Price
	Qty   venue.Qty
}

// Amend changes an order and returns its report, or an *Error.
func (c *Client) Amend(ctx context.Context, t Target, to Change) (Report, error) {
	id := c.NewID()
	return c.ask(ctx, id, func() error { return c.SendAmend(t, to, id) })
}

// SendAmend sends an amendment with an id of its own and waits for nothing.
func (c *Client) SendAmend(t Target, to Change, id string) error {
	terms := c.terms(t.Symbol)
	if terms == nil {
		return fmt.Errorf("%w: %s", ErrUnknownSymbol, t.Symbol)
	}
	return c.post(gateway.MsgReplace, func(w *gateway.Writer, at venue.Time) {
		t.write(w, id)
		w.Qty(gateway.TagOrderQty, to.Qty).Char(gateway.TagOrdType, '2').Price(gateway.TagPrice, to.Price, terms)
		w.Time(gateway.TagTransactTime, at)
	})
}

// CancelAll cancels all orders of the account in an instrument, in all of them
// when symbol is empty, and returns how many there were.
func (c *Client) CancelAll(ctx context.Context, symbol string) (int, error) {
	id := c.NewID()
	r, err := c.wait(ctx, id, MassCanceled, func() error {
		return c.post(gateway.MsgMassCancel, func(w *gateway.Writer, at venue.Time) {
			w.Text(gateway.TagClOrdID, id)
			if symbol == "" {
				w.Char(gateway.TagMassCancelRequestType, '7')
			} else {
				w.Char(gateway.TagMassCancelRequestType, '1').Text(gateway.TagSymbol, symbol)
			}
			w.Time(gateway.TagTransactTime, at)
		})
	})
	return int(r.Affected), err
}

// Status asks what an order is now. An order that the venue does not know is an
// *Error with the code UnknownOrder: it was never entered.
func (c *Client) Status(ctx context.Context, clOrdID string) (Report, error) {
	return c.ask(ctx, clOrdID, func() error {
		return c.post(gateway.MsgOrderStatus, func(w *gateway.Writer, at venue.Time) {
			w.Text(gateway.TagClOrdID, clOrdID)
		})
	})
}
