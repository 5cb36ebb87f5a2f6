package rule

import (
	"fmt"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

type mar08In struct {
	Cap   Decimal     `json:"cap"`
	Steps []mar08Step `json:"steps"`
}

type mar08Step struct {
	Party string  `json:"party"`
	Side  string  `json:"side"`
	Qty   int64   `json:"qty"`
	Price Decimal `json:"price"`
}

type mar08Out struct {
	After  []mar08Party `json:"after"`
	FinalA mar08Party   `json:"final_A"`
}

type mar08Party struct {
	Party          string  `json:"party,omitempty"`
	Pos            int64   `json:"pos"`
	PositionMargin Decimal `json:"position_margin"`
	OrderMargin    Decimal `json:"order_margin"`
}

// maxSteps bounds the orders of one input.
const maxSteps = 10_000

// cappedMarket is a market of one capped future: the book and the ledger of the
// venue with nothing around them.
type cappedMarket struct {
	contract contract
	capped   risk.Capped
	books    *matching.Books
	ledger   *ledger.Ledger
	accounts map[string]venue.AccountID
	matched  matching.Matched
}

func mar08(in *mar08In) (*mar08Out, error) {
	var u Units
	m := in.market(&u)
	orders := in.orders(&u, m)
	if u.Err != nil {
		return nil, u.Err
	}
	m.open(len(in.Steps))
	defer m.books.Close()
	out := &mar08Out{After: make([]mar08Party, len(in.Steps))}
	for i, s := range in.Steps {
		if !m.place(s.Party, orders[i]) {
			return nil, refuse(fmt.Sprintf("steps[%d]", i), "would trade with an order of its own party")
		}
		out.After[i] = m.party(s.Party)
	}
	out.FinalA = m.party("A")
	out.FinalA.Party = ""
	return out, nil
}

// market finds the units and refuses what the ledger or the book could not hold.
func (in *mar08In) market(u *Units) *cappedMarket {
	prices := []Decimal{in.Cap}
	for _, s := range in.Steps {
		prices = append(prices, s.Price)
	}
	if len(in.Steps) > maxSteps {
		u.Refuse("steps", "has %d elements, at most %d are read", len(in.Steps), maxSteps)
	}
	m := &cappedMarket{accounts: map[string]venue.AccountID{}}
	m.contract = u.contract(Decimal{value: Exactly(1, 0).value}, prices, nil)
	u.Positive(in.Cap)
	m.capped = risk.Capped{Cap: m.contract.price(u, in.Cap), TickValue: m.contract.tickValue}
	if most := venue.Price(1<<24 - 1); m.capped.Cap > most {
		u.Refuse(in.Cap.path, "with %d decimals at most %s", m.contract.places, m.contract.dollars(most))
	}
	return m
}

func (in *mar08In) orders(u *Units, m *cappedMarket) []ledger.Open {
	orders := make([]ledger.Open, len(in.Steps))
	var all venue.Qty
	for i, s := range in.Steps {
		path := fmt.Sprintf("steps[%d]", i)
		o := ledger.Open{Side: u.side(path+".side", s.Side), Price: m.contract.price(u, s.Price), Qty: u.lots(path+".qty", s.Qty, 1)}
		if o.Price > m.capped.Cap {
			u.Refuse(s.Price.path, "%s is above the cap", s.Price)
		}
		all += o.Qty
		value := m.contract.notional(u, path+".qty", m.capped.Cap, all)
		if all > venue.MaxQty || value > ledger.MaxExposure {
			u.Refuse(path+".qty", "with it the orders are worth too much")
		}
		if u.Err != nil {
			return nil
		}
		if _, ok := m.accounts[s.Party]; !ok {
			m.accounts[s.Party] = venue.FirstAccount + venue.AccountID(len(m.accounts))
		}
		orders[i] = o
	}
	return orders
}

// open makes the book and the ledger for some orders.
func (m *cappedMarket) open(steps int) {
	n := len(m.accounts)
	m.books = matching.New(matching.Limits{Orders: uint32(steps + 2), Pages: uint32(steps + 2), FillsPerMatch: steps + 1})
	m.books.Open(1, 0, m.capped.Cap)
	m.ledger = ledger.New(ledger.Limits{
		Accounts: int(venue.FirstAccount) + n + 1, Holdings: n + 1, Balances: 1, Instruments: 1, PerAccount: 1, Orders: steps + 1,
	})
	m.ledger.List(&venue.Instrument{ID: 1, Kind: venue.Capped, Tick: m.capped.TickValue, Hours: 1, High: m.capped.Cap})
	for range n {
		why := m.ledger.OpenAccount(m.ledger.NextAccount(), 1)
		assert.That(!why.Refused(), "account of a rule refused")
	}
	for a := range n {
		_, ok := m.ledger.Hold(venue.FirstAccount+venue.AccountID(a), 1)
		assert.That(ok, "holding of a rule refused")
	}
}

// place puts an order into the book and its trades into the ledger, and says
// whether it met no order of its own party.
func (m *cappedMarket) place(party string, o ledger.Open) bool {
	h, _ := m.ledger.Find(m.accounts[party], 1)
	id, ok := m.books.Add(&matching.Order{
		Instrument: 1, Holding: h, Owner: venue.OwnerID(h), Side: o.Side, Type: venue.Limit, TIF: venue.GTC,
		STP: venue.CancelTaker, Price: o.Price, Qty: o.Qty,
	})
	assert.That(ok, "order of a rule refused")
	m.matched.Reset()
	m.books.Match(id, &m.matched)
	for _, f := range m.matched.Fills {
		m.ledger.Trade(f.Holding, o.Side.Opposite(), f.Price, f.Qty, 0)
		m.ledger.Trade(h, o.Side, f.Price, f.Qty, 0)
	}
	assert.That(m.matched.End == venue.OK || m.matched.End == venue.SelfTradePrevented, "order of a rule ended")
	return m.matched.End == venue.OK
}

// party returns what a party needs now.
func (m *cappedMarket) party(name string) mar08Party {
	p := mar08Party{Party: name}
	account, ok := m.accounts[name]
	if !ok {
		return p
	}
	h, _ := m.ledger.Find(account, 1)
	x := m.ledger.Holding(h)
	var open []ledger.Open
	m.books.Each(h, func(v *matching.View) bool {
		open = append(open, ledger.Open{Side: v.Side, Price: v.Price, Qty: v.Leaves})
		return true
	})
	p.Pos = int64(x.Qty)
	p.PositionMargin = m.contract.up(m.capped.Position(x.Qty, x.Cost))
	p.OrderMargin = m.contract.up(m.capped.Orders(x.Qty, open))
	return p
}
