package gateway

import (
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// Reports that no request asked for: what the venue does to an account goes to
// every session of the account, what it does to a market to who follows it.

// unasked reports an event that no request caused.
func (h *Hub) unasked(e *venue.Entry) {
	if x, ok := e.Event.(*venue.PhaseChanged); ok {
		h.status(e, x.Instrument)
	}
	if x, ok := e.Event.(*venue.AuctionIndicative); ok {
		h.status(e, x.Instrument)
	}
	if x, ok := e.Event.(*venue.AuctionUncrossing); ok {
		h.status(e, x.Instrument)
	}
	if x, ok := e.Event.(*venue.AccountStateChanged); ok {
		h.stated(e, x)
	}
	if x, ok := e.Event.(*venue.PositionTransferred); ok {
		h.moved(e, x)
	}
	if x, ok := e.Event.(*venue.FundingPaid); ok {
		h.paid(e, x.Account, x.Instrument, x.Qty, "FUND", -x.Amount)
	}
	if x, ok := e.Event.(*venue.VariationPaid); ok {
		h.paid(e, x.Account, x.Instrument, x.Qty, "TVAR", x.Amount)
	}
	if x, ok := e.Event.(*venue.GainsHaircut); ok {
		h.paid(e, x.Account, x.Instrument, h.cfg.Blotter.PositionIn(x.Account, x.Instrument).Qty, "VADJ", -x.Amount)
	}
	if x, ok := e.Event.(*venue.DebtPaid); ok {
		h.credited(e, x.Account, &credit{reason: "debt-paid", from: x.From, to: x.Account, asset: venue.USD, amount: x.Amount})
	}
	if x, ok := e.Event.(*venue.CollateralSeized); ok {
		h.credited(e, x.Account, &credit{reason: "seizure", from: x.Account, to: venue.Insurance, asset: x.Asset, amount: x.Amount, value: x.Value})
	}
}

// credit is an amount that went from one account to another without a request
// of the session that hears of it.
type credit struct {
	reason   string
	from, to venue.AccountID
	asset    venue.AssetID
	amount   venue.Amount
	// value is what was paid for it in micro-dollars, 0 for nothing.
	value venue.Amount
	// ref is the id of the request that asked for it, zero for none, and asker the
	// session, nil when it is not here.
	ref   venue.ClOrdID
	asker *Session
}

// credited reports a credit to every session of an account but the one that
// asked for it, as AccountTransferReport with a reason.
func (h *Hub) credited(e *venue.Entry, account venue.AccountID, c *credit) {
	if len(h.byAccount[account]) == 0 {
		return
	}
	w := h.w.Begin().ID(TagClOrdID, &c.ref).Char(TagTransferStatus, transferDone).Text(TagTransferReason, c.reason)
	a := h.assetByID(c.asset)
	w.Uint(TagAccount, uint64(c.from)).Uint(TagToAccount, uint64(c.to)).Text(TagAsset, a.Symbol).Amount(TagTransferAmount, c.amount, a.Decimals)
	if c.value != 0 {
		w.Money(TagGrossTradeAmt, c.value)
	}
	body := h.end(e)
	h.concerned(0, account, func(s *Session) {
		if s != c.asker {
			h.send(s, e, MsgTransferDone, key(e, false), body)
		}
	})
}

// concerned calls fn with the session that sent an order. Orders of the venue
// itself, as those of a liquidation, concern every session of their account.
func (h *Hub) concerned(by venue.SessionID, account venue.AccountID, fn func(*Session)) {
	if by != 0 {
		if s := h.session(by); s != nil {
			fn(s)
		}
		return
	}
	for _, s := range h.byAccount[account] {
		fn(s)
	}
}

// notify reports an event to every session of an account.
func (h *Hub) notify(e *venue.Entry, account venue.AccountID, t MsgType, body []byte) {
	h.concerned(0, account, func(s *Session) { h.send(s, e, t, key(e, false), body) })
}

// stated reports that an account is in another state, with the numbers of the
// decision, as MarginRequirementReport.
func (h *Hub) stated(e *venue.Entry, ev *venue.AccountStateChanged) {
	if len(h.byAccount[ev.Account]) == 0 {
		return
	}
	w := h.w.Begin()
	writeEventID(w, TagMarginReqmtRptID, e)
	w.Int(TagMarginReqmtRptType, 0).Uint(TagAccount, uint64(ev.Account)).Text(TagAccountState, ev.State.String()).Group(TagNoMarginAmt)
	for _, a := range [...]struct {
		kind   int64
		amount venue.Amount
	}{{5, ev.Cash}, {23, ev.Unrealised}, {11, ev.Initial}, {12, ev.Maintenance}} {
		w.Entry().Int(TagMarginAmtType, a.kind).Money(TagMarginAmt, a.amount).EndEntry()
	}
	w.EndGroup()
	h.notify(e, ev.Account, MsgMarginReport, h.end(e))
}

// moved reports to both accounts that a part of a position went from one to the
// other without an order, as TradeCaptureReport.
func (h *Hub) moved(e *venue.Entry, ev *venue.PositionTransferred) {
	terms, ok := h.cfg.Market.Instrument(ev.Instrument)
	if !ok {
		return
	}
	reason := "deleveraging"
	if ev.To == venue.Insurance {
		reason = "takeover"
	}
	for n, account := range [2]venue.AccountID{ev.From, ev.To} {
		if len(h.byAccount[account]) == 0 {
			continue
		}
		side := venue.Sell // Who gives long lots away sells them.
		if (n == 0) != (ev.Qty > 0) {
			side = venue.Buy
		}
		w := h.w.Begin()
		writeEventID(w, TagTradeReportID, e)
		w.Int(TagTrdType, 3).Text(TagTransferReason, reason).Text(TagSymbol, terms.Symbol).Qty(TagLastQty, max(ev.Qty, -ev.Qty))
		writePerHour(w, ev, terms)
		w.Money(TagGrossTradeAmt, max(ev.Value, -ev.Value))
		w.Group(TagNoSides).Entry().Char(TagSide, '0'+byte(side)).Uint(TagAccount, uint64(account)).EndEntry().EndGroup()
		h.notify(e, account, MsgTradeCapture, h.end(e))
	}
}

// writePerHour writes what a transfer cost per GPU-hour, half-even to the
// micro-dollar: the value of a whole takeover need not be a price.
func writePerHour(w *Writer, ev *venue.PositionTransferred, terms *venue.Instrument) {
	if px, ok := venue.MulDiv(int64(max(ev.Value, -ev.Value)), 1, int64(max(ev.Qty, -ev.Qty))*terms.Hours, venue.HalfEven); ok {
		w.Money(TagLastPx, venue.Amount(px))
	}
}

// paid reports what a position paid or received, as PositionReport without a
// request. The amount is what the cash of the account gained.
func (h *Hub) paid(e *venue.Entry, account venue.AccountID, id venue.InstrumentID, qty venue.Qty, kind string, gained venue.Amount) {
	terms, ok := h.cfg.Market.Instrument(id)
	if !ok || len(h.byAccount[account]) == 0 {
		return
	}
	w := h.w.Begin()
	writeEventID(w, TagPosMaintRptID, e)
	w.Uint(TagAccount, uint64(account)).Text(TagSymbol, terms.Symbol).Text(TagCurrency, "USD")
	w.Group(TagNoPositions).Entry().Text(TagPosType, "TQ").Qty(TagLongQty, max(qty, 0)).Qty(TagShortQty, max(-qty, 0)).EndEntry().EndGroup()
	w.Group(TagNoPosAmt).Entry().Text(TagPosAmtType, kind).Money(TagPosAmt, gained).EndEntry().EndGroup()
	h.notify(e, account, MsgPosition, h.end(e))
}

// writeEventID writes an id that is the same when the event is heard again.
func writeEventID(w *Writer, t Tag, e *venue.Entry) {
	w.name(t)
	w.b = scale.AppendQty(w.b, venue.Qty(e.Seq))
	w.b = append(w.b, '-')
	w.b = scale.AppendQty(w.b, venue.Qty(e.Index))
	w.b = append(w.b, '"')
}

// status tells who follows an instrument its phase and, while orders are
// collected, what the uncrossing would come to, as SecurityStatus. It is not
// kept, and left out for a listener that is too slow: a W says it again.
func (h *Hub) status(e *venue.Entry, id venue.InstrumentID) {
	for _, x := range h.feeds.of(id) {
		for _, s := range x.subs {
			if s.first(id) != x || s.link.wire.Slow() {
				continue
			}
			session := s.link.Session()
			if session == nil {
				continue
			}
			w := h.w.Begin().Text(TagMDReqID, s.id).Text(TagSymbol, x.terms.Symbol)
			h.writeStatus(w, x.terms)
			if session.Stream(e.Time, MsgSecurityStatus, w.Time(TagTransactTime, e.Time).Uint(TagApplSeqNum, uint64(e.Seq)).End()) {
				h.touch(session)
			}
		}
	}
}

// first returns the first feed of an instrument, so that a listener of book and
// trades hears of it once.
func (s *subscription) first(id venue.InstrumentID) *feed {
	for _, x := range s.feeds {
		if x.key.instrument == id {
			return x
		}
	}
	return nil
}

// writeStatus writes phase and auction of an instrument.
func (h *Hub) writeStatus(w *Writer, terms *venue.Instrument) {
	phase, auction := h.cfg.Market.Trading(terms.ID)
	w.Int(TagSecurityTradingStatus, tradingStatus(phase)).Text(TagPhase, phase.String())
	if !phase.Collecting() {
		return
	}
	if auction.Volume > 0 {
		w.Price(TagIndicativePx, auction.Price, terms)
	}
	w.Qty(TagIndicativeQty, auction.Volume).Qty(TagSurplusQty, auction.Surplus)
	if auction.Ends != 0 {
		w.Time(TagAuctionEnds, auction.Ends)
	}
}
