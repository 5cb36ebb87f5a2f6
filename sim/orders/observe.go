package orders

import "github.com/clearhour/clearhour/venue"

// Observe shows what the venue told. Entries come in order; it is harmless to
// leave some out.
func (s *Stream) Observe(entries []venue.Entry) {
	for i := range entries {
		s.observe(entries[i].Event)
	}
}

func (s *Stream) observe(e venue.Event) {
	d := &s.desk
	switch e := e.(type) {
	case *venue.OrderAccepted:
		if n, ok := d.named(&e.ClOrdID); ok {
			d.known(n, e.Order)
			t := &d.tickets[n]
			t.price, t.qty, t.leaves = e.Price, e.Qty, e.Qty
		}
	case *venue.OrderRejected:
		if n, ok := d.named(&e.ClOrdID); ok && e.Refusal.Reason != venue.DuplicateClOrdID {
			d.drop(n)
		}
	case *venue.OrderCanceled:
		if n, ok := d.of(e.Order); ok {
			d.drop(n)
		}
	case *venue.OrderAmended:
		if n, ok := d.of(e.Order); ok {
			t := &d.tickets[n]
			t.price, t.qty, t.leaves = e.Price, e.Qty, e.Leaves
		}
	case *venue.OrderReduced:
		if n, ok := d.of(e.Order); ok {
			t := &d.tickets[n]
			t.qty, t.leaves = t.qty-e.By, e.Leaves
		}
	case *venue.OrderTriggered:
		if n, ok := d.of(e.Order); ok {
			d.tickets[n].price = e.Price
		}
	case *venue.Traded:
		s.markets[e.Instrument-1].last = e.Price
		s.filled(&e.Maker)
		s.filled(&e.Taker)
	case *venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.TermsSet, *venue.OperatorSet:
		// What operators change is in the picture of the market.
	case *venue.FeeTiersSet, *venue.VariationPaid, *venue.InstrumentSettled:
		// Of operators; clients go on as before.
	case *venue.VersionSet, *venue.AssetListed, *venue.InstrumentListed, *venue.PhaseChanged, *venue.MarkChanged,
		*venue.AccountOpened, *venue.Deposited, *venue.Withdrawn, *venue.CommandRejected, *venue.RequestRepeated,
		*venue.CancelRejected, *venue.MassCanceled, *venue.LevelChanged, *venue.BalanceChanged, *venue.PositionChanged,
		*venue.LiquidationSet, *venue.InsuranceFunded, *venue.AccountStateChanged, *venue.PositionTransferred, *venue.Receipt, *venue.GainsHaircut, *venue.DebtPaid,
		*venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.ScheduleSet, *venue.ProtectionsSet,
		*venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered,
		*venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet, *venue.FundingClosed, *venue.FundingPaid, *venue.FundingSettled,
		*venue.CollateralSet, *venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
		// Clients need nothing of these to go on.
	}
}

func (s *Stream) filled(f *venue.Fill) {
	n, ok := s.desk.of(f.Order)
	switch {
	case !ok:
	case f.Leaves == 0:
		s.desk.drop(n)
	default:
		s.desk.tickets[n].leaves = f.Leaves
	}
}
