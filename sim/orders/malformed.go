package orders

import (
	"math"

	"github.com/clearhour/clearhour/venue"
)

// malformed makes a command that cannot be done, or hardly: a good one with one
// field out of its range.
func (s *Stream) malformed() (venue.SessionID, venue.Command) {
	switch s.bad.Below(8) {
	case 0:
		return s.badCancel()
	case 1:
		return s.badAmend()
	case 2:
		return s.badTransfer()
	case 3:
		return s.badAdmin()
	}
	return s.badOrder()
}

// strange is a number that nobody expects.
func (s *Stream) strange() int64 {
	v := [...]int64{0, -1, 1, math.MaxInt64, math.MinInt64, math.MaxInt32, math.MaxInt32 + 1, 1 << 60, 1<<24 + 1}
	return v[s.bad.Below(uint64(len(v)))]
}

func (s *Stream) stranger() venue.AccountID {
	v := [...]venue.AccountID{0, venue.World, venue.Fees, venue.Insurance, 7, venue.FirstAccount + 1<<17, math.MaxUint32}
	return v[s.bad.Below(uint64(len(v)))]
}

// badOrder has no ticket: nothing is ever done to it.
func (s *Stream) badOrder() (venue.SessionID, venue.Command) {
	m := s.somewhere()
	o := s.draft(s.someone(), m)
	o.Price = away(o.Side, m.last, venue.Price(s.prices.Between(1, int64(s.mix.Deep))))
	o.ClOrdID = s.desk.name(noTicket)
	switch s.bad.Below(16) {
	case 0:
		o.Account = s.stranger()
	case 1:
		o.Instrument = venue.InstrumentID(s.bad.Below(2) * math.MaxUint16)
	case 2:
		o.Side = venue.Side(s.bad.Below(2) * 3)
	case 3:
		o.Type = venue.OrderType(s.bad.Below(256))
	case 4:
		o.TIF = venue.TimeInForce(s.bad.Below(256))
	case 5:
		o.STP = venue.SelfTrade(5 * s.bad.Below(51))
	case 6:
		o.Flags = venue.OrderFlags(s.bad.Below(256))
	case 7, 8:
		o.Price = venue.Price(s.strange())
	case 9:
		o.Stop = venue.Price(s.strange())
	case 10, 11:
		o.Qty = venue.Qty(s.strange())
	case 12:
		o.MinQty = venue.Qty(s.strange())
	case 13:
		o.Display = venue.Qty(s.strange())
	case 14:
		o.TIF, o.Expire = venue.GTD, venue.Time(s.strange())
	case 15:
		o.ClOrdID = venue.ClOrdID{}
	}
	return session(o.Account), o
}

func (s *Stream) badCancel() (venue.SessionID, venue.Command) {
	s.cancel = venue.CancelOrder{Account: s.someone(), ClOrdID: s.desk.name(noTicket)}
	switch s.bad.Below(4) {
	case 0:
		s.cancel.Account = s.stranger()
	case 1:
		s.cancel.Order = venue.OrderID(s.strange())
	case 2:
		s.cancel.Orig = s.desk.name(noTicket)
	case 3: // Somebody else's.
		if t, ok := s.anyTicket(); ok {
			s.cancel.Order = t.order
		}
	}
	return session(s.cancel.Account), &s.cancel
}

func (s *Stream) badAmend() (venue.SessionID, venue.Command) {
	t, ok := s.anyTicket()
	if !ok {
		return s.badCancel()
	}
	s.amend = venue.AmendOrder{Account: t.account, Orig: t.id, ClOrdID: s.desk.name(noTicket), Price: t.price, Qty: t.qty}
	switch s.bad.Below(5) {
	case 0:
		s.amend.Account = s.stranger()
	case 1:
		s.amend.Orig = s.desk.name(noTicket)
	case 2:
		s.amend.Price = venue.Price(s.strange())
	case 3:
		s.amend.Qty = venue.Qty(s.strange())
	case 4:
		s.amend.ClOrdID = venue.ClOrdID{}
	}
	return session(s.amend.Account), &s.amend
}

func (s *Stream) badTransfer() (venue.SessionID, venue.Command) {
	d := s.transfer()
	switch s.bad.Below(4) {
	case 0:
		d.Account = s.stranger()
	case 1:
		d.Asset = venue.AssetID(s.bad.Below(2) * math.MaxUint16)
	case 2:
		d.Amount = venue.Amount(min(s.strange(), 0))
	case 3:
		d.Ref = venue.ClOrdID{}
	}
	if s.bad.OneIn(2) {
		s.withdraw = venue.Withdraw(d)
		return session(d.Account), &s.withdraw
	}
	s.deposit = d
	return 0, &s.deposit
}

func (s *Stream) badAdmin() (venue.SessionID, venue.Command) {
	switch s.bad.Below(6) {
	case 0:
		s.mark = venue.SetMark{Instrument: venue.InstrumentID(s.bad.Below(3)), Price: venue.Price(min(s.strange(), 0))}
		return 0, &s.mark
	case 1:
		s.phase = venue.SetPhase{Instrument: venue.InstrumentID(s.bad.Below(3)), Phase: venue.Phase(s.bad.Below(2) * 9)}
		return 0, &s.phase
	case 2:
		s.version = venue.SetVersion{Version: uint32(s.bad.Below(2) * 1000)}
		return 0, &s.version
	case 3:
		s.account = venue.OpenAccount{Account: s.stranger(), Owner: 1}
		return 0, &s.account
	case 4:
		s.asset = venue.ListAsset{Asset: venue.AssetID(s.bad.Below(2)), Symbol: "USD"}
		return 0, &s.asset
	}
	s.listing.Terms = s.markets[0].terms
	if s.bad.OneIn(2) {
		s.listing.Terms.ID, s.listing.Terms.Tick = venue.InstrumentID(len(s.markets)+1), 0
	}
	return 0, &s.listing
}
