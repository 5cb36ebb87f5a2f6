package rule

import (
	"fmt"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

type mat03In struct {
	Mark   Decimal      `json:"mark"`
	Tick   Decimal      `json:"tick"`
	Band   Decimal      `json:"band"`
	Asks   []bookLevel  `json:"asks"`
	Orders []mat03Order `json:"orders"`
}

type mat03Order struct {
	ID   string `json:"id"`
	Side string `json:"side"`
	Type string `json:"type"`
	// Price is that of a limit order; a market order has none.
	Price *Decimal `json:"price,omitempty"`
	Qty   int64    `json:"qty"`
}

type mat03Out struct {
	Upper Decimal `json:"upper"`
	Lower Decimal `json:"lower"`
	// Results are "accepted", "rejected" or a mat03Market.
	Results Pairs[any] `json:"results"`
}

type mat03Market struct {
	Filled    int64    `json:"filled"`
	Cancelled int64    `json:"cancelled"`
	VWAP      *Decimal `json:"vwap"`
}

func mat03(in *mat03In) (*mat03Out, error) {
	var u Units
	prices := []Decimal{in.Mark}
	for _, o := range in.Orders {
		if o.Price != nil {
			prices = append(prices, *o.Price)
		}
	}
	for _, a := range in.Asks {
		prices = append(prices, a.Price)
	}
	x := protectedBook{grid: u.grid(in.Tick, prices...)}
	u.NotNegative(in.Mark)
	lower, upper, ok := markets.Band(u.Of(in.Mark, x.grid.places), x.grid.tick, u.fraction(in.Band))
	if !ok {
		u.Refuse("mark", "a band of %s around %s is out of range", in.Band, in.Mark)
	}
	x.market = markets.Market{Lower: lower, Upper: upper}
	x.asks(&u, in.Asks)
	taken := in.takers(&u, &x)
	if x.open(&u, len(in.Orders)); u.Err != nil {
		return nil, u.Err
	}
	defer x.books.Close()
	out := &mat03Out{Upper: x.grid.decimal(upper), Lower: x.grid.decimal(lower), Results: Pairs[any]{}}
	for i := range taken {
		out.Results = append(out.Results, Pair[any]{in.Orders[i].ID, x.enter(&taken[i])})
	}
	return out, nil
}

// takers reads the orders; a market order gets its price when it is entered.
func (in *mat03In) takers(u *Units, x *protectedBook) []matching.Order {
	orders := make([]matching.Order, len(in.Orders))
	seen := map[string]bool{}
	for i, o := range in.Orders {
		path := fmt.Sprintf("orders[%d]", i)
		if seen[o.ID] {
			u.Refuse(path+".id", "%.50q is given twice", o.ID)
		}
		seen[o.ID] = true
		orders[i] = x.taker(u, path, len(in.Asks)+i, o.Side, o.Qty, o.Type == "market", o.Price)
		if o.Type != "limit" && o.Type != "market" {
			u.Refuse(path+".type", "is %.20q, want limit or market", o.Type)
		}
	}
	return orders
}

// protectedBook is a book of asks that orders meet one after the other.
type protectedBook struct {
	grid      grid
	market    markets.Market
	makers    []matching.Order
	low, high venue.Price // Of all limits.
	any       bool
	books     *matching.Books
}

func (x *protectedBook) price(u *Units, d Decimal) venue.Price {
	p := x.grid.price(u, d)
	if !x.any {
		x.low, x.high, x.any = p, p, true
	}
	x.low, x.high = min(x.low, p), max(x.high, p)
	return p
}

func (x *protectedBook) asks(u *Units, asks []bookLevel) {
	for i, a := range asks {
		q := u.lots(fmt.Sprintf("asks[%d][1]", i), a.Qty, 1)
		x.makers = append(x.makers, resting(i, venue.Sell, x.price(u, a.Price), q))
	}
}

// taker reads an order that has a price unless it is a market order.
func (x *protectedBook) taker(u *Units, path string, tag int, side string, qty int64, market bool, price *Decimal) matching.Order {
	o := resting(tag, u.side(path+".side", side), 0, u.lots(path+".qty", qty, 1))
	switch {
	case market && price != nil:
		u.Refuse(path+".price", "a market order has no price")
	case market:
		o.Type, o.TIF = venue.Market, venue.IOC
	case price == nil:
		u.Refuse(path+".price", "missing")
	default:
		o.Price = x.price(u, *price)
	}
	return o
}

// open rests the asks in a book with room for some other orders.
func (x *protectedBook) open(u *Units, others int) {
	if x.books = u.books("asks", len(x.makers)+others, x.low, x.high); x.books == nil {
		return
	}
	var m matching.Matched
	for i := range x.makers {
		id, _ := x.books.Add(&x.makers[i])
		x.books.Rest(id, &m)
	}
}

// bound is the worst price at which an order may trade, within a tick of all
// limits: beyond those it makes no difference.
func (x *protectedBook) bound(side venue.Side) venue.Price {
	return min(max(x.market.Bound(side), x.low-1), x.high+1)
}

func (x *protectedBook) enter(o *matching.Order) any {
	if o.Type == venue.Market {
		o.Price = x.bound(o.Side)
	} else if x.market.InBand(o.Side, o.Price).Refused() {
		return "rejected"
	}
	var m matching.Matched
	id, _ := x.books.Add(o)
	x.books.Match(id, &m)
	if o.Type != venue.Market {
		return "accepted"
	}
	filled, sum := venue.Qty(0), int64(0)
	for _, f := range m.Fills {
		filled += f.Qty
		sum += int64(f.Price) * int64(f.Qty) // Prices and quantities have 31 bits.
	}
	r := mat03Market{Filled: int64(filled), Cancelled: int64(o.Qty - filled)}
	if filled > 0 {
		average := x.grid.average(sum, filled)
		r.VWAP = &average
	}
	return r
}

type mat04In struct {
	PrevSettle   Decimal      `json:"prev_settle"`
	Pct          Decimal      `json:"pct"`
	Tick         Decimal      `json:"tick"`
	WindowTrades []Decimal    `json:"window_trades"`
	Asks         []bookLevel  `json:"asks"`
	Orders       []mat04Order `json:"orders"`
}

type mat04Order struct {
	ID   string `json:"id"`
	Side string `json:"side"`
	// Type is "limit" unless it is there; a "market" order has no price.
	Type  string   `json:"type,omitempty"`
	Price *Decimal `json:"price,omitempty"`
	Qty   int64    `json:"qty"`
	TIF   string   `json:"tif"`
}

type mat04Out struct {
	Variant Decimal `json:"variant"`
	Upper   Decimal `json:"upper"`
	Lower   Decimal `json:"lower"`
	// Outcomes are "traded", "auction", "rejected", or "resting" when the order
	// meets nobody.
	Outcomes Pairs[string] `json:"outcomes"`
}

func mat04(in *mat04In) (*mat04Out, error) {
	var u Units
	prices := append([]Decimal{in.PrevSettle}, in.WindowTrades...)
	for _, o := range in.Orders {
		if o.Price != nil {
			prices = append(prices, *o.Price)
		}
	}
	for _, a := range in.Asks {
		prices = append(prices, a.Price)
	}
	x := protectedBook{grid: u.grid(in.Tick, prices...)}
	breaker, variant := in.breaker(&u, &x.grid)
	x.asks(&u, in.Asks)
	orders := in.takers(&u, &x)
	if x.open(&u, len(in.Orders)); u.Err != nil {
		return nil, u.Err
	}
	defer x.books.Close()
	lower, upper := breaker.Limits(1)
	out := &mat04Out{
		Variant: x.grid.decimal(variant), Upper: x.grid.decimal(upper), Lower: x.grid.decimal(lower), Outcomes: Pairs[string]{},
	}
	for i := range orders {
		out.Outcomes = append(out.Outcomes, Pair[string]{in.Orders[i].ID, outcome(breaker, &x, &orders[i])})
	}
	return out, nil
}

// breaker has seen the trades of the window. The reference is rounded to the
// nearest tick.
func (in *mat04In) breaker(u *Units, g *grid) (*markets.Breaker, venue.Price) {
	u.NotNegative(in.PrevSettle)
	variant, ok := markets.Variant(u.Of(in.PrevSettle, g.places), g.tick, u.factor(in.Pct))
	if !ok {
		u.Refuse(in.PrevSettle.path, "%s of %s is out of range", in.Pct, in.PrevSettle)
		variant = 0
	}
	b := markets.NewBreaker(venue.Second, len(in.WindowTrades)+4, g.near(u, in.PrevSettle), variant)
	for _, d := range in.WindowTrades {
		b.Traded(g.price(u, d), 1)
	}
	return b, variant
}

func (in *mat04In) takers(u *Units, x *protectedBook) []matching.Order {
	orders := make([]matching.Order, len(in.Orders))
	seen := map[string]bool{}
	for i, o := range in.Orders {
		path := fmt.Sprintf("orders[%d]", i)
		if seen[o.ID] {
			u.Refuse(path+".id", "%.50q is given twice", o.ID)
		}
		seen[o.ID] = true
		if o.Type != "" && o.Type != "limit" && o.Type != "market" {
			u.Refuse(path+".type", "is %.20q, want limit or market", o.Type)
		}
		orders[i] = x.taker(u, path, len(in.Asks)+i, o.Side, o.Qty, o.Type == "market", o.Price)
		orders[i].TIF = u.tif(path+".tif", o.TIF)
	}
	return orders
}

// outcome says what becomes of an order that comes alone. Nothing of it is
// carried out.
func outcome(b *markets.Breaker, x *protectedBook, o *matching.Order) string {
	once := o.Type == venue.Market || o.TIF == venue.IOC || o.TIF == venue.FOK
	if o.Type == venue.Market {
		o.Price = x.high + 1
		if o.Side == venue.Sell {
			o.Price = x.low - 1
		}
	}
	p := x.books.Preview(o)
	switch {
	case p.Qty > 0 && b.Allows(p.First, p.Last, 1):
		return "traded"
	case once:
		return "rejected"
	case p.Qty > 0:
		return "auction"
	}
	return "resting"
}

type mat05In struct {
	Reference Decimal `json:"reference"`
	Triggers  []struct {
		Move    Decimal `json:"move"`
		ExtendS int64   `json:"extend_s"`
	} `json:"triggers"`
	Cases []struct {
		Name  string  `json:"name"`
		Trade Decimal `json:"trade"`
		// Indicative is null where the book does not cross; there is no price to
		// check then.
		Indicative []*Decimal `json:"indicative_at_each_end"`
	} `json:"cases"`
}

type mat05Out struct {
	Cases []mat05Case `json:"cases"`
}

type mat05Case struct {
	Name    string `json:"name"`
	Auction bool   `json:"auction"`
	TotalS  int64  `json:"total_s"`
}

func mat05(in *mat05In) (*mat05Out, error) {
	var u Units
	prices := []Decimal{in.Reference}
	for _, c := range in.Cases {
		prices = append(prices, c.Trade)
		for _, d := range c.Indicative {
			if d != nil {
				prices = append(prices, *d)
			}
		}
	}
	// Any unit will do: the triggers do not round.
	price := func(d Decimal) venue.Price {
		return venue.Price(u.within(d, Places(prices...), int64(venue.MaxAmount)))
	}
	u.NotNegative(in.Reference)
	reference := price(in.Reference)
	triggers := in.triggers(&u)
	out := &mat05Out{Cases: make([]mat05Case, len(in.Cases))}
	for i, c := range in.Cases {
		var chain markets.Protection
		trade := price(c.Trade)
		ends := make([]venue.Price, 0, len(c.Indicative))
		for _, d := range c.Indicative {
			if d == nil {
				break
			}
			ends = append(ends, price(*d))
		}
		if u.Err != nil {
			return nil, u.Err
		}
		total, breached := chain.Check(triggers, reference, trade)
		out.Cases[i] = mat05Case{Name: c.Name, Auction: breached}
		for k := 0; breached && k < len(ends); k++ {
			var more venue.Time
			more, breached = chain.Check(triggers, reference, ends[k])
			total += more
		}
		out.Cases[i].TotalS = int64(total / venue.Second)
	}
	return out, u.Err
}

func (in *mat05In) triggers(u *Units) []markets.Trigger {
	const longest = 100_000_000
	if n := len(in.Triggers); n > markets.MaxTriggers {
		u.Refuse("triggers", "%d triggers, at most %d", n, markets.MaxTriggers)
		return nil
	}
	list := make([]markets.Trigger, len(in.Triggers))
	for i, t := range in.Triggers {
		if t.ExtendS < 0 || t.ExtendS > longest {
			u.Refuse(fmt.Sprintf("triggers[%d].extend_s", i), "%d is out of range, want 0 to %d", t.ExtendS, longest)
			continue
		}
		list[i] = markets.Trigger{Move: u.factor(t.Move), Extend: venue.Time(t.ExtendS) * venue.Second}
	}
	return list
}

type mat07In struct {
	WindowS    Decimal `json:"window_s"`
	QtyLimit   int64   `json:"qty_limit"`
	DeltaLimit int64   `json:"delta_limit"`
	FrozenS    Decimal `json:"frozen_s"`
	Cases      []struct {
		Name  string      `json:"name"`
		Fills []mat07Fill `json:"fills"`
	} `json:"cases"`
}

type mat07Fill struct {
	Tuple
	Time Decimal
	Qty  int64
}

type mat07Out struct {
	Cases []mat07Case `json:"cases"`
}

type mat07Case struct {
	Name        string   `json:"name"`
	TriggeredAt *Decimal `json:"triggered_at"`
	FrozenUntil *Decimal `json:"frozen_until"`
}

func mat07(in *mat07In) (*mat07Out, error) {
	var u Units
	u.Positive(in.WindowS)
	u.Positive(in.FrozenS)
	l := venue.QuoteLimits{
		Window: u.seconds(in.WindowS), Frozen: u.seconds(in.FrozenS),
		Qty: u.lots("qty_limit", in.QtyLimit, 1), Delta: u.lots("delta_limit", in.DeltaLimit, 1),
	}
	out := &mat07Out{Cases: make([]mat07Case, len(in.Cases))}
	for i, c := range in.Cases {
		if u.Err != nil {
			return nil, u.Err
		}
		q := markets.NewQuotes(l, len(c.Fills)+4)
		out.Cases[i].Name = c.Name
		before := venue.Time(0)
		for k, f := range c.Fills {
			path := fmt.Sprintf("cases[%d].fills[%d]", i, k)
			at, qty := u.seconds(f.Time), u.lots(path+"[1]", f.Qty, -venue.MaxQty)
			if at < before {
				u.Refuse(f.Time.path, "%s is before the fill before it", f.Time)
			}
			if qty == 0 {
				u.Refuse(path+"[1]", "a fill of nothing")
			}
			if u.Err != nil {
				return nil, u.Err
			}
			before = at
			if out.Cases[i].TriggeredAt == nil && q.Filled(qty, at) {
				until, _ := q.Frozen(at)
				triggered, frozen := Exactly(int64(at), 9), Exactly(int64(until), 9)
				out.Cases[i].TriggeredAt, out.Cases[i].FrozenUntil = &triggered, &frozen
			}
		}
	}
	return out, u.Err
}

// seconds reads a time of up to 1e9 seconds in nanoseconds.
func (u *Units) seconds(d Decimal) venue.Time {
	u.NotNegative(d)
	return venue.Time(u.within(d, 9, int64(1_000_000_000*venue.Second)))
}
