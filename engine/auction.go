package engine

import (
	"slices"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// call is what the engine keeps of collecting markets and their uncrossings.
type call struct {
	// noted are the markets that may have another indicative price, which is told
	// when it is time to tell.
	noted []venue.InstrumentID
	tell  venue.Time
	// uncrossings are those that need further envelopes, the oldest first.
	uncrossings []uncrossing

	// What follows is scratch.
	view    matching.View
	crossed matching.Crossed
	work    int // What this envelope did, in trades.
}

const (
	// indicativePause is how long an indicative price may be out of date: to find it
	// takes as long as many orders, and orders come faster than anybody reads it.
	indicativePause = venue.Second / 10
	// maxIndicated is the number of markets whose price one envelope looks for.
	maxIndicated = 64
)

// detain keeps an order in a guarded market from trading, and says whether it
// did: where orders are collected it rests, and where its trades would go too far
// it begins an auction and joins it whole (MAT-04, MAT-05). What cannot wait ends
// instead and begins nothing.
func (e *Engine) detain(id venue.OrderID, o *matching.Order, market *markets.Market) bool {
	v := &e.call.view
	e.books.Get(id, v)
	if market.Phase.Collecting() {
		e.collect(id, once(v.Type, v.TIF), venue.NotInAuction)
		return true
	}
	p := e.books.Preview(&matching.Order{
		Instrument: v.Instrument, Holding: v.Holding, Owner: v.Owner, Side: v.Side, Type: v.Type, TIF: v.TIF, STP: v.STP,
		Flags: v.Flags, Price: o.Price, Qty: v.Leaves, MinQty: v.MinQty, Display: v.Display,
	})
	if p.Qty == 0 {
		return false
	}
	why, yes := e.markets.Restrained(v.Instrument, p.First, p.Last, e.now)
	if !yes {
		return false
	}
	ends := once(v.Type, v.TIF)
	if !ends {
		e.protect(v.Instrument, why)
	}
	e.collect(id, ends, venue.PriceMoved)
	return true
}

// once says whether an order trades at once or not at all.
func once(t venue.OrderType, tif venue.TimeInForce) bool {
	return t == venue.Market || t == venue.Stop || tif == venue.IOC || tif == venue.FOK
}

// collect lets an opened order rest without being matched, or ends it for a
// reason.
func (e *Engine) collect(id venue.OrderID, ends bool, why venue.Reason) {
	m := &e.matched
	if !ends {
		why = e.books.Rest(id, m)
	}
	if why != venue.OK {
		e.books.Cancel(id, why, m)
		m.End = why
	}
	e.cuts(m)
	e.levels(m)
}

// restrained refuses an order that trades at once or not at all, and whose trades
// would go too far: it cannot join the auction that they would begin.
func (e *Engine) restrained(m *markets.Market, o *matching.Order) venue.Refusal {
	if m.Phase.Collecting() || !once(o.Type, o.TIF) {
		return venue.Refusal{}
	}
	p := e.books.Preview(o)
	if p.Qty == 0 {
		return venue.Refusal{}
	}
	if _, yes := e.markets.Restrained(o.Instrument, p.First, p.Last, e.now); yes {
		return venue.Refusal{Reason: venue.PriceMoved, Field: venue.FieldPrice, Limit: int64(p.Last)}
	}
	return venue.Refusal{}
}

// window takes the fills of an order into the breaker of its market.
func (e *Engine) window(inst venue.InstrumentID, fills []matching.Fill) {
	for i := range fills {
		e.markets.Traded(inst, fills[i].Price, e.now)
	}
}

// reference returns the price that an auction stays near when nothing else
// decides: the last trade, or the mark before there was one.
func (e *Engine) reference(inst venue.InstrumentID) matching.Reference {
	if m := e.markets.Get(inst); m.Traded {
		return matching.Reference{Price: m.Last, Known: true}
	}
	mark := e.markets.Mark(inst)
	return matching.Reference{Price: mark.Price, Known: mark.Version > 0}
}

// cross writes down a trade of two resting orders. There is no incoming one: the
// buyer stands as the taker.
func (e *Engine) cross(market *markets.Market, x *matching.Cross) {
	buyer, seller := e.ledger.Holding(x.Buy.Holding).Account, e.ledger.Holding(x.Sell.Holding).Account
	makes, takes := e.fees.Charge(market, markets.Parties{Maker: seller, Taker: buyer}, x.Price, x.Qty, e.now)
	fee := (makes + takes + 1) / 2
	e.crossed(&x.Buy, venue.Buy, x.Qty)
	e.crossed(&x.Sell, venue.Sell, x.Qty)
	sells, buys := fee, fee
	if market.Terms.Kind == venue.Capped {
		sold := ledger.Open{Side: venue.Sell, Price: x.Price, Qty: x.Qty}
		sells, buys = e.affordable(sold, x.Sell.Holding, x.Buy.Holding, fee, fee)
	}
	e.interestMoved(&market.Terms)
	e.ledger.Trade(x.Sell.Holding, venue.Sell, x.Price, x.Qty, sells)
	e.ledger.Trade(x.Buy.Holding, venue.Buy, x.Price, x.Qty, buys)

	e.trade++
	t := e.tape.Traded()
	t.Instrument, t.Trade, t.Price, t.Qty, t.TakerSide = market.Terms.ID, e.trade, x.Price, x.Qty, venue.Buy
	t.Maker = venue.Fill{Account: seller, Order: x.Sell.Order, Leaves: x.Sell.Leaves, Fee: sells}
	t.Taker = venue.Fill{Account: buyer, Order: x.Buy.Order, Leaves: x.Buy.Leaves, Fee: buys}
	for _, p := range [2]struct {
		*matching.Part
		signed venue.Qty
	}{{&x.Buy, x.Qty}, {&x.Sell, -x.Qty}} {
		if p.Flags.Has(venue.Quote) {
			e.quoteFilled(p.Holding, p.Order, p.signed)
		}
	}
}

// crossed takes lots of a resting order out of what it holds.
func (e *Engine) crossed(p *matching.Part, side venue.Side, qty venue.Qty) {
	e.varyFirst(p.Holding)
	e.payFirst(p.Holding)
	o := ledger.Open{Side: side, ReduceOnly: p.Flags.Has(venue.ReduceOnly), Price: p.Limit, Qty: qty}
	e.risk.Release(p.Holding, e.marks(), o, p.Leaves == 0)
	e.watch.traded(p.Holding)
}

// noteLevels notes that the books of collecting markets changed.
func (e *Engine) noteLevels(levels []matching.Level) {
	for i := range levels {
		e.note(levels[i].Instrument)
	}
}

// noteMark has it looked at when the mark moved that it stays near to.
func (e *Engine) noteMark(inst venue.InstrumentID) {
	if m := e.markets.Get(inst); m.Phase.Collecting() && !m.Traded {
		e.note(inst)
	}
}

// note has the indicative price of a collecting market looked at soon.
func (e *Engine) note(inst venue.InstrumentID) {
	x := e.markets.Session(inst)
	if x.Noted || !e.markets.Get(inst).Phase.Collecting() {
		return
	}
	x.Noted = true
	if len(e.call.noted) == 0 {
		e.call.tell = e.now + indicativePause
	}
	e.call.noted = append(e.call.noted, inst)
}

// tellAuctions tells the indicative prices that changed, of as many markets as one
// envelope may.
func (e *Engine) tellAuctions() {
	n := 0
	for ; n < len(e.call.noted) && n < maxIndicated; n++ {
		inst := e.call.noted[n]
		e.markets.Session(inst).Noted = false
		if m := e.markets.Get(inst); m.Phase.Collecting() && !m.Uncrossing {
			e.indicate(inst)
		}
	}
	e.call.noted = e.call.noted[:copy(e.call.noted, e.call.noted[n:])]
}

// indicate tells the indicative price of a market if it is another.
func (e *Engine) indicate(inst venue.InstrumentID) {
	x := e.markets.Session(inst)
	now := venue.AuctionIndicative{Ends: x.Ends}
	if a, ok := e.books.Indicative(inst, e.reference(inst)); ok {
		now.Price, now.Volume, now.Surplus = a.Price, a.Volume, a.Surplus
	}
	if now != x.Told {
		x.Told = now
		e.tellAuction(inst, x)
	}
}

func (e *Engine) tellAuction(inst venue.InstrumentID, x *markets.Session) {
	t := e.tape.AuctionIndicative()
	*t = x.Told
	t.Instrument = inst
}

// imageSession tells what a market does by the clock.
func (e *Engine) imageSession(inst venue.InstrumentID) {
	x := e.markets.Session(inst)
	if len(x.Steps) > 0 {
		e.tellSchedule(inst, x)
	}
	if p := &x.Protections; p.Base > 0 || len(p.Triggers) > 0 {
		e.tellProtections(inst, x)
	}
	if x.Told != (venue.AuctionIndicative{}) {
		e.tellAuction(inst, x)
	}
}

func (e *Engine) tellSchedule(inst venue.InstrumentID, x *markets.Session) {
	t := e.tape.ScheduleSet()
	t.Instrument, t.Steps = inst, slices.Clip(x.Steps)
}

func (e *Engine) tellProtections(inst venue.InstrumentID, x *markets.Session) {
	t := e.tape.ProtectionsSet()
	t.Instrument, t.Protections = inst, x.Protections
}
