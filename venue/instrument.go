package venue

// Kind says what a position in an instrument is.
type Kind uint8

// Kinds of instrument.
const (
	// Spot exchanges the base asset for money at once and in full.
	Spot Kind = 1
	// Future is held on margin against a price at the end of its window.
	Future Kind = 2
	// Perpetual is a future without an end: payments between longs and shorts
	// keep its price near an index (FUN-01).
	Perpetual Kind = 3
	// Capped is a future whose price stays between 0 and High. Positions and
	// orders are paid for in full, so that nothing in it is ever liquidated
	// (MAR-08).
	Capped Kind = 4
)

// String returns the word that people use.
func (k Kind) String() string {
	switch k {
	case Spot:
		return "spot"
	case Future:
		return "future"
	case Perpetual:
		return "perpetual"
	case Capped:
		return "capped"
	}
	return "kind?"
}

// Held returns how a position of the kind is held: Spot, on margin as a Future,
// or paid for in full as a Capped future.
func (k Kind) Held() Kind {
	if k == Perpetual {
		return Future
	}
	return k
}

// Window is the length of the delivery window of a contract (rulebook §3.1).
type Window uint8

// Windows, all cut at UTC boundaries.
const (
	WindowHour Window = iota + 1
	WindowBlock4
	WindowDay
	WindowWeek
	WindowMonth
	WindowQuarter
	WindowYear
)

// String returns the letter that symbols use.
func (w Window) String() string {
	switch w {
	case WindowHour:
		return "H"
	case WindowBlock4:
		return "B4"
	case WindowDay:
		return "D"
	case WindowWeek:
		return "W"
	case WindowMonth:
		return "M"
	case WindowQuarter:
		return "Q"
	case WindowYear:
		return "Y"
	}
	return "window?"
}

// Phase is what a market lets its orders do at the moment.
type Phase uint8

// Phases. The table of what each allows is in package markets.
const (
	// Continuous matches orders as they arrive.
	Continuous Phase = 1
	// CancelOnly takes cancels and reductions, no new orders.
	CancelOnly Phase = 2
	// Halted takes nothing but mass cancels by the venue.
	Halted Phase = 3
	// PreOpen collects orders without matching them, before the opening auction.
	PreOpen Phase = 4
	// OpenAuction collects more orders and lets none go, until the market opens.
	OpenAuction Phase = 5
	// ClosingAuction collects orders for the last trades of the day.
	ClosingAuction Phase = 6
	// ProtectAuction collects orders after a price moved too far or the venue was
	// away, for a time.
	ProtectAuction Phase = 7
	// Settled is the end: what the contract was about is over and paid.
	Settled Phase = 9
)

// String returns the word that people use.
func (p Phase) String() string {
	switch p {
	case Continuous:
		return "continuous"
	case CancelOnly:
		return "cancel-only"
	case Halted:
		return "halted"
	case PreOpen:
		return "pre-open"
	case OpenAuction:
		return "open-auction"
	case ClosingAuction:
		return "closing-auction"
	case ProtectAuction:
		return "protect-auction"
	case Settled:
		return "settled"
	}
	return "phase?"
}

// Collecting says whether orders rest without being matched, so that bids may
// reach asks, until an uncrossing.
func (p Phase) Collecting() bool { return p >= PreOpen && p <= ProtectAuction }

// Valid says whether it is a phase that a market can be moved to; Settled is none,
// a market comes to it by itself.
func (p Phase) Valid() bool { return p >= Continuous && p <= ProtectAuction }

// Uncrosses says whether what was collected trades before the phase begins: after
// that bids do not reach asks.
func (p Phase) Uncrosses() bool { return p == Continuous || p == CancelOnly }

// Matching says how orders at one price share an incoming order.
type Matching uint8

// Ways of matching.
const (
	// ByTime fills the oldest order first.
	ByTime Matching = 0
	// ProRata shares by size (MAT-01).
	ProRata Matching = 1
)

// Bracket is one step of a margin schedule: the part of a notional up to Upto
// is charged at Initial and Maintenance (MAR-01).
type Bracket struct {
	// Upto is the upper end of the bracket in micro-dollars; the last bracket
	// has MaxAmount.
	Upto Amount
	// Initial and Maintenance are the rates of initial and maintenance margin.
	Initial, Maintenance Rate
}

// MaxBrackets bounds a margin schedule.
const MaxBrackets = 8

// Interest is between which open interests, in lots, the initial margin of a
// market grows from its schedule to all of the notional (MAR-03). The zero value
// says that it does not depend on the open interest.
type Interest struct{ Low, High Qty }

// MaxInterest bounds Interest.High, in lots.
const MaxInterest Qty = 1 << 40

// Instrument is the terms of a contract. What SetTerms names may change while it is
// listed; the others never do.
type Instrument struct {
	// ID is given by whoever lists the instrument and is its index everywhere.
	ID InstrumentID
	// Symbol is the name on the wire, for example "H100C.NAE.D.2026-12-01".
	Symbol string
	// Kind says how a position is held.
	Kind Kind
	// Class, Region and Grade name the hardware, for example "H100-SXM-80",
	// "NA-E" and "C".
	Class, Region, Grade string
	// Window, Start and End say when the hours are delivered.
	Window     Window
	Start, End Time
	// Match says how orders at one price share an incoming order.
	Match Matching
	// Base is the asset that a spot instrument delivers, one unit per lot; it is
	// zero for a future.
	Base AssetID
	// Quote is the asset of its money; only USD is accepted today.
	Quote AssetID
	// Tick is the size of a tick in micro-dollars per GPU-hour.
	Tick Amount
	// Hours is the number of GPU-hours in one lot.
	Hours int64
	// Low and High are the lowest and highest price in ticks that an order may
	// carry; the range is at most 1<<24 ticks. Low is 0 for a Capped future, whose
	// cap is High, and above 0 for any other.
	Low, High Price
	// MaxQty is the largest order in lots.
	MaxQty Qty
	// Band is the distance from the mark within which orders are taken (MAT-03).
	Band Rate
	// Maker and Taker are the fee rates; Taker is at least Maker and both are
	// at least zero.
	Maker, Taker Rate
	// Brackets is the margin schedule of a future, the last one unbounded; a
	// Capped one has none.
	Brackets []Bracket
	// Interest makes the initial margin of a future grow with the open interest.
	Interest Interest
	// MaxPosition is how many lots one owner may hold on one side of a future with
	// all of his orders of that side, over all of his accounts; 0 for any number
	// (MAR-12).
	MaxPosition Qty
}

// TickValue returns what one tick on one lot is worth, in micro-dollars.
func (i *Instrument) TickValue() Amount { return i.Tick * Amount(i.Hours) }

// Mark is the price at which positions in an instrument are valued.
type Mark struct {
	// Price is in ticks; it means nothing until Version is above 0.
	Price Price
	// Version counts the changes, so that whoever caches a value computed from
	// the mark knows when it is out of date.
	Version uint32
	// Stale says that no fresh source stands behind the price: nobody is
	// liquidated, funded or deleveraged by it (R-STALE).
	Stale bool
}
