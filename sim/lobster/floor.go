package lobster

import (
	"encoding/binary"
	"slices"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// The one instrument, and the accounts: makers rest, the taker executes.
const (
	instrument venue.InstrumentID = 1
	taker                         = venue.FirstAccount
	firstMaker                    = taker + 1
	makers                        = 4

	// The range of prices and sizes that a file may have. A tick counts as a
	// micro-dollar, so that no amount of recorded trading is too much money.
	highest venue.Price = 1<<24 - 1
	largest venue.Qty   = 1 << 26
)

// order is a resting order of the venue and who it is in the file.
type order struct {
	id      uint64 // In the file; 0 for one of the unnamed.
	venue   venue.OrderID
	account venue.AccountID
	leaves  venue.Qty
	filled  venue.Qty
}

type place struct {
	side  venue.Side
	price venue.Price
}

// floor is the venue and what is known of its orders from its events.
type floor struct {
	core   *engine.Engine
	tape   venue.Tape
	view   *marketdata.View
	now    venue.Time
	seq    venue.Seq
	names  uint64
	levels map[place][]*order // Oldest first.
	prices []venue.Price
	// told is what the last command did.
	accepted venue.OrderID
	trades   []venue.Traded
}

func newFloor() *floor {
	f := &floor{
		core: engine.New(limits()), view: marketdata.New(), levels: map[place][]*order{},
	}
	const base venue.AssetID = 2
	f.apply(&venue.ListAsset{Asset: base, Symbol: "SHARES"})
	f.apply(&venue.ListInstrument{Terms: venue.Instrument{
		ID: instrument, Symbol: "LOBSTER", Kind: venue.Spot, Class: "SHARE", Region: "US", Grade: "A", Window: venue.WindowDay,
		Start: 0, End: 24 * 3600 * venue.Second, Base: base, Quote: venue.USD, Tick: 1, Hours: 1,
		Low: 1, High: highest, MaxQty: largest, Band: venue.One,
	}})
	f.apply(&venue.SetPhase{Instrument: instrument, Phase: venue.Continuous}) // No mark: spot then has no band.
	for a := taker; a < firstMaker+makers; a++ {
		f.apply(&venue.OpenAccount{Account: a, Owner: venue.OwnerID(a)})
		f.apply(&venue.Deposit{Account: a, Asset: venue.USD, Amount: 1 << 55, Ref: f.name()})
		f.apply(&venue.Deposit{Account: a, Asset: base, Amount: 1 << 55, Ref: f.name()})
	}
	return f
}

// name returns a new identifier of a request.
func (f *floor) name() (id venue.ClOrdID) {
	f.names++
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], f.names)
	for i, b := range raw {
		id[2*i], id[2*i+1] = "0123456789abcdef"[b>>4], "0123456789abcdef"[b&15]
	}
	return id
}

// apply does a command and hears what came of it.
func (f *floor) apply(c venue.Command) {
	f.seq++
	f.tape.Reset()
	f.core.Apply(&venue.Envelope{Seq: f.seq, Time: f.now, Command: c}, &f.tape)
	f.accepted, f.trades = 0, f.trades[:0]
	for i := range f.tape.Entries {
		switch e := f.tape.Entries[i].Event.(type) {
		case *venue.OrderAccepted:
			f.accepted = e.Order
		case *venue.Traded:
			f.trades = append(f.trades, *e)
		case *venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.TermsSet, *venue.OperatorSet:
			// There are no operators.
		case *venue.FeeTiersSet, *venue.VariationPaid, *venue.InstrumentSettled:
			// Replays have no operators.
		case *venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered:
			// Nor have they quotes.
		case *venue.VersionSet, *venue.AssetListed, *venue.InstrumentListed, *venue.PhaseChanged, *venue.MarkChanged,
			*venue.AccountOpened, *venue.Deposited, *venue.Withdrawn, *venue.CommandRejected, *venue.OrderRejected,
			*venue.RequestRepeated, *venue.OrderTriggered, *venue.OrderAmended, *venue.OrderReduced, *venue.OrderCanceled,
			*venue.CancelRejected, *venue.MassCanceled, *venue.LevelChanged, *venue.BalanceChanged, *venue.PositionChanged,
			*venue.LiquidationSet, *venue.InsuranceFunded, *venue.AccountStateChanged, *venue.PositionTransferred, *venue.Receipt, *venue.GainsHaircut, *venue.DebtPaid,
			*venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.ScheduleSet, *venue.ProtectionsSet,
			*venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet, *venue.FundingClosed, *venue.FundingPaid, *venue.FundingSettled,
			*venue.CollateralSet, *venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
			// The view hears the levels; what was asked for is known here.
		}
	}
	f.view.ApplyAll(f.tape.Entries)
}

// rest places an order that must not trade: a message of a new order is about
// what rests. One that would trade is refused and the books differ.
func (f *floor) rest(id uint64, side venue.Side, p venue.Price, q venue.Qty) {
	account := firstMaker + venue.AccountID(id%makers)
	f.apply(&venue.PlaceOrder{
		Account: account, Instrument: instrument, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Flags: venue.PostOnly, Price: p, Qty: q, ClOrdID: f.name(),
	})
	if f.accepted == 0 {
		return
	}
	at := place{side, p}
	f.levels[at] = append(f.levels[at], &order{id: id, venue: f.accepted, account: account, leaves: q})
}

// fill places an order without a name.
func (f *floor) fill(side venue.Side, p venue.Price, q venue.Qty) { f.rest(0, side, p, q) }

// size is what stands at a level.
func (f *floor) size(side venue.Side, p venue.Price) (q venue.Qty) {
	for _, o := range f.levels[place{side, p}] {
		q += o.leaves
	}
	return q
}

// known returns the prices of a side with orders, rising.
func (f *floor) known(side venue.Side) []venue.Price {
	f.prices = f.prices[:0]
	for at := range f.levels {
		if at.side == side {
			f.prices = append(f.prices, at.price)
		}
	}
	slices.Sort(f.prices)
	return f.prices
}

// remove takes lots off the named order, and what it has not off the unnamed.
// What is left of an order that was deleted is one of the unnamed from then on.
func (f *floor) remove(id uint64, side venue.Side, p venue.Price, q venue.Qty, deleted bool) {
	at := place{side, p}
	for _, name := range [2]uint64{id, 0} {
		for i := 0; i < len(f.levels[at]) && q > 0; i++ {
			if o := f.levels[at][i]; o.id == name {
				by := min(q, o.leaves)
				f.reduce(o, p, by)
				q -= by
				if deleted {
					o.id = 0
				}
			}
		}
		f.sweep(at)
	}
}

// reduce takes lots off an order: a smaller amount keeps its place.
func (f *floor) reduce(o *order, p venue.Price, by venue.Qty) {
	if o.leaves == by {
		f.apply(&venue.CancelOrder{Account: o.account, Order: o.venue, ClOrdID: f.name()})
		o.leaves = 0
		return
	}
	f.apply(&venue.AmendOrder{
		Account: o.account, Order: o.venue, ClOrdID: f.name(), Price: p, Qty: o.filled + o.leaves - by, // With what was filled before.
	})
	o.leaves -= by
}

// clear takes all orders off a level.
func (f *floor) clear(side venue.Side, p venue.Price) {
	at := place{side, p}
	for _, o := range f.levels[at] {
		f.reduce(o, p, o.leaves)
	}
	f.sweep(at)
}

// sweep forgets the orders of a level that are over.
func (f *floor) sweep(at place) {
	kept := slices.DeleteFunc(f.levels[at], func(o *order) bool { return o.leaves == 0 })
	if f.levels[at] = kept; len(kept) == 0 {
		delete(f.levels, at)
	}
}

// execute sends the order that met the named one, an immediate order of the
// other side at that price, and says whether it met it and no other. Where the
// named one is unknown it is one of the unnamed.
func (f *floor) execute(id uint64, side venue.Side, p venue.Price, q venue.Qty) bool {
	if !slices.ContainsFunc(f.levels[place{side, p}], func(o *order) bool { return o.id == id }) {
		id = 0
	}
	f.apply(&venue.PlaceOrder{
		Account: taker, Instrument: instrument, Side: side.Opposite(), Type: venue.Limit, TIF: venue.IOC,
		STP: venue.CancelTaker, Price: p, Qty: q, ClOrdID: f.name(),
	})
	inTurn := true
	for i := range f.trades {
		t := &f.trades[i]
		at := place{side, t.Price}
		for _, o := range f.levels[at] {
			if o.venue == t.Maker.Order {
				o.leaves, o.filled = t.Maker.Leaves, o.filled+t.Qty
				q -= t.Qty
				inTurn = inTurn && o.id == id && t.Price == p
			}
		}
		f.sweep(at)
	}
	return inTurn && q == 0
}
