package client

import (
	"context"
	"fmt"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// Quote is what a maker would pay and take in one instrument: prices in ticks,
// sizes in lots. A side of size 0 is removed.
type Quote struct {
	Symbol         string
	Bid, Ask       venue.Price
	BidQty, AskQty venue.Qty
}

// QuoteSide is a side of a quote as it stands, Order 0 when nothing does. Err says
// why it does not stand as asked for.
type QuoteSide struct {
	Order venue.OrderID
	Price venue.Price
	Qty   venue.Qty
	Err   *Error
}

// Quoted is a quote after a MassQuote.
type Quoted struct {
	Symbol   string
	Bid, Ask QuoteSide
}

// QuoteNews is what the venue says about the protection of a set of quotes.
type QuoteNews struct {
	Set venue.QuoteSet
	// FrozenUntil is set when the quotes were withdrawn: before it none is taken.
	FrozenUntil venue.Time
}

// MassQuote replaces quotes of a set, at most venue.MaxQuotes of them, and returns
// each as it stands then: sides are taken and refused one by one. An error says
// that nothing was entered, or with StatusUnknown that it is not known.
func (c *Client) MassQuote(ctx context.Context, set venue.QuoteSet, quotes ...Quote) ([]Quoted, error) {
	terms := make([]*venue.Instrument, len(quotes))
	for i := range quotes {
		if terms[i] = c.terms(quotes[i].Symbol); terms[i] == nil {
			return nil, fmt.Errorf("%w: %s", ErrUnknownSymbol, quotes[i].Symbol)
		}
	}
	var all []Quoted
	err := c.askQuotes(ctx, gateway.MsgMassQuote, func(w *gateway.Writer) {
		w.Uint(gateway.TagQuoteSetID, uint64(set)).Group(gateway.TagNoQuoteEntries)
		for i := range quotes {
			q := &quotes[i]
			w.Entry().Text(gateway.TagSymbol, q.Symbol)
			if q.BidQty != 0 {
				w.Price(gateway.TagBidPx, q.Bid, terms[i]).Qty(gateway.TagBidSize, q.BidQty)
			}
			if q.AskQty != 0 {
				w.Price(gateway.TagOfferPx, q.Ask, terms[i]).Qty(gateway.TagOfferSize, q.AskQty)
			}
			w.EndEntry()
		}
		w.EndGroup()
	}, func(m *gateway.Message) {
		for i := range m.Entries(gateway.TagNoQuoteEntries) {
			all = append(all, parseQuoted(m, i, c.terms))
		}
	})
	return all, err
}

// CancelQuotes withdraws the quotes of a set, all with set 0, and returns how many
// orders that were.
func (c *Client) CancelQuotes(ctx context.Context, set venue.QuoteSet) (int, error) {
	n := 0
	err := c.askQuotes(ctx, gateway.MsgQuoteCancel, func(w *gateway.Writer) {
		w.Int(gateway.TagQuoteCancelType, 4)
		if set != 0 {
			w.Uint(gateway.TagQuoteSetID, uint64(set))
		}
	}, func(m *gateway.Message) { n = int(number(m.Get(gateway.TagTotalAffectedOrders))) })
	return n, err
}

// ProtectQuotes sets how much may happen to the quotes of a set before they are
// withdrawn (MAT-07); times are in whole milliseconds. Zero limits take the
// protection away. New limits end a frozen time.
func (c *Client) ProtectQuotes(ctx context.Context, set venue.QuoteSet, l venue.QuoteLimits) error {
	return c.askQuotes(ctx, gateway.MsgProtectQuotes, func(w *gateway.Writer) {
		w.Uint(gateway.TagQuoteSetID, uint64(set))
		if l == (venue.QuoteLimits{}) {
			return
		}
		const ms = venue.Time(time.Millisecond)
		w.Int(gateway.TagProtectionWindowMs, int64(l.Window/ms)).Int(gateway.TagProtectionFrozenMs, int64(l.Frozen/ms))
		w.Qty(gateway.TagProtectionQty, l.Qty).Qty(gateway.TagProtectionDelta, l.Delta)
	}, func(*gateway.Message) {})
}

// askQuotes sends a request about quotes, which is kept for resending like one
// about orders, and waits for its answer.
func (c *Client) askQuotes(ctx context.Context, t gateway.MsgType, write func(*gateway.Writer), take func(*gateway.Message)) error {
	id := c.NewID()
	r := &reply{done: make(chan error, 1), take: func(m *gateway.Message) bool {
		take(m)
		return true
	}}
	c.mu.Lock()
	if c.closed != nil {
		c.mu.Unlock()
		return ErrClosed
	}
	c.replies[id] = r
	c.mu.Unlock()
	forget := func() {
		c.mu.Lock()
		delete(c.replies, id)
		c.mu.Unlock()
	}
	if err := c.post(t, func(w *gateway.Writer, at venue.Time) {
		write(w.Text(gateway.TagQuoteID, id))
		w.Time(gateway.TagTransactTime, at)
	}); err != nil {
		forget()
		return err
	}
	c.Flush()
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		forget()
		return &Error{Code: gateway.StatusUnknown, Text: fmt.Sprintf("no answer to %s: %v", id, ctx.Err())}
	}
}

// quoteAnswer deals with what the venue says about quotes.
func (c *Client) quoteAnswer(m *gateway.Message) {
	if at, ok := m.Time(gateway.TagFrozenUntil); ok && c.cfg.OnQuotes != nil {
		c.cfg.OnQuotes(QuoteNews{Set: venue.QuoteSet(number(m.Get(gateway.TagQuoteSetID))), FrozenUntil: at})
	}
	c.reply(m.Text(gateway.TagQuoteID), m, true)
}

// parseQuoted reads an entry of an acknowledgement.
func parseQuoted(m *gateway.Message, entry int, terms func(string) *venue.Instrument) Quoted {
	q := Quoted{Symbol: string(m.In(gateway.TagNoQuoteEntries, entry, gateway.TagSymbol))}
	i := terms(q.Symbol)
	m.Entry(gateway.TagNoQuoteEntries, entry, func(t gateway.Tag, v []byte) {
		switch t {
		case gateway.TagBidOrderID:
			q.Bid.Order = venue.OrderID(number(v))
		case gateway.TagOfferOrderID:
			q.Ask.Order = venue.OrderID(number(v))
		case gateway.TagBidPx:
			q.Bid.Price = ticks(v, i)
		case gateway.TagOfferPx:
			q.Ask.Price = ticks(v, i)
		case gateway.TagBidSize:
			q.Bid.Qty = venue.Qty(number(v))
		case gateway.TagOfferSize:
			q.Ask.Qty = venue.Qty(number(v))
		case gateway.TagBidErrorCode:
			q.Bid.Err = &Error{Code: gateway.Code(number(v))}
		case gateway.TagOfferErrorCode:
			q.Ask.Err = &Error{Code: gateway.Code(number(v))}
		case gateway.TagBidText:
			q.Bid.say(v)
		case gateway.TagOfferText:
			q.Ask.say(v)
		}
	})
	return q
}

// say adds the sentence to a refusal: it follows the code.
func (s *QuoteSide) say(text []byte) {
	if s.Err != nil {
		s.Err.Text = string(text)
	}
}

func ticks(v []byte, i *venue.Instrument) venue.Price {
	if i == nil {
		return 0
	}
	p, err := scale.ParsePrice(v, i)
	if err != nil {
		return 0
	}
	return p
}
