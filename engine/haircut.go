package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of one sharing of debts.
const (
	// maxDebtors is the number of accounts whose debts are shared at once.
	maxDebtors = 256
	// maxGains is the number of accounts whose gains pay: those with the largest.
	maxGains = 256
)

// sharing is the end of the waterfall (LIQ-06): what accounts without positions
// owe, and neither they nor the fund can pay, is given by those who gain. Accounts
// are looked at a part at a time, for all debts that have come until the last one
// was; what they can give then is what they have in the envelope in which they do.
type sharing struct {
	debtors []venue.AccountID // In the order in which they came.
	next    venue.AccountID   // To be looked at next, while there are debtors.
	ranked  []risk.Gain       // The largest gains so far.

	cutter risk.Cutter
	gains  []venue.Amount
}

func newSharing() sharing {
	return sharing{
		debtors: make([]venue.AccountID, 0, maxDebtors), ranked: make([]risk.Gain, 0, maxGains),
		cutter: risk.NewCutter(maxGains), gains: make([]venue.Amount, 0, maxGains),
	}
}

// debt returns what the rule about the debt of an account reads, and what gains
// have to pay of it now.
func (e *Engine) debt(a venue.AccountID) (venue.Inputs, venue.Amount) {
	st := e.risk.Status(a, e.marks())
	in := venue.PackInputs(int64(st.Cash), int64(st.Unrealised), int64(st.Maintenance), int64(e.freeOfFund()),
		int64(e.liq.since[a]), int64(e.now), int64(e.liq.terms.Window))
	got := risk.Derive(venue.RuleDebt, nil, &in)
	return in, venue.Amount(got.At(0))
}

// askGains lets gains pay what the fund left of a debt, if it is time, and says
// whether it is.
func (e *Engine) askGains(a venue.AccountID) bool {
	s := &e.liq.sharing
	if len(s.debtors) == maxDebtors {
		return false
	}
	if _, owed := e.debt(a); owed == 0 {
		return false
	}
	if len(s.debtors) == 0 {
		s.next, s.ranked = venue.FirstAccount, s.ranked[:0]
	}
	s.debtors = append(s.debtors, a)
	e.liq.standing[a].queued = true
	return true
}

// share goes on looking for gains, and lets them pay when all accounts were seen.
// It waits while the daily settlement turns gains into cash.
func (e *Engine) share() {
	s := &e.liq.sharing
	if len(s.debtors) == 0 || e.variation.inst != 0 {
		return
	}
	for range maxScanned {
		if !e.ledger.Trades(s.next) {
			e.shareOut()
			return
		}
		if g, ok := e.gain(s.next); ok {
			s.ranked = risk.InsertGain(s.ranked, g)
		}
		s.next++
	}
}

// gain returns what an account can give, if it can give anything and all its marks
// are fresh.
func (e *Engine) gain(a venue.AccountID) (risk.Gain, bool) {
	if e.ledger.Account(a).Margined == 0 {
		return risk.Gain{}, false
	}
	st := e.risk.Status(a, e.marks())
	g := risk.Gain{Account: a, Amount: st.Gain()}
	return g, g.Amount > 0 && e.risk.Fresh(a, e.marks())
}

// shareOut lets the gains found pay the debts, both as they are now. What the
// gains do not cover is asked for again after a step.
func (e *Engine) shareOut() {
	s := &e.liq.sharing
	e.liq.worked = true
	owed := e.owedNow()
	gained := e.gainsNow()
	taken := min(owed, gained)
	if taken > 0 {
		for _, a := range s.debtors {
			in, _ := e.debt(a)
			e.receipt(venue.RuleDebt, a, 0, in)
		}
		e.cutGains(gained-taken, gained)
	}
	e.payDebts(taken)
	s.debtors, s.ranked, s.next = s.debtors[:0], s.ranked[:0], 0
}

// owedNow drops the debtors who need nothing of the gains any more, and returns
// what the others owe.
func (e *Engine) owedNow() (sum venue.Amount) {
	s, n := &e.liq.sharing, 0
	for _, a := range s.debtors {
		switch _, owed := e.debt(a); {
		case owed == 0:
			e.liq.standing[a].queued = false
			e.judge(a)
		case owed > venue.MaxAmount-sum:
			e.wait(a)
		default:
			sum += owed
			s.debtors[n] = a
			n++
		}
	}
	s.debtors = s.debtors[:n]
	return sum
}

// gainsNow drops the accounts that cannot give any more, brings the others into
// the order of their ids, and returns what they can give.
func (e *Engine) gainsNow() (sum venue.Amount) {
	s, n := &e.liq.sharing, 0
	s.gains = s.gains[:0]
	risk.SortGains(s.ranked)
	for _, was := range s.ranked {
		if g, ok := e.gain(was.Account); ok && g.Amount <= venue.MaxAmount-sum {
			sum += g.Amount
			s.ranked[n] = g
			s.gains = append(s.gains, g.Amount)
			n++
		}
	}
	s.ranked = s.ranked[:n]
	return sum
}

// cutGains takes from each gain what it does not keep of its share.
func (e *Engine) cutGains(keep, gained venue.Amount) {
	s := &e.liq.sharing
	for n, paid := range s.cutter.Haircut(s.gains, keep) {
		g := s.ranked[n]
		st := e.risk.Status(g.Account, e.marks())
		floor := risk.FloorOf(g.Amount, keep, gained)
		got := e.receipt(venue.RuleGain, g.Account, 0, venue.PackInputs(
			int64(st.Unrealised), int64(st.Cash), int64(st.Held+st.Committed), int64(st.Maintenance),
			int64(keep), int64(gained), int64(paid-floor), int64(n), int64(len(s.ranked)), int64(st.Collateral)))
		if gives := venue.Amount(got.At(2)); gives > 0 {
			e.giveGain(g.Account, gives)
		}
	}
}

// giveGain takes an amount off what the positions of an account have gained, and keeps
// it aside. A gain that was given is none any more: it cannot be asked for twice.
func (e *Engine) giveGain(a venue.AccountID, amount venue.Amount) {
	left := amount
	for h := e.ledger.Account(a).Margined; h != 0 && left > 0; h = e.ledger.Holding(h).NextMargined {
		x := e.ledger.Holding(h)
		part := min(left, x.Unrealised)
		if part <= 0 {
			continue
		}
		left -= part
		e.ledger.Realise(h, part)
		e.watch.traded(h)
		c := e.tape.GainsHaircut()
		c.Account, c.Instrument, c.Amount = a, x.Instrument, part
	}
	assert.That(left == 0, "gave more than the positions gained")
	e.ledger.Pay(a, venue.Residue, amount)
}

// payDebts pays what gains gave, the first debt first.
func (e *Engine) payDebts(left venue.Amount) {
	for _, a := range e.liq.sharing.debtors {
		e.liq.standing[a].queued = false
		_, owed := e.debt(a)
		if part := min(owed, left); part > 0 {
			left -= part
			st := e.risk.Status(a, e.marks())
			e.become(a, venue.StateHaircut, &st)
			e.ledger.Pay(venue.Residue, a, part)
			e.debtPaid(a, venue.Residue, part)
			owed -= part
		}
		if owed > 0 {
			e.wait(a)
		} else {
			e.judge(a)
		}
	}
	assert.That(left == 0, "gains gave more than was owed")
}

// debtPaid tells of a debt that was paid.
func (e *Engine) debtPaid(a, from venue.AccountID, amount venue.Amount) {
	x := e.tape.DebtPaid()
	x.Account, x.From, x.Amount = a, from, amount
	e.watch.money(a)
}

// append writes the debtors after their number and, when there are any, the
// account that comes next and the gains found.
func (s *sharing) append(dst []byte) []byte {
	le := binary.LittleEndian
	if dst = le.AppendUint16(dst, uint16(len(s.debtors))); len(s.debtors) == 0 {
		return dst
	}
	for _, a := range s.debtors {
		dst = le.AppendUint32(dst, uint32(a))
	}
	dst = le.AppendUint32(dst, uint32(s.next))
	dst = le.AppendUint16(dst, uint16(len(s.ranked)))
	for _, g := range s.ranked {
		dst = le.AppendUint64(le.AppendUint32(dst, uint32(g.Account)), uint64(g.Amount))
	}
	return dst
}

func (e *Engine) loadSharing(r *cursor) bool {
	s := &e.liq.sharing
	n := int(r.U16())
	if !r.OK || n > maxDebtors {
		return false
	}
	if n == 0 {
		return true
	}
	for range n {
		a := venue.AccountID(r.U32())
		if !r.OK || !e.queueUp(a) {
			return false
		}
		s.debtors = append(s.debtors, a)
	}
	s.next = venue.AccountID(r.U32())
	n = int(r.U16())
	if !r.OK || n > maxGains || s.next < venue.FirstAccount || s.next > e.ledger.NextAccount() {
		return false
	}
	for i := range n {
		g := risk.Gain{Account: venue.AccountID(r.U32()), Amount: venue.Amount(r.U64())}
		if !r.OK || !e.trader(g.Account) || g.Account >= s.next || g.Amount <= 0 || i > 0 && !risk.GainBefore(s.ranked[i-1], g) {
			return false
		}
		s.ranked = append(s.ranked, g)
	}
	return true
}
