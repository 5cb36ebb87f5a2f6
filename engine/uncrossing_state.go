package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// append writes what is kept of auctions:
//
//	noted u32 { instrument u16 }, tell i64 if there are any
//	uncrossings u16 { instrument u16, price i64, left i64, next u8
//	  trims u32 { holding u32 }
//	  cuts u32 { holding u32, side u8, session u32, set u16, reason u8 } }
func (c *call) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(len(c.noted)))
	for _, inst := range c.noted {
		dst = le.AppendUint16(dst, uint16(inst))
	}
	if len(c.noted) > 0 {
		dst = le.AppendUint64(dst, uint64(c.tell))
	}
	dst = le.AppendUint16(dst, uint16(len(c.uncrossings)))
	for i := range c.uncrossings {
		u := &c.uncrossings[i]
		dst = le.AppendUint16(dst, uint16(u.inst))
		dst = le.AppendUint64(dst, uint64(u.price))
		dst = le.AppendUint64(dst, uint64(u.left))
		dst = append(dst, byte(u.next))
		dst = le.AppendUint32(dst, uint32(len(u.trims)))
		for _, h := range u.trims {
			dst = le.AppendUint32(dst, uint32(h))
		}
		dst = le.AppendUint32(dst, uint32(len(u.cuts)))
		for _, x := range u.cuts {
			dst = le.AppendUint32(dst, uint32(x.holding))
			dst = append(dst, byte(x.side))
			dst = le.AppendUint32(dst, uint32(x.session))
			dst = le.AppendUint16(dst, uint16(x.set))
			dst = append(dst, byte(x.why))
		}
	}
	return dst
}

// loadCall reads what append wrote; markets, holdings and quotes are there.
func (e *Engine) loadCall(src []byte) ([]byte, error) {
	r := newCursor(src)
	for range r.U32() {
		inst := venue.InstrumentID(r.U16())
		if !r.OK || e.markets.Get(inst) == nil || e.markets.Session(inst).Noted {
			return nil, errState
		}
		e.markets.Session(inst).Noted = true
		e.call.noted = append(e.call.noted, inst)
	}
	if len(e.call.noted) > 0 {
		e.call.tell = venue.Time(r.U64())
	}
	for range r.U16() {
		if !e.loadUncrossing(r) {
			return nil, errState
		}
	}
	if !r.OK {
		return nil, errState
	}
	return r.Src, nil
}

func (e *Engine) loadUncrossing(r *cursor) bool {
	u := e.call.begin()
	u.inst, u.price, u.left = venue.InstrumentID(r.U16()), venue.Price(r.U64()), venue.Qty(r.U64())
	u.next = venue.Phase(r.U8())
	m := e.markets.Get(u.inst)
	if !r.OK || m == nil || m.Uncrossing || !m.Phase.Collecting() || u.left < 0 || !u.next.Valid() || u.price < m.Terms.Low || u.price > m.Terms.High {
		return false
	}
	e.markets.SetUncrossing(u.inst, true)
	for range r.U32() {
		h := venue.HoldingID(r.U32())
		if !r.OK || !e.holds(h, u.inst) {
			return false
		}
		u.trims = append(u.trims, h)
	}
	for range r.U32() {
		x := lateCut{venue.HoldingID(r.U32()), venue.Side(r.U8()), venue.SessionID(r.U32()), venue.QuoteSet(r.U16()), venue.Reason(r.U8())}
		if !r.OK || !e.holds(x.holding, u.inst) || x.side > venue.Sell {
			return false
		}
		u.cuts = append(u.cuts, x)
	}
	return true
}

// holds says whether a number is that of a holding in a market.
func (e *Engine) holds(h venue.HoldingID, inst venue.InstrumentID) bool {
	return h != 0 && h <= e.ledger.Holdings() && e.ledger.Holding(h).Instrument == inst
}
