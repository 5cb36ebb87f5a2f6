package flow

import (
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// Kind says what an operation does.
type Kind uint8

// Kinds of operation.
const (
	// Place enters a limit order that rests.
	Place Kind = 1
	// Immediate enters an immediate-or-cancel order.
	Immediate Kind = 2
	// Cancel ends an order that may have been filled meanwhile.
	Cancel Kind = 3
	// Replace cancels an order and enters it at another price.
	Replace Kind = 4
)

// Op is an operation, read in order from an array.
type Op struct {
	// Target is the order that Cancel or Replace ends: ids depend on nothing but
	// what was done before, so they are known beforehand.
	Target venue.OrderID
	// Order numbers the order that the operation enters, from 1.
	Order uint32
	// Price is the limit in ticks.
	Price int32
	// Qty is the size in lots.
	Qty uint32
	// Account is the index of the trader within a side of the instrument.
	Account    uint16
	Instrument venue.InstrumentID
	Side       venue.Side
	Kind       Kind
	_          [8]byte // Records of 40 bytes, as other engines were measured with.
}

// Buyers are even and sellers odd, so that nobody meets himself.
func (op *Op) owner() venue.OwnerID {
	return venue.OwnerID(uint32(op.Account)*2 + uint32(op.Side))
}

func (op *Op) holding() venue.HoldingID {
	return venue.HoldingID(uint32(op.Instrument)*(2*accounts+1) + uint32(op.owner()))
}

// Workload is a book to begin with and what then happens to it.
type Workload struct {
	Name        string
	Instruments int
	// Low and High bound the prices.
	Low, High venue.Price
	// Preload fills the books; it trades nothing.
	Preload []Op
	Ops     []Op
	// Trades and Hash are what running all of Ops must give.
	Trades, Hash uint64
}

// shape is what a workload is made from.
type shape struct {
	name        string
	seed        uint64
	instruments int
	levels      int // Both sides together.
	perLevel    int
	ops         int
	trades      uint64
	hash        uint64
}

const accounts = 64 // Traders on each side of an instrument.

// W1 is one instrument with 1,000 levels of 10 orders and 2,000,000 operations.
func W1() *Workload { return build(&w1) }

// W2 is one instrument with 20,000 levels of 50 orders and 2,000,000 operations.
func W2() *Workload { return build(&w2) }

// W3 is 1,000 instruments with 100 levels of 10 orders, chosen by Zipf's law, and
// 3,000,000 operations.
func W3() *Workload { return build(&w3) }

var (
	w1 = shape{name: "W1", seed: 1, instruments: 1, levels: 1000, perLevel: 10, ops: 2_000_000, trades: 464_581, hash: 0x2510c34f04925989}
	w2 = shape{name: "W2", seed: 2, instruments: 1, levels: 20_000, perLevel: 50, ops: 2_000_000, trades: 466_905, hash: 0x2d170a7f14b3a9af}
	w3 = shape{name: "W3", seed: 3, instruments: 1000, levels: 100, perLevel: 10, ops: 3_000_000, trades: 719_809, hash: 0x4de2051743d88992}
)

// build makes the records. Operations depend on the state of the books (the best
// prices, which orders live), so they are made against books of their own.
func build(s *shape) *Workload {
	g := newMaker(s)
	defer g.books.Close()
	g.preload()
	for range s.ops {
		g.step()
	}
	return g.w
}

// Limits returns what a workload needs of matching.Books.
func (w *Workload) Limits() matching.Limits {
	return matching.Limits{Orders: uint32(len(w.Preload)*2 + 100_000), Pages: uint32(w.Instruments*16 + 1000)}
}
