package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// handle deals with an application message in sequence.
func (l *Link) handle(now venue.Time, s *Session) {
	if wait := l.throttle(now); wait != 0 {
		l.throttled(now, s, wait)
		return
	}
	l.strikes = 0
	switch l.m.Type {
	case MsgNewOrder, MsgReplace, MsgCancel, MsgMassCancel:
		if !l.grant.Trade {
			s.BusinessReject(now, &l.m, Business{Code: AuthScope, Ref: l.m.Get(TagClOrdID)})
			return
		}
		l.enter(now, s)
	case MsgTransfer:
		l.transfer(now, s)
	case MsgMassQuote, MsgQuoteCancel, MsgProtectQuotes:
		if !l.grant.Trade {
			s.BusinessReject(now, &l.m, Business{Code: AuthScope, Ref: l.m.Get(TagQuoteID)})
			return
		}
		l.enterQuotes(now, s)
	case MsgOrderStatus:
		l.orderStatus(now, s)
	case MsgMarketData:
		l.marketData(now, s)
	case MsgSecurityListReq:
		l.securityList(now, s)
	case MsgPositionsReq:
		l.positions(now, s)
	case MsgCollateralReq:
		l.collateral(now, s)
	default:
		s.BusinessReject(now, &l.m, Business{Code: UnsupportedMessage, Text: "Unsupported Message Type"})
	}
}

// throttle takes a token for the message, or says how long to wait.
func (l *Link) throttle(now venue.Time) venue.Time {
	limits := &l.hub.cfg.Limits
	switch l.m.Type {
	case MsgNewOrder, MsgReplace:
		return l.orders.take(limits.Orders, now)
	case MsgCancel, MsgMassCancel, MsgQuoteCancel:
		return l.cancels.take(limits.Cancels, now)
	case MsgMassQuote:
		return l.orders.takeMany(limits.Orders, max(1, min(l.m.Entries(TagNoQuoteEntries), venue.MaxQuotes)), now)
	}
	return l.others.take(limits.Other, now)
}

// throttled refuses a message above a rate. Who goes on regardless is sent away.
func (l *Link) throttled(now venue.Time, s *Session, wait venue.Time) {
	l.strikes++
	b := Business{Code: RateLimited, Ref: l.m.Get(TagClOrdID), RetryAfter: wait}
	if b.Ref == nil {
		b.Ref = l.m.Get(TagQuoteID)
	}
	if most := l.hub.cfg.Limits.Strikes; most > 0 && l.strikes > most {
		b.Code = RateLimitedClose
		s.BusinessReject(now, &l.m, b)
		s.End(now, CloseThrottled, RateLimitedClose, "")
		return
	}
	s.BusinessReject(now, &l.m, b)
}

// enter turns a message of order entry into a command.
func (l *Link) enter(now venue.Time, s *Session) {
	id, ok := clOrdID(l.m.Get(TagClOrdID))
	if !ok {
		s.Reject(now, &l.m, problem(rejOutOfRange, TagClOrdID))
		return
	}
	switch l.m.Type {
	case MsgNewOrder:
		l.newOrder(now, s, id)
	case MsgReplace:
		l.replace(now, s, id)
	case MsgCancel:
		l.cancelOrder(now, s, id)
	case MsgMassCancel:
		l.massCancel(now, s, id)
	}
}

// clOrdID reads an identifier of 1 to 20 visible ASCII bytes.
func clOrdID(b []byte) (venue.ClOrdID, bool) {
	var id venue.ClOrdID
	if len(b) == 0 || len(b) > len(id) {
		return id, false
	}
	for i, c := range b {
		if c <= ' ' || c > '~' {
			return id, false
		}
		id[i] = c
	}
	return id, true
}

// newOrder turns D into PlaceOrder.
func (l *Link) newOrder(now venue.Time, s *Session, id venue.ClOrdID) {
	o := &l.place
	*o = venue.PlaceOrder{Account: s.who.Account, ClOrdID: id}
	terms := l.hub.instrument(l.m.Get(TagSymbol))
	if terms == nil {
		l.refuseOrder(now, s, refusal{code: UnknownInstrument, tag: TagSymbol})
		return
	}
	o.Instrument = terms.ID
	if p := l.orderProperties(o); p.Is() {
		s.Reject(now, &l.m, p)
		return
	}
	if r := l.orderNumbers(o, terms); r.code != CodeNone {
		l.refuseOrder(now, s, r)
		return
	}
	if !l.fresh(now) {
		if l.repeated(now, s, id) {
			return
		}
		l.refuseOrder(now, s, refusal{code: Stale, tag: TagTransactTime})
		return
	}
	if l.cod {
		o.Flags |= venue.CancelOnDisconnect
	}
	if err := l.hub.cfg.Submit.Submit(s.id, o); err != nil {
		l.refuseOrder(now, s, refusal{code: Overloaded})
	}
}

// repeated answers a message that may be a repetition and is too old to be
// entered: the order may be live since the first time.
func (l *Link) repeated(now venue.Time, s *Session, id venue.ClOrdID) bool {
	if !l.m.Flag(TagPossDupFlag) && !l.m.Flag(TagPossResend) {
		return false
	}
	o, ok := l.hub.cfg.Blotter.ByClient(s.who.Account, id)
	if !ok {
		return false
	}
	l.status(now, s, &o, nil)
	return true
}

// fresh says whether TransactTime is within the window and at most a second
// ahead.
func (l *Link) fresh(now venue.Time) bool {
	at, _ := l.m.Time(TagTransactTime)
	window, f := l.recvWindow(l.window)
	return f == nil && at < now+venue.Second && now-at <= window
}

// orderProperties reads the enumerations of an order.
func (l *Link) orderProperties(o *venue.PlaceOrder) Problem {
	m := &l.m
	var ok bool
	if o.Side, ok = side(m.Char(TagSide)); !ok {
		return problem(rejOutOfRange, TagSide)
	}
	switch m.Char(TagOrdType) {
	case '1':
		o.Type = venue.Market
	case '2':
		o.Type = venue.Limit
	case '3':
		o.Type = venue.Stop
	case '4':
		o.Type = venue.StopLimit
	default:
		return problem(rejOutOfRange, TagOrdType)
	}
	if o.TIF, ok = timeInForce(m, o.Type); !ok {
		return problem(rejOutOfRange, TagTimeInForce)
	}
	if o.STP, ok = selfTrade(m.Get(TagSelfMatchPreventionInstruction)); !ok {
		return problem(rejOutOfRange, TagSelfMatchPreventionInstruction)
	}
	if o.Flags, ok = execInst(m.Get(TagExecInst)); !ok {
		return problem(rejOutOfRange, TagExecInst)
	}
	if o.TIF == venue.GTD {
		if o.Expire, ok = m.Time(TagExpireTime); !ok {
			return problem(rejMissing, TagExpireTime)
		}
	} else if m.Has(TagExpireTime) {
		return problem(rejNotInMessage, TagExpireTime)
	}
	if p := l.pricesGiven(o.Type); p.Is() {
		return p
	}
	return l.trigger(o)
}

// Values of TriggerPriceType(1107). FIX knows no mark; M is this venue's.
const (
	triggerLast = '2'
	triggerMark = 'M'
)

// trigger reads by which price a stop wakes: the last trade when nothing is said.
func (l *Link) trigger(o *venue.PlaceOrder) Problem {
	switch l.m.Char(TagTriggerPriceType) {
	case 0:
		return Problem{}
	case triggerLast:
	case triggerMark:
		o.Flags |= venue.ByMark
	default:
		return problem(rejOutOfRange, TagTriggerPriceType)
	}
	if o.Type != venue.Stop && o.Type != venue.StopLimit {
		return problem(rejOutOfRange, TagTriggerPriceType)
	}
	return Problem{}
}

// pricesGiven checks that the prices fit the type of the order.
func (l *Link) pricesGiven(t venue.OrderType) Problem {
	limit := t == venue.Limit || t == venue.StopLimit
	stop := t == venue.Stop || t == venue.StopLimit
	for _, p := range [2]struct {
		tag  Tag
		want bool
	}{{TagPrice, limit}, {TagStopPx, stop}} {
		switch has := l.m.Has(p.tag); {
		case p.want && !has:
			return problem(rejMissing, p.tag)
		case has && !p.want:
			return problem(rejOutOfRange, p.tag)
		}
	}
	return Problem{}
}

func side(c byte) (venue.Side, bool) {
	switch c {
	case '1':
		return venue.Buy, true
	case '2':
		return venue.Sell, true
	}
	return 0, false
}

// timeInForce reads 59; without it a market order is IOC and others are for the
// day, as FIX has it.
func timeInForce(m *Message, t venue.OrderType) (venue.TimeInForce, bool) {
	if !m.Has(TagTimeInForce) {
		if t == venue.Market {
			return venue.IOC, true
		}
		return venue.Day, true
	}
	switch m.Char(TagTimeInForce) {
	case '0':
		return venue.Day, true
	case '1':
		return venue.GTC, true
	case '3':
		return venue.IOC, true
	case '4':
		return venue.FOK, true
	case '6':
		return venue.GTD, true
	}
	return 0, false
}

// Values of SelfMatchPreventionInstruction(2964). FIX leaves those from 100 to
// bilateral agreement.
const (
	smpAggressive = 1
	smpPassive    = 2
	smpBoth       = 3
	smpDecrement  = 100
)

func selfTrade(v []byte) (venue.SelfTrade, bool) {
	if v == nil {
		return venue.CancelTaker, true
	}
	switch n, _ := parseInt(v); n {
	case smpAggressive:
		return venue.CancelTaker, true
	case smpPassive:
		return venue.CancelMaker, true
	case smpBoth:
		return venue.CancelBoth, true
	case smpDecrement:
		return venue.Decrement, true
	}
	return 0, false
}

// execInst reads ExecInst(18): characters with blanks between them.
func execInst(v []byte) (venue.OrderFlags, bool) {
	var f venue.OrderFlags
	for i, c := range v {
		switch {
		case i%2 == 1:
			if c != ' ' || i == len(v)-1 {
				return 0, false
			}
		case c == '6':
			f |= venue.PostOnly
		case c == 'E':
			f |= venue.ReduceOnly
		case c == 'o':
			f |= venue.CancelOnDisconnect
		default:
			return 0, false
		}
	}
	return f, true
}

// refusal is a refusal of order entry that the gateway makes itself.
type refusal struct {
	code Code
	tag  Tag
	text string
}

// orderNumbers reads prices and quantities in ticks and lots.
func (l *Link) orderNumbers(o *venue.PlaceOrder, terms *venue.Instrument) refusal {
	m := &l.m
	if v := m.Get(TagPrice); v != nil {
		p, err := scale.ParsePrice(v, terms)
		if err != nil {
			return numberRefused(err, TagPrice)
		}
		o.Price = p
	}
	if v := m.Get(TagStopPx); v != nil {
		p, err := scale.ParsePrice(v, terms)
		if err != nil {
			return numberRefused(err, TagStopPx)
		}
		o.Stop = p
	}
	for _, q := range [3]struct {
		tag Tag
		to  *venue.Qty
	}{{TagOrderQty, &o.Qty}, {TagMinQty, &o.MinQty}, {TagDisplayQty, &o.Display}} {
		v := m.Get(q.tag)
		if v == nil {
			continue
		}
		n, err := scale.ParseQty(v)
		if err != nil {
			return numberRefused(err, q.tag)
		}
		*q.to = n
	}
	return refusal{}
}

func numberRefused(err *scale.Error, tag Tag) refusal {
	return refusal{code: CodeOf(err.Reason), tag: tag, text: err.Error()}
}

// replace turns G into AmendOrder.
func (l *Link) replace(now venue.Time, s *Session, id venue.ClOrdID) {
	a := &l.amend
	*a = venue.AmendOrder{Account: s.who.Account, ClOrdID: id}
	var p Problem
	if a.Order, a.Orig, p = l.target(); p.Is() {
		s.Reject(now, &l.m, p)
		return
	}
	terms := l.hub.instrument(l.m.Get(TagSymbol))
	if terms == nil {
		l.refuseCancel(now, s, refusal{code: UnknownInstrument, tag: TagSymbol}, true)
		return
	}
	if r := l.amendNumbers(a, terms, s.who.Account); r.code != CodeNone {
		l.refuseCancel(now, s, r, true)
		return
	}
	if !l.fresh(now) {
		l.refuseCancel(now, s, refusal{code: Stale, tag: TagTransactTime}, true)
		return
	}
	if err := l.hub.cfg.Submit.Submit(s.id, a); err != nil {
		l.refuseCancel(now, s, refusal{code: Overloaded}, true)
	}
}

// amendNumbers reads the new price and quantity; without a price the order
// keeps its own.
func (l *Link) amendNumbers(a *venue.AmendOrder, terms *venue.Instrument, account venue.AccountID) refusal {
	qty, err := scale.ParseQty(l.m.Get(TagOrderQty))
	if err != nil {
		return numberRefused(err, TagOrderQty)
	}
	a.Qty = qty
	if v := l.m.Get(TagPrice); v != nil {
		price, err := scale.ParsePrice(v, terms)
		if err != nil {
			return numberRefused(err, TagPrice)
		}
		a.Price = price
		return refusal{}
	}
	o, ok := l.hub.cfg.Blotter.Order(a.Order)
	if a.Order == 0 {
		o, ok = l.hub.cfg.Blotter.ByClient(account, a.Orig)
	}
	if !ok || o.Account != account {
		return refusal{code: UnknownOrder}
	}
	a.Price = o.Price
	return refusal{}
}

// target reads which order a message is about: OrderID(37) or, without it,
// OrigClOrdID(41).
func (l *Link) target() (venue.OrderID, venue.ClOrdID, Problem) {
	orig := l.m.Get(TagOrigClOrdID)
	var id venue.ClOrdID
	if orig != nil {
		var ok bool
		if id, ok = clOrdID(orig); !ok {
			return 0, id, problem(rejOutOfRange, TagOrigClOrdID)
		}
	}
	if v := l.m.Get(TagOrderID); v != nil {
		n, err := strconv.ParseUint(string(v), 10, 64)
		if err != nil || n == 0 {
			return 0, id, problem(rejOutOfRange, TagOrderID)
		}
		return venue.OrderID(n), id, Problem{}
	}
	if orig == nil {
		return 0, id, problem(rejMissing, TagOrigClOrdID)
	}
	return 0, id, Problem{}
}

// cancelOrder turns F into CancelOrder. A late cancel does no harm, so
// TransactTime may be of any age.
func (l *Link) cancelOrder(now venue.Time, s *Session, id venue.ClOrdID) {
	c := &l.cancel
	*c = venue.CancelOrder{Account: s.who.Account, ClOrdID: id}
	var p Problem
	if c.Order, c.Orig, p = l.target(); p.Is() {
		s.Reject(now, &l.m, p)
		return
	}
	if err := l.hub.cfg.Submit.Submit(s.id, c); err != nil {
		l.refuseCancel(now, s, refusal{code: Overloaded}, false)
	}
}

// massCancel turns q into MassCancel.
func (l *Link) massCancel(now venue.Time, s *Session, id venue.ClOrdID) {
	c := &l.mass
	*c = venue.MassCancel{Account: s.who.Account, ClOrdID: id}
	if v := l.m.Get(TagSide); v != nil {
		var ok bool
		if c.Side, ok = side(l.m.Char(TagSide)); !ok {
			s.Reject(now, &l.m, problem(rejOutOfRange, TagSide))
			return
		}
	}
	kind := l.m.Char(TagMassCancelRequestType)
	switch kind {
	case '1':
		terms := l.hub.instrument(l.m.Get(TagSymbol))
		if terms == nil {
			l.refuseMass(now, s, UnknownInstrument)
			return
		}
		c.Instrument = terms.ID
	case '7':
	default:
		l.refuseMass(now, s, BadValue)
		return
	}
	l.hub.waitMass(s.id, id, kind)
	if err := l.hub.cfg.Submit.Submit(s.id, c); err != nil {
		l.refuseMass(now, s, Overloaded)
	}
}

// waitMass remembers what a mass cancel asked for: its answer repeats it.
func (h *Hub) waitMass(id venue.SessionID, ref venue.ClOrdID, kind byte) {
	const most = 4096 // Answers that never come do not pile up.
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.masses) >= most {
		clear(h.masses)
	}
	h.masses[massKey{id, ref}] = kind
}
