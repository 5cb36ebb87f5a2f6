package engine

import (
	"github.com/clearhour/clearhour/changes"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// maxEffected bounds the changes that one envelope makes or lets lapse; the others
// are due at once.
const maxEffected = 4

// performing is the change that is being made: a handler that refuses it says so
// here and not on the tape.
type performing struct {
	on      bool
	refusal venue.Refusal
}

func (e *Engine) proposeChange(c *venue.ProposeChange) {
	inner, why := e.changes.Check(c, e.now)
	if !why.Refused() {
		why = e.checkChange(inner)
	}
	if why.Refused() {
		e.rejectCommand(c, 0, c.Change, why)
		return
	}
	e.tellProposed(e.changes.Add(c, inner, e.now))
}

func (e *Engine) tellProposed(p *changes.Pending) {
	x, c := e.tape.ChangeProposed(), &p.Proposal
	x.Operator, x.Change, x.Reason, x.Effective, x.Digest = c.Operator, c.Change, c.Reason, c.Effective, p.Digest
	x.Content = c.Content // Never written again.
	if p.Approver == 0 {
		x.Lapses = p.At
	}
}

// checkChange says whether a change could be made now: that what it names is
// there, and that it moves nothing further than one change may (ADM-07). What the
// handler finds beyond that it says when the change takes effect.
func (e *Engine) checkChange(c venue.Command) venue.Refusal {
	inst := changes.Instrument(c)
	m := e.markets.Get(inst)
	if m != nil && m.Over {
		return m.Ended()
	}
	switch c := any(c).(type) { // The others are judged by their handlers alone.
	case *venue.SetPhase, *venue.SetProtections, *venue.SetSchedule, *venue.SettleInstrument:
		if m == nil {
			return e.unlisted()
		}
	case *venue.SetMark:
		if m == nil {
			return e.unlisted()
		}
		if k := e.markets.Mark(inst); k.Version != 0 {
			return changes.CheckMark(k.Price, c.Price)
		}
	case *venue.SetTerms:
		if why := e.markets.CheckTerms(c); why.Refused() {
			return why
		}
		return e.checkMoved(&m.Terms, c)
	case *venue.SetReference:
		return e.checkReference(c)
	case *venue.SetLiquidation:
		if why := risk.AcceptTerms(&c.Terms); why.Refused() {
			return why
		}
		return changes.CheckLiquidation(&e.liq.terms, &c.Terms)
	case *venue.SetCollateral:
		if why := e.admitCollateral(c); why.Refused() {
			return why
		}
		if p := e.risk.Pledge(c.Asset); p != nil {
			return changes.CheckCollateral(p.Price, p.Rate, c)
		}
	case *venue.SetOperator:
		return e.changes.CheckEnrol(c.Operator, c.Enrolled)
	}
	return venue.Refusal{}
}

// checkMoved refuses terms that move further than one change may, at the open
// interest of now.
func (e *Engine) checkMoved(from *venue.Instrument, to *venue.SetTerms) venue.Refusal {
	open := e.ledger.Interest(from.ID)
	now, next := venue.TermsThatChange(from), *to
	now.Brackets = risk.GrownBrackets(now.Brackets, now.Interest, open)
	next.Brackets = risk.GrownBrackets(next.Brackets, next.Interest, open)
	return changes.CheckTerms(&now, &next)
}

func (e *Engine) unlisted() venue.Refusal {
	return venue.Refusal{Reason: venue.UnknownInstrument, Field: venue.FieldInstrument, Limit: int64(e.markets.Count())}
}

func (e *Engine) approveChange(c *venue.ApproveChange) {
	p, why := e.changes.Approve(c, e.now)
	if why.Refused() {
		e.rejectCommand(c, 0, c.Change, why)
		return
	}
	e.tellApproved(p)
	e.takeEffect() // What needs no notice waits for nothing.
}

func (e *Engine) tellApproved(p *changes.Pending) {
	x := e.tape.ChangeApproved()
	x.Operator, x.Change, x.Effective = p.Approver, p.Proposal.Change, p.At
}

func (e *Engine) cancelChange(c *venue.CancelChange) {
	if why := e.changes.Cancel(c); why.Refused() {
		e.rejectCommand(c, 0, c.Change, why)
		return
	}
	x := e.tape.ChangeEnded()
	x.Change, x.Outcome, x.Operator, x.Reason = c.Change, venue.ChangeCanceled, c.Operator, c.Reason
}

// takeEffect makes the changes that are due, and lets those lapse that nobody
// approved. It runs before the command of an envelope: an order that arrives at
// the effective time meets the new terms.
func (e *Engine) takeEffect() {
	for n := 0; n < maxEffected && e.changes.IsDue(e.now); n++ {
		p, why := e.changes.Take(e.now)
		x := venue.ChangeEnded{Change: p.Proposal.Change, Outcome: venue.ChangeLapsed}
		if p.Approver != 0 {
			x.Outcome, x.Refusal = venue.ChangeApplied, e.perform(p.Command, why)
		}
		if x.Refusal.Refused() {
			x.Outcome = venue.ChangeFailed
		}
		*e.tape.ChangeEnded() = x
	}
	e.trimTouched()
}

// perform has the handler of a command do it, unless there is a reason against it,
// and returns the refusal.
func (e *Engine) perform(c venue.Command, why venue.Refusal) venue.Refusal {
	if !why.Refused() {
		why = e.checkChange(c)
	}
	if why.Refused() {
		return why
	}
	e.performing = performing{on: true}
	e.operate(c)
	why = e.performing.refusal
	e.performing = performing{}
	return why
}

// operate does what operators command: in genesis, or when a change takes effect.
// What it takes is what the table of package changes has.
func (e *Engine) operate(c venue.Command) {
	switch c := any(c).(type) {
	case *venue.SetMark:
		e.setMark(c)
	case *venue.SetPhase:
		e.setPhase(c)
	case *venue.ListAsset:
		e.listAsset(c)
	case *venue.ListInstrument:
		e.listInstrument(c)
	case *venue.ListIndex:
		e.listIndex(c)
	case *venue.SetReference:
		e.setReference(c)
	case *venue.SetFeeTiers:
		e.setFeeTiers(c)
	case *venue.SettleInstrument:
		e.settleInstrument(c)
	case *venue.SetLiquidation:
		e.setLiquidation(c)
	case *venue.FundInsurance:
		e.fundInsurance(c)
	case *venue.SetSchedule:
		e.setSchedule(c)
	case *venue.SetProtections:
		e.setProtections(c)
	case *venue.SetCollateral:
		e.setCollateral(c)
	case *venue.SellCollateral:
		e.sellCollateral(c)
	case *venue.SetTerms:
		e.setTerms(c)
	case *venue.SetOperator:
		e.setOperator(c)
	default:
		assert.That(false, "command that is no change")
	}
}

func (e *Engine) setOperator(c *venue.SetOperator) {
	if why := e.changes.Enrol(c.Operator, c.Enrolled); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	x := e.tape.OperatorSet()
	x.Operator, x.Enrolled = c.Operator, c.Enrolled
}

// setTerms gives an instrument other terms. Needs follow the new version of its
// mark; who holds it is judged as after a mark that moved (LIQ-01).
func (e *Engine) setTerms(c *venue.SetTerms) {
	if why := e.markets.CheckTerms(c); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.markets.SetTerms(c)
	e.risk.Retune(&e.markets.Get(c.Instrument).Terms)
	e.remark(c.Instrument)
	e.tellSetTerms(c.Instrument)
}

// tellSetTerms tells the terms that may change.
func (e *Engine) tellSetTerms(id venue.InstrumentID) {
	*e.tape.TermsSet() = venue.TermsSet(venue.TermsThatChange(&e.markets.Get(id).Terms))
}

// changesDue returns the earlier of a time and of when a change takes effect.
func (e *Engine) changesDue(at venue.Time, ok bool) (venue.Time, bool) {
	if due, has := e.changes.Due(); has && (!ok || due < at) {
		return due, true
	}
	return at, ok
}

// imageChanges tells operators and pending changes.
func (e *Engine) imageChanges() {
	for _, o := range e.changes.Operators() {
		x := e.tape.OperatorSet()
		x.Operator, x.Enrolled = o, true
	}
	pending := e.changes.Pending()
	for i := range pending {
		e.tellProposed(&pending[i])
		if pending[i].Approver != 0 {
			e.tellApproved(&pending[i])
		}
	}
}
