package engine

import (
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/settlement"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of what one Tick does for markets that end: records it reads, and
// orders and positions it ends.
const (
	maxEndScans = 8192
	maxEnded    = 256
)

// Bounds of a final settlement.
const (
	// maxCarry bounds how many hours on end take the value of an hour before.
	maxCarry = 48
	// maxOver is how many times the highest price of the terms a final price may
	// be: values of positions are bounded at that price. That of a capped future
	// is never above its cap.
	maxOver = 64
)

const hourLength = 3600 * venue.Second

// stage is how far a market is with its end.
//
//	open -> closing -> closed -> settling -> settled      a future
//	open -> closing -> settled                            a spot instrument
type stage uint8

const (
	stageOpen     stage = iota
	stageClosing        // Its orders are being canceled.
	stageClosed         // A future waits for its final price.
	stageSettling       // Its positions are being closed.
	stageSettled
)

// ending is what the engine knows of markets that end (SET-03).
type ending struct {
	stages []stage // By instrument.
	next   venue.Time
	jobs   []job // Those that are closing or settling, the first one at work.
	finals []final
}

// job is a market that is closing, with the holding that comes next, or settling,
// with its price and a place among its holders.
type job struct {
	inst  venue.InstrumentID
	at    uint32
	price venue.Price
}

// final is a final settlement price whose hours come in.
type final struct {
	inst venue.InstrumentID
	mean settlement.Mean
}

// endFrom takes in a market that was listed.
func (e *Engine) endFrom(inst venue.InstrumentID) {
	x := &e.ending
	for len(x.stages) <= int(inst) {
		x.stages = append(x.stages, stageOpen)
	}
	if at, ok := e.markets.Get(inst).Ends(); ok && (x.next == 0 || at < x.next) {
		x.next = at
	}
}

// endingDue returns when a market ends or what has ended goes on, and whether
// there is such a time.
func (e *Engine) endingDue() (venue.Time, bool) {
	if len(e.ending.jobs) > 0 {
		return e.now, true
	}
	return e.ending.next, e.ending.next != 0
}

// expire closes the markets whose time has come, and goes on with those that close
// and settle.
func (e *Engine) expire() {
	x := &e.ending
	if x.next != 0 && x.next <= e.now {
		x.next = 0
		for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
			if x.stages[id] == stageOpen {
				e.endOne(id)
			}
		}
	}
	scan, act := maxEndScans, maxEnded
	for len(x.jobs) > 0 && scan > 0 && act > 0 {
		j := &x.jobs[0]
		var done bool
		if x.stages[j.inst] == stageClosing {
			done = e.closeSome(j, &scan, &act)
		} else {
			done = e.settleSome(j, &scan, &act)
		}
		if done {
			x.jobs = slices.Delete(x.jobs, 0, 1)
		}
	}
}

// endOne closes a market if its time has come.
func (e *Engine) endOne(id venue.InstrumentID) {
	x := &e.ending
	at, ok := e.markets.Get(id).Ends()
	switch {
	case !ok:
	case at > e.now || e.markets.Get(id).Uncrossing:
		if x.next == 0 || at < x.next {
			x.next = at
		}
	default:
		e.markets.Close(id)
		e.entered(id)
		x.stages[id] = stageClosing
		x.jobs = append(x.jobs, job{inst: id, at: 1})
	}
}

// closeSome cancels orders of a market that ended, holding by holding, and says
// whether none is left.
func (e *Engine) closeSome(j *job, scan, act *int) bool {
	for ; venue.HoldingID(j.at) <= e.ledger.Holdings(); j.at++ {
		if *scan == 0 || *act <= 0 {
			return false
		}
		*scan--
		h := venue.HoldingID(j.at)
		if e.ledger.Holding(h).Instrument != j.inst {
			continue
		}
		for id, ok := e.books.Oldest(h); ok; id, ok = e.books.Oldest(h) {
			e.cancelLive(id, venue.Expired, venue.ClOrdID{})
			*act--
		}
	}
	if e.markets.Get(j.inst).Terms.Kind == venue.Spot {
		e.settledNow(j.inst)
	} else {
		e.ending.stages[j.inst] = stageClosed
		e.settleToIndex(j.inst)
	}
	return true
}

// settledNow says that nothing is left of a market.
func (e *Engine) settledNow(inst venue.InstrumentID) {
	e.ending.stages[inst] = stageSettled
	e.markets.Settle(inst)
	e.entered(inst)
}

// settleSome pays positions at the final price and closes them against each
// other, a long one against a short one, and says whether none is left.
func (e *Engine) settleSome(j *job, scan, act *int) bool {
	for {
		list := e.ledger.Holders(j.inst)
		if len(list) == 0 {
			e.settledNow(j.inst)
			return true
		}
		if *scan <= 0 || *act <= 0 {
			return false
		}
		*scan--
		if j.at = min(j.at, uint32(len(list))); j.at == 0 {
			j.at = uint32(len(list))
		}
		j.at--
		a, b := list[len(list)-1], list[j.at]
		if (e.ledger.Holding(a).Qty > 0) == (e.ledger.Holding(b).Qty > 0) {
			continue
		}
		e.offset(a, b, j)
		*act -= 2
	}
}

// offset pays two opposite positions and closes what they have in common.
func (e *Engine) offset(a, b venue.HoldingID, j *job) {
	e.settleAt(a, j.price)
	e.settleAt(b, j.price)
	qty := min(abs(e.ledger.Holding(a).Qty), abs(e.ledger.Holding(b).Qty))
	if e.ledger.Holding(a).Qty < 0 {
		qty = -qty
	}
	value := venue.Amount(qty) * venue.Amount(j.price) * e.markets.Get(j.inst).TickValue
	e.ledger.Transfer(a, b, qty, value)
	e.interestMoved(&e.markets.Get(j.inst).Terms)
	e.watch.traded(a)
	e.watch.traded(b)
}

func abs(q venue.Qty) venue.Qty { return max(q, -q) }

// settleInstrument takes values of the hourly index, and settles with the last.
func (e *Engine) settleInstrument(c *venue.SettleInstrument) {
	mean, why := e.admitSettle(c)
	if why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	m := e.markets.Get(c.Instrument)
	x := e.tape.InstrumentSettled()
	x.Instrument, x.Known, x.Carried, x.Dropped = c.Instrument, uint32(mean.Known), uint32(mean.Carried), uint32(mean.Dropped)
	e.ending.finals = slices.DeleteFunc(e.ending.finals, func(f final) bool { return f.inst == c.Instrument })
	if told(&mean) < hoursOf(&m.Terms) {
		e.ending.finals = append(e.ending.finals, final{c.Instrument, mean})
		return
	}
	price, ok := mean.Price(m.Terms.Tick)
	assert.That(ok, "no final price after admission")
	x.Final, x.Price = true, price
	e.ending.stages[c.Instrument] = stageSettling
	e.ending.jobs = append(e.ending.jobs, job{inst: c.Instrument, price: price})
}

// admitSettle returns the mean with the values of the command.
func (e *Engine) admitSettle(c *venue.SettleInstrument) (settlement.Mean, venue.Refusal) {
	m := e.markets.Get(c.Instrument)
	switch {
	case m == nil:
		return settlement.Mean{}, venue.Refusal{Reason: venue.UnknownInstrument, Field: venue.FieldInstrument, Limit: int64(e.markets.Count())}
	case m.Terms.Kind != venue.Future && m.Terms.Kind != venue.Capped:
		return settlement.Mean{}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldKind, Limit: int64(venue.Future)}
	case e.ending.stages[c.Instrument] != stageClosed:
		return settlement.Mean{}, venue.Refusal{Reason: venue.NotOpen, Field: venue.FieldWindow, Limit: int64(m.Terms.End)}
	case e.awaits(c.Instrument) != 0:
		return settlement.Mean{}, venue.Refusal{Reason: venue.SettlesToIndex, Field: venue.FieldIndex, Limit: int64(e.awaits(c.Instrument))}
	case c.MaxCarry > maxCarry:
		return settlement.Mean{}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldHour, Limit: maxCarry}
	}
	mean := settlement.Mean{MaxCarry: int(c.MaxCarry)}
	for i := range e.ending.finals {
		if f := &e.ending.finals[i]; f.inst == c.Instrument {
			mean = f.mean
		}
	}
	left := hoursOf(&m.Terms) - told(&mean)
	switch {
	case int64(c.From) != told(&mean):
		return mean, venue.Refusal{Reason: venue.BadField, Field: venue.FieldHour, Limit: told(&mean)}
	case mean.MaxCarry != int(c.MaxCarry):
		return mean, venue.Refusal{Reason: venue.BadField, Field: venue.FieldHour, Limit: int64(mean.MaxCarry)}
	case len(c.Values) == 0 || int64(len(c.Values)) > min(left, venue.MaxSettleValues):
		return mean, venue.Refusal{Reason: venue.BadField, Field: venue.FieldHours, Limit: min(left, venue.MaxSettleValues)}
	}
	for i := range c.Values {
		v := c.Values[i].Value
		if v == venue.NoValue {
			mean.AddMissing()
			continue
		}
		if v > venue.MaxAmount || v < -venue.MaxAmount {
			return mean, venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: int64(venue.MaxAmount)}
		}
		mean.Add(v)
	}
	if low, high := finalRange(&m.Terms); left == int64(len(c.Values)) {
		if price, ok := mean.Price(m.Terms.Tick); !ok || price > high || price < low {
			return mean, venue.Refusal{Reason: venue.PriceOutOfRange, Field: venue.FieldPrice, Limit: int64(high)}
		}
	}
	return mean, venue.Refusal{}
}

// told is how many hours of a mean have come in.
func told(m *settlement.Mean) int64 { return int64(m.Known) + int64(m.Carried) + int64(m.Dropped) }

// hoursOf is how many values of its index a market is settled with: one for each
// hour of its window, and for a capped future one for all of it.
func hoursOf(t *venue.Instrument) int64 {
	if t.Kind == venue.Capped {
		return 1
	}
	return int64((t.End - t.Start) / hourLength)
}

// finalRange returns the lowest and the highest price with which a future may be
// settled.
func finalRange(t *venue.Instrument) (low, high venue.Price) {
	if t.Kind == venue.Capped {
		return t.Low, t.High
	}
	return -maxOver * t.High, maxOver * t.High
}
