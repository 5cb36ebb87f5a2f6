package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// append writes what makers quote, makers without quotes and limits left out:
//
//	makers u32 { account u32
//	  quotes u32 { instrument u16, set u16, sides 2 { order u64, session u32 } }
//	  guards u16 { set u16, limits 4 i64, fills } }
//	hits u32 { account u32, set u16 }
func (q *quoting) append(dst []byte) []byte {
	le := binary.LittleEndian
	at, n := len(dst), uint32(0)
	dst = le.AppendUint32(dst, 0)
	for a := range q.makers {
		if m := &q.makers[a]; len(m.quotes)+len(m.guards) > 0 {
			dst = m.append(le.AppendUint32(dst, uint32(a)))
			n++
		}
	}
	le.PutUint32(dst[at:], n)
	dst = le.AppendUint32(dst, uint32(len(q.hits)))
	for _, h := range q.hits {
		dst = le.AppendUint32(dst, uint32(h.account))
		dst = le.AppendUint16(dst, uint16(h.set))
	}
	return dst
}

func (m *maker) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(len(m.quotes)))
	for i := range m.quotes {
		x := &m.quotes[i]
		dst = le.AppendUint16(dst, uint16(x.instrument))
		dst = le.AppendUint16(dst, uint16(x.set))
		for _, s := range x.sides {
			dst = le.AppendUint64(dst, uint64(s.order))
			dst = le.AppendUint32(dst, uint32(s.session))
		}
	}
	dst = le.AppendUint16(dst, uint16(len(m.guards)))
	for i := range m.guards {
		g := &m.guards[i]
		l := g.fills.Limits()
		dst = le.AppendUint16(dst, uint16(g.set))
		for _, v := range [...]int64{int64(l.Window), int64(l.Frozen), int64(l.Qty), int64(l.Delta)} {
			dst = le.AppendUint64(dst, uint64(v))
		}
		dst = g.fills.AppendState(dst)
	}
	return dst
}

// loadQuotes reads what append wrote; accounts and instruments are there.
func (e *Engine) loadQuotes(src []byte) ([]byte, error) {
	r := newCursor(src)
	last := venue.AccountID(0)
	for range r.U32() {
		a := venue.AccountID(r.U32())
		if !r.OK || a <= last || !e.ledger.Trades(a) || !e.loadMaker(r, e.quoting.maker(a)) {
			return nil, errState
		}
		last = a
	}
	for range r.U32() {
		h := hit{venue.AccountID(r.U32()), venue.QuoteSet(r.U16())}
		if !r.OK || int(h.account) >= len(e.quoting.makers) {
			return nil, errState
		}
		e.quoting.hits = append(e.quoting.hits, h)
	}
	if !r.OK {
		return nil, errState
	}
	return r.Src, nil
}

func (e *Engine) loadMaker(r *cursor, m *maker) bool {
	for range r.U32() {
		x := quote{instrument: venue.InstrumentID(r.U16()), set: venue.QuoteSet(r.U16())}
		for k := range x.sides {
			x.sides[k] = quoteOrder{venue.OrderID(r.U64()), venue.SessionID(r.U32())}
		}
		at, known := m.find(x.instrument, x.set)
		if !r.OK || known || at != len(m.quotes) || x.set == 0 || e.markets.Get(x.instrument) == nil {
			return false
		}
		m.quotes = append(m.quotes, x)
	}
	n := r.U16()
	if n > maxGuards {
		return false
	}
	last := venue.QuoteSet(0)
	for range n {
		c := venue.SetQuoteProtection{Set: venue.QuoteSet(r.U16()), Limits: venue.QuoteLimits{
			Window: venue.Time(r.U64()), Frozen: venue.Time(r.U64()), Qty: venue.Qty(r.U64()), Delta: venue.Qty(r.U64()),
		}}
		if !r.OK || c.Set <= last || c.Limits == (venue.QuoteLimits{}) || checkQuoteLimits(&c).Refused() {
			return false
		}
		g := guard{c.Set, markets.NewQuotes(c.Limits, guardMemory)}
		rest, ok := g.fills.LoadState(r.Src)
		if !ok {
			return false
		}
		r.Src, last = rest, c.Set
		m.guards = append(m.guards, g)
	}
	e.quoting.guards += int(n)
	return r.OK && e.quoting.guards <= maxGuardsInAll
}
