package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/venue"
)

// Touch reads what the next commands will read first, so that the misses of
// several commands overlap instead of following each other. It changes nothing,
// and Apply gives the same without it. Groups of 8 to 32 commands are best.
func (e *Engine) Touch(next []venue.Envelope) {
	sum := uint64(0)
	for i := range next {
		switch c := next[i].Command.(type) {
		case *venue.PlaceOrder:
			sum += e.seen.Touch(seen.KeyOf(c.Account, &c.ClOrdID))
		case *venue.CancelOrder:
			if c.Order == 0 {
				sum += e.seen.Touch(seen.KeyOf(c.Account, &c.Orig))
			}
		case *venue.AmendOrder:
			sum += e.seen.Touch(seen.KeyOf(c.Account, &c.ClOrdID))
		case *venue.SetFeeTiers, *venue.SettleInstrument:
			// Of operators, and rare.
		case *venue.Tick, *venue.SetVersion, *venue.ListAsset, *venue.ListInstrument, *venue.SetPhase, *venue.SetMark,
			*venue.OpenAccount, *venue.Deposit, *venue.Withdraw, *venue.MassCancel, *venue.SetLiquidation, *venue.FundInsurance,
			*venue.SetSchedule, *venue.SetProtections, *venue.ListIndex, *venue.PublishReading, *venue.SetReference:
			// Rare, or without one place to look at.
		}
	}
	for i := range next {
		switch c := next[i].Command.(type) {
		case *venue.PlaceOrder:
			if h, ok := e.ledger.Find(c.Account, c.Instrument); ok {
				sum += uint64(e.ledger.Holding(h).Orders)
			}
		case *venue.CancelOrder:
			sum += e.touchOrder(c.Account, c.Order, &c.Orig)
		case *venue.AmendOrder:
			sum += e.touchOrder(c.Account, c.Order, &c.Orig)
		case *venue.SetFeeTiers, *venue.SettleInstrument:
			// Of operators, and rare.
		case *venue.Tick, *venue.SetVersion, *venue.ListAsset, *venue.ListInstrument, *venue.SetPhase, *venue.SetMark,
			*venue.OpenAccount, *venue.Deposit, *venue.Withdraw, *venue.MassCancel, *venue.SetLiquidation, *venue.FundInsurance,
			*venue.SetSchedule, *venue.SetProtections, *venue.ListIndex, *venue.PublishReading, *venue.SetReference:
			// As above.
		}
	}
	e.touched = sum // Kept so that the reads are not left out.
}

// touchOrder reads the order that a request names, and its holding.
func (e *Engine) touchOrder(a venue.AccountID, id venue.OrderID, orig *venue.ClOrdID) uint64 {
	if id == 0 {
		was, ok := e.seen.Find(seen.KeyOf(a, orig))
		if !ok {
			return 0
		}
		id = was.Order()
	}
	h, _ := e.books.Holding(id)
	return uint64(h)
}
