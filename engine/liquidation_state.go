package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// append writes the state of liquidations: terms, chain, accounts that are not
// healthy, what waits, the fund, and the deleveraging and the sharing in hand.
func (l *liquidation) append(dst []byte) []byte {
	le := binary.LittleEndian
	t := &l.terms
	for _, v := range [...]int64{
		int64(t.Target), int64(t.Fee), int64(t.Spread), int64(t.Fraction), int64(t.MaxConsumed), int64(t.FullSize),
		int64(t.Cap), int64(t.Window), int64(t.Step),
	} {
		dst = le.AppendUint64(dst, uint64(v))
	}
	dst = le.AppendUint32(dst, l.version)
	dst = le.AppendUint64(dst, l.receipts)
	dst = append(dst, l.last[:]...)
	dst = l.appendStanding(dst)
	dst = le.AppendUint32(dst, uint32(len(l.remarked)))
	for _, r := range l.remarked {
		dst = le.AppendUint16(dst, uint16(r.instrument))
		dst = append(le.AppendUint32(dst, r.left), bit(r.again))
	}
	dst = le.AppendUint32(dst, uint32(len(l.queue.accounts)))
	for _, q := range l.queue.accounts {
		dst = le.AppendUint32(dst, uint32(q.account))
		dst = le.AppendUint64(dst, uint64(q.maintenance))
	}
	dst = le.AppendUint32(dst, uint32(len(l.waiting)))
	for _, w := range l.waiting {
		dst = le.AppendUint32(dst, uint32(w.account))
		dst = le.AppendUint64(dst, uint64(w.at))
	}
	return l.sharing.append(l.job.append(l.fund.append(dst)))
}

// appendStanding writes the accounts that are not healthy or that owe.
func (l *liquidation) appendStanding(dst []byte) []byte {
	at, n := len(dst), uint32(0)
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	for a, s := range l.standing {
		if s.state == 0 && !s.owes {
			continue
		}
		owes := byte(0)
		if s.owes {
			owes = 1
		}
		dst = binary.LittleEndian.AppendUint32(dst, uint32(a))
		dst = append(dst, byte(s.state), owes)
		if s.owes {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(l.since[a]))
		}
		n++
	}
	binary.LittleEndian.PutUint32(dst[at:], n)
	return dst
}

func (f *fund) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint64(f.draws.append(dst), uint64(f.after))
	dst = le.AppendUint16(dst, uint16(f.next))
	at, n := len(dst), uint32(0)
	dst = le.AppendUint32(dst, 0)
	for i, v := range f.reserved {
		if v != 0 {
			dst = le.AppendUint16(dst, uint16(i))
			dst = le.AppendUint64(dst, uint64(v))
			n++
		}
	}
	le.PutUint32(dst[at:], n)
	return dst
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (j *deleveraging) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(j.account))
	if dst = le.AppendUint16(dst, uint16(j.instrument)); j.instrument == 0 {
		return dst
	}
	dst = append(dst, bit(j.long), bit(j.reused))
	dst = le.AppendUint32(dst, j.left)
	dst = le.AppendUint64(le.AppendUint64(dst, uint64(j.from)), uint64(j.marks))
	dst = append(dst, byte(len(j.ranked)))
	for i := range j.ranked {
		c := &j.ranked[i]
		dst = le.AppendUint32(dst, uint32(c.Account))
		for _, v := range [...]int64{int64(c.Qty), int64(c.Cost), int64(c.Notional), int64(c.Equity)} {
			dst = le.AppendUint64(dst, uint64(v))
		}
	}
	return dst
}

// loadLiquidation reads what append wrote, after the ledger was loaded.
func (e *Engine) loadLiquidation(src []byte) ([]byte, error) {
	l, r := &e.liq, newCursor(src)
	t := &l.terms
	*t = venue.LiquidationTerms{
		Target: venue.Rate(r.U64()), Fee: venue.Rate(r.U64()), Spread: venue.Rate(r.U64()), Fraction: venue.Rate(r.U64()),
		MaxConsumed: venue.Rate(r.U64()), FullSize: venue.Qty(r.U64()), Cap: venue.Rate(r.U64()),
		Window: venue.Time(r.U64()), Step: venue.Time(r.U64()),
	}
	l.version, l.receipts = r.U32(), r.U64()
	copy(l.last[:], r.Take(len(l.last)))
	good := !risk.AcceptTerms(t).Refused() && e.loadStanding(r) && e.loadRemarked(r) && e.loadQueues(r) && e.loadFund(r) && e.loadJob(r) && e.loadSharing(r)
	if !good || !r.OK {
		return nil, errState
	}
	return r.Src, nil
}

// trader says whether an account is one that can be liquidated.
func (e *Engine) trader(a venue.AccountID) bool { return e.ledger.Trades(a) }

func (e *Engine) loadStanding(r *cursor) bool {
	last := venue.AccountID(0)
	for range r.U32() {
		a, state, owes := venue.AccountID(r.U32()), venue.AccountState(r.U8()), r.U8()
		if !r.OK || a <= last || !e.trader(a) || owes > 1 || state == venue.StateHealthy ||
			state > venue.StateHaircut || state == 0 && owes == 0 {
			return false
		}
		last = a
		e.liq.standing[a].state = state
		e.liq.unwell += count(state != 0)
		e.owe(a, owes == 1)
		if owes == 1 {
			e.liq.since[a] = venue.Time(r.U64())
		}
		if since := e.liq.since[a]; since < 0 || since > e.now {
			return false
		}
	}
	return true
}

func (e *Engine) loadRemarked(r *cursor) bool {
	for range r.U32() {
		m := remark{instrument: venue.InstrumentID(r.U16()), left: r.U32()}
		again := r.U8()
		m.again = again == 1
		if !r.OK || again > 1 || e.markets.Get(m.instrument) == nil {
			return false
		}
		e.liq.remarked = append(e.liq.remarked, m)
	}
	return true
}

// queueUp marks an account that is in one of the lists; each is in one at most.
func (e *Engine) queueUp(a venue.AccountID) bool {
	if !e.trader(a) || e.liq.standing[a].queued {
		return false
	}
	e.liq.standing[a].queued = true
	return true
}

func (e *Engine) loadQueues(r *cursor) bool {
	l := &e.liq
	for range r.U32() {
		q := queued{venue.AccountID(r.U32()), venue.Amount(r.U64())}
		if !r.OK || !e.queueUp(q.account) {
			return false
		}
		l.queue.accounts = append(l.queue.accounts, q)
	}
	for range r.U32() {
		w := wait{venue.AccountID(r.U32()), venue.Time(r.U64())}
		if !r.OK || !e.queueUp(w.account) {
			return false
		}
		l.waiting = append(l.waiting, w)
	}
	return true
}

func (e *Engine) loadFund(r *cursor) bool {
	f := &e.liq.fund
	good := f.draws.load(r)
	f.after, f.next = venue.Time(r.U64()), venue.InstrumentID(r.U16())
	last := venue.InstrumentID(0)
	for range r.U32() {
		i, v := venue.InstrumentID(r.U16()), venue.Amount(r.U64())
		if !r.OK || i <= last || e.markets.Get(i) == nil || v <= 0 || v > venue.MaxAmount-f.total {
			return false
		}
		last = i
		f.reserved[i] = v
		f.total += v
	}
	return good
}

func (e *Engine) loadJob(r *cursor) bool {
	j := &e.liq.job
	j.account, j.instrument = venue.AccountID(r.U32()), venue.InstrumentID(r.U16())
	if j.instrument == 0 {
		return r.OK && j.account == 0
	}
	long, reused := r.U8(), r.U8()
	j.long, j.reused = long == 1, reused == 1
	j.left, j.from, j.marks = r.U32(), venue.Time(r.U64()), venue.Price(r.U64())
	n := int(r.U8())
	if !r.OK || long > 1 || reused > 1 || n > maxRanked || j.from < 0 || j.from > e.now || e.markets.Get(j.instrument) == nil ||
		j.account != 0 && j.account != venue.Insurance && !e.queueUp(j.account) {
		return false
	}
	for range n {
		c := risk.Candidate{
			Account: venue.AccountID(r.U32()), Qty: venue.Qty(r.U64()), Cost: venue.Amount(r.U64()),
			Notional: venue.Amount(r.U64()), Equity: venue.Amount(r.U64()),
		}
		if !r.OK || !e.trader(c.Account) || c.Qty == 0 || (c.Qty > 0) == j.long || c.Notional < 0 || c.Notional > venue.MaxAmount {
			return false
		}
		j.ranked = append(j.ranked, c)
	}
	risk.Score(j.ranked)
	return true
}
