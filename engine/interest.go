package engine

import (
	"slices"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// interestMoved notes that positions in a market changed, if its initial margin depends on
// the open interest.
func (e *Engine) interestMoved(t *venue.Instrument) {
	if t.Interest.High != 0 && !slices.Contains(e.grown, t.ID) {
		e.grown = append(e.grown, t.ID)
	}
}

// grow brings initial margins in line with the open interest that the envelope so
// far left (MAR-03): the mark gets a new version, so that what was computed before
// is computed anew when it is next asked for. Orders of the envelope were checked
// with the open interest before it. Nobody is judged for it: what an account has to
// maintain stays the same.
func (e *Engine) grow() {
	for _, id := range e.grown {
		if e.risk.SetInterest(id, e.ledger.Interest(id)) {
			e.markets.Renew(id)
		}
	}
	e.grown = e.grown[:0]
}

// affordable makes the fees of a trade in a capped future smaller where an account
// could not pay them without owing (MAR-08). A rebate is at most what the taker
// pays.
func (e *Engine) affordable(made ledger.Open, maker, taker venue.HoldingID, makerFee, takerFee venue.Amount) (venue.Amount, venue.Amount) {
	takerFee = e.risk.Fees(taker, made.Side.Opposite(), made.Price, made.Qty, takerFee)
	return max(-takerFee, e.risk.Fees(maker, made.Side, made.Price, made.Qty, makerFee)), takerFee
}

// uncommit cancels the orders in capped futures of an account whose fills could
// bring its positions below their maintenance margin, or it to owe: what they were
// accepted with has been lost since.
func (e *Engine) uncommit(a venue.AccountID) {
	all := venue.MassCancel{}
	for h := e.ledger.Account(a).Margined; h != 0; {
		x := e.ledger.Holding(h)
		next := x.NextMargined // A holding that has nothing left leaves the list.
		if x.Kind == venue.Capped && x.OpenLoss > 0 {
			e.cancelAll(h, &all, venue.CanceledByLiquidation)
		}
		h = next
	}
}
