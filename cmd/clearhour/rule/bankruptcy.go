package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

type liq03In struct {
	Equity     Decimal `json:"equity"`
	MMR        Decimal `json:"mmr"`
	Multiplier Decimal `json:"multiplier"`
	Positions  []struct {
		ID   string  `json:"id"`
		Q    int64   `json:"q"`
		Mark Decimal `json:"mark"`
	} `json:"positions"`
	MaxFee Decimal `json:"max_fee"`
	Close  struct {
		Position  string    `json:"position"`
		Contracts int64     `json:"contracts"`
		Prices    []Decimal `json:"prices"`
	} `json:"close"`
}

// liq03Out has a key that is named after the position that is closed.
type liq03Out struct {
	mm     []Decimal
	prices Pairs[Decimal]
	closed string
	value  Decimal
	delta  []Decimal
}

// MarshalJSON writes bankruptcy_value_ID for the position that is closed.
func (o *liq03Out) MarshalJSON() ([]byte, error) {
	return json.Marshal(Pairs[any]{
		{"mm", o.mm},
		{"bankruptcy_price", o.prices},
		{"bankruptcy_value_" + o.closed, o.value},
		{"fund_delta", o.delta},
	})
}

func (liq03Out) shape() string {
	return `{"mm": ["<decimal>"], "bankruptcy_price": {"<key>": "<decimal>"}, "bankruptcy_value_<id>": "<decimal>", "fund_delta": ["<decimal>"]}`
}

func liq03(in *liq03In) (*liq03Out, error) {
	var u Units
	prices := slices.Clone(in.Close.Prices)
	for _, p := range in.Positions {
		prices = append(prices, p.Mark)
	}
	c := u.contract(in.Multiplier, prices, []Decimal{in.Equity})
	out := &liq03Out{closed: in.Close.Position, mm: []Decimal{}, prices: Pairs[Decimal]{}, delta: []Decimal{}}
	stakes := in.stakes(&u, &c)
	at := -1
	for i := range stakes {
		path := fmt.Sprintf("positions[%d]", i)
		out.mm = append(out.mm, c.up(stakes[i].Maintenance))
		out.prices = append(out.prices, Pair[Decimal]{in.Positions[i].ID, c.quotient(&u, path, stakes[i].BankruptcyPrice())})
		if in.Positions[i].ID == in.Close.Position {
			at = i
		}
	}
	if at < 0 {
		u.Refuse("close.position", "%.20q is none of the positions", in.Close.Position)
	}
	if u.Err != nil {
		return nil, u.Err
	}
	return out, in.close(&u, &c, &stakes[at], out)
}

// stakes returns the positions with their shares, none after a refusal.
func (in *liq03In) stakes(u *Units, c *contract) []risk.Stake {
	mmr := u.fraction(in.MMR)
	u.Positive(in.MMR)
	equity := c.amount(u, in.Equity)
	seen := map[string]bool{}
	stakes := make([]risk.Stake, len(in.Positions))
	var total venue.Amount
	for i, p := range in.Positions {
		path := fmt.Sprintf("positions[%d]", i)
		q, mark := u.lots(path+".q", p.Q, -venue.MaxQty), c.price(u, p.Mark)
		u.Positive(p.Mark)
		if q == 0 {
			u.Refuse(path+".q", "is 0, want a position")
		}
		if seen[p.ID] {
			u.Refuse(path+".id", "%.20q is given twice", p.ID)
		}
		seen[p.ID] = true
		notional := c.notional(u, path, mark, max(q, -q))
		if u.Err != nil {
			return nil
		}
		mm := c.ceil(c.terms(flat(mmr, mmr), 0).Maintenance(notional))
		if total += mm; total > venue.MaxAmount {
			u.Refuse(path, "with it the positions are worth too much")
			return nil
		}
		stakes[i] = risk.Stake{Qty: q, Mark: mark, TickValue: c.tickValue, Equity: equity, Maintenance: mm}
	}
	for i := range stakes {
		stakes[i].Total = total
	}
	return stakes
}

// close computes what closing brings to the fund at each price.
func (in *liq03In) close(u *Units, c *contract, s *risk.Stake, out *liq03Out) error {
	size := max(s.Qty, -s.Qty)
	lots := u.lots("close.contracts", in.Close.Contracts, 1)
	if lots > size {
		u.Refuse("close.contracts", "%d is more than the position, %d", lots, size)
	}
	most := u.fraction(in.MaxFee)
	if u.Err != nil {
		return u.Err
	}
	value := c.ceil(s.BankruptcyValue(lots))
	out.value = c.exact(value)
	sold := lots
	if s.Qty < 0 {
		sold = -lots
	}
	for _, d := range in.Close.Prices {
		proceeds := c.notional(u, d.path, c.price(u, d), sold)
		if u.Err != nil {
			return u.Err
		}
		out.delta = append(out.delta, c.down(risk.FundDelta(proceeds, value, most)))
	}
	return nil
}

type liq05In struct {
	Multiplier Decimal `json:"multiplier"`
	Mark       Decimal `json:"mark"`
	Bankruptcy Decimal `json:"bankruptcy"`
	Exec       Decimal `json:"exec"`
	Contracts  int64   `json:"contracts"`
	Fund       Decimal `json:"fund"`
	WindowMax  Decimal `json:"window_max"`
	CapPct     Decimal `json:"cap_pct"`
	Drawn      Decimal `json:"drawn"`
	Shorts     []struct {
		ID     string  `json:"id"`
		Q      int64   `json:"q"`
		Entry  Decimal `json:"entry"`
		Equity Decimal `json:"equity"`
	} `json:"shorts"`
}

type liq05Out struct {
	Covered      int64          `json:"covered"`
	FundPays     Decimal        `json:"fund_pays"`
	ADLContracts int64          `json:"adl_contracts"`
	Rank         []string       `json:"rank"`
	Fills        Pairs[int64]   `json:"fills"`
	Realised     Pairs[Decimal] `json:"realised"`
}

func liq05(in *liq05In) (*liq05Out, error) {
	var u Units
	prices := []Decimal{in.Mark, in.Bankruptcy, in.Exec}
	amounts := []Decimal{in.Fund, in.WindowMax, in.Drawn}
	for _, s := range in.Shorts {
		prices, amounts = append(prices, s.Entry), append(amounts, s.Equity)
	}
	c := u.contract(in.Multiplier, prices, amounts)
	lots := u.lots("contracts", in.Contracts, 0)
	draw := risk.Draw{
		Fund: c.amount(&u, in.Fund), WindowMax: c.amount(&u, in.WindowMax), Drawn: c.amount(&u, in.Drawn), Cap: u.factor(in.CapPct),
	}
	for _, d := range amounts[:3] {
		u.NotNegative(d)
	}
	// The account that is liquidated is long: its lots are sold at exec, and the
	// fund pays what that is below the bankruptcy price.
	bankruptcy, exec := c.price(&u, in.Bankruptcy), c.price(&u, in.Exec)
	perLot := c.notional(&u, "bankruptcy", bankruptcy, 1) - c.notional(&u, "exec", exec, 1)
	ids, candidates := in.candidates(&u, &c)
	if u.Err != nil {
		return nil, u.Err
	}
	covered, pays := draw.Cover(lots, perLot)
	left := lots - covered
	out := &liq05Out{
		Covered: int64(covered), FundPays: c.up(pays), ADLContracts: int64(left),
		Rank: []string{}, Fills: Pairs[int64]{}, Realised: Pairs[Decimal]{},
	}
	risk.Rank(candidates)
	for i := range candidates {
		x := &candidates[i]
		id := ids[x.Account]
		out.Rank = append(out.Rank, id)
		var closed venue.Qty
		if closed, left = x.Deleverage(left); closed > 0 {
			value := c.notional(&u, "bankruptcy", bankruptcy, closed)
			out.Fills = append(out.Fills, Pair[int64]{id, int64(closed)})
			out.Realised = append(out.Realised, Pair[Decimal]{id, c.down(x.Realised(closed, value))})
		}
	}
	return out, u.Err
}

// candidates gives the shorts account ids in the order of their names, which
// decides between equals.
func (in *liq05In) candidates(u *Units, c *contract) ([]string, []risk.Candidate) {
	ids := make([]string, len(in.Shorts))
	for i, s := range in.Shorts {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	mark := c.price(u, in.Mark)
	list := make([]risk.Candidate, len(in.Shorts))
	for i, s := range in.Shorts {
		path := fmt.Sprintf("shorts[%d]", i)
		q := u.lots(path+".q", s.Q, -venue.MaxQty)
		size := max(q, -q) // Shorts may be given with or without their sign.
		if size == 0 {
			u.Refuse(path+".q", "is 0, want a position")
		}
		u.Positive(s.Entry)
		account, _ := slices.BinarySearch(ids, s.ID)
		if account+1 < len(ids) && ids[account+1] == s.ID {
			u.Refuse(path+".id", "%.20q is given twice", s.ID)
		}
		list[i] = risk.Candidate{
			Account: venue.AccountID(account), Qty: -size,
			Cost:     -c.notional(u, path, c.price(u, s.Entry), size),
			Notional: c.notional(u, path, mark, size),
			Equity:   c.amount(u, s.Equity),
		}
	}
	return ids, list
}

type liq06In struct {
	Cases []struct {
		Name      string       `json:"name"`
		Gains     Pairs[int64] `json:"gains"`
		Collected int64        `json:"collected"`
	} `json:"cases"`
}

type liq06Out struct {
	Cases []liq06Case `json:"cases"`
}

type liq06Case struct {
	Name string       `json:"name"`
	Paid Pairs[int64] `json:"paid"`
}

func liq06(in *liq06In) (*liq06Out, error) {
	out := &liq06Out{Cases: make([]liq06Case, len(in.Cases))}
	for i, x := range in.Cases {
		path := fmt.Sprintf("cases[%d]", i)
		gains := slices.Clone(x.Gains)
		slices.SortFunc(gains, func(a, b Pair[int64]) int { return strings.Compare(a.Key, b.Key) })
		amounts := make([]venue.Amount, len(gains))
		var owed venue.Amount
		for j, g := range gains {
			amounts[j] = venue.Amount(g.Value)
			if amounts[j] < 0 || amounts[j] > venue.MaxAmount-owed {
				return nil, refuse(path+".gains."+g.Key, "%d is out of range", g.Value)
			}
			owed += amounts[j]
		}
		if x.Collected < 0 || x.Collected > int64(owed) {
			return nil, refuse(path+".collected", "%d is out of range, want 0 to %d, what is owed", x.Collected, owed)
		}
		for j, v := range risk.Haircut(amounts, venue.Amount(x.Collected)) {
			gains[j].Value = int64(v)
		}
		out.Cases[i] = liq06Case{x.Name, gains}
	}
	return out, nil
}
