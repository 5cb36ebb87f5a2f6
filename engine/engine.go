package engine

import (
	"github.com/clearhour/clearhour/changes"
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/feeds"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// Version is the newest version of the logic that this binary has.
const Version = 1

// Limits bound the memory and the work of an Engine. Zero values take the
// defaults.
type Limits struct {
	// Orders is the number of live orders; default 1<<20.
	Orders uint32
	// OrdersPerAccount and OrdersPerHolding bound the live orders of an account,
	// and of an account in one instrument; defaults 1,000 and 200.
	OrdersPerAccount, OrdersPerHolding uint32
	// Accounts, Holdings and Instruments bound what can be opened and listed;
	// defaults 1<<17, 1<<20 and 4,096.
	Accounts, Holdings uint32
	Instruments        uint16
	// FillsPerOrder is how many resting orders one command may meet; default 1,000.
	FillsPerOrder int
	// PaidPerTick is how many positions one Tick pays funding for; default 512.
	PaidPerTick int
	// CrossedPerTick is how many trades of auctions one envelope makes before the
	// rest waits for the next Tick; the last FillsPerOrder may go beyond it. Default
	// 1,024.
	CrossedPerTick int
	// Requests and RequestsPerAccount bound the remembered identifiers; defaults
	// 1<<21 and 16,384.
	Requests, RequestsPerAccount uint32
}

func (l *Limits) fill() {
	set := func(v *uint32, d uint32) {
		if *v == 0 {
			*v = d
		}
	}
	set(&l.Orders, 1<<20)
	set(&l.OrdersPerAccount, 1000)
	set(&l.OrdersPerHolding, 200)
	set(&l.Accounts, 1<<17)
	set(&l.Holdings, 1<<20)
	set(&l.Requests, 1<<21)
	set(&l.RequestsPerAccount, 1<<14)
	if l.Instruments == 0 {
		l.Instruments = 4096
	}
	if l.FillsPerOrder == 0 {
		l.FillsPerOrder = 1000
	}
	if l.PaidPerTick == 0 {
		l.PaidPerTick = 512
	}
	if l.CrossedPerTick == 0 {
		l.CrossedPerTick = 1024
	}
}

// Engine is the core. It is for one goroutine.
type Engine struct {
	limits  Limits
	books   *matching.Books
	markets *markets.Markets
	ledger  *ledger.Ledger
	risk    *risk.Risk
	seen    *seen.Table
	indices feeds.Indices
	paying  paying
	fees    *markets.FeeBook
	open    openOrders
	changes changes.Book

	seq     venue.Seq
	now     venue.Time
	version uint32
	trade   venue.TradeID
	// unelected are the instruments whose stops were more than one command may
	// elect; the next Tick goes on with them.
	unelected []venue.InstrumentID
	liq       liquidation

	variation variation
	ending    ending
	quoting   quoting
	call      call // Of auctions.

	// What follows is scratch of one Apply.
	session venue.SessionID
	woken   int // Stops elected so far.
	tape    *venue.Tape
	order   matching.Order
	matched matching.Matched
	view    matching.View
	ids     []venue.OrderID // Orders to be trimmed.
	reach   []venue.OrderID // Orders that one comes to.
	elected []venue.OrderID
	due     []venue.OrderID
	watch   watch
	ahead   ahead
	marked  []venue.InstrumentID // Whose marks are due.
	grown   []venue.InstrumentID // Whose open interest changed and matters.
	depth   []matching.Level

	performing performing
}

// New returns an empty core.
func New(l Limits) *Engine {
	l.fill()
	e := &Engine{limits: l, version: 1}
	e.books = matching.New(matching.Limits{Orders: l.Orders, FillsPerMatch: l.FillsPerOrder})
	e.markets = markets.New(int(l.Instruments))
	e.fees = markets.NewFeeBook(int(l.Accounts))
	e.ledger = ledger.New(ledger.Limits{
		Accounts: int(l.Accounts), Holdings: int(l.Holdings), Balances: int(l.Holdings),
		Instruments: int(l.Instruments), PerAccount: ledger.MaxPerAccount, Orders: int(l.OrdersPerAccount),
	})
	e.liq = newLiquidation(&l)
	e.open.books = e.books
	e.risk = risk.New(e.ledger, &e.open)
	e.seen = seen.New(seen.Limits{Total: l.Requests, PerAccount: l.RequestsPerAccount}, e.lives)
	return e
}

// Close gives back the memory of the books and of the requests. The engine is
// unusable afterwards.
func (e *Engine) Close() {
	e.books.Close()
	e.seen.Close()
}

func (e *Engine) lives(id venue.OrderID) bool {
	_, ok := e.books.Holding(id)
	return ok
}

// Seq returns the sequence of the last applied envelope, 0 at genesis.
func (e *Engine) Seq() venue.Seq { return e.seq }

// Now returns the time of the last applied envelope.
func (e *Engine) Now() venue.Time { return e.now }

// Apply does what the envelope's command says and appends what happened to the
// tape. Envelopes come in order: the next Seq, and a Time that is not before
// the last one. A command that cannot be done is refused by an event and
// changes nothing.
func (e *Engine) Apply(env *venue.Envelope, tape *venue.Tape) {
	assert.That(env.Seq == e.seq+1, "envelope out of sequence")
	assert.That(env.Time >= e.now, "time went back")
	before := e.now
	e.seq, e.now, e.session, e.tape = env.Seq, env.Time, env.Session, tape
	e.woken, e.quoting.withdrawn, e.call.work = 0, 0, 0
	tape.Begin(env)
	e.markets.Advance(e.now)
	e.watch.begin()
	if e.missed(before) {
		e.reopen()
	}
	if e.changes.IsDue(e.now) {
		e.takeEffect()
	}
	switch c := env.Command.(type) {
	case *venue.PlaceOrder:
		e.place(c)
	case *venue.CancelOrder:
		e.cancel(c)
	case *venue.AmendOrder:
		e.amend(c)
	case *venue.MassCancel:
		e.massCancel(c)
	case *venue.Tick:
		e.tick()
	case *venue.Deposit:
		e.deposit(c)
	case *venue.Withdraw:
		e.withdraw(c)
	case *venue.OpenAccount:
		e.openAccount(c)
	case *venue.SetVersion:
		e.setVersion(c)
	case *venue.PublishReading:
		e.publishReading(c)
	case *venue.PublishMeter:
		e.publishMeter(c)
	case *venue.Transfer:
		e.move(c)
	case *venue.ProposeChange:
		e.proposeChange(c)
	case *venue.ApproveChange:
		e.approveChange(c)
	case *venue.CancelChange:
		e.cancelChange(c)
	case *venue.MassQuote:
		e.massQuote(c)
	case *venue.SetQuoteProtection:
		e.setQuoteProtection(c)
	case *venue.CancelQuotes:
		e.cancelQuotes(c)
	case *venue.SetMark, *venue.SetPhase, *venue.ListAsset, *venue.ListInstrument, *venue.ListIndex, *venue.SetReference,
		*venue.SetFeeTiers, *venue.SettleInstrument, *venue.SetLiquidation, *venue.FundInsurance,
		*venue.SetSchedule, *venue.SetProtections, *venue.SetTerms, *venue.SetOperator, *venue.SetCollateral, *venue.SellCollateral:
		e.operate(c)
	}
	e.conclude()
}

// NextDeadline returns when the core next has something to do by itself, and
// whether it has. A Tick at or after that time does it.
func (e *Engine) NextDeadline() (venue.Time, bool) {
	if len(e.unelected) > 0 || len(e.quoting.hits) > 0 || e.paying.instrument != 0 || len(e.call.uncrossings) > 0 {
		return e.now, true
	}
	due, ok := e.operatorsDue(e.sessionsDue(e.books.Due()))
	if at, is := e.pressing(); is && (!ok || at < due) {
		due, ok = at, true
	}
	if len(e.call.noted) > 0 && (!ok || e.call.tell < due) {
		due, ok = e.call.tell, true
	}
	return e.changesDue(e.soonest(due, ok))
}

// Conserved says whether money and positions add up. It walks everything.
func (e *Engine) Conserved() bool { return e.ledger.Conserved() }
