package rule

import (
	"fmt"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// liquidationRules is the table of the rules of liquidation and its waterfall.
func liquidationRules() []Rule {
	return []Rule{
		define("LIQ-01", "Liquidation price and strict trigger", liq01),
		define("LIQ-02", "Smallest partial liquidation that restores the target", liq02),
		define("LIQ-03", "Bankruptcy price with several positions; insurance fund flow", liq03),
		define("LIQ-04", "Staged disposal of an inherited position", liq04),
		define("LIQ-05", "Insurance draw cap, then ranked auto-deleveraging at the bankruptcy price", liq05),
		define("LIQ-06", "Pro-rata haircut of gains, exact to the last unit", liq06),
	}
}

type liq01In struct {
	Multiplier Decimal `json:"multiplier"`
	MMR        Decimal `json:"mmr"`
	Cases      []struct {
		Name       string    `json:"name"`
		Q          int64     `json:"q"`
		Entry      Decimal   `json:"entry"`
		Collateral Decimal   `json:"collateral"`
		Prices     []Decimal `json:"prices"`
	} `json:"cases"`
}

type liq01Out struct {
	Cases []liq01Case `json:"cases"`
}

type liq01Case struct {
	Name string `json:"name"`
	// LiqPrice is null where there is none.
	LiqPrice *Decimal     `json:"liq_price"`
	States   []liq01State `json:"states"`
}

type liq01State struct {
	Equity       Decimal `json:"equity"`
	MM           Decimal `json:"mm"`
	Liquidatable bool    `json:"liquidatable"`
}

func liq01(in *liq01In) (*liq01Out, error) {
	var u Units
	var prices, amounts []Decimal
	for _, x := range in.Cases {
		prices = append(append(prices, x.Entry), x.Prices...)
		amounts = append(amounts, x.Collateral)
	}
	c := u.contract(in.Multiplier, prices, amounts)
	mmr := u.fraction(in.MMR)
	if u.Err != nil {
		return nil, u.Err
	}
	terms := c.terms(flat(mmr, mmr), 0)
	out := &liq01Out{Cases: make([]liq01Case, len(in.Cases))}
	for i, x := range in.Cases {
		path := fmt.Sprintf("cases[%d]", i)
		q := u.lots(path+".q", x.Q, -venue.MaxQty)
		cost := c.notional(&u, x.Entry.path, c.price(&u, x.Entry), q)
		backing := c.amount(&u, x.Collateral)
		if u.Err != nil {
			return nil, u.Err
		}
		r := liq01Case{Name: x.Name, States: []liq01State{}}
		if at, ok := terms.LiquidationPrice(q, cost, backing); ok {
			price := c.quotient(&u, path, at)
			r.LiqPrice = &price
		}
		for _, d := range x.Prices {
			mark := c.price(&u, d)
			notional := c.notional(&u, d.path, mark, max(q, -q))
			if u.Err != nil {
				return nil, u.Err
			}
			equity, mm := backing+terms.Unrealised(q, cost, mark), terms.Maintenance(notional)
			r.States = append(r.States, liq01State{c.exact(equity), c.up(mm), risk.Liquidatable(equity, mm)})
		}
		out.Cases[i] = r
	}
	return out, u.Err
}

type liq02In struct {
	Q          int64   `json:"q"`
	Multiplier Decimal `json:"multiplier"`
	Mark       Decimal `json:"mark"`
	Exec       Decimal `json:"exec"`
	MMR        Decimal `json:"mmr"`
	Fee        Decimal `json:"fee"`
	Target     Decimal `json:"target"`
	Cases      []struct {
		Name   string  `json:"name"`
		Equity Decimal `json:"equity"`
	} `json:"cases"`
}

type liq02Out struct {
	Cases []liq02Case `json:"cases"`
}

type liq02Case struct {
	Name        string  `json:"name"`
	X           int64   `json:"x"`
	EquityAfter Decimal `json:"equity_after"`
	MMAfter     Decimal `json:"mm_after"`
}

func liq02(in *liq02In) (*liq02Out, error) {
	var u Units
	var amounts []Decimal
	for _, x := range in.Cases {
		amounts = append(amounts, x.Equity)
	}
	c := u.contract(in.Multiplier, []Decimal{in.Mark, in.Exec}, amounts)
	mmr := u.fraction(in.MMR)
	p := risk.Partial{
		Qty:  u.lots("q", in.Q, -venue.MaxQty),
		Mark: c.price(&u, in.Mark), Exec: c.price(&u, in.Exec),
		Fee: u.fraction(in.Fee), Target: u.factor(in.Target),
	}
	u.Positive(in.Mark)
	size := max(p.Qty, -p.Qty)
	c.notional(&u, "q", p.Mark, size)
	c.notional(&u, "q", p.Exec, size)
	if u.Err != nil {
		return nil, u.Err
	}
	terms := c.terms(flat(mmr, mmr), 0)
	out := &liq02Out{Cases: make([]liq02Case, len(in.Cases))}
	for i, x := range in.Cases {
		p.Equity = c.amount(&u, x.Equity)
		if u.Err != nil {
			return nil, u.Err
		}
		lots := terms.LeastClose(&p)
		equity, mm := terms.AfterClose(&p, lots)
		out.Cases[i] = liq02Case{x.Name, int64(lots), c.down(equity), c.up(mm)}
	}
	return out, nil
}

type liq04In struct {
	Cases []struct {
		Name        string  `json:"name"`
		Pos         int64   `json:"pos"`
		Fraction    Decimal `json:"fraction"`
		FullSize    int64   `json:"full_size"`
		MaxConsumed Decimal `json:"max_consumed"`
		Available   int64   `json:"available"`
	} `json:"cases"`
}

type liq04Out struct {
	Cases []liq04Case `json:"cases"`
}

type liq04Case struct {
	Name  string  `json:"name"`
	Sizes []int64 `json:"sizes"`
}

// maxDisposals bounds the steps that one case may need.
const maxDisposals = 10_000

func liq04(in *liq04In) (*liq04Out, error) {
	out := &liq04Out{Cases: make([]liq04Case, len(in.Cases))}
	for i, x := range in.Cases {
		var u Units
		path := fmt.Sprintf("cases[%d]", i)
		position := u.lots(path+".pos", x.Pos, -venue.MaxQty)
		available := u.lots(path+".available", x.Available, 0)
		d := risk.Disposal{
			Fraction: u.fraction(x.Fraction), FullSize: u.lots(path+".full_size", x.FullSize, 0), MaxConsumed: u.fraction(x.MaxConsumed),
		}
		if u.Err != nil {
			return nil, u.Err
		}
		r := liq04Case{Name: x.Name, Sizes: []int64{}}
		for left := max(position, -position); left > 0; {
			size := d.Next(left, available)
			if size == 0 || len(r.Sizes) == maxDisposals {
				return nil, refuse(path, "is not flat after %d steps", len(r.Sizes))
			}
			left -= size
			r.Sizes = append(r.Sizes, int64(size))
		}
		out.Cases[i] = r
	}
	return out, nil
}
