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
}

// startDeleveraging begins to look for the other side of a position; it says
// whether it could.
func (e *Engine) startDeleveraging(a venue.AccountID, h venue.HoldingID) bool {
	j, x := &e.liq.job, e.ledger.Holding(h)
	if j.account != 0 {
		return false
	}
	j.account, j.instrument, j.long = a, x.Instrument, x.Qty > 0
	j.left = uint32(len(e.ledger.Holders(x.Instrument)))
	j.ranked = j.ranked[:0]
	e.liq.standing[a].queued = true
	return true
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
	e.rankAgain()
	if len(j.ranked) == 0 {
		e.closeAgainstFund(a, h, &st)
		return
	}
	e.become(a, venue.StateDeleveraging, &st)
	stake := e.risk.Stake(h, &st, e.marks())
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
	e.judge(a)
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
