package engine

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// deleveraging looks for the accounts against which a position is closed, a part
// of the market at a time: one position of the venue at a time.
type deleveraging struct {
	account    venue.AccountID // 0 for none.
	instrument venue.InstrumentID
	long       bool
	left       uint32 // Holders still to be looked at, from the end of the list.
	ranked     []risk.Candidate
	// from and marks are when the ranking began and how many times marks had moved:
	// for a step, and till one moves, those who are left of it are the next ones for
	// other positions of that side. reused says that the position in hand is one.
	from   venue.Time
	marks  venue.Price
	reused bool
}

// startDeleveraging begins to look for the other side of a position; it says
// whether it could.
func (e *Engine) startDeleveraging(a venue.AccountID, h venue.HoldingID) bool {
	j, x := &e.liq.job, e.ledger.Holding(h)
	if j.account != 0 {
		return false
	}
	e.liq.standing[a].queued = true
	j.account = a
	j.reused = len(j.ranked) > 0 && j.instrument == x.Instrument && j.long == (x.Qty > 0) &&
		j.marks == e.marks()[0].Price && e.now-j.from <= e.liq.terms.Step
	if j.reused {
		j.left = 0
		return true
	}
	j.instrument, j.long = x.Instrument, x.Qty > 0
	e.rankAnew()
	return true
}

// rankAnew begins to look at all who hold the instrument.
func (e *Engine) rankAnew() {
	j := &e.liq.job
	j.left = uint32(len(e.ledger.Holders(j.instrument)))
	j.ranked = j.ranked[:0]
	j.from, j.marks, j.reused = e.now, e.marks()[0].Price, false
}

// deleverage goes on with the search, and closes when it is over. It says whether
// it has to be continued by the next envelope.
func (e *Engine) deleverage() bool {
	j := &e.liq.job
	if j.account == 0 {
		return false
	}
	for range maxScanned {
		list := e.ledger.Holders(j.instrument)
		if j.left = min(j.left, uint32(len(list))); j.left == 0 {
			if e.rankAgain(); len(j.ranked) == 0 && j.reused {
				e.rankAnew()
				continue
			}
			e.closeAgainst()
			return false
		}
		j.left--
		h := list[j.left]
		if c, ok := e.candidate(h); ok {
			j.ranked = risk.Insert(j.ranked, c)
		}
	}
	return true
}

// candidate returns a holding as one to close against, if it is on the other side
// and is a trader's, all of whose marks are fresh.
func (e *Engine) candidate(h venue.HoldingID) (risk.Candidate, bool) {
	j, x := &e.liq.job, e.ledger.Holding(h)
	if x.Qty == 0 || (x.Qty > 0) == j.long || x.Account < venue.FirstAccount || !e.risk.Fresh(x.Account, e.marks()) {
		return risk.Candidate{}, false
	}
	st := e.risk.Status(x.Account, e.marks())
	return e.risk.Candidate(h, &st, e.marks()), true
}

// closeAgainst closes the position against the ranked accounts, as they are now,
// at its bankruptcy price. An account that is no longer below its maintenance
// margin is left alone.
func (e *Engine) closeAgainst() {
	j := &e.liq.job
	a, i := j.account, j.instrument
	j.account = 0
	e.liq.worked = true
	e.liq.standing[a].queued = false
	if a == venue.Insurance {
		e.closeFund(i)
		return
	}
	h, ok := e.ledger.Find(a, i)
	if !ok || !e.risk.Fresh(a, e.marks()) || e.markets.Mark(i).Stale {
		e.wait(a)
		return
	}
	st := e.risk.Status(a, e.marks())
	if qty := e.ledger.Holding(h).Qty; !st.Liquidatable() || qty == 0 || (qty > 0) != j.long {
		e.judge(a)
		return
	}
	if len(j.ranked) == 0 {
		e.closeAgainstFund(a, h, &st)
		return
	}
	e.become(a, venue.StateDeleveraging, &st)
	e.closeRanked(h, &st)
	e.judge(a)
}

// closeRanked closes a position against the ranked accounts, one after the other.
func (e *Engine) closeRanked(h venue.HoldingID, st *risk.Status) {
	j, a := &e.liq.job, e.ledger.Holding(h).Account
	i := j.instrument
	stake := e.risk.Stake(h, st, e.marks())
	sign := -closingSide(stake.Qty).Sign()
	left, before := stake.Qty*sign, venue.Qty(0)
	for n := range j.ranked {
		if left == 0 {
			break
		}
		c := &j.ranked[n]
		got := e.receipt(venue.RuleDeleverage, a, i, stake.Inputs(
			int64(before), int64(c.Qty), int64(c.Cost), int64(c.Notional), int64(c.Equity), int64(left), int64(c.Account)))
		lots := venue.Qty(got.At(1))
		to, _ := e.ledger.Find(c.Account, i)
		e.cancelFor(c.Account, i)
		e.moveLots(h, to, sign*lots, venue.Amount(got.At(2)))
		left -= lots
		before += lots
	}
}

// rankAgain drops the candidates that no longer qualify and ranks the others by
// what they are now.
func (e *Engine) rankAgain() {
	j := &e.liq.job
	n := 0
	for k := range j.ranked {
		h, ok := e.ledger.Find(j.ranked[k].Account, j.instrument)
		if !ok {
			continue
		}
		if c, ok := e.candidate(h); ok && c.Account != j.account {
			j.ranked[n] = c
			n++
		}
	}
	j.ranked = j.ranked[:n]
	risk.Rank(j.ranked)
}

// closeAgainstFund closes a position against one of the fund, when nobody else is left on
// the other side. It sets nothing aside: the fund pays no more than the mark. It
// waits when there is none, because somebody's mark is stale.
func (e *Engine) closeAgainstFund(a venue.AccountID, h venue.HoldingID, st *risk.Status) {
	x := e.ledger.Holding(h)
	to, ok := e.ledger.Find(venue.Insurance, x.Instrument)
	sign := -closingSide(x.Qty).Sign()
	if !ok || e.ledger.Holding(to).Qty*sign >= 0 {
		e.wait(a)
		return
	}
	lots := min(x.Qty*sign, -e.ledger.Holding(to).Qty*sign)
	e.become(a, venue.StateTakeover, st)
	stake := e.risk.Stake(h, st, e.marks())
	got := e.receipt(venue.RuleOffset, a, x.Instrument, stake.Inputs(int64(lots)))
	before := e.ledger.Account(venue.Insurance).Cash
	e.rollFund()
	e.moveLots(h, to, sign*lots, venue.Amount(got.At(0)))
	e.rollFund()
	e.fundLost(x.Instrument, before-e.ledger.Account(venue.Insurance).Cash)
	e.judge(a)
}

// fundShort says whether the insurance fund has positions that lost more than it
// has: a market that falls further than the band costs more than takeovers set
// aside.
func (e *Engine) fundShort() bool {
	return e.ledger.Account(venue.Insurance).Margined != 0 && e.fundOwes()
}

// fundOwes says whether the fund owes more than it has, at marks none of which is
// stale: without a position because its collateral was worth less than it paid for it.
func (e *Engine) fundOwes() bool {
	if !e.risk.Fresh(venue.Insurance, e.marks()) {
		return false
	}
	st := e.risk.Status(venue.Insurance, e.marks())
	return st.Equity() < 0
}

// deleverageFund begins to close the position of the fund that needs the most
// margin against the other side of its market, so that nobody gains what nobody
// can pay. It is tried again after a step.
func (e *Engine) deleverageFund() {
	if e.liq.job.account != 0 {
		return // An account comes first; the next envelope asks again.
	}
	var largest venue.HoldingID
	var most venue.Amount
	for h := e.ledger.Account(venue.Insurance).Margined; h != 0; h = e.ledger.Holding(h).NextMargined {
		if x := e.ledger.Holding(h); x.Qty != 0 {
			value := x.Unrealised + x.Cost
			if m := e.risk.Terms(x.Instrument).Maintenance(max(value, -value)); m > most || m == most && largest == 0 {
				largest, most = h, m
			}
		}
	}
	if largest != 0 {
		e.startDeleveraging(venue.Insurance, largest)
	}
	e.liq.fund.after = e.now + e.liq.terms.Step
}

// closeFund closes the position of the fund against the ranked accounts, as all are
// now, at its bankruptcy price: at which the fund ends with nothing. The rest goes
// on at once.
func (e *Engine) closeFund(i venue.InstrumentID) {
	j := &e.liq.job
	h, ok := e.ledger.Find(venue.Insurance, i)
	if !ok || !e.fundShort() || len(j.ranked) == 0 {
		return
	}
	if qty := e.ledger.Holding(h).Qty; qty == 0 || (qty > 0) != j.long {
		return
	}
	st := e.risk.Status(venue.Insurance, e.marks())
	before := e.ledger.Account(venue.Insurance).Cash
	e.rollFund()
	e.closeRanked(h, &st)
	e.rollFund()
	e.fundLost(i, before-e.ledger.Account(venue.Insurance).Cash)
	e.liq.fund.after = e.now
}
