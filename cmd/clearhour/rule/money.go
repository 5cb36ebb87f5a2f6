package rule

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/settlement"
	"github.com/clearhour/clearhour/venue"
)

// moneyRules is the table of the rules of settlement, delivery and fees.
func moneyRules() []Rule {
	return []Rule{
		define("SET-01", "Mark-to-market with trades since the last mark sums to zero", set01),
		define("SET-03", "Final settlement price from hourly index, and risk delta during delivery", set03),
		define("FEE-01", "Tier from trailing volume, ceil fees, floor rebates", fee01),
	}
}

type set01In struct {
	Multiplier Decimal      `json:"multiplier"`
	Prev       Decimal      `json:"prev"`
	New        Decimal      `json:"new"`
	PrevPos    Pairs[int64] `json:"prev_pos"`
	Trades     []struct {
		Buyer  string  `json:"buyer"`
		Seller string  `json:"seller"`
		Qty    int64   `json:"qty"`
		Price  Decimal `json:"price"`
	} `json:"trades"`
}

type set01Out struct {
	Amounts   Pairs[Decimal] `json:"amounts"`
	Sum       Decimal        `json:"sum"`
	Positions Pairs[int64]   `json:"positions"`
}

// parties are positions by name, in order of their first appearance.
type parties struct {
	names     []string
	positions []settlement.Position
	at        map[string]int
}

func (p *parties) get(name string) *settlement.Position {
	i, ok := p.at[name]
	if !ok {
		i = len(p.names)
		p.at[name] = i
		p.names, p.positions = append(p.names, name), append(p.positions, settlement.Position{})
	}
	return &p.positions[i]
}

func set01(in *set01In) (*set01Out, error) {
	var u Units
	prices := []Decimal{in.Prev, in.New}
	for _, t := range in.Trades {
		prices = append(prices, t.Price)
	}
	c := u.contract(in.Multiplier, prices, nil)
	at := c.price(&u, in.New)
	all := in.book(&u, &c)
	if u.Err != nil {
		return nil, u.Err
	}
	amounts := make([]venue.Amount, len(all.positions))
	// The price is a whole number of ticks, so that there is no residue.
	if _, ok := settlement.Settle(all.positions, settlement.Ticks(at), c.tickValue, amounts); !ok {
		return nil, refuse("new", "an amount at %s is out of range", in.New)
	}
	out := &set01Out{Amounts: make(Pairs[Decimal], len(amounts)), Positions: make(Pairs[int64], len(amounts))}
	var sum venue.Amount
	for i, a := range amounts {
		sum += a
		out.Amounts[i] = Pair[Decimal]{all.names[i], c.exact(a)}
		out.Positions[i] = Pair[int64]{all.names[i], int64(all.positions[i].Qty)}
	}
	out.Sum = c.exact(sum)
	return out, nil
}

// book takes over the positions at the last mark and books the trades.
func (in *set01In) book(u *Units, c *contract) *parties {
	prev := c.price(u, in.Prev)
	all := &parties{at: map[string]int{}}
	book := func(path, name string, q venue.Qty, at venue.Price) {
		p := all.get(name)
		if u.Err == nil && (!p.Trade(q, at, c.tickValue) || p.Qty > venue.MaxQty || p.Qty < -venue.MaxQty) {
			u.Refuse(path, "the position of %.50q is out of range", name)
		}
	}
	net := int64(0)
	for _, p := range in.PrevPos {
		path := below("prev_pos", p.Key)
		q := u.lots(path, p.Value, -venue.MaxQty)
		net += int64(q)
		book(path, p.Key, q, prev)
	}
	if net != 0 {
		u.Refuse("prev_pos", "the positions sum to %d, want 0", net)
	}
	for i, t := range in.Trades {
		path := fmt.Sprintf("trades[%d].qty", i)
		q, price := u.lots(path, t.Qty, 1), c.price(u, t.Price)
		book(path, t.Buyer, q, price)
		book(path, t.Seller, -q, price)
	}
	return all
}

type set03In struct {
	Tick     Decimal `json:"tick"`
	MaxCarry int64   `json:"max_carry"`
	Cases    []struct {
		Name   string     `json:"name"`
		Hourly []*Decimal `json:"hourly"`
	} `json:"cases"`
	Delta []struct {
		Contracts     int64   `json:"contracts"`
		HoursLeft     int64   `json:"hours_left"`
		Total         int64   `json:"total"`
		FloorFraction Decimal `json:"floor_fraction"`
	} `json:"delta"`
}

type set03Out struct {
	Cases []set03Case `json:"cases"`
	Delta []Decimal   `json:"delta"`
}

type set03Case struct {
	Name string `json:"name"`
	// Price is null when no hour has a value.
	Price *Decimal `json:"price"`
}

// maxHours bounds the hours of a contract.
const maxHours = 1 << 30

func set03(in *set03In) (*set03Out, error) {
	var u Units
	u.Positive(in.Tick)
	if in.MaxCarry < 0 || in.MaxCarry > maxHours {
		u.Refuse("max_carry", "%d is out of range, want 0 to %d", in.MaxCarry, maxHours)
	}
	out := &set03Out{Cases: make([]set03Case, len(in.Cases)), Delta: make([]Decimal, len(in.Delta))}
	for i, x := range in.Cases {
		path := fmt.Sprintf("cases[%d].hourly", i)
		out.Cases[i] = set03Case{x.Name, in.price(&u, path, x.Hourly)}
	}
	for i, d := range in.Delta {
		path := fmt.Sprintf("delta[%d].", i)
		r := settlement.Remaining{Contracts: u.lots(path+"contracts", d.Contracts, -venue.MaxQty), Left: d.HoursLeft, Total: d.Total}
		r.Floor = u.fraction(d.FloorFraction)
		if d.Total < 0 || d.Total > maxHours {
			u.Refuse(path+"total", "%d is out of range, want 0 to %d", d.Total, maxHours)
		}
		if d.HoursLeft < 0 || d.HoursLeft > d.Total {
			u.Refuse(path+"hours_left", "%d is out of range, want 0 to %d", d.HoursLeft, d.Total)
		}
		if u.Err != nil {
			return nil, u.Err
		}
		out.Delta[i] = ratio(r.Delta(), 0)
	}
	return out, u.Err
}

// price returns the final price of the hours, nil when there is none.
func (in *set03In) price(u *Units, path string, hourly []*Decimal) *Decimal {
	places := Places(in.Tick)
	for _, d := range hourly {
		if d != nil {
			places = max(places, Places(*d))
		}
	}
	tick := u.Of(in.Tick, places)
	values := make([]venue.Amount, len(hourly))
	for i, d := range hourly {
		if d != nil {
			values[i] = venue.Amount(u.within(*d, places, int64(venue.MaxAmount)))
		}
	}
	if u.Err != nil {
		return nil
	}
	m := settlement.Mean{MaxCarry: int(in.MaxCarry)}
	for i, d := range hourly {
		if d == nil {
			m.AddMissing()
			continue
		}
		m.Add(values[i])
	}
	if m.Known == 0 {
		return nil
	}
	p, ok := m.Price(venue.Amount(tick))
	v, fits := venue.Mul(int64(p), tick)
	if !ok || !fits {
		u.Refuse(path, "the price is out of range")
		return nil
	}
	d := Exactly(v, places)
	return &d
}

type fee01In struct {
	Tiers []struct {
		Min   Decimal `json:"min"`
		Maker Decimal `json:"maker"`
		Taker Decimal `json:"taker"`
	} `json:"tiers"`
	Trade struct {
		Contracts  int64   `json:"contracts"`
		Multiplier Decimal `json:"multiplier"`
		Price      Decimal `json:"price"`
	} `json:"trade"`
	Cases []struct {
		Name        string  `json:"name"`
		TakerVolume Decimal `json:"taker_volume"`
		MakerVolume Decimal `json:"maker_volume"`
	} `json:"cases"`
}

type fee01Out struct {
	Notional Decimal     `json:"notional"`
	Cases    []fee01Case `json:"cases"`
}

type fee01Case struct {
	Name     string  `json:"name"`
	TakerFee Decimal `json:"taker_fee"`
	MakerFee Decimal `json:"maker_fee"`
	Venue    Decimal `json:"venue"`
}

func fee01(in *fee01In) (*fee01Out, error) {
	var u Units
	tiers := in.tiers(&u)
	c := u.contract(in.Trade.Multiplier, []Decimal{in.Trade.Price}, nil)
	q := u.lots("trade.contracts", in.Trade.Contracts, 1)
	price := c.price(&u, in.Trade.Price)
	if u.Err == nil && c.money > moneyPlaces {
		u.Refuse(in.Trade.Price.path, "times the multiplier has more than %d decimals", moneyPlaces)
	}
	notional := c.notional(&u, "trade.contracts", price, q)
	out := &fee01Out{Notional: Money(notional), Cases: make([]fee01Case, len(in.Cases))}
	for i, x := range in.Cases {
		u.NotNegative(x.TakerVolume)
		u.NotNegative(x.MakerVolume)
		t, m := u.Money(x.TakerVolume), u.Money(x.MakerVolume)
		if u.Err != nil {
			return nil, u.Err
		}
		maker, taker := markets.TradeFees(notional, markets.TierOf(tiers, m).Maker, markets.TierOf(tiers, t).Taker)
		out.Cases[i] = fee01Case{x.Name, Money(taker), Money(maker), Money(taker + maker)}
	}
	return out, u.Err
}

// tiers reads the schedule in whatever order it is given.
func (in *fee01In) tiers(u *Units) []markets.Tier {
	tiers := make([]markets.Tier, len(in.Tiers))
	for i, t := range in.Tiers {
		tiers[i] = markets.Tier{Min: u.Money(t.Min), Maker: u.Rate(t.Maker), Taker: u.fraction(t.Taker)}
		if m := tiers[i].Maker; m > venue.One || m < -venue.One {
			u.Refuse(t.Maker.path, "%s is out of range, want -1 to 1", t.Maker)
		}
	}
	slices.SortFunc(tiers, func(a, b markets.Tier) int { return cmp.Compare(a.Min, b.Min) })
	if len(tiers) == 0 || tiers[0].Min != 0 {
		u.Refuse("tiers", "the lowest has to begin at 0")
		return tiers
	}
	for i := 1; i < len(tiers); i++ {
		if tiers[i].Min == tiers[i-1].Min {
			u.Refuse("tiers", "two begin at %s", Money(tiers[i].Min))
		}
	}
	return tiers
}
