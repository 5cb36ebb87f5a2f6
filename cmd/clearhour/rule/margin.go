package rule

import (
	"fmt"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// marginRules is the table of the rules of margin.
func marginRules() []Rule {
	return []Rule{
		define("MAR-01", "Bracketed initial and maintenance margin", mar01),
		define("MAR-02", "Open-order margin: worst side, open loss, fee reserve", mar02),
		define("MAR-03", "Initial margin scales with open interest; maintenance does not", mar03),
		define("MAR-04", "Multi-collateral equity with asymmetric haircuts", mar04),
		define("MAR-08", "Capped (0..100) availability future, fully collateralised, with orders", mar08),
		define("MAR-09", "Below initial margin: only exposure-reducing orders", mar09),
	}
}

type mar01In struct {
	Brackets []struct {
		// Upto is null in a last bracket without an end.
		Upto *Decimal `json:"upto"`
		IMR  Decimal  `json:"imr"`
		MMR  Decimal  `json:"mmr"`
	} `json:"brackets"`
	Multiplier Decimal `json:"multiplier"`
	Mark       Decimal `json:"mark"`
	Cases      []struct {
		Name      string `json:"name"`
		Contracts int64  `json:"contracts"`
	} `json:"cases"`
}

type mar01Out struct {
	Cases []mar01Case `json:"cases"`
}

type mar01Case struct {
	Name     string  `json:"name"`
	Notional Decimal `json:"notional"`
	IM       Decimal `json:"im"`
	MM       Decimal `json:"mm"`
}

func mar01(in *mar01In) (*mar01Out, error) {
	var u Units
	var ends []Decimal
	for _, b := range in.Brackets {
		if b.Upto != nil {
			ends = append(ends, *b.Upto)
		}
	}
	c := u.contract(in.Multiplier, []Decimal{in.Mark}, ends)
	mark := c.price(&u, in.Mark)
	brackets, end := in.brackets(&u, &c)
	if u.Err != nil {
		return nil, u.Err
	}
	terms := c.terms(brackets, 0)
	out := &mar01Out{Cases: make([]mar01Case, len(in.Cases))}
	for i, x := range in.Cases {
		path := fmt.Sprintf("cases[%d].contracts", i)
		q := u.lots(path, x.Contracts, -venue.MaxQty)
		n := c.notional(&u, path, mark, max(q, -q))
		if n > end {
			u.Refuse(path, "the notional %s is above the last bracket, %s", c.exact(n), c.exact(end))
		}
		if u.Err != nil {
			return nil, u.Err
		}
		out.Cases[i] = mar01Case{x.Name, c.exact(n), c.up(terms.Initial(n)), c.up(terms.Maintenance(n))}
	}
	return out, nil
}

// brackets returns the schedule, which the core wants without an end, and the
// end that the input gives it.
func (in *mar01In) brackets(u *Units, c *contract) ([]venue.Bracket, venue.Amount) {
	if n := len(in.Brackets); n == 0 || n > venue.MaxBrackets {
		u.Refuse("brackets", "has %d elements, want 1 to %d", n, venue.MaxBrackets)
		return nil, 0
	}
	end := venue.Amount(0)
	list := make([]venue.Bracket, len(in.Brackets))
	for i, b := range in.Brackets {
		path := fmt.Sprintf("brackets[%d].upto", i)
		last := i == len(list)-1
		upto := venue.MaxAmount
		switch {
		case b.Upto != nil && !(last && b.Upto.value.Cmp(c.exact(venue.MaxAmount).value) > 0):
			upto = c.amount(u, *b.Upto) // A last one above all that is handled is without end.
		case b.Upto == nil && !last:
			u.Refuse(path, "is null, want an end in all but the last bracket")
		}
		if upto <= end {
			u.Refuse(path, "is not above the bracket before")
		}
		end = upto
		list[i] = venue.Bracket{Upto: upto, Initial: u.fraction(b.IMR), Maintenance: u.fraction(b.MMR)}
	}
	list[len(list)-1].Upto = venue.MaxAmount
	return list, end
}

// terms returns the terms of a future with the schedule, in the units of the
// contract.
func (c *contract) terms(brackets []venue.Bracket, taker venue.Rate) *risk.Terms {
	return risk.TermsOf(&venue.Instrument{
		ID: 1, Kind: venue.Future, Tick: c.tickValue, Hours: 1, Taker: taker, Brackets: brackets,
	})
}

// flat is a schedule of one rate.
func flat(initial, maintenance venue.Rate) []venue.Bracket {
	return []venue.Bracket{{Upto: venue.MaxAmount, Initial: initial, Maintenance: maintenance}}
}

type mar02In struct {
	Q          int64   `json:"q"`
	Multiplier Decimal `json:"multiplier"`
	Mark       Decimal `json:"mark"`
	IMR        Decimal `json:"imr"`
	TakerRate  Decimal `json:"taker_rate"`
	Orders     []struct {
		Side       string  `json:"side"`
		Rem        int64   `json:"rem"`
		Limit      Decimal `json:"limit"`
		ReduceOnly bool    `json:"reduce_only,omitempty"`
	} `json:"orders"`
}

type mar02Out struct {
	Long       int64   `json:"long"`
	Short      int64   `json:"short"`
	BaseIM     Decimal `json:"base_im"`
	OpenLoss   Decimal `json:"open_loss"`
	FeeReserve Decimal `json:"fee_reserve"`
	TotalIM    Decimal `json:"total_im"`
}

func mar02(in *mar02In) (*mar02Out, error) {
	var u Units
	prices := []Decimal{in.Mark}
	for _, o := range in.Orders {
		prices = append(prices, o.Limit)
	}
	c := u.contract(in.Multiplier, prices, nil)
	mark := c.price(&u, in.Mark)
	q := u.lots("q", in.Q, -venue.MaxQty)
	terms := c.terms(flat(u.fraction(in.IMR), 0), u.fraction(in.TakerRate))
	extent := in.extent(&u, &c, q, mark)
	if u.Err != nil {
		return nil, u.Err
	}
	r := terms.Requirement(q, extent, mark)
	total := c.up(r.Base).value.Add(c.up(r.OpenLoss).value).Add(c.up(r.Fees).value)
	return &mar02Out{
		Long: int64(r.Long), Short: int64(r.Short),
		BaseIM: c.up(r.Base), OpenLoss: c.up(r.OpenLoss), FeeReserve: c.up(r.Fees),
		TotalIM: Decimal{value: total},
	}, nil
}

// extent sums the orders and refuses what together is out of range, so that no
// sum of the core can wrap.
func (in *mar02In) extent(u *Units, c *contract, q venue.Qty, mark venue.Price) risk.Extent {
	var e risk.Extent
	size := max(q, -q) // Position and all orders as if on one side, the most there can be.
	var limits venue.Amount
	for i, o := range in.Orders {
		path := fmt.Sprintf("orders[%d]", i)
		open := ledger.Open{
			Side: u.side(path+".side", o.Side), ReduceOnly: o.ReduceOnly,
			Price: c.price(u, o.Limit), Qty: u.lots(path+".rem", o.Rem, 0),
		}
		size += open.Qty
		limits += c.notional(u, path, open.Price, open.Qty)
		marked := c.notional(u, path, mark, size)
		if limits > venue.MaxAmount-marked {
			u.Refuse(path, "with it the orders are worth too much")
		}
		if u.Err != nil {
			return e
		}
		e = e.With(open, mark, c.tickValue)
	}
	c.notional(u, "q", mark, size)
	return e
}

type mar03In struct {
	IMF           Decimal   `json:"imf"`
	MaintFraction Decimal   `json:"maint_fraction"`
	Lo            Decimal   `json:"lo"`
	Hi            Decimal   `json:"hi"`
	Notional      Decimal   `json:"notional"`
	OI            []Decimal `json:"oi"`
}

type mar03Out struct {
	Results []mar03Result `json:"results"`
}

type mar03Result struct {
	IMFEff Decimal `json:"imf_eff"`
	IM     Decimal `json:"im"`
	MM     Decimal `json:"mm"`
}

func mar03(in *mar03In) (*mar03Out, error) {
	var u Units
	places := Places(append([]Decimal{in.Lo, in.Hi}, in.OI...)...)
	imf, fraction := u.fraction(in.IMF), u.fraction(in.MaintFraction)
	low, high := u.Of(in.Lo, places), u.Of(in.Hi, places)
	u.NotNegative(in.Lo)
	u.NotNegative(in.Notional)
	switch {
	case high <= low:
		u.Refuse("hi", "is not above lo")
	case high-low > risk.MaxInterest:
		u.Refuse("hi", "is too far above lo: at most %s", Exactly(risk.MaxInterest, places))
	}
	// The margins need no contract; one of multiplier 1 has the units of money.
	c := u.contract(Decimal{value: Exactly(1, 0).value}, nil, []Decimal{in.Notional})
	notional := c.amount(&u, in.Notional)
	if u.Err != nil {
		return nil, u.Err
	}
	terms := risk.TermsOf(&venue.Instrument{
		ID: 1, Kind: venue.Future, Tick: c.tickValue, Hours: 1, Brackets: flat(imf, 0),
		Interest: venue.Interest{Low: venue.Qty(low), High: venue.Qty(high)},
	})
	out := &mar03Out{Results: make([]mar03Result, len(in.OI))}
	for i, d := range in.OI {
		open := u.Of(d, places)
		u.NotNegative(d)
		if u.Err != nil {
			return nil, u.Err
		}
		terms.SetInterest(open)
		num, den := terms.Rate()
		rate, _ := venue.MulDiv(num, pow10(quotientPlaces), den, venue.HalfEven) // At most one.
		out.Results[i] = mar03Result{
			Exactly(rate, quotientPlaces), c.up(terms.Initial(notional)), c.up(risk.Maintained(notional, imf, fraction)),
		}
	}
	return out, u.Err
}

type mar04In struct {
	Balances []struct {
		Asset string  `json:"asset"`
		Bal   Decimal `json:"bal"`
		Price Decimal `json:"price"`
		Rate  Decimal `json:"rate"`
	} `json:"balances"`
	Upnl Decimal `json:"upnl"`
}

type mar04Out struct {
	CollateralValue Decimal `json:"collateral_value"`
	Equity          Decimal `json:"equity"`
}

func mar04(in *mar04In) (*mar04Out, error) {
	var u Units
	list := make([]risk.Collateral, len(in.Balances))
	for i, b := range in.Balances {
		u.NotNegative(b.Price)
		places := b.Bal.Places()
		// Balance and price together are at least as fine as micro-dollars.
		fine := max(b.Price.Places(), moneyPlaces-places)
		unit := places + fine - moneyPlaces
		if unit > 12 {
			u.Refuse(b.Bal.path, "has too many decimals together with the price")
		}
		list[i] = risk.Collateral{
			Balance: venue.Amount(u.Of(b.Bal, places)), Price: u.Of(b.Price, fine), Unit: pow10(unit), Rate: u.factor(b.Rate),
		}
	}
	unrealised := u.Money(in.Upnl)
	if u.Err != nil {
		return nil, u.Err
	}
	value, ok := risk.CollateralValue(list)
	if !ok {
		return nil, refuse("balances", "the value is out of range")
	}
	return &mar04Out{Money(value), Money(value + unrealised)}, nil
}

type mar09In struct {
	Position  int64   `json:"position"`
	OpenSells int64   `json:"open_sells"`
	OpenBuys  int64   `json:"open_buys,omitempty"`
	Equity    Decimal `json:"equity"`
	IM        Decimal `json:"im"`
	Orders    []struct {
		ID         string `json:"id"`
		Side       string `json:"side"`
		Qty        int64  `json:"qty"`
		ReduceOnly bool   `json:"reduce_only,omitempty"`
	} `json:"orders"`
}

type mar09Out struct {
	Results Pairs[int64] `json:"results"`
}

func mar09(in *mar09In) (*mar09Out, error) {
	var u Units
	position := u.lots("position", in.Position, -venue.MaxQty)
	buys, sells := u.lots("open_buys", in.OpenBuys, 0), u.lots("open_sells", in.OpenSells, 0)
	c := u.contract(Decimal{value: Exactly(1, 0).value}, nil, []Decimal{in.Equity, in.IM})
	equity, initial := c.amount(&u, in.Equity), c.amount(&u, in.IM)
	u.NotNegative(in.IM)
	covered := risk.StateOf(equity, initial, 0) == risk.Healthy
	out := &mar09Out{Results: Pairs[int64]{}}
	seen := map[string]bool{}
	for i, o := range in.Orders {
		path := fmt.Sprintf("orders[%d]", i)
		side := u.side(path+".side", o.Side)
		qty := u.lots(path+".qty", o.Qty, 1)
		if seen[o.ID] {
			u.Refuse(path+".id", "%.20q is given twice", o.ID)
		}
		seen[o.ID] = true
		if u.Err != nil {
			return nil, u.Err
		}
		open := sells
		if side == venue.Buy {
			open = buys
		}
		reducible := risk.Reducible(position, open, side)
		taken := risk.Accepts(qty, reducible, o.ReduceOnly, covered)
		out.Results = append(out.Results, Pair[int64]{o.ID, int64(taken)})
	}
	return out, u.Err
}
