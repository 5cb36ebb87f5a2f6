package engine

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// Bounds of the work that one envelope does for liquidations; what is left over
// goes on with the next one, for which NextDeadline asks at once.
const (
	// maxJudged is the number of positions looked at because a mark moved.
	maxJudged = 256
	// maxScanned is the number of positions looked at to rank for deleveraging.
	maxScanned = 256
	// maxSteps is the number of accounts that lose a part of a position, and of
	// positions that the fund sells a part of.
	maxSteps = 8
	// maxRanked is the number of accounts that one deleveraging closes against.
	maxRanked = 32
)

// liquidation is what the engine keeps to watch over accounts and to close the
// positions of those below their maintenance margin.
//
//	mark or trade -> judge -> queue -> order in the book -> takeover -> deleverage
//	                            ^         |                                 |
//	                            +---------+------- judge again <------------+
//
// Every number that a step acts on comes out of risk.Derive and is in a receipt.
type liquidation struct {
	terms    venue.LiquidationTerms
	version  uint32
	receipts uint64
	last     venue.Hash

	standing []standing // By account.
	owing    uint32     // Accounts with a negative equity.
	unwell   int        // Accounts that are not healthy.
	// remarked are the instruments whose mark moved: their holders are looked at
	// from the end of the list to its start.
	remarked []remark
	revalued []revalue // Whose holders are to be judged.
	queue    queue
	// waiting are accounts that are looked at again later, by rising time.
	waiting []wait
	fund    fund
	job     deleveraging
	sharing sharing
	// since is by account from when on the fund has left a part of its debt unpaid;
	// 0 for none.
	since []venue.Time

	closing bool // The order being matched is a liquidation: it pays no fee.
	worked  bool
}

// standing is what is known of an account. The zero value is a healthy one.
type standing struct {
	state  venue.AccountState // 0 for StateHealthy.
	owes   bool
	queued bool
}

// A mark that moves again meanwhile asks for another pass after the one under way,
// which sees it, too: however fast marks move, each pass comes to its end.
type remark struct {
	instrument venue.InstrumentID
	left       uint32
	again      bool
}

type wait struct {
	account venue.AccountID
	at      venue.Time
}

func newLiquidation(m *Limits) liquidation {
	return liquidation{
		standing: make([]standing, m.Accounts+uint32(venue.FirstAccount)+1),
		fund:     fund{reserved: make([]venue.Amount, int(m.Instruments)+1)},
		job:      deleveraging{ranked: make([]risk.Candidate, 0, maxRanked)},
		sharing:  newSharing(),
		since:    make([]venue.Time, m.Accounts+uint32(venue.FirstAccount)+1),
	}
}

// on says whether there are terms.
func (l *liquidation) on() bool { return l.terms.Step != 0 }

func (e *Engine) setLiquidation(c *venue.SetLiquidation) {
	if why := risk.AcceptTerms(&c.Terms); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	l := &e.liq
	assert.That(l.version != 1<<32-1, "versions of the terms of liquidation used up")
	l.version++
	l.terms = c.Terms
	e.tellTerms()
	if !l.on() {
		return
	}
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		e.remark(id)
	}
	for _, p := range e.risk.Pledges() {
		e.revalued(p.Asset)
	}
}

func (e *Engine) tellTerms() {
	x := e.tape.LiquidationSet()
	x.Version, x.Terms = e.liq.version, e.liq.terms
}

func (e *Engine) fundInsurance(c *venue.FundInsurance) {
	_, most := c.Amount, venue.MaxAmount+e.ledger.Account(venue.World).Cash
	if c.Amount <= 0 || c.Amount > most {
		e.rejectCommand(c, 0, venue.ClOrdID{}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: int64(most)})
		return
	}
	e.rollFund()
	e.ledger.Pay(venue.World, venue.Insurance, c.Amount)
	e.rollFund()
	e.watch.money(venue.Insurance)
	e.tape.InsuranceFunded().Amount = c.Amount
}

// receipt applies a rule and writes down what it saw and what came out.
func (e *Engine) receipt(rule venue.Rule, a venue.AccountID, i venue.InstrumentID, in venue.Inputs) venue.Results {
	var terms *risk.Terms
	if i != 0 {
		terms = e.risk.Terms(i)
	}
	l := &e.liq
	l.receipts++
	x := e.tape.Receipt()
	x.Number, x.Rule, x.Parameters, x.Account, x.Instrument = l.receipts, rule, l.version, a, i
	x.Inputs = in
	x.Results = risk.Derive(rule, terms, &x.Inputs)
	x.Hash = x.Seal(l.last)
	l.last = x.Hash
	return x.Results
}

// remark notes that a mark is another, or fresh again: whoever has a position in
// the instrument is looked at, unless the mark values nothing (MAR-08).
func (e *Engine) remark(i venue.InstrumentID) {
	l := &e.liq
	if !l.on() || e.markets.Get(i).Terms.Kind == venue.Capped {
		return
	}
	for at := range l.remarked {
		if l.remarked[at].instrument == i {
			l.remarked[at].again = true
			return
		}
	}
	if left := uint32(len(e.ledger.Holders(i))); left > 0 {
		l.remarked = append(l.remarked, remark{instrument: i, left: left})
	}
}

// supervise judges whom the envelope touched and does a bounded part of the work
// that liquidations have to do.
func (e *Engine) supervise() {
	l := &e.liq
	if !l.on() {
		return
	}
	l.worked = false
	e.judgeTouched()
	e.wake()
	e.reassess()
	e.reassessHolders()
	if len(e.call.uncrossings) == 0 {
		e.liquidateSome()
	}
	if l.worked {
		e.trimTouched()
		e.judgeTouched()
	}
}

// liquidateSome does a part of what liquidations have to do. They wait for
// uncrossings, because they take orders out of books.
func (e *Engine) liquidateSome() {
	for n := 0; n < maxSteps && !e.deleverage(); n++ {
		a, ok := e.liq.queue.pop()
		if !ok {
			break
		}
		e.liquidate(a)
	}
	e.share()
	e.dispose()
}

// pressing returns when liquidations next have something to do.
func (e *Engine) pressing() (venue.Time, bool) {
	l := &e.liq
	switch {
	case !l.on():
		return 0, false
	case len(l.remarked) > 0 || len(l.revalued) > 0 || len(l.queue.accounts) > 0 || l.job.account != 0 || l.fund.next != 0 || len(l.sharing.debtors) > 0:
		return e.now, true
	}
	at, ok := e.disposal()
	if len(l.waiting) > 0 && (!ok || l.waiting[0].at < at) {
		return l.waiting[0].at, true
	}
	return at, ok
}

// wake queues the accounts whose time to wait is over.
func (e *Engine) wake() {
	l := &e.liq
	n := 0
	for n < len(l.waiting) && n < maxJudged && l.waiting[n].at <= e.now {
		a := l.waiting[n].account
		l.queue.push(a, e.risk.Status(a, e.marks()).Maintenance)
		n++
	}
	l.waiting = l.waiting[:copy(l.waiting, l.waiting[n:])]
}

// wait looks at an account again after a step.
func (e *Engine) wait(a venue.AccountID) {
	l := &e.liq
	l.standing[a].queued = true
	at := e.now + l.terms.Step
	if n := len(l.waiting); n > 0 {
		at = max(at, l.waiting[n-1].at) // Shorter steps do not overtake.
	}
	l.waiting = append(l.waiting, wait{a, at})
}
