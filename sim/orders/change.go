package orders

import "github.com/clearhour/clearhour/venue"

// anyTicket returns a random order that the clients believe to be open.
func (s *Stream) anyTicket() (*ticket, bool) {
	if len(s.desk.live) == 0 {
		return nil, false
	}
	return &s.desk.tickets[s.desk.live[s.who.Below(uint64(len(s.desk.live)))]], true
}

// cancelOne cancels any open order, by the venue's id when it is known and the
// lot falls so.
func (s *Stream) cancelOne() (venue.SessionID, venue.Command) {
	t, ok := s.anyTicket()
	if !ok {
		return s.fresh()
	}
	s.cancel = venue.CancelOrder{Account: t.account, Orig: t.id, ClOrdID: s.desk.name(noTicket)}
	if t.order != 0 && s.changes.OneIn(2) {
		s.cancel.Order, s.cancel.Orig = t.order, venue.ClOrdID{}
	}
	if t.order == 0 {
		n, _ := s.desk.named(&t.id)
		s.desk.drop(n) // Nobody will tell that it is over.
	}
	s.note(memory{kind: venue.KindCancelOrder, cancel: s.cancel})
	return session(t.account), &s.cancel
}

// amendOne changes any open order: smaller, elsewhere, or both.
func (s *Stream) amendOne() (venue.SessionID, venue.Command) {
	t, ok := s.anyTicket()
	if !ok {
		return s.fresh()
	}
	s.amend = venue.AmendOrder{Account: t.account, Orig: t.id, ClOrdID: s.desk.name(noTicket), Price: t.price, Qty: t.qty}
	if t.order != 0 && s.changes.OneIn(2) {
		s.amend.Order, s.amend.Orig = t.order, venue.ClOrdID{}
	}
	s.alter(t)
	s.note(memory{kind: venue.KindAmendOrder, amend: s.amend})
	return session(t.account), &s.amend
}

// alter chooses what an amendment asks for.
func (s *Stream) alter(t *ticket) {
	way := s.changes.Below(10)
	if s.mix.Plain {
		way = 5
	}
	if way < 4 || way >= 8 {
		s.amend.Qty = max(1, t.qty-venue.Qty(s.changes.Below(uint64(t.leaves)+1)))
	}
	if way >= 4 && t.price != 0 {
		s.amend.Price = t.price + venue.Price(s.changes.Between(-5, 5))
	}
	if way == 9 {
		s.amend.Qty = t.qty + venue.Qty(s.changes.Between(1, int64(s.mix.Lots)))
	}
}

// fresh places an order when there is none to change.
func (s *Stream) fresh() (venue.SessionID, venue.Command) {
	return s.rest(int(s.who.Below(uint64(s.mix.Accounts))))
}

// massCancel cancels all orders of an account that pass a filter; one in three
// comes from the venue because a connection was lost.
func (s *Stream) massCancel() (venue.SessionID, venue.Command) {
	a := s.someone()
	s.mass = venue.MassCancel{Account: a, ClOrdID: s.desk.name(noTicket)}
	if s.changes.OneIn(2) {
		s.mass.Instrument = s.somewhere().terms.ID
	}
	if s.changes.OneIn(3) {
		s.mass.Side = venue.Side(1 + s.changes.Below(2))
	}
	if s.changes.OneIn(3) {
		s.mass.Session = session(a)
		return 0, &s.mass
	}
	return session(a), &s.mass
}

// note remembers a command for retry.
func (s *Stream) note(m memory) {
	if s.shares[10] == 0 {
		return
	}
	s.sent[s.noted%uint64(len(s.sent))] = m
	s.noted++
}

// retry sends an earlier command again; one in five has another content under
// the same identifier.
func (s *Stream) retry() (venue.SessionID, venue.Command) {
	n := min(s.noted, uint64(len(s.sent)))
	if n == 0 {
		return s.fresh()
	}
	m := &s.sent[s.changes.Below(n)]
	altered := venue.Qty(0)
	if s.changes.OneIn(5) {
		altered = 1
	}
	switch m.kind {
	case venue.KindPlaceOrder:
		s.order = m.order
		s.order.Qty += altered
		return session(s.order.Account), &s.order
	case venue.KindAmendOrder:
		s.amend = m.amend
		s.amend.Qty += altered
		return session(s.amend.Account), &s.amend
	case venue.KindDeposit:
		s.deposit = m.funds
		s.deposit.Amount += venue.Amount(altered)
		return 0, &s.deposit
	case venue.KindWithdraw:
		s.withdraw = venue.Withdraw(m.funds)
		s.withdraw.Amount += venue.Amount(altered)
		return session(s.withdraw.Account), &s.withdraw
	case venue.KindCancelOrder, venue.KindTick, venue.KindSetVersion, venue.KindListAsset, venue.KindListInstrument,
		venue.KindSetPhase, venue.KindSetMark, venue.KindOpenAccount, venue.KindMassCancel,
		venue.KindSetLiquidation, venue.KindFundInsurance,
		venue.KindSetSchedule, venue.KindSetProtections, venue.KindListIndex, venue.KindPublishReading, venue.KindPublishMeter, venue.KindSetReference,
		venue.KindSetFeeTiers, venue.KindSettleInstrument,
		venue.KindSetCollateral, venue.KindTransfer, venue.KindSellCollateral,
		venue.KindSetTerms, venue.KindProposeChange, venue.KindApproveChange, venue.KindCancelChange, venue.KindSetOperator,
		venue.KindMassQuote, venue.KindSetQuoteProtection, venue.KindCancelQuotes:
		// Of these only cancels are noted.
	}
	s.cancel = m.cancel
	return session(s.cancel.Account), &s.cancel
}
