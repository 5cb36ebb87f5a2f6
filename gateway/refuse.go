package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/clearhour/clearhour/views/blotter"
)

// fieldName returns what the wire calls a field of a command, empty when it has
// no name there.
func fieldName(f venue.Field) string {
	if int(f) < len(fieldTags) && fieldTags[f] != 0 {
		return dict.defs[dict.id(fieldTags[f])].Name
	}
	return ""
}

var fieldTags = [...]Tag{
	venue.FieldAccount:    TagAccount,
	venue.FieldInstrument: TagSymbol,
	venue.FieldSide:       TagSide,
	venue.FieldType:       TagOrdType,
	venue.FieldTIF:        TagTimeInForce,
	venue.FieldSTP:        TagSelfMatchPreventionInstruction,
	venue.FieldFlags:      TagExecInst,
	venue.FieldPrice:      TagPrice,
	venue.FieldStop:       TagStopPx,
	venue.FieldQty:        TagOrderQty,
	venue.FieldMinQty:     TagMinQty,
	venue.FieldDisplay:    TagDisplayQty,
	venue.FieldExpire:     TagExpireTime,
	venue.FieldClOrdID:    TagClOrdID,
	venue.FieldOrder:      TagOrderID,
	venue.FieldAsset:      TagAsset,
	venue.FieldTo:         TagToAccount,
}

// limitText returns the limit of a refusal in the unit of the wire, empty when
// there is none.
func limitText(r venue.Refusal, terms *venue.Instrument) string {
	if r.Limit == 0 {
		return ""
	}
	switch r.Field {
	case venue.FieldQuoteSet:
		if r.Reason == venue.QuotesFrozen {
			return string(AppendStamp(nil, venue.Time(r.Limit)))
		}
	case venue.FieldWindow, venue.FieldFrozen:
		return strconv.FormatInt(r.Limit/int64(millisecond), 10) + " ms"
	case venue.FieldPrice, venue.FieldStop:
		if terms == nil {
			return ""
		}
		return string(scale.AppendPrice(nil, venue.Price(r.Limit), terms))
	case venue.FieldAmount:
		return string(scale.AppendAmount(nil, venue.Amount(r.Limit), scale.MoneyDecimals))
	case venue.FieldExpire:
		return string(AppendStamp(nil, venue.Time(r.Limit)))
	}
	return strconv.FormatInt(r.Limit, 10)
}

// writeLocalID writes the ExecID of a report that no event made: unique, because
// the session never uses a number twice before a reset, and told apart by time.
func (l *Link) writeLocalID(w *Writer, now venue.Time, s *Session) {
	w.name(TagExecID)
	w.b = append(w.b, 'G')
	w.b = strconv.AppendUint(w.b, uint64(s.id), 10)
	w.b = append(w.b, '-')
	w.b = strconv.AppendUint(w.b, uint64(now), 10)
	w.b = append(w.b, '-')
	w.b = append(w.b, l.m.Get(TagMsgSeqNum)...)
	w.b = append(w.b, '"')
}

// echo repeats a field of the message, if it is there.
func (l *Link) echo(w *Writer, tags ...Tag) {
	for _, t := range tags {
		if v := l.m.Get(t); v != nil {
			w.Bytes(t, v)
		}
	}
}

// refuseOrder answers D with a report of a refused order.
func (l *Link) refuseOrder(now venue.Time, s *Session, r refusal) {
	w := l.w.Begin()
	l.writeLocalID(w, now, s)
	w.Char(TagExecType, '8').Text(TagOrderID, none).Char(TagOrdStatus, '8').Uint(TagAccount, uint64(s.who.Account))
	l.echo(w, TagClOrdID, TagSymbol, TagSide, TagOrderQty, TagOrdType, TagPrice, TagStopPx, TagTimeInForce)
	w.Qty(TagCumQty, 0).Qty(TagLeavesQty, 0).Int(TagOrdRejReason, r.code.Entry().FIX.OrderReason())
	writeLocal(w, r)
	s.Send(now, MsgExecution, w.Time(TagTransactTime, now).End())
}

// writeLocal writes Text, ErrorCode and the field of a refusal of the gateway.
func writeLocal(w *Writer, r refusal) {
	if r.text == "" {
		r.text = r.code.Entry().Text
	}
	w.Text(TagText, r.text).Int(TagErrorCode, int64(r.code))
	if r.tag != 0 {
		w.Text(TagRefFieldName, dict.defs[dict.id(r.tag)].Name)
	}
}

// refuseCancel answers F or G.
func (l *Link) refuseCancel(now venue.Time, s *Session, r refusal, amend bool) {
	w := l.w.Begin()
	if l.m.Has(TagOrderID) {
		l.echo(w, TagOrderID)
	} else {
		w.Text(TagOrderID, none)
	}
	l.echo(w, TagClOrdID, TagOrigClOrdID)
	w.Char(TagOrdStatus, '8').Char(TagCxlRejResponseTo, responseTo(amend)).Int(TagCxlRejReason, r.code.Entry().FIX.CancelReason())
	writeLocal(w, r)
	s.Send(now, MsgCancelReject, w.Time(TagTransactTime, now).End())
}

func responseTo(amend bool) byte {
	if amend {
		return '2'
	}
	return '1'
}

// refuseMass answers q.
func (l *Link) refuseMass(now venue.Time, s *Session, code Code) {
	w := l.w.Begin()
	l.echo(w, TagClOrdID, TagMassCancelRequestType, TagSymbol, TagSide)
	reason := int64(99)
	if code == UnknownInstrument {
		reason = 1
	}
	w.Char(TagMassCancelResponse, '0').Int(TagMassCancelRejectReason, reason)
	w.Text(TagMassActionReportID, "G-"+string(l.m.Get(TagClOrdID)))
	writeLocal(w, refusal{code: code})
	s.Send(now, MsgMassCancelDone, w.Time(TagTransactTime, now).End())
}

func (h *Hub) cancelRejected(e *venue.Entry, ev *venue.CancelRejected) {
	s := h.session(e.Session)
	if s == nil {
		return
	}
	w := h.w.Begin()
	o, known := h.cfg.Blotter.Order(ev.Order)
	if !known && !ev.Orig.IsZero() {
		o, known = h.cfg.Blotter.ByClient(ev.Account, ev.Orig)
	}
	if known = known && o.ID != 0 && o.Account == ev.Account; known {
		w.Uint(TagOrderID, uint64(o.ID)).Char(TagOrdStatus, ordStatus(o.Status))
	} else {
		w.Text(TagOrderID, none).Char(TagOrdStatus, '8')
	}
	w.ID(TagClOrdID, &ev.ClOrdID).ID(TagOrigClOrdID, &ev.Orig).Uint(TagAccount, uint64(ev.Account))
	code := CodeOf(ev.Refusal.Reason)
	if code == UnknownOrder && known && !o.Status.Live() {
		code = TooLate
	}
	w.Char(TagCxlRejResponseTo, responseTo(ev.Amend)).Int(TagCxlRejReason, code.Entry().FIX.CancelReason())
	var terms *venue.Instrument
	if known {
		terms, _ = h.cfg.Market.Instrument(o.Instrument)
	}
	writeRefusal(w, code, ev.Refusal, terms)
	h.send(s, e, MsgCancelReject, key(e, false), h.end(e))
}

func (h *Hub) massCanceled(e *venue.Entry, ev *venue.MassCanceled) {
	s := h.session(e.Session)
	if s == nil {
		return
	}
	at := massKey{e.Session, ev.ClOrdID}
	kind, ok := h.masses[at]
	if !ok {
		kind = '7' // Asked before a restart.
	}
	delete(h.masses, at)
	w := h.w.Begin().ID(TagClOrdID, &ev.ClOrdID).Uint(TagAccount, uint64(ev.Account))
	w.Char(TagMassCancelRequestType, kind).Char(TagMassCancelResponse, kind).Uint(TagTotalAffectedOrders, uint64(ev.Count))
	w.Uint(TagMassActionReportID, uint64(e.Seq))
	h.send(s, e, MsgMassCancelDone, key(e, false), h.end(e))
}

func (h *Hub) commandRejected(e *venue.Entry, ev *venue.CommandRejected) {
	if ev.Command == venue.KindTransfer {
		h.transferRejected(e, ev)
		return
	}
	if k := ev.Command; k == venue.KindMassQuote || k == venue.KindCancelQuotes || k == venue.KindSetQuoteProtection {
		h.quotesRefused(e, ev)
		return
	}
	s := h.session(e.Session)
	if s == nil || ev.Command != venue.KindMassCancel {
		return
	}
	w := h.w.Begin().ID(TagClOrdID, &ev.Ref).Char(TagMassCancelRequestType, '7').Char(TagMassCancelResponse, '0')
	w.Int(TagMassCancelRejectReason, 99).Uint(TagMassActionReportID, uint64(e.Seq))
	writeRefusal(w, CodeOf(ev.Refusal.Reason), ev.Refusal, nil)
	h.send(s, e, MsgMassCancelDone, key(e, false), h.end(e))
}

// requestRepeated answers a retry with what the order is now.
func (h *Hub) requestRepeated(e *venue.Entry, ev *venue.RequestRepeated) {
	s := h.session(e.Session)
	if s == nil || h.transferRepeated(e, ev) {
		return
	}
	if h.quotesRepeated(s, e, ev) {
		return
	}
	o, ok := h.cfg.Blotter.Order(ev.Order)
	if !ok {
		o, ok = h.cfg.Blotter.ByClient(ev.Account, ev.ClOrdID)
	}
	if ok && o.Account == ev.Account && o.ID != 0 {
		o.LastClOrdID = ev.ClOrdID // The client asked by this one.
		h.begin(e, &o, 'I', key(e, false), nil)
		if ev.Refusal.Refused() {
			writeRefusal(&h.w, CodeOf(ev.Refusal.Reason), ev.Refusal, nil)
		}
		h.send(s, e, MsgExecution, key(e, false), h.end(e))
		return
	}
	w := h.w.Begin()
	writeExecID(w, e.Seq, key(e, false))
	w.Char(TagExecType, 'I').ID(TagClOrdID, &ev.ClOrdID).Uint(TagAccount, uint64(ev.Account)).Qty(TagCumQty, 0).Qty(TagLeavesQty, 0)
	switch {
	case ev.Refusal.Refused():
		code := CodeOf(ev.Refusal.Reason)
		w.Text(TagOrderID, none).Char(TagOrdStatus, '8').Int(TagOrdRejReason, code.Entry().FIX.OrderReason())
		writeRefusal(w, code, ev.Refusal, nil)
	case ev.Order != 0:
		// Live orders are all known here, so this one is over.
		w.Uint(TagOrderID, uint64(ev.Order)).Char(TagOrdStatus, '3')
	default:
		w.Text(TagOrderID, none).Char(TagOrdStatus, '3')
	}
	h.send(s, e, MsgExecution, key(e, false), h.end(e))
}

// orderStatus answers H.
func (l *Link) orderStatus(now venue.Time, s *Session) {
	id, ok := clOrdID(l.m.Get(TagClOrdID))
	if !ok {
		s.Reject(now, &l.m, problem(rejOutOfRange, TagClOrdID))
		return
	}
	var o blotter.Order
	if v := l.m.Get(TagOrderID); v != nil {
		n, err := strconv.ParseUint(string(v), 10, 64)
		if err != nil {
			s.Reject(now, &l.m, problem(rejOutOfRange, TagOrderID))
			return
		}
		o, ok = l.hub.cfg.Blotter.Order(venue.OrderID(n))
	} else {
		o, ok = l.hub.cfg.Blotter.ByClient(s.who.Account, id)
	}
	if ok && o.Account == s.who.Account {
		l.status(now, s, &o, l.m.Get(TagOrdStatusReqID))
		return
	}
	w := l.w.Begin()
	l.writeLocalID(w, now, s)
	w.Char(TagExecType, 'I').Text(TagOrderID, none).Char(TagOrdStatus, '8').Uint(TagAccount, uint64(s.who.Account))
	l.echo(w, TagClOrdID, TagOrdStatusReqID)
	w.Qty(TagCumQty, 0).Qty(TagLeavesQty, 0).Int(TagOrdRejReason, UnknownOrder.Entry().FIX.OrderReason())
	writeLocal(w, refusal{code: UnknownOrder})
	s.Send(now, MsgExecution, w.Time(TagTransactTime, now).End())
}

// status reports what an order is now, because it was asked for.
func (l *Link) status(now venue.Time, s *Session, o *blotter.Order, req []byte) {
	w := l.w.Begin()
	l.writeLocalID(w, now, s)
	w.Char(TagExecType, 'I')
	terms, _ := l.hub.cfg.Market.Instrument(o.Instrument)
	if o.ID == 0 {
		w.Text(TagOrderID, none).ID(TagClOrdID, &o.ClOrdID).Char(TagOrdStatus, '8').Qty(TagCumQty, 0).Qty(TagLeavesQty, 0)
		code := CodeOf(o.Reason)
		w.Int(TagOrdRejReason, code.Entry().FIX.OrderReason()).Text(TagText, code.Entry().Text).Int(TagErrorCode, int64(code))
	} else {
		writeOrder(w, o, terms)
		writeEnd(w, o.Reason)
	}
	if req != nil {
		w.Bytes(TagOrdStatusReqID, req)
	}
	s.Send(now, MsgExecution, w.Time(TagTransactTime, now).Uint(TagEngineSeq, uint64(o.LastSeq)).End())
}
