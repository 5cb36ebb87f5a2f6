package client

import (
	"bytes"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// ReportKind says what a Report is.
type ReportKind uint8

// Kinds of report.
const (
	// OrderReport is about an order: ExecutionReport(8).
	OrderReport ReportKind = iota + 1
	// CancelRefused refuses a cancel or an amendment: OrderCancelReject(9).
	CancelRefused
	// MassCanceled answers CancelAll: OrderMassCancelReport(r).
	MassCanceled
	// TransferReport answers Transfer: AccountTransferReport(U2).
	TransferReport
)

// Report is what the venue says about orders.
type Report struct {
	Kind ReportKind
	// ExecType is ExecType(150): 0 accepted, F trade, 4 canceled, C expired, 5
	// amended, 8 refused, D reduced by the venue, L triggered, I asked for.
	ExecType byte
	// Status is OrdStatus(39): 0 new, 1 partially filled, 2 filled, 4 canceled, C
	// expired, 8 refused, 3 over.
	Status byte
	// ClOrdID is the id of the request that changed the order last, Orig the one
	// before it.
	ClOrdID, Orig venue.ClOrdID
	// Order is the venue's id, 0 when it has none.
	Order venue.OrderID
	// Exec is ExecID(17) of an event: the envelope and the place in it; zero in
	// answers that no event made.
	Exec gateway.EventKey
	// Instrument are the terms, nil when the report names none.
	Instrument *Instrument
	Side       venue.Side
	// Price is the limit, in ticks; Last the price of this trade.
	Price, Last venue.Price
	// Qty is the size of the order, LastQty of this trade, Filled what traded in
	// all, Leaves what is open: in lots.
	Qty, LastQty, Filled, Leaves venue.Qty
	// Trade numbers the trade; Maker says that the order was resting; Fee is what
	// the trade cost, in micro-dollars.
	Trade venue.TradeID
	Maker bool
	Fee   venue.Amount
	// Liquidation says that the order is the venue's own, which closes a position of
	// the account (LIQ-02).
	Liquidation bool
	// Affected is the number of orders that CancelAll ended.
	Affected uint32
	// Code says why something was refused or ended, 0 when nothing was.
	Code  gateway.Code
	Text  string
	Field string
	// Seq is the envelope, At the time of the venue.
	Seq venue.Seq
	At  venue.Time
}

// Live says whether the order can still trade.
func (r *Report) Live() bool { return r.Status == '0' || r.Status == '1' }

// Err returns the refusal that the report is, nil when it is none.
func (r *Report) Err() error {
	refused := r.Kind == CancelRefused || r.Kind == OrderReport && r.Status == '8' || (r.Kind == MassCanceled || r.Kind == TransferReport) && r.Code != 0
	if !refused {
		return nil
	}
	return &Error{Code: r.Code, Text: r.Text, Field: r.Field}
}

// parse fills the report from a message.
func (r *Report) parse(m *gateway.Message, listed map[string]*Instrument) {
	*r = Report{ExecType: m.Char(gateway.TagExecType), Status: m.Char(gateway.TagOrdStatus)}
	switch m.Type {
	case gateway.MsgCancelReject:
		r.Kind = CancelRefused
	case gateway.MsgMassCancelDone:
		r.Kind = MassCanceled
		n, _ := m.Int(gateway.TagTotalAffectedOrders)
		r.Affected = uint32(n)
	case gateway.MsgTransferDone:
		r.Kind = TransferReport
	default:
		r.Kind = OrderReport
	}
	copy(r.ClOrdID[:], m.Get(gateway.TagClOrdID))
	copy(r.Orig[:], m.Get(gateway.TagOrigClOrdID))
	r.Order = venue.OrderID(number(m.Get(gateway.TagOrderID)))
	r.Seq = venue.Seq(number(m.Get(gateway.TagEngineSeq)))
	r.At, _ = m.Time(gateway.TagTransactTime)
	if head, tail, ok := bytes.Cut(m.Get(gateway.TagExecID), []byte{'-'}); ok && r.Seq != 0 {
		r.Exec = gateway.EventKey{Seq: venue.Seq(number(head)), Sub: uint32(number(tail))}
	}
	if code, ok := m.Int(gateway.TagErrorCode); ok {
		r.Code, r.Text, r.Field = gateway.Code(code), sentence(gateway.Code(code), m.Get(gateway.TagText)), m.Text(gateway.TagRefFieldName)
	}
	r.Liquidation = m.Flag(gateway.TagVenueOrder)
	r.Side = venue.Side(m.Char(gateway.TagSide) - '0')
	r.Qty = qty(m, gateway.TagOrderQty)
	r.Filled, r.Leaves = qty(m, gateway.TagCumQty), qty(m, gateway.TagLeavesQty)
	if r.Instrument = listed[string(m.Get(gateway.TagSymbol))]; r.Instrument != nil {
		r.Price = price(m, gateway.TagPrice, r.Instrument)
	}
	if r.ExecType == 'F' {
		r.parseTrade(m)
	}
}

func (r *Report) parseTrade(m *gateway.Message) {
	r.LastQty = qty(m, gateway.TagLastQty)
	if r.Instrument != nil {
		r.Last = price(m, gateway.TagLastPx, r.Instrument)
	}
	r.Trade = venue.TradeID(number(m.Get(gateway.TagTradeID)))
	r.Maker = m.Char(gateway.TagLastLiquidityInd) == '1'
	if v := m.In(gateway.TagNoMiscFees, 0, gateway.TagMiscFeeAmt); v != nil {
		r.Fee = money(v)
	}
}

// number reads digits, 0 when there is anything else.
func number(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

func qty(m *gateway.Message, t gateway.Tag) venue.Qty {
	v := m.Get(t)
	if v == nil {
		return 0
	}
	q, err := scale.ParseQty(v)
	if err != nil {
		return 0
	}
	return q
}

func price(m *gateway.Message, t gateway.Tag, i *Instrument) venue.Price {
	v := m.Get(t)
	if v == nil {
		return 0
	}
	p, err := scale.ParsePrice(v, &i.Instrument)
	if err != nil {
		return 0
	}
	return p
}

func money(v []byte) venue.Amount {
	a, err := scale.ParseAmount(v, scale.MoneyDecimals)
	if err != nil {
		return 0
	}
	return a
}

// handle deals with a message of the venue.
func (c *Client) handle() {
	m := &c.m
	if m.Type == gateway.MsgTransferDone && m.Has(gateway.TagTransferReason) {
		c.notice(m) // Not the answer to a request of this session.
		return
	}
	switch m.Type {
	case gateway.MsgExecution, gateway.MsgCancelReject, gateway.MsgMassCancelDone, gateway.MsgTransferDone:
		c.report.parse(m, *c.listed.Load())
		if c.cfg.OnReport != nil {
			c.cfg.OnReport(&c.report)
		}
		c.resolve(c.report.ClOrdID, answer{report: c.report, err: c.report.Err()})
	case gateway.MsgBusinessReject, gateway.MsgReject:
		c.refused(m)
	case gateway.MsgSnapshot, gateway.MsgIncrement:
		c.market(m)
	case gateway.MsgMarketReject:
		c.reply(m.Text(gateway.TagMDReqID), m, true)
	case gateway.MsgSecurityList:
		c.reply(m.Text(gateway.TagSecurityReqID), m, !m.Has(gateway.TagLastFragment) || m.Flag(gateway.TagLastFragment))
	case gateway.MsgMarginReport, gateway.MsgTradeCapture, gateway.MsgSecurityStatus:
		c.notice(m)
	case gateway.MsgPositionsAck, gateway.MsgPosition:
		if m.Type == gateway.MsgPosition && !m.Has(gateway.TagPosReqID) {
			c.notice(m)
			return
		}
		c.reply(m.Text(gateway.TagPosReqID), m, false)
	case gateway.MsgMassQuoteAck, gateway.MsgQuoteProtection:
		c.quoteAnswer(m)
	case gateway.MsgCollateral:
		c.reply(m.Text(gateway.TagCollInquiryID), m, m.Flag(gateway.TagLastRptRequested))
	}
}

// refused gives a refusal to who waits for the answer, as far as it is known.
func (c *Client) refused(m *gateway.Message) {
	err := failed(m)
	if err == nil {
		err = &Error{Code: gateway.Internal, Text: m.Text(gateway.TagText)}
	}
	if ref := m.Get(gateway.TagBusinessRejectRefID); ref != nil {
		var id venue.ClOrdID
		copy(id[:], ref)
		c.refuseRequest(id, m, err)
		return
	}
	// Reject names the message by its number only: the outbox knows the id.
	if n, ok := m.Int(gateway.TagRefSeqNum); ok && n > 0 {
		var id venue.ClOrdID
		c.session.Sent(uint64(n), func(s *gateway.Stored) {
			_, rest, found := bytes.Cut(s.Body, []byte(`"ClOrdID":"`))
			if !found {
				_, rest, _ = bytes.Cut(s.Body, []byte(`"QuoteID":"`))
			}
			text, _, _ := bytes.Cut(rest, []byte{'"'})
			id, _ = venue.ParseClOrdID(string(text))
		})
		if !id.IsZero() {
			c.refuseRequest(id, m, err)
		}
	}
	if c.cfg.OnState != nil {
		c.cfg.OnState(true, err)
	}
}

// refuseRequest tells of a request that never became a command: one about quotes
// waits for its answer in another place than one about orders.
func (c *Client) refuseRequest(id venue.ClOrdID, m *gateway.Message, err *Error) {
	c.mu.Lock()
	_, waits := c.replies[id.String()]
	c.mu.Unlock()
	if waits {
		c.reply(id.String(), m, true)
		return
	}
	c.refuseOrder(id, err)
}

// refuseOrder tells of a request that never became a command.
func (c *Client) refuseOrder(id venue.ClOrdID, err *Error) {
	if c.cfg.OnReport != nil {
		c.report = Report{Kind: OrderReport, ExecType: '8', Status: '8', ClOrdID: id, Code: err.Code, Text: err.Text, Field: err.Field}
		c.cfg.OnReport(&c.report)
	}
	c.resolve(id, answer{err: err})
}

// sentence returns the text of a refusal, mostly that of the catalogue.
func sentence(code gateway.Code, text []byte) string {
	if known := code.Entry().Text; known == string(text) {
		return known
	}
	return string(text)
}
