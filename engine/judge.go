package engine

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// judgeTouched judges all accounts that the envelope touched so far.
func (e *Engine) judgeTouched() {
	for i := range e.watch.holdings {
		x := e.ledger.Holding(e.watch.holdings[i].holding)
		if x.Account == venue.Insurance && x.Qty == 0 {
			e.liq.fund.release(x.Instrument)
		}
		e.judge(x.Account)
	}
	for _, a := range e.watch.accounts {
		e.judge(a)
	}
}

// reassess judges a part of the accounts whose marks moved.
func (e *Engine) reassess() {
	l := &e.liq
	for budget := maxJudged; budget > 0 && len(l.remarked) > 0; {
		r := &l.remarked[0]
		list := e.ledger.Holders(r.instrument)
		if r.left = min(r.left, uint32(len(list))); r.left == 0 && r.again && len(list) > 0 {
			r.left, r.again = uint32(len(list)), false
		}
		if r.left == 0 {
			l.remarked = l.remarked[:copy(l.remarked, l.remarked[1:])]
			continue
		}
		r.left--
		budget--
		e.judge(e.ledger.Holding(list[r.left]).Account)
	}
}

// judge finds the state of an account and queues it when it is to be liquidated.
// While a mark that values it is stale, its state stays what it is (R-STALE).
func (e *Engine) judge(a venue.AccountID) {
	if a < venue.FirstAccount {
		return
	}
	s := &e.liq.standing[a]
	if *s == (standing{}) && e.risk.Covered(a, e.marks()) && !e.risk.Indebted(a) {
		return
	}
	st := e.risk.Status(a, e.marks())
	e.owe(a, st.Equity() < 0)
	if !e.risk.Fresh(a, e.marks()) {
		return
	}
	if st.Strained() {
		e.cancelBuys(a)
	}
	state := risk.StateOf(st.Equity(), st.Initial, st.Maintenance)
	if state != risk.Liquidating || s.state < venue.StateLiquidating {
		e.become(a, venue.AccountState(state), &st)
	}
	if !s.queued && (state == risk.Liquidating || st.Owed() > 0 && (s.owes || st.Collateral > 0) || st.Exposed()) {
		s.queued = true
		e.liq.queue.push(a, st.Maintenance)
	}
}

// owe counts the accounts that owe more than they have.
func (e *Engine) owe(a venue.AccountID, owes bool) {
	s := &e.liq.standing[a]
	if s.owes == owes {
		return
	}
	s.owes = owes
	e.liq.since[a] = 0
	if owes {
		e.liq.owing++
	} else {
		e.liq.owing--
	}
}

// become moves an account to another state and tells.
func (e *Engine) become(a venue.AccountID, state venue.AccountState, st *risk.Status) {
	s := &e.liq.standing[a]
	if max(s.state, venue.StateHealthy) == state {
		return
	}
	if state <= venue.StateLiquidating { // The others are what a step did, with receipts of its own.
		e.receipt(venue.RuleTrigger, a, 0, venue.PackInputs(
			int64(st.Cash), int64(st.Unrealised), int64(st.Initial), int64(st.Maintenance), int64(st.Collateral)))
	}
	e.liq.unwell += count(state != venue.StateHealthy) - count(s.state != 0)
	s.state = state
	if state == venue.StateHealthy {
		s.state = 0
	}
	e.tellState(a, state, st)
}

func (e *Engine) tellState(a venue.AccountID, state venue.AccountState, st *risk.Status) {
	x := e.tape.AccountStateChanged()
	x.Account, x.State = a, state
	x.Cash, x.Unrealised, x.Initial, x.Maintenance = st.Cash, st.Unrealised, st.Initial, st.Maintenance
	x.Collateral = st.Collateral
}

// count is 1 for true.
func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
