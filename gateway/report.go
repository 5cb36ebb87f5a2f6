package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
)

// tell applies an event to the views and reports it to whom it concerns. Who
// amended or canceled an order knows it by the id that it had before.
func (h *Hub) tell(e *venue.Entry) {
	switch ev := e.Event.(type) {
	case *venue.LevelChanged:
		h.feeds.level(h, e, ev, h.cfg.Market.Apply(e))
	case *venue.Traded:
		change := h.learn(e)
		h.traded(e, ev)
		h.feeds.trade(h, e, ev, change)
	case *venue.OrderAmended:
		was, _ := h.cfg.Blotter.Order(ev.Order)
		h.learn(e)
		if !silent(ev, was.Flags) {
			h.amended(e, ev, &was.LastClOrdID)
		}
	case *venue.OrderCanceled:
		was, _ := h.cfg.Blotter.Order(ev.Order)
		h.learn(e)
		if !silent(ev, was.Flags) {
			h.canceled(e, ev, &was.LastClOrdID)
		}
	case *venue.OrderAccepted:
		h.learn(e)
		if !silent(ev, ev.Flags) {
			h.aboutOrder(e, ev.Order, '0', nil)
		}
	case *venue.OrderTriggered:
		h.learn(e)
		h.aboutOrder(e, ev.Order, 'L', nil)
	case *venue.OrderReduced:
		h.learn(e)
		h.aboutOrder(e, ev.Order, 'D', func(w *Writer) { writeEnd(w, ev.Reason) })
	case *venue.OrderRejected:
		h.learn(e)
		h.rejected(e, ev)
	case *venue.CancelRejected:
		h.learn(e)
		h.cancelRejected(e, ev)
	case *venue.MassCanceled:
		h.learn(e)
		h.massCanceled(e, ev)
	case *venue.RequestRepeated:
		h.learn(e)
		h.requestRepeated(e, ev)
	case *venue.Transferred:
		h.learn(e)
		h.transferred(e, ev)
	case *venue.CommandRejected:
		h.learn(e)
		h.commandRejected(e, ev)
	case *venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered:
		h.quoteEvent(e)
	case *venue.PhaseChanged, *venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.AccountStateChanged, *venue.PositionTransferred,
		*venue.FundingPaid, *venue.VariationPaid, *venue.GainsHaircut, *venue.DebtPaid, *venue.CollateralSeized:
		h.learn(e)
		h.unasked(e)
	case *venue.AccountOpened, *venue.AssetListed, *venue.BalanceChanged, *venue.Deposited, *venue.InstrumentListed,
		*venue.MarkChanged, *venue.PositionChanged, *venue.VersionSet, *venue.Withdrawn,
		*venue.ScheduleSet, *venue.ProtectionsSet,
		*venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet,
		*venue.FundingClosed, *venue.FundingSettled,
		*venue.CollateralSet, *venue.CollateralSold,
		*venue.LiquidationSet, *venue.InsuranceFunded, *venue.Receipt,
		*venue.FeeTiersSet, *venue.InstrumentSettled,
		*venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.TermsSet, *venue.OperatorSet:
		h.learn(e) // The views answer who asks.
	}
}

// send reports to a session; its wire is released at the end of the batch.
func (h *Hub) send(s *Session, e *venue.Entry, t MsgType, sub uint32, body []byte) {
	if s == nil {
		return
	}
	s.Report(e.Time, t, EventKey{Seq: e.Seq, Sub: sub}, body)
	h.touch(s)
}

func (h *Hub) touch(s *Session) {
	if !s.reported {
		s.reported = true
		h.touched = append(h.touched, s)
	}
}

// key returns the Sub of an event: the taker's report of a trade is one more.
func key(e *venue.Entry, taker bool) uint32 {
	k := e.Index * 2
	if taker {
		k++
	}
	return k
}

// aboutOrder reports what the order is now to the session that sent it.
func (h *Hub) aboutOrder(e *venue.Entry, id venue.OrderID, execType byte, more func(w *Writer)) {
	o, ok := h.cfg.Blotter.Order(id)
	if !ok {
		return
	}
	h.begin(e, &o, execType, key(e, false), nil)
	if more != nil {
		more(&h.w)
	}
	body := h.end(e)
	h.concerned(o.Session, o.Account, func(s *Session) { h.send(s, e, MsgExecution, key(e, false), body) })
}

// begin writes the part that all reports of an order share. orig is the id that
// the order had before, for 41.
func (h *Hub) begin(e *venue.Entry, o *blotter.Order, execType byte, sub uint32, orig *venue.ClOrdID) {
	w := h.w.Begin()
	writeExecID(w, e.Seq, sub)
	w.Char(TagExecType, execType)
	terms, _ := h.cfg.Market.Instrument(o.Instrument)
	writeOrder(w, o, terms)
	if orig != nil {
		w.ID(TagOrigClOrdID, orig)
	}
	if o.Session == 0 {
		w.Flag(TagVenueOrder, true)
	}
}

// end writes what ends all reports.
func (h *Hub) end(e *venue.Entry) []byte {
	return h.w.Time(TagTransactTime, e.Time).Uint(TagEngineSeq, uint64(e.Seq)).End()
}

// writeExecID writes ExecID(17): the envelope and the place in it, so that it is
// the same when the event is heard again.
func writeExecID(w *Writer, seq venue.Seq, sub uint32) {
	w.name(TagExecID)
	w.b = strconv.AppendUint(w.b, uint64(seq), 10)
	w.b = append(w.b, '-')
	w.b = strconv.AppendUint(w.b, uint64(sub), 10)
	w.b = append(w.b, '"')
}

// writeOrder writes an order as it is now.
func writeOrder(w *Writer, o *blotter.Order, terms *venue.Instrument) {
	w.Uint(TagOrderID, uint64(o.ID)).ID(TagClOrdID, &o.LastClOrdID).Char(TagOrdStatus, ordStatus(o.Status))
	w.Uint(TagAccount, uint64(o.Account))
	if terms == nil {
		w.Qty(TagCumQty, o.Filled).Qty(TagLeavesQty, o.Leaves)
		return
	}
	w.Text(TagSymbol, terms.Symbol).Char(TagSide, '0'+byte(o.Side)).Qty(TagOrderQty, o.Qty).Char(TagOrdType, ordType(o.Type))
	if o.Type == venue.Limit || o.Type == venue.StopLimit {
		w.Price(TagPrice, o.Price, terms)
	}
	if o.Stop != 0 {
		w.Price(TagStopPx, o.Stop, terms)
		if o.Flags.Has(venue.ByMark) {
			w.Char(TagTriggerPriceType, triggerMark)
		}
		if o.Status.Live() {
			w.Flag(TagWorkingIndicator, o.Triggered)
		}
	}
	w.Char(TagTimeInForce, tif(o.TIF))
	if o.Expire != 0 && o.TIF == venue.GTD {
		w.Time(TagExpireTime, o.Expire)
	}
	if f := o.Flags &^ (venue.ByMark | venue.Quote); f != 0 {
		writeFlags(w, f)
	}
	if o.MinQty != 0 {
		w.Qty(TagMinQty, o.MinQty)
	}
	if o.Display != 0 {
		w.Qty(TagDisplayQty, o.Display)
	}
	w.Qty(TagCumQty, o.Filled).Qty(TagLeavesQty, o.Leaves)
	if o.Filled != 0 && o.Priced == o.Filled {
		// Half-even to the micro-dollar: the average of exact fills need not be a
		// multiple of anything. It is left out when earlier fills are unknown.
		if avg, ok := venue.MulDiv(o.Value, int64(terms.Tick), int64(o.Priced), venue.HalfEven); ok {
			w.Money(TagAvgPx, venue.Amount(avg))
		}
	}
}

func writeFlags(w *Writer, f venue.OrderFlags) {
	w.name(TagExecInst)
	at := len(w.b)
	for _, p := range [3]struct {
		flag venue.OrderFlags
		c    byte
	}{{venue.PostOnly, '6'}, {venue.ReduceOnly, 'E'}, {venue.CancelOnDisconnect, 'o'}} {
		if !f.Has(p.flag) {
			continue
		}
		if len(w.b) > at {
			w.b = append(w.b, ' ')
		}
		w.b = append(w.b, p.c)
	}
	w.b = append(w.b, '"')
}

func ordStatus(s blotter.Status) byte {
	switch s {
	case blotter.StatusNew:
		return '0'
	case blotter.StatusPartiallyFilled:
		return '1'
	case blotter.StatusFilled:
		return '2'
	case blotter.StatusCanceled:
		return '4'
	case blotter.StatusExpired:
		return 'C'
	case blotter.StatusRejected:
		return '8'
	}
	return '8'
}

func ordType(t venue.OrderType) byte {
	switch t {
	case venue.Market:
		return '1'
	case venue.Limit:
		return '2'
	case venue.Stop:
		return '3'
	case venue.StopLimit:
		return '4'
	}
	return '2'
}

func tif(t venue.TimeInForce) byte {
	switch t {
	case venue.Day:
		return '0'
	case venue.GTC:
		return '1'
	case venue.IOC:
		return '3'
	case venue.FOK:
		return '4'
	case venue.GTD:
		return '6'
	}
	return '0'
}

// restatement is ExecRestatementReason(378) of what the venue does on its own.
var restatement = map[venue.Reason]int64{
	venue.CanceledByDisconnect:  12,
	venue.SelfTradePrevented:    17,
	venue.CanceledByVenue:       8,
	venue.ReduceOnlyTrimmed:     8,
	venue.CanceledByLiquidation: 8,
	venue.BeyondBankruptcy:      8,
}

// writeEnd writes why the venue changed or ended an order. Nothing is to be
// said when the client wanted it.
func writeEnd(w *Writer, r venue.Reason) {
	if code := restatement[r]; code != 0 {
		w.Int(TagExecRestatementReason, code)
	}
	if c := CodeOf(r); c != Internal {
		w.Text(TagText, c.Entry().Text).Int(TagErrorCode, int64(c))
	}
}

// traded reports a trade to both sides.
func (h *Hub) traded(e *venue.Entry, ev *venue.Traded) {
	h.filled(e, ev, &ev.Maker, false)
	h.filled(e, ev, &ev.Taker, true)
}

func (h *Hub) filled(e *venue.Entry, ev *venue.Traded, f *venue.Fill, taker bool) {
	o, ok := h.cfg.Blotter.Order(f.Order)
	if !ok {
		return
	}
	if o.Session != 0 && h.session(o.Session) == nil {
		return
	}
	terms, ok := h.cfg.Market.Instrument(ev.Instrument)
	if !ok {
		return
	}
	h.begin(e, &o, 'F', key(e, taker), nil)
	w := &h.w
	w.Price(TagLastPx, ev.Price, terms).Qty(TagLastQty, ev.Qty)
	w.Uint(TagTradeID, uint64(ev.Trade)).Uint(TagTrdMatchID, uint64(ev.Trade)).Flag(TagAggressorIndicator, taker)
	if taker {
		w.Int(TagLastLiquidityInd, 2)
	} else {
		w.Int(TagLastLiquidityInd, 1)
	}
	if f.Fee != 0 {
		w.Group(TagNoMiscFees).Entry().Money(TagMiscFeeAmt, f.Fee).Text(TagMiscFeeCurr, "USD").Text(TagMiscFeeType, "4").EndEntry().EndGroup()
	}
	body := h.end(e)
	h.concerned(o.Session, o.Account, func(s *Session) { h.send(s, e, MsgExecution, key(e, taker), body) })
}

// askers calls fn with whom an order concerns, and with the session that asked
// when that is another one.
func (h *Hub) askers(o *blotter.Order, e *venue.Entry, asked bool, fn func(*Session)) {
	h.concerned(o.Session, o.Account, fn)
	if s := h.session(e.Session); s != nil && asked && e.Session != o.Session {
		fn(s)
	}
}

func (h *Hub) amended(e *venue.Entry, ev *venue.OrderAmended, orig *venue.ClOrdID) {
	o, ok := h.cfg.Blotter.Order(ev.Order)
	if !ok {
		return
	}
	h.begin(e, &o, '5', key(e, false), orig)
	body := h.end(e)
	h.askers(&o, e, true, func(s *Session) { h.send(s, e, MsgExecution, key(e, false), body) })
}

func (h *Hub) canceled(e *venue.Entry, ev *venue.OrderCanceled, orig *venue.ClOrdID) {
	o, ok := h.cfg.Blotter.Order(ev.Order)
	if !ok {
		return
	}
	execType := byte('4')
	if ev.Reason == venue.Expired {
		execType = 'C'
	}
	if ev.ClOrdID.IsZero() {
		orig = nil
	}
	h.begin(e, &o, execType, key(e, false), orig)
	writeEnd(&h.w, ev.Reason)
	body := h.end(e)
	asked := ev.Reason == venue.CanceledByUser
	h.askers(&o, e, asked, func(s *Session) { h.send(s, e, MsgExecution, key(e, false), body) })
}

func (h *Hub) rejected(e *venue.Entry, ev *venue.OrderRejected) {
	s := h.session(e.Session)
	if s == nil {
		return
	}
	terms, _ := h.cfg.Market.Instrument(ev.Instrument)
	w := h.w.Begin()
	writeExecID(w, e.Seq, key(e, false))
	w.Char(TagExecType, '8').Text(TagOrderID, none).ID(TagClOrdID, &ev.ClOrdID).Char(TagOrdStatus, '8')
	w.Uint(TagAccount, uint64(ev.Account))
	if terms != nil {
		w.Text(TagSymbol, terms.Symbol)
		w.Char(TagSide, '0'+byte(ev.Side)).Qty(TagOrderQty, ev.Qty).Char(TagOrdType, ordType(ev.Type))
		if ev.Type == venue.Limit || ev.Type == venue.StopLimit {
			w.Price(TagPrice, ev.Price, terms)
		}
	}
	w.Qty(TagCumQty, 0).Qty(TagLeavesQty, 0)
	code := CodeOf(ev.Refusal.Reason)
	w.Int(TagOrdRejReason, code.Entry().FIX.OrderReason())
	writeRefusal(w, code, ev.Refusal, terms)
	h.send(s, e, MsgExecution, key(e, false), h.end(e))
}

// none stands for an OrderID that was never given.
const none = "NONE"

// refusalText returns the sentence of a refusal with its limit.
func refusalText(code Code, r venue.Refusal, terms *venue.Instrument) string {
	text := code.Entry().Text
	if limit := limitText(r, terms); limit != "" {
		text += " The limit is " + limit + "."
	}
	return text
}

// writeRefusal writes Text, ErrorCode and the field that was refused.
func writeRefusal(w *Writer, code Code, r venue.Refusal, terms *venue.Instrument) {
	w.Text(TagText, refusalText(code, r, terms)).Int(TagErrorCode, int64(code))
	if name := fieldName(r.Field); name != "" {
		w.Text(TagRefFieldName, name)
	}
}
