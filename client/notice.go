package client

import (
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// AccountNotice says that the account is in another state, and the numbers of
// the decision, in micro-dollars.
type AccountNotice struct {
	// State is "healthy", "reduce-only", "liquidating", "takeover" or
	// "deleveraging".
	State string
	// Cash, Unrealised, Initial and Maintenance are what it has and needs.
	Cash, Unrealised, Initial, Maintenance venue.Amount
	// Seq is the envelope, At the time of the venue.
	Seq venue.Seq
	At  venue.Time
}

// PositionNotice says that the venue moved a part of a position of the account
// without an order.
type PositionNotice struct {
	Instrument *Instrument
	// Reason is "takeover" or "deleveraging".
	Reason string
	// Side is Buy when the position rose, Sell when it fell; Qty is in lots.
	Side venue.Side
	Qty  venue.Qty
	// Price is micro-dollars per GPU-hour, rounded; Value what was paid in all.
	Price, Value venue.Amount
	Seq          venue.Seq
	At           venue.Time
}

// PaymentNotice says what a position paid or received.
type PaymentNotice struct {
	Instrument *Instrument
	// Kind is "FUND" for funding, "TVAR" for the daily or final settlement, "VADJ"
	// for what was taken of the gains of the position for the debts of others.
	Kind string
	// Qty is the position, Gained what the cash gained in micro-dollars, negative
	// when it paid. With "VADJ" the cash is what it was, and the position costs more.
	Qty    venue.Qty
	Gained venue.Amount
	At     venue.Time
}

// TransferNotice says what moved between accounts without a request of this
// session.
type TransferNotice struct {
	// Reason is "transfer" between accounts of the owner, "debt-paid" for a debt of
	// the account that From paid, "seizure" for collateral that the venue took.
	Reason   string
	From, To venue.AccountID
	// Asset moved, Amount of it, as decimal text.
	Asset, Amount string
	// Value is what a seizure paid of the debt, in micro-dollars.
	Value venue.Amount
	Seq   venue.Seq
	At    venue.Time
}

// StatusNotice says in which phase a followed market is, and while orders are
// collected what the uncrossing would come to.
type StatusNotice struct {
	Instrument *Instrument
	Phase      string
	// Price is in ticks and means nothing while Volume is 0. Volume would trade;
	// Surplus would find nobody, buyers above zero.
	Price           venue.Price
	Volume, Surplus venue.Qty
	// Ends is when a protective auction ends, 0 when others end it.
	Ends venue.Time
}

// Notices are called for what no request asked for; each may be nil. All calls
// come from the goroutine that reads the connection.
type Notices struct {
	OnAccount  func(*AccountNotice)
	OnPosition func(*PositionNotice)
	OnPayment  func(*PaymentNotice)
	OnTransfer func(*TransferNotice)
	OnStatus   func(*StatusNotice)
}

// notice deals with a message that no request asked for.
func (c *Client) notice(m *gateway.Message) {
	on := &c.cfg.Notices
	listed := *c.listed.Load()
	i := listed[m.Text(gateway.TagSymbol)]
	seq := venue.Seq(number(m.Get(gateway.TagEngineSeq)))
	at, _ := m.Time(gateway.TagTransactTime)
	switch m.Type {
	case gateway.MsgMarginReport:
		if on.OnAccount != nil {
			on.OnAccount(accountNotice(m, seq, at))
		}
	case gateway.MsgTradeCapture:
		if on.OnPosition != nil && i != nil {
			on.OnPosition(positionNotice(m, i, seq, at))
		}
	case gateway.MsgPosition:
		if on.OnPayment != nil && i != nil {
			on.OnPayment(paymentNotice(m, i, at))
		}
	case gateway.MsgTransferDone:
		if on.OnTransfer != nil {
			on.OnTransfer(transferNotice(m, seq, at))
		}
	case gateway.MsgSecurityStatus:
		if on.OnStatus != nil && i != nil {
			on.OnStatus(statusNotice(m, i))
		}
	}
}

func positionNotice(m *gateway.Message, i *Instrument, seq venue.Seq, at venue.Time) *PositionNotice {
	n := &PositionNotice{
		Instrument: i, Reason: m.Text(gateway.TagTransferReason), Qty: qty(m, gateway.TagLastQty),
		Price: money(m.Get(gateway.TagLastPx)), Value: money(m.Get(gateway.TagGrossTradeAmt)), Seq: seq, At: at,
	}
	if v := m.In(gateway.TagNoSides, 0, gateway.TagSide); len(v) == 1 {
		n.Side = venue.Side(v[0] - '0')
	}
	return n
}

func paymentNotice(m *gateway.Message, i *Instrument, at venue.Time) *PaymentNotice {
	long, short := number(m.In(gateway.TagNoPositions, 0, gateway.TagLongQty)), number(m.In(gateway.TagNoPositions, 0, gateway.TagShortQty))
	return &PaymentNotice{
		Instrument: i, Kind: string(m.In(gateway.TagNoPosAmt, 0, gateway.TagPosAmtType)), Qty: venue.Qty(long) - venue.Qty(short),
		Gained: money(m.In(gateway.TagNoPosAmt, 0, gateway.TagPosAmt)), At: at,
	}
}

func transferNotice(m *gateway.Message, seq venue.Seq, at venue.Time) *TransferNotice {
	return &TransferNotice{
		Reason: m.Text(gateway.TagTransferReason), From: venue.AccountID(number(m.Get(gateway.TagAccount))), To: venue.AccountID(number(m.Get(gateway.TagToAccount))),
		Asset: m.Text(gateway.TagAsset), Amount: m.Text(gateway.TagTransferAmount), Value: money(m.Get(gateway.TagGrossTradeAmt)), Seq: seq, At: at,
	}
}

func accountNotice(m *gateway.Message, seq venue.Seq, at venue.Time) *AccountNotice {
	n := &AccountNotice{State: m.Text(gateway.TagAccountState), Seq: seq, At: at}
	for k := range m.Entries(gateway.TagNoMarginAmt) {
		v := money(m.In(gateway.TagNoMarginAmt, k, gateway.TagMarginAmt))
		switch number(m.In(gateway.TagNoMarginAmt, k, gateway.TagMarginAmtType)) {
		case 5:
			n.Cash = v
		case 23:
			n.Unrealised = v
		case 11:
			n.Initial = v
		case 12:
			n.Maintenance = v
		}
	}
	return n
}

// statusNotice reads f, or the part of W that says the same.
func statusNotice(m *gateway.Message, i *Instrument) *StatusNotice {
	n := &StatusNotice{
		Instrument: i, Phase: m.Text(gateway.TagPhase), Price: price(m, gateway.TagIndicativePx, i), Volume: qty(m, gateway.TagIndicativeQty),
	}
	if v, ok := m.Int(gateway.TagSurplusQty); ok {
		n.Surplus = venue.Qty(v)
	}
	n.Ends, _ = m.Time(gateway.TagAuctionEnds)
	return n
}
