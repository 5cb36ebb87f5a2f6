package client

import (
	"context"
	"strings"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// reply collects the messages that answer a request.
type reply struct {
	take func(m *gateway.Message) (last bool)
	done chan error
}

func (r *reply) fail(err error) { r.done <- err }

// request sends a message that is not kept and waits for its answer. take is
// called with each message of the answer and says whether it is the last.
func (c *Client) request(ctx context.Context, t gateway.MsgType, id string, write func(w *gateway.Writer), take func(m *gateway.Message) bool) error {
	r := &reply{take: take, done: make(chan error, 1)}
	c.mu.Lock()
	if c.closed != nil {
		c.mu.Unlock()
		return ErrClosed
	}
	c.replies[id] = r
	c.mu.Unlock()
	if !c.stream(t, write) {
		c.mu.Lock()
		delete(c.replies, id)
		c.mu.Unlock()
		return ErrNotConnected
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.replies, id)
		c.mu.Unlock()
		return ctx.Err()
	}
}

// stream sends a message that is not kept.
func (c *Client) stream(t gateway.MsgType, write func(w *gateway.Writer)) bool {
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	w := c.w.Begin()
	write(w)
	ok := c.session.Stream(clock(), t, w.End())
	c.Flush()
	return ok
}

// reply gives a message to the request that it answers. What refuses ends it.
func (c *Client) reply(id string, m *gateway.Message, last bool) {
	c.mu.Lock()
	r := c.replies[id]
	c.mu.Unlock()
	if r == nil {
		return
	}
	var err error
	if e := failed(m); e != nil {
		err = e
	} else if r.take(m) || last {
		last = true
	}
	if err == nil && !last {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.replies[id] == r {
		delete(c.replies, id)
		r.fail(err)
	}
}

// Instrument is the terms of an instrument as the venue publishes them. Terms
// that are not public (bands, margin schedules) are zero.
type Instrument struct {
	venue.Instrument
	// Open says that the market took orders when the list was made.
	Open bool
}

// ParsePrice reads a price in dollars as ticks.
func (i *Instrument) ParsePrice(text string) (venue.Price, error) {
	p, err := scale.ParsePrice(text, &i.Instrument)
	if err != nil {
		return 0, err
	}
	return p, nil
}

// FormatPrice returns a price as dollars.
func (i *Instrument) FormatPrice(p venue.Price) string {
	return string(scale.AppendPrice(nil, p, &i.Instrument))
}

// Instruments asks what is listed. The result may be kept until there is something
// new: instruments are added, and of their terms order limit, band, fees and margins
// may change with notice (ADM-08).
func (c *Client) Instruments(ctx context.Context) ([]*Instrument, error) {
	var all []*Instrument
	id := c.NewID()
	err := c.request(ctx, gateway.MsgSecurityListReq, id, func(w *gateway.Writer) {
		w.Text(gateway.TagSecurityReqID, id).Int(gateway.TagSecurityListRequestType, 4)
	}, func(m *gateway.Message) bool {
		for i := range m.Entries(gateway.TagNoRelatedSym) {
			all = append(all, parseTerms(m, i))
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	listed := make(map[string]*Instrument, len(all))
	for _, i := range all {
		listed[i.Symbol] = i
	}
	c.listed.Store(&listed)
	return all, nil
}

// parseTerms reads an entry of a SecurityList.
func parseTerms(m *gateway.Message, entry int) *Instrument {
	i := &Instrument{}
	i.Kind, i.Quote = venue.Future, venue.USD
	var low, high []byte
	m.Entry(gateway.TagNoRelatedSym, entry, func(t gateway.Tag, v []byte) {
		switch t {
		case gateway.TagSymbol:
			i.Symbol = string(v)
		case gateway.TagSecurityID:
			i.ID = venue.InstrumentID(number(v))
		case gateway.TagSecurityType:
			if string(v) == "GPUSPT" {
				i.Kind = venue.Spot
			}
		case gateway.TagSKU:
			i.Class = string(v)
		case gateway.TagZone:
			i.Region = string(v)
		case gateway.TagGrade:
			i.Grade = string(v)
		case gateway.TagStartDate:
			i.Start, _ = gateway.ParseStamp(v)
		case gateway.TagEndDate:
			i.End, _ = gateway.ParseStamp(v)
		case gateway.TagContractMultiplier:
			i.Hours = int64(number(v))
		case gateway.TagMinPriceIncrement:
			i.Tick = money(v)
		case gateway.TagMaxTradeVol:
			i.MaxQty = venue.Qty(number(v))
		case gateway.TagLowLimitPrice:
			low = v
		case gateway.TagHighLimitPrice:
			high = v
		case gateway.TagCapPrice:
			i.Kind = venue.Capped
		case gateway.TagPositionLimit:
			i.MaxPosition = venue.Qty(number(v))
		case gateway.TagMakerFeeRate:
			i.Maker, _ = scale.ParseRate(v)
		case gateway.TagTakerFeeRate:
			i.Taker, _ = scale.ParseRate(v)
		case gateway.TagSecurityTradingStatus:
			i.Open = string(v) == "17"
		}
	})
	if i.Tick > 0 {
		i.Low, _ = scale.ParsePrice(low, &i.Instrument)
		i.High, _ = scale.ParsePrice(high, &i.Instrument)
	}
	if i.Kind == venue.Future && i.Start == 0 && i.End == 0 {
		i.Kind = venue.Perpetual
	}
	return i
}

// Instrument returns the terms of a symbol as they were learnt at the last call
// of Dial or Instruments, nil when it was not listed.
func (c *Client) Instrument(symbol string) *Instrument { return (*c.listed.Load())[symbol] }

func (c *Client) terms(symbol string) *venue.Instrument {
	if i := c.Instrument(symbol); i != nil {
		return &i.Instrument
	}
	return nil
}

// Position is what the account has in an instrument.
type Position struct {
	Symbol string
	// Qty is signed, in lots.
	Qty venue.Qty
	// Cost is what it cost and Margin what it needs, with its orders, in
	// micro-dollars.
	Cost, Margin venue.Amount
	// Seq is the envelope of the last change.
	Seq venue.Seq
}

// Positions asks what the account has.
func (c *Client) Positions(ctx context.Context) ([]Position, error) {
	var all []Position
	total := int64(-1)
	id := c.NewID()
	err := c.request(ctx, gateway.MsgPositionsReq, id, func(w *gateway.Writer) {
		w.Text(gateway.TagPosReqID, id).Int(gateway.TagPosReqType, 0)
	}, func(m *gateway.Message) bool {
		if m.Type == gateway.MsgPositionsAck {
			total, _ = m.Int(gateway.TagTotalNumPosReports)
		} else {
			all = append(all, parsePosition(m))
		}
		return int64(len(all)) == total
	})
	return all, err
}

func parsePosition(m *gateway.Message) Position {
	p := Position{Symbol: m.Text(gateway.TagSymbol), Seq: venue.Seq(number(m.Get(gateway.TagEngineSeq)))}
	p.Qty = venue.Qty(number(m.In(gateway.TagNoPositions, 0, gateway.TagLongQty))) - venue.Qty(number(m.In(gateway.TagNoPositions, 0, gateway.TagShortQty)))
	for i := range m.Entries(gateway.TagNoPosAmt) {
		amount := money(m.In(gateway.TagNoPosAmt, i, gateway.TagPosAmt))
		switch string(m.In(gateway.TagNoPosAmt, i, gateway.TagPosAmtType)) {
		case "CASH":
			p.Cost = amount
		case "IMTM":
			p.Margin = amount
		}
	}
	return p
}

// Balance is what the account holds of an asset.
type Balance struct {
	// Asset is its symbol.
	Asset string
	// Total is all of it, Held what orders and positions need, in units of the
	// asset; Decimals is how many of their digits are behind the point.
	Total, Held venue.Amount
	Decimals    uint8
	// Seq is the envelope of the last change.
	Seq venue.Seq
}

// Balances asks what the account holds.
func (c *Client) Balances(ctx context.Context) ([]Balance, error) {
	var all []Balance
	id := c.NewID()
	err := c.request(ctx, gateway.MsgCollateralReq, id, func(w *gateway.Writer) {
		w.Text(gateway.TagCollInquiryID, id)
	}, func(m *gateway.Message) bool {
		if m.Has(gateway.TagAsset) {
			all = append(all, parseBalance(m))
		}
		return false
	})
	return all, err
}

func parseBalance(m *gateway.Message) Balance {
	b := Balance{Asset: m.Text(gateway.TagAsset), Seq: venue.Seq(number(m.Get(gateway.TagEngineSeq)))}
	total := m.Text(gateway.TagCashOutstanding)
	if _, digits, ok := strings.Cut(total, "."); ok {
		b.Decimals = uint8(min(len(digits), 18))
	}
	b.Total, _ = scale.ParseAmount(total, b.Decimals)
	b.Held, _ = scale.ParseAmount(m.Get(gateway.TagHeldAmount), b.Decimals)
	return b
}
