package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/settlement"
	"github.com/clearhour/clearhour/venue"
)

// maxVaried bounds the positions that one Tick settles. The others follow with
// the next Ticks.
const maxVaried = 256

// dayLength is the number of Time units in a day.
const dayLength = 24 * 3600 * venue.Second

// variation is the daily settlement of futures: at the first Tick of a day of UTC
// every position is paid its result at the mark, instrument by instrument
// (SET-01).
//
//	day      the last day that has begun; 0 until a future is listed
//	inst     whose turn it is, 0 when all are done
//	price    its mark when its turn came
//	left     its holders at places below are still to be visited
//	done     by holding: the round in which it was settled last
//
// A turn may take several Ticks. A holder who trades before it is visited is
// settled first, so that the payments of a turn are those of the positions at its
// start, at one price, and sum to what trades since the last turn have realised,
// with the other sign. Nothing is rounded: the mark is a whole tick.
type variation struct {
	day   int64
	inst  venue.InstrumentID
	price venue.Price
	left  uint32
	round uint32
	done  []uint32
}

// vary goes on with the settlement of the day, or begins it.
func (e *Engine) vary() {
	v := &e.variation
	if v.inst == 0 {
		today := int64(e.now / dayLength)
		if v.day == 0 || today <= v.day {
			return
		}
		v.day = today
		e.turn(1)
	}
	for budget := maxVaried; v.inst != 0 && budget > 0; {
		budget -= e.varySome(budget)
		if v.left == 0 {
			e.turn(v.inst + 1)
		}
	}
}

// turn gives the turn to the next future from an id on that has positions and a
// mark that is not stale: a stale one pays nobody (R-STALE), the next day does.
func (e *Engine) turn(from venue.InstrumentID) {
	v := &e.variation
	if v.done == nil {
		v.done = make([]uint32, e.limits.Holdings+1)
	}
	v.round++
	v.inst, v.price, v.left = 0, 0, 0
	for id := from; id <= e.markets.Count(); id++ {
		mark, holders := e.markets.Mark(id), len(e.ledger.Holders(id))
		if e.markets.Get(id).Terms.Kind != venue.Future || holders == 0 || mark.Version == 0 || mark.Stale {
			continue
		}
		v.inst, v.price, v.left = id, mark.Price, uint32(holders)
		return
	}
}

// varySome visits up to most holders, the last one first, and returns how many.
func (e *Engine) varySome(most int) (visited int) {
	v := &e.variation
	for visited < most && v.left > 0 {
		v.left--
		visited++
		if list := e.ledger.Holders(v.inst); int(v.left) < len(list) { // Positions may have been closed since.
			e.varyOne(list[v.left])
		}
	}
	return visited
}

// varyFirst settles a holding of the instrument whose turn it is before it trades.
func (e *Engine) varyFirst(h venue.HoldingID) {
	if e.variation.inst == e.ledger.Holding(h).Instrument {
		e.varyOne(h)
	}
}

// varyOne settles a holding once per turn.
func (e *Engine) varyOne(h venue.HoldingID) {
	v := &e.variation
	if v.done[h] == v.round {
		return
	}
	v.done[h] = v.round
	e.settleAt(h, v.price)
}

// settleAt pays a position its result at a price.
func (e *Engine) settleAt(h venue.HoldingID, p venue.Price) {
	x := e.ledger.Holding(h)
	at := settlement.Position{Qty: x.Qty, Cost: x.Cost}
	amount, ok := at.Variation(settlement.Ticks(p), e.markets.Get(x.Instrument).TickValue)
	assert.That(ok, "variation out of range")
	if amount == 0 {
		return
	}
	e.ledger.Realise(h, amount)
	if x.Account == venue.Insurance {
		e.fundLost(x.Instrument, -amount)
	}
	e.watch.traded(h)
	paid := e.tape.VariationPaid()
	paid.Account, paid.Instrument, paid.Qty, paid.Price, paid.Amount = x.Account, x.Instrument, x.Qty, p, amount
}

// varyFrom makes the day of the first future the first one.
func (e *Engine) varyFrom(kind venue.Kind) {
	if kind == venue.Future && e.variation.day == 0 {
		e.variation.day = int64(e.now / dayLength)
	}
}

// variationDue returns when there is something to settle, and whether there is.
func (e *Engine) variationDue() (venue.Time, bool) {
	v := &e.variation
	if v.inst != 0 {
		return e.now, true
	}
	return venue.Time(v.day+1) * dayLength, v.day != 0 && e.ledger.Positions() != 0
}

// appendVariation appends the day and whose turn it is, then, in a turn, its
// price, the holders left and the holdings that were settled in it after their
// number.
func (e *Engine) appendVariation(dst []byte) []byte {
	le, v := binary.LittleEndian, &e.variation
	dst = le.AppendUint64(dst, uint64(v.day))
	dst = le.AppendUint16(dst, uint16(v.inst))
	if v.inst == 0 {
		return dst
	}
	dst = le.AppendUint64(dst, uint64(v.price))
	dst = le.AppendUint32(dst, v.left)
	at, n := len(dst), uint32(0)
	dst = le.AppendUint32(dst, 0)
	for _, h := range e.ledger.Holders(v.inst) {
		if v.done[h] == v.round {
			dst = le.AppendUint32(dst, uint32(h))
			n++
		}
	}
	le.PutUint32(dst[at:], n)
	return dst
}

// loadVariation reads what appendVariation wrote, after the ledger.
func (e *Engine) loadVariation(src []byte) ([]byte, error) {
	r, v := newCursor(src), &e.variation
	v.day, v.inst = int64(r.U64()), venue.InstrumentID(r.U16())
	if !r.OK || v.day < 0 || v.day > int64(e.now/dayLength) || v.inst > e.markets.Count() {
		return nil, errState
	}
	if v.inst == 0 {
		return r.Src, nil
	}
	m := e.markets.Get(v.inst)
	v.price, v.left = venue.Price(r.U64()), r.U32()
	if !r.OK || v.day == 0 || m.Terms.Kind != venue.Future || v.price < m.Terms.Low || v.price > m.Terms.High || v.left == 0 || v.left > e.limits.Holdings {
		return nil, errState
	}
	v.round, v.done = 1, make([]uint32, e.limits.Holdings+1)
	settled, at := r.U32(), 0
	list := e.ledger.Holders(v.inst)
	for range settled {
		h := venue.HoldingID(r.U32())
		for at < len(list) && list[at] != h {
			at++
		}
		if !r.OK || at == len(list) {
			return nil, errState
		}
		v.done[h] = 1
		at++
	}
	if !r.OK {
		return nil, errState
	}
	return r.Src, nil
}
