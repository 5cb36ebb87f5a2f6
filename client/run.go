package client

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// RunConfig says what a strategy gets.
type RunConfig struct {
	// Client says where to connect. Its OnReport, OnTrade, OnBook, OnState,
	// OnQuotes and Notices are the runner's.
	Client Config
	// Symbols are the instruments; all that are listed when empty.
	Symbols []string
	// Depth is that of the books, 0 for all levels.
	Depth int
	// Seed is that of Rand.
	Seed uint64
	// Record is called with what the strategy records; nil drops it.
	Record func(key string, v float64)
	// KeepOrders leaves the strategy's live orders when it ends; otherwise all
	// orders of the account are canceled.
	KeepOrders bool
}

// ErrBehind says that a strategy was so slow that its own reports piled up.
var ErrBehind = errors.New("client: the strategy does not keep up with its reports")

// maxEvents bounds the reports and trades that wait for a strategy.
const maxEvents = 1 << 16

// Run drives a strategy over a connection until ctx is done or the client gives
// up. It returns the error of Start, or that of the client.
func Run(ctx context.Context, cfg RunConfig, s Strategy) error {
	r := &runner{
		cfg: cfg, wake: make(chan struct{}, 1), books: map[string]*Book{}, dirty: map[string]bool{},
		refs: map[venue.ClOrdID]Ref{}, orders: map[Ref]*own{}, rands: map[string]*rand.Rand{}, positions: map[string]venue.Qty{},
	}
	cfg.Client.OnReport = r.onReport
	cfg.Client.OnTrade = func(t *Trade) { r.push(TradeEvent{*t}) }
	cfg.Client.OnBook = r.onBook
	cfg.Client.OnState = func(on bool, _ error) { r.push(StateEvent{on}) }
	cfg.Client.OnQuotes = func(n QuoteNews) { r.push(QuotesEvent{n}) }
	cfg.Client.Notices = Notices{
		OnAccount:  func(n *AccountNotice) { r.push(AccountEvent{*n}) },
		OnPosition: func(n *PositionNotice) { r.push(PositionEvent{*n}) },
		OnPayment:  func(n *PaymentNotice) { r.push(PaymentEvent{*n}) },
		OnTransfer: func(n *TransferNotice) { r.push(TransferEvent{*n}) },
		OnStatus:   func(n *StatusNotice) { r.push(StatusEvent{*n}) },
	}
	c, err := Dial(ctx, cfg.Client)
	if err != nil {
		return err
	}
	r.client = c
	defer r.end()
	if err := r.follow(ctx); err != nil {
		return err
	}
	if err := s.Start(r); err != nil {
		return fmt.Errorf("client: start the strategy: %w", err)
	}
	defer s.Stop(r)
	return r.loop(ctx, s)
}

// own is an order of the strategy.
type own struct {
	ref    Ref
	target Target
	last   Report
}

// runner is the live Env.
type runner struct {
	cfg    RunConfig
	client *Client
	wake   chan struct{}

	// What the callbacks of the client write.
	mu     sync.Mutex
	events []Event
	dirty  map[string]bool // Books that changed and are in events.
	refs   map[venue.ClOrdID]Ref
	full   bool

	// What the strategy's goroutine alone touches.
	list      []*Instrument
	books     map[string]*Book
	orders    map[Ref]*own
	positions map[string]venue.Qty
	next      Ref
	timers    timers
	rands     map[string]*rand.Rand
	spare     []Event
}

// follow subscribes to the books.
func (r *runner) follow(ctx context.Context) error {
	all, err := r.client.Instruments(ctx)
	if err != nil {
		return err
	}
	for _, i := range all {
		if len(r.cfg.Symbols) == 0 {
			r.list = append(r.list, i)
		}
	}
	for _, symbol := range r.cfg.Symbols {
		i := r.client.Instrument(symbol)
		if i == nil {
			return fmt.Errorf("%w: %s", ErrUnknownSymbol, symbol)
		}
		r.list = append(r.list, i)
	}
	for _, i := range r.list {
		b, err := r.client.Follow(ctx, i.Symbol, r.cfg.Depth)
		if err != nil {
			return fmt.Errorf("client: follow %s: %w", i.Symbol, err)
		}
		r.books[i.Symbol] = b
	}
	return nil
}

// end leaves the venue in order.
func (r *runner) end() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if !r.cfg.KeepOrders && r.client.Connected() {
		_, _ = r.client.CancelAll(ctx, "") // The connection may break now; cancel-on-disconnect is for that.
	}
	_ = r.client.Close(ctx)
}

// push queues an event for the strategy.
func (r *runner) push(e Event) {
	r.mu.Lock()
	if len(r.events) >= maxEvents {
		r.full = true
	} else {
		r.events = append(r.events, e)
	}
	r.mu.Unlock()
	r.notify()
}

func (r *runner) notify() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// onBook queues a book once until the strategy hears of it.
func (r *runner) onBook(b *Book) {
	symbol := b.instrument.Symbol
	r.mu.Lock()
	known := r.dirty[symbol]
	r.dirty[symbol] = true
	r.mu.Unlock()
	if !known {
		r.push(BookEvent{symbol})
	}
}

// onReport queues a report of an order of the strategy.
func (r *runner) onReport(rep *Report) {
	if rep.Liquidation {
		r.push(LiquidationEvent{*rep})
		return
	}
	r.mu.Lock()
	ref, ok := r.refs[rep.ClOrdID]
	r.mu.Unlock()
	if ok {
		r.push(OrderEvent{ref, *rep})
	}
}

func (r *runner) loop(ctx context.Context, s Strategy) error {
	for {
		timer, stop := r.timers.wait(time.Now())
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-r.client.done:
			stop()
			return r.client.Err()
		case <-r.wake:
		case <-timer:
		}
		stop()
		for tag, ok := r.timers.due(time.Now()); ok; tag, ok = r.timers.due(time.Now()) {
			s.On(r, TimerEvent{tag})
		}
		if err := r.drain(s); err != nil {
			return err
		}
		r.client.Flush()
	}
}

// drain gives the strategy what has queued up.
func (r *runner) drain(s Strategy) error {
	r.mu.Lock()
	events, full := r.events, r.full
	r.events = r.spare[:0]
	clear(r.dirty)
	r.mu.Unlock()
	for _, e := range events {
		r.note(e)
		s.On(r, e)
	}
	clear(events)
	r.spare = events[:0]
	if full {
		return ErrBehind
	}
	return nil
}

// note keeps what an event changes of the account.
func (r *runner) note(e Event) {
	switch e := e.(type) {
	case OrderEvent:
		r.learn(e)
	case LiquidationEvent:
		if rep := &e.Report; rep.ExecType == 'F' && rep.Instrument != nil {
			r.positions[rep.Instrument.Symbol] += rep.Side.Sign() * rep.LastQty
		}
	case PositionEvent:
		r.positions[e.Instrument.Symbol] += e.Side.Sign() * e.Qty
	case BookEvent, TradeEvent, TimerEvent, StateEvent, AccountEvent, PaymentEvent, TransferEvent, QuotesEvent, StatusEvent:
	}
}

// learn keeps what a report says about an order.
func (r *runner) learn(e OrderEvent) {
	o := r.orders[e.Ref]
	if o == nil {
		return
	}
	rep := &e.Report
	if rep.ExecType == 'F' && rep.Instrument != nil {
		r.positions[rep.Instrument.Symbol] += rep.Side.Sign() * rep.LastQty
	}
	if rep.Kind == CancelRefused {
		return // The order is what it was.
	}
	o.last = *rep
	if rep.Order != 0 {
		o.target.OrderID = rep.Order
	}
	if !rep.Live() {
		delete(r.orders, e.Ref)
	}
}

// Now implements Env.
func (r *runner) Now() time.Time { return time.Now() }

// Instruments implements Env.
func (r *runner) Instruments() []*Instrument { return r.list }

// Book implements Env.
func (r *runner) Book(symbol string) BookView {
	if b := r.books[symbol]; b != nil {
		return b
	}
	return nil
}

// name gives a ClOrdID to a request of an order.
func (r *runner) name(ref Ref) string {
	id := r.client.NewID()
	key, _ := venue.ParseClOrdID(id)
	r.mu.Lock()
	r.refs[key] = ref
	r.mu.Unlock()
	return id
}

// refuse tells the strategy that a request did not leave.
func (r *runner) refuse(ref Ref, kind ReportKind, err error) {
	rep := Report{Kind: kind, ExecType: '8', Status: '8', Code: gateway.Internal, Text: err.Error()}
	if errors.Is(err, ErrUnknownSymbol) {
		rep.Code = gateway.UnknownInstrument
	}
	r.push(OrderEvent{ref, rep})
}

// Submit implements Env.
func (r *runner) Submit(o Order) Ref {
	r.next++
	ref := r.next
	o.ClOrdID = r.name(ref)
	r.orders[ref] = &own{ref: ref, target: Target{Symbol: o.Symbol, Side: o.Side, ClOrdID: o.ClOrdID}, last: Report{Kind: OrderReport, Status: '0', Qty: o.Qty, Leaves: o.Qty, Price: o.Price, Side: o.Side, Instrument: r.client.Instrument(o.Symbol)}}
	if err := r.client.Send(&o); err != nil {
		r.refuse(ref, OrderReport, err)
	}
	return ref
}

// Amend implements Env.
func (r *runner) Amend(ref Ref, to Change) {
	o := r.orders[ref]
	if o == nil {
		return // It is over; its last report said so.
	}
	if err := r.client.SendAmend(o.target, to, r.name(ref)); err != nil {
		r.refuse(ref, CancelRefused, err)
	}
}

// Cancel implements Env.
func (r *runner) Cancel(ref Ref) {
	o := r.orders[ref]
	if o == nil {
		return
	}
	if err := r.client.SendCancel(o.target, r.name(ref)); err != nil {
		r.refuse(ref, CancelRefused, err)
	}
}

// Account implements Env.
func (r *runner) Account() AccountView { return r }

// Position implements AccountView.
func (r *runner) Position(symbol string) venue.Qty { return r.positions[symbol] }

// Open implements AccountView.
func (r *runner) Open(fn func(Ref, *Report)) {
	for _, ref := range slices.Sorted(maps.Keys(r.orders)) {
		fn(ref, &r.orders[ref].last)
	}
}

// After implements Env.
func (r *runner) After(d time.Duration, tag any) {
	heap.Push(&r.timers, timer{at: time.Now().Add(d), tag: tag})
}

// Every implements Env.
func (r *runner) Every(d time.Duration, tag any) {
	d = max(d, time.Millisecond)
	heap.Push(&r.timers, timer{at: time.Now().Add(d), every: d, tag: tag})
}

// Rand implements Env.
func (r *runner) Rand(purpose string) *rand.Rand {
	if r.rands[purpose] == nil {
		h := fnv.New64a()
		h.Write([]byte(purpose))
		r.rands[purpose] = rand.New(rand.NewPCG(r.cfg.Seed, h.Sum64()))
	}
	return r.rands[purpose]
}

// Record implements Env.
func (r *runner) Record(key string, v float64) {
	if r.cfg.Record != nil {
		r.cfg.Record(key, v)
	}
}

// timer is a TimerEvent to come.
type timer struct {
	at    time.Time
	every time.Duration
	tag   any
}

// timers is a heap by time.
type timers []timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }

// Push implements heap.Interface.
func (t *timers) Push(x any) { *t = append(*t, x.(timer)) }

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	x := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return x
}

// wait returns a channel for the next timer, nil when there is none, and what
// stops it.
func (t timers) wait(now time.Time) (<-chan time.Time, func()) {
	if len(t) == 0 {
		return nil, func() {}
	}
	next := time.NewTimer(max(t[0].at.Sub(now), 0))
	return next.C, func() { next.Stop() }
}

// due takes the next timer whose time has come. One that repeats skips what it
// missed.
func (t *timers) due(now time.Time) (any, bool) {
	if len(*t) == 0 || (*t)[0].at.After(now) {
		return nil, false
	}
	x := heap.Pop(t).(timer)
	if x.every > 0 {
		again := x
		for !again.at.After(now) {
			again.at = again.at.Add(x.every)
		}
		heap.Push(t, again)
	}
	return x.tag, true
}
