package check

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// order is one that was accepted and has not ended.
type order struct {
	id         venue.OrderID
	account    venue.AccountID
	instrument venue.InstrumentID
	side       venue.Side
	kind       venue.OrderType
	stp        venue.SelfTrade
	price      venue.Price
	leaves     venue.Qty
	// qty is the total, what was filled or taken off included, as amendments name it.
	qty     venue.Qty
	display venue.Qty
	shown   venue.Qty
	dormant bool
	resting bool
	// liquidates says that the venue sent it.
	liquidates bool
	flags      venue.OrderFlags
	set        venue.QuoteSet // Of a quote.
}

// live returns an order that has not ended.
func (c *Checker) live(id venue.OrderID) (*order, error) {
	if o := c.orders[id]; o != nil {
		return o, nil
	}
	return nil, broken(Orders, "order %d is not live", id)
}

func (c *Checker) accepted(e *venue.OrderAccepted) error {
	if c.orders[e.Order] != nil {
		return broken(Orders, "order %d is accepted twice", e.Order)
	}
	c.rest()
	o := &order{
		id: e.Order, account: e.Account, instrument: e.Instrument, side: e.Side, kind: e.Type, stp: e.STP, price: e.Price,
		leaves: e.Qty, qty: e.Qty, display: e.Display, dormant: e.Stop != 0, flags: e.Flags,
	}
	c.orders[e.Order] = o
	if err := c.sent(o, e); err != nil {
		return err
	}
	if !o.dormant {
		c.incoming = o
	}
	return nil
}

// sent says who sent an order: the account, as one order or as a quote, or the
// venue.
func (c *Checker) sent(o *order, e *venue.OrderAccepted) error {
	if e.Flags.Has(venue.Quote) {
		return c.quoted(o)
	}
	if p, ok := c.env.Command.(*venue.PlaceOrder); ok && c.answers == 0 && p.Account == e.Account && p.ClOrdID == e.ClOrdID {
		c.answers++
		return c.allowed(o, 0)
	}
	o.liquidates = true
	return c.liquidates(o)
}

// liquidates hears of an order that the venue sends for an account.
func (c *Checker) liquidates(o *order) error {
	if o.account == venue.Insurance {
		c.tally.Disposals++
		if c.markets[o.instrument].stale {
			return broken(Liquidation, "the fund sells while the mark of instrument %d is stale", o.instrument)
		}
		return nil
	}
	c.tally.LiquidationOrders++
	if c.markets[o.instrument].capped() {
		return broken(PaidInFull, "account %d is liquidated in instrument %d", o.account, o.instrument)
	}
	if q := *at(&c.account(o.account).qty, int(o.instrument)); q == 0 || (q > 0) != (o.side == venue.Sell) || o.leaves > max(q, -q) {
		return broken(Liquidation, "an order over %d to %s liquidates %d lots", o.leaves, o.side, q)
	}
	return c.below(o.account, "is liquidated")
}

func (c *Checker) triggered(e *venue.OrderTriggered) error {
	o, err := c.live(e.Order)
	if err != nil {
		return err
	}
	if !o.dormant {
		return broken(Orders, "order %d is triggered twice", e.Order)
	}
	c.rest()
	o.dormant, o.price = false, e.Price
	c.incoming = o
	c.woken = append(c.woken, o)
	return nil
}

func (c *Checker) amended(e *venue.OrderAmended) error {
	if _, ok := c.env.Command.(*venue.AmendOrder); ok { // Otherwise a quote becomes smaller.
		c.answers++
	}
	o, err := c.live(e.Order)
	if err != nil {
		return err
	}
	before := o.leaves
	if keeps := e.Price == o.price && e.Leaves <= o.leaves; keeps != e.Kept {
		return broken(Priority, "order %d of %d at %d becomes %d at %d, its place is kept: %v", o.id, o.leaves, o.price, e.Leaves, e.Price, e.Kept)
	}
	c.rest()
	if !e.Kept && o.resting {
		c.leave(o)
	}
	o.qty, o.price = e.Qty, e.Price
	c.shrink(o, e.Leaves)
	if !e.Kept && !o.dormant {
		c.incoming = o
	}
	return c.allowed(o, before)
}

// shrink gives an order another open quantity in its place.
func (c *Checker) shrink(o *order, leaves venue.Qty) {
	o.leaves = leaves
	o.shown = min(o.shown, leaves)
}

func (c *Checker) reduced(e *venue.OrderReduced) error {
	o, err := c.live(e.Order)
	if err != nil {
		return err
	}
	if o.leaves != e.Leaves+e.By || e.Leaves <= 0 {
		return broken(Orders, "order %d had %d open", e.Order, o.leaves)
	}
	c.shrink(o, e.Leaves)
	return nil
}

// ended hears of an order that ends without being filled.
func (c *Checker) ended(e *venue.OrderCanceled) error {
	o, err := c.live(e.Order)
	if err != nil {
		return err
	}
	if o.leaves != e.Qty {
		return broken(Orders, "order %d had %d open", e.Order, o.leaves)
	}
	c.canceled++
	if c.markets[o.instrument].capped() && e.Reason == venue.CanceledByLiquidation {
		c.exposes(o.account)
	}
	if x, ok := c.env.Command.(*venue.CancelOrder); ok && e.ClOrdID == x.ClOrdID && !x.ClOrdID.IsZero() {
		c.answers++
	}
	c.remove(o)
	if e.Reason != venue.CanceledByLiquidation || slices.Contains(c.adl, holding{o.account, o.instrument}) {
		return nil
	}
	if c.uncommits(o) {
		return nil
	}
	return c.below(o.account, "loses an order")
}

// remove forgets an order that is over.
func (c *Checker) remove(o *order) {
	if o.resting {
		c.leave(o)
	}
	if c.incoming == o {
		c.incoming = nil
	}
	delete(c.orders, o.id)
}

func (c *Checker) massCanceled(e *venue.MassCanceled) error {
	c.answers++
	if int(e.Count) != c.canceled {
		return broken(Orders, "%d orders ended by a mass cancel that counts %d", c.canceled, e.Count)
	}
	return nil
}

// answered wants one answer to a request, and none to what is no request.
func (c *Checker) answered() error {
	want := 0
	switch c.env.Command.(type) {
	case *venue.PlaceOrder, *venue.CancelOrder, *venue.AmendOrder, *venue.MassCancel, *venue.Deposit, *venue.Withdraw, *venue.Transfer,
		*venue.MassQuote, *venue.CancelQuotes, *venue.SetQuoteProtection:
		want = 1
	case *venue.Tick, *venue.SetVersion, *venue.ListAsset, *venue.ListInstrument, *venue.SetPhase, *venue.SetMark, *venue.OpenAccount,
		*venue.SetFeeTiers, *venue.SettleInstrument, *venue.SetSchedule, *venue.SetProtections, *venue.SetLiquidation,
		*venue.FundInsurance, *venue.SetCollateral, *venue.SellCollateral, *venue.ListIndex, *venue.PublishReading, *venue.SetReference,
		*venue.PublishMeter, *venue.SetTerms, *venue.SetOperator, *venue.ProposeChange, *venue.ApproveChange, *venue.CancelChange:
		want = min(c.answers, 1) // A refusal, or none.
	}
	if c.answers != want {
		return broken(Orders, "%d answers to one %T", c.answers, c.env.Command)
	}
	return nil
}

// traded hears that two orders met.
func (c *Checker) traded(e *venue.Traded) error {
	m := &c.markets[e.Instrument]
	if c.trade++; e.Trade != c.trade {
		return broken(Orders, "trade number %d, want %d", e.Trade, c.trade)
	}
	if e.Maker.Fee+e.Taker.Fee < 0 {
		return broken(FeesOfTrade, "the venue pays %d for a trade", -e.Maker.Fee-e.Taker.Fee)
	}
	maker, err := c.live(e.Maker.Order)
	if err != nil {
		return err
	}
	taker, err := c.live(e.Taker.Order)
	if err != nil {
		return err
	}
	if a, b := c.account(maker.account), c.account(taker.account); a.owner == b.owner && a.owner != 0 {
		return broken(Orders, "orders %d and %d of owner %d trade with each other", maker.id, taker.id, a.owner)
	}
	crossing := m.phase != venue.Continuous // Matching trades in no other phase.
	if crossing {
		c.tally.UncrossTrades++
		c.crossed++
	} else if err := c.meets(m, e, maker, taker); err != nil {
		return err
	}
	before := [2]standing{c.standing(m, maker.account), c.standing(m, taker.account)}
	if err := c.fill(m, e, maker, &e.Maker, e.TakerSide.Opposite(), crossing); err != nil {
		return err
	}
	if err := c.fill(m, e, taker, &e.Taker, e.TakerSide, crossing); err != nil {
		return err
	}
	for i, o := range [...]*order{maker, taker} {
		if err := c.bears(m, o, before[i]); err != nil {
			return err
		}
		if err := c.holds(m, o); err != nil {
			return err
		}
		c.quoteFilled(o, e.Qty)
	}
	return nil
}

// meets checks a trade of continuous trading: the incoming order trades within the
// band, with the oldest order at the best price.
func (c *Checker) meets(m *market, e *venue.Traded, maker, taker *order) error {
	if taker.flags.Has(venue.Quote) {
		return broken(Quotes, "quote %d takes", taker.id)
	}
	if c.incoming != taker {
		return broken(Orders, "order %d takes and is not the incoming one", taker.id)
	}
	if m.is && (e.TakerSide == venue.Buy && e.Price > m.upper || e.TakerSide == venue.Sell && e.Price < m.lower) {
		return broken(Band, "a trade at %d with the band %d to %d", e.Price, m.lower, m.upper)
	}
	if e.Price != maker.price {
		return broken(Priority, "order %d at %d trades at %d", maker.id, maker.price, e.Price)
	}
	passes := taker.stp == venue.CancelMaker || taker.stp == venue.Decrement
	first := c.first(m, maker.side, c.account(taker.account).owner, passes)
	if first == nil || first.price != maker.price || m.terms.Match == venue.ByTime && first != maker {
		return broken(Priority, "order %d trades before %+v", maker.id, first)
	}
	return nil
}

// fill books one side of a trade.
func (c *Checker) fill(m *market, e *venue.Traded, o *order, f *venue.Fill, s venue.Side, crossing bool) error {
	switch {
	case o.dormant:
		return broken(Orders, "order %d trades before it was triggered", o.id)
	case o.account != f.Account || o.instrument != e.Instrument || o.side != s:
		return broken(Orders, "order %d is %+v", o.id, *o)
	case s == venue.Buy && e.Price > o.price || s == venue.Sell && e.Price < o.price:
		return broken(Band, "order %d has the limit %d", o.id, o.price)
	case o.leaves-e.Qty != f.Leaves || f.Leaves < 0:
		return broken(Orders, "order %d had %d open", o.id, o.leaves)
	}
	c.book(m, e, f, s)
	switch o.leaves = f.Leaves; {
	case f.Leaves == 0:
		c.remove(o)
	case crossing:
		o.shown = min(o.shown, o.leaves)
	case o.resting:
		if o.shown -= e.Qty; o.shown <= 0 { // An iceberg shows its next part behind the others.
			c.leave(o)
			c.enter(o)
		}
	}
	return nil
}

// book moves what a trade is worth.
func (c *Checker) book(m *market, e *venue.Traded, f *venue.Fill, s venue.Side) {
	lots := e.Qty * s.Sign()
	value := m.value(lots, e.Price)
	c.pay(f.Account, venue.Fees, f.Fee)
	if m.terms.Kind != venue.Spot {
		if won := c.move(f.Account, e.Instrument, lots, value); f.Account == venue.Insurance {
			c.fund.gain(-f.Fee)
			c.fund.closes(e.Instrument, won-f.Fee)
		}
		return
	}
	c.account(f.Account).flow -= value
	*at(&c.account(f.Account).units, int(m.terms.Base)) += venue.Amount(lots)
}
