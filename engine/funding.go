package engine

import (
	"encoding/binary"
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// paying is a funding period that is being paid. Everybody pays for the position
// at its end: who trades before it is his turn pays first (payFirst).
type paying struct {
	instrument venue.InstrumentID // 0 while nothing is paid.
	period     markets.FundingPeriod
	left       []venue.HoldingID // Positions not yet paid for, rising.
	positions  uint32
	residue    venue.Amount
}

// payFunding goes on with the payments of a period, or ends one that is over, for
// a bounded number of positions; the others follow with the next Ticks, which are
// due at once. Payments of one period are made before another one is closed.
func (e *Engine) payFunding() {
	p := &e.paying
	for budget := e.limits.PaidPerTick; budget > 0; {
		if p.instrument == 0 && !e.closeFunding() {
			return
		}
		for ; budget > 0 && len(p.left) > 0; budget-- {
			last := len(p.left) - 1
			h := p.left[last]
			p.left = p.left[:last]
			e.payOne(h)
		}
		if len(p.left) == 0 {
			e.settleFunding()
			budget--
		}
	}
}

// closeFunding ends a funding period that is over and says whether there is one.
func (e *Engine) closeFunding() bool {
	id, period, ok := e.markets.CloseFunding(e.now)
	if !ok {
		return false
	}
	p := &e.paying
	p.instrument, p.period, p.positions, p.residue = id, period, 0, 0
	e.closed(id, &period)
	if !period.Idle() {
		p.left = append(p.left[:0], e.ledger.Holders(id)...)
		slices.Sort(p.left)
	}
	return true
}

// settleFunding says that everybody has paid.
func (e *Engine) settleFunding() {
	p := &e.paying
	assert.That(p.residue >= 0 && p.residue <= venue.Amount(p.positions), "residue of funding out of range")
	x := e.tape.FundingSettled()
	x.Instrument, x.Positions, x.Residue = p.instrument, p.positions, p.residue
	p.instrument, p.left = 0, p.left[:0]
}

// payFirst pays for a position that is about to change, if it has not paid yet.
func (e *Engine) payFirst(h venue.HoldingID) {
	p := &e.paying
	if p.instrument == 0 { // As almost always.
		return
	}
	if i, ok := slices.BinarySearch(p.left, h); ok {
		p.left = slices.Delete(p.left, i, i+1)
		e.payOne(h)
	}
}

// payOne books what a position pays or receives (FUN-01, FUN-02). Payments pass through
// venue.Residue, where the roundings stay (R-ROUND).
func (e *Engine) payOne(h venue.HoldingID) {
	p, x := &e.paying, e.ledger.Holding(h)
	pays, ok := markets.FundingAmount(p.period.Pays(x.Qty, e.markets.Get(p.instrument).Terms.Hours))
	assert.That(ok && x.Instrument == p.instrument, "funding of a position out of range")
	p.residue += pays
	p.positions++
	if pays == 0 {
		return
	}
	if pays > 0 {
		e.ledger.Pay(x.Account, venue.Residue, pays)
	} else {
		e.ledger.Pay(venue.Residue, x.Account, -pays)
	}
	f := e.tape.FundingPaid()
	f.Account, f.Instrument, f.Qty, f.Amount = x.Account, p.instrument, x.Qty, pays
	e.watch.money(x.Account)
}

// append writes what is being paid: instrument, and when there is one the
// period, positions, residue, and who is left.
func (p *paying) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint16(dst, uint16(p.instrument))
	if p.instrument == 0 {
		return dst
	}
	dst = p.period.AppendState(dst)
	dst = le.AppendUint32(dst, p.positions)
	dst = le.AppendUint64(dst, uint64(p.residue))
	dst = le.AppendUint32(dst, uint32(len(p.left)))
	for _, h := range p.left {
		dst = le.AppendUint32(dst, uint32(h))
	}
	return dst
}

// loadPaying reads what append wrote, when markets and ledger are loaded.
func (e *Engine) loadPaying(src []byte) ([]byte, error) {
	r, p := newCursor(src), &e.paying
	p.instrument = venue.InstrumentID(r.U16())
	if !r.OK || p.instrument == 0 {
		return r.end()
	}
	rest, err := p.period.LoadState(r.Src)
	if err != nil || e.markets.Get(p.instrument) == nil {
		return nil, errState
	}
	r.Src = rest
	p.positions, p.residue = r.U32(), venue.Amount(r.U64())
	before := venue.HoldingID(0)
	for n := r.U32(); n > 0 && r.OK; n-- {
		h := venue.HoldingID(r.U32())
		if h <= before || h > e.ledger.Holdings() || e.ledger.Holding(h).Instrument != p.instrument {
			return nil, errState
		}
		p.left = append(p.left, h)
		before = h
	}
	return r.end()
}

// end returns what follows.
func (r *cursor) end() ([]byte, error) {
	if !r.OK {
		return nil, errState
	}
	return r.Src, nil
}
