package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// MaxTouch is how many commands Touch looks at.
const MaxTouch = 16

// ahead is what the next commands are going to read, as far as it is known. Each
// pass of Touch reads what the pass before found, in a short loop, so that the
// misses of several commands are under way at once.
type ahead struct {
	placed, named, hinted int

	places [MaxTouch]*venue.PlaceOrder
	origs  [MaxTouch]seen.Key
	hints  [MaxTouch]matching.Hint
	sum    uint64 // Kept so that the reads are not left out.
}

// Touch reads what the next commands will read, so that their cache misses
// overlap instead of following each other. It changes nothing that can be
// observed. Identifiers are spread over more memory than the cache has even in a
// quiet venue; orders and holdings are read only when there are many.
func (e *Engine) Touch(next []venue.Envelope) {
	e.touchNamed(next)
	if e.books.Deep() {
		e.touchFound()
	}
}

// touchNamed reads where the requests are remembered and the pairs that they name.
func (e *Engine) touchNamed(next []venue.Envelope) {
	t := &e.ahead
	t.placed, t.named, t.hinted = 0, 0, 0
	for i := range next[:min(len(next), MaxTouch)] {
		switch c := next[i].Command.(type) {
		case *venue.PlaceOrder:
			t.places[t.placed] = c
			t.placed++
			t.sum += e.seen.Touch(seen.KeyOf(c.Account, &c.ClOrdID)) + e.ledger.Touch(c.Account, c.Instrument)
		case *venue.CancelOrder:
			e.touchOrig(c.Account, c.Order, &c.Orig)
		case *venue.AmendOrder:
			t.sum += e.seen.Touch(seen.KeyOf(c.Account, &c.ClOrdID))
			e.touchOrig(c.Account, c.Order, &c.Orig)
		case *venue.Tick, *venue.SetVersion, *venue.ListAsset, *venue.ListInstrument, *venue.SetPhase, *venue.SetMark,
			*venue.OpenAccount, *venue.Deposit, *venue.Withdraw, *venue.MassCancel, *venue.SetLiquidation, *venue.FundInsurance,
			*venue.SetSchedule, *venue.SetProtections, *venue.ListIndex, *venue.PublishReading, *venue.PublishMeter, *venue.SetReference, *venue.SetFeeTiers, *venue.SettleInstrument,
			*venue.SetCollateral, *venue.Transfer, *venue.SellCollateral,
			*venue.SetTerms, *venue.ProposeChange, *venue.ApproveChange, *venue.CancelChange, *venue.SetOperator,
			*venue.MassQuote, *venue.SetQuoteProtection, *venue.CancelQuotes:
			// Rare, or without one place to look at.
		}
	}
}

// touchOrig notes the order that a request names, or reads where its identifier is.
func (e *Engine) touchOrig(a venue.AccountID, id venue.OrderID, orig *venue.ClOrdID) {
	t := &e.ahead
	if id != 0 {
		t.hint(matching.Hint{Order: id})
		return
	}
	k := seen.KeyOf(a, orig)
	t.sum += e.seen.Touch(k)
	t.origs[t.named] = k
	t.named++
}

func (t *ahead) hint(h matching.Hint) {
	t.hints[t.hinted] = h
	t.hinted++
}

// touchFound reads the holdings and the orders that the first pass leads to.
func (e *Engine) touchFound() {
	t := &e.ahead
	for _, c := range t.places[:t.placed] {
		h, _ := e.ledger.Find(c.Account, c.Instrument)
		t.sum += e.ledger.TouchHolding(h)
		t.hint(matching.Hint{Price: c.Price, Holding: h, Instrument: c.Instrument, Side: c.Side})
	}
	for i := range t.origs[:t.named] {
		if was, ok := e.seen.Find(t.origs[i]); ok {
			t.hint(matching.Hint{Order: was.Order()})
		}
	}
	e.books.Touch(t.hints[:t.hinted])
	for i := range t.hints[:t.hinted] {
		if h, ok := e.books.Holding(t.hints[i].Order); ok {
			t.sum += e.ledger.TouchHolding(h)
		}
	}
}
