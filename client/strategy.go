package client

import (
	"math/rand/v2"
	"time"

	"github.com/clearhour/clearhour/venue"
)

// Strategy trades. It is a function of what happens: the same value runs live
// over a Client and, later, in a simulation. All calls come from one goroutine.
type Strategy interface {
	// Start is called once, when the books are there.
	Start(Env) error
	// On is called for every event.
	On(Env, Event)
	// Stop is called once, at the end, when Start succeeded.
	Stop(Env)
}

// Env is the world as a strategy sees it. It is valid during a call of the
// strategy only.
type Env interface {
	// Now is the time, real or virtual.
	Now() time.Time
	// Instruments are the instruments that the strategy was given.
	Instruments() []*Instrument
	// Book is the book of an instrument as this client knows it, nil when it was
	// not given.
	Book(symbol string) BookView
	// Submit places an order; its reports come as OrderEvents with the Ref. A
	// ClOrdID is made for it.
	Submit(Order) Ref
	// Amend and Cancel ask for a change of an order; so do their answers come.
	Amend(Ref, Change)
	Cancel(Ref)
	// Account is what this client knows from its own reports.
	Account() AccountView
	// After asks for a TimerEvent with the tag after d, Every each d.
	After(d time.Duration, tag any)
	Every(d time.Duration, tag any)
	// Rand is a stream of random numbers of its own for each purpose.
	Rand(purpose string) *rand.Rand
	// Record notes a value under a key, for the report of a run.
	Record(key string, v float64)
}

// BookView is an order book to read.
type BookView interface {
	// Best returns the best level of a side and whether there is one.
	Best(venue.Side) (Level, bool)
	// Levels appends the best n levels of a side to dst, all when n is 0.
	Levels(s venue.Side, n int, dst []Level) []Level
	// Seq is the envelope of the last update and whether the book is in step.
	Seq() (venue.Seq, bool)
}

// AccountView is what a strategy did so far.
type AccountView interface {
	// Position is the sum of its own fills in an instrument and of what the venue
	// closed or moved, signed, in lots.
	Position(symbol string) venue.Qty
	// Open calls fn with each order that is live as far as is known, oldest first.
	Open(fn func(Ref, *Report))
}

// Ref names an order of a strategy.
type Ref uint64

// Event is what a strategy hears: BookEvent, TradeEvent, OrderEvent, TimerEvent,
// StateEvent, AccountEvent, PositionEvent, PaymentEvent, TransferEvent,
// QuotesEvent, StatusEvent or LiquidationEvent.
//
//sumtype:decl
type Event interface{ isEvent() }

// BookEvent says that a book changed. Changes that come faster than the strategy
// listens are heard once.
type BookEvent struct{ Symbol string }

// TradeEvent is a public trade.
type TradeEvent struct{ Trade }

// OrderEvent is a report about an order of the strategy.
type OrderEvent struct {
	Ref    Ref
	Report Report
}

// TimerEvent is a timer that the strategy asked for.
type TimerEvent struct{ Tag any }

// StateEvent says that the connection came or went.
type StateEvent struct{ Connected bool }

// AccountEvent says that the account may do something else than before.
type AccountEvent struct{ AccountNotice }

// PositionEvent says that the venue moved a part of a position.
type PositionEvent struct{ PositionNotice }

// PaymentEvent says what a position paid or received.
type PaymentEvent struct{ PaymentNotice }

// TransferEvent says what moved between accounts without a request of the
// strategy.
type TransferEvent struct{ TransferNotice }

// QuotesEvent is news of the protection of the quotes of the account.
type QuotesEvent struct{ QuoteNews }

// StatusEvent says in which phase a market is, and what an auction would give.
type StatusEvent struct{ StatusNotice }

// LiquidationEvent is a report about an order by which the venue closes a
// position of the account.
type LiquidationEvent struct{ Report Report }

func (BookEvent) isEvent()  {}
func (TradeEvent) isEvent() {}
func (OrderEvent) isEvent() {}
func (TimerEvent) isEvent() {}
func (StateEvent) isEvent() {}

func (AccountEvent) isEvent()     {}
func (PositionEvent) isEvent()    {}
func (PaymentEvent) isEvent()     {}
func (TransferEvent) isEvent()    {}
func (QuotesEvent) isEvent()      {}
func (StatusEvent) isEvent()      {}
func (LiquidationEvent) isEvent() {}
