package engine_test

import (
	"fmt"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// colluders are two owners with three accounts each, one of them isolated, who are
// alone in their markets: two futures and a spot instrument. Beside the fees, what
// they get out more than they put in is the insurance fund's.
type colluders struct {
	core  *engine.Engine
	tape  venue.Tape
	r     rng.Source
	now   venue.Time
	ids   int
	marks [4]venue.Price
	put   venue.Amount // Deposits less withdrawals.
	lost  venue.Amount // What moves of marks cost the fund so far.
	seen  []worth
	owes  map[venue.AccountID]bool
	kinds map[venue.EventKind]int
}

// worth is what colluders and fund had at a time. What the fund's positions gain, it
// gains from the colluders, and may lose to them again: they count it as theirs.
type worth struct {
	at               venue.Time
	pair, fund, lost venue.Amount
}

const (
	colluderAccounts = 6
	colluderWindow   = 600 * venue.Second
	colluderCap      = 50_000 // 5%.
	colluderFund     = 1_000_000_000
	spotBase         = venue.AssetID(2)
)

func newColluders(seed uint64) *colluders {
	c := &colluders{
		core: engine.New(crashLimits()), r: rng.New(seed, "colluders"), now: 1_700_000_000 * venue.Second,
		owes: map[venue.AccountID]bool{}, kinds: map[venue.EventKind]int{},
	}
	c.do(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 0, Spread: 1_500_000, Fraction: 500_000, MaxConsumed: 1_000_000, FullSize: 5,
		Cap: colluderCap, Window: colluderWindow, Step: crashStep,
	}})
	c.do(&venue.FundInsurance{Amount: colluderFund})
	c.do(&venue.ListAsset{Asset: spotBase, Symbol: "HOUR", Decimals: 0})
	for i := venue.InstrumentID(1); i <= 3; i++ {
		t := venue.Instrument{
			ID: i, Symbol: fmt.Sprint("F", i), Kind: venue.Future, Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Window: venue.WindowDay,
			Start: 1_800_000_000 * venue.Second, End: 1_800_086_400 * venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1, Low: 1, High: 20_000,
			MaxQty: 1000, Band: 200_000, Taker: 500,
			Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
		}
		if i == 3 {
			t.Kind, t.Base, t.Brackets = venue.Spot, spotBase, nil
		}
		c.do(&venue.ListInstrument{Terms: t})
		c.mark(i, 2000)
		c.do(&venue.SetPhase{Instrument: i, Phase: venue.Continuous})
	}
	for k := range colluderAccounts {
		a := &venue.OpenAccount{Account: venue.FirstAccount + venue.AccountID(k), Owner: venue.OwnerID(k/3 + 1)}
		if k == 2 {
			a.Isolated = 1
		}
		c.do(a)
		c.deposit(a.Account, 100_000_000)
		c.do(&venue.Deposit{Account: a.Account, Asset: spotBase, Amount: 100, Ref: c.id()})
	}
	return c
}

func (c *colluders) id() venue.ClOrdID {
	c.ids++
	id, _ := venue.ParseClOrdID(fmt.Sprint("k", c.ids))
	return id
}

func (c *colluders) do(cmd venue.Command) {
	env := venue.Envelope{Seq: c.core.Seq() + 1, Time: c.now, Session: 1, Command: cmd}
	c.tape.Reset()
	c.core.Apply(&env, &c.tape)
	for i := range c.tape.Entries {
		e := c.tape.Entries[i].Event
		c.kinds[e.Kind()]++
		switch x := e.(type) {
		case *venue.Deposited:
			if x.Asset == venue.USD {
				c.put += x.Amount
			}
		case *venue.Withdrawn:
			if x.Asset == venue.USD {
				c.put -= x.Amount
			}
		}
	}
}

func (c *colluders) deposit(a venue.AccountID, n venue.Amount) {
	c.do(&venue.Deposit{Account: a, Asset: venue.USD, Amount: n, Ref: c.id()})
}

func (c *colluders) mark(i venue.InstrumentID, p venue.Price) {
	p = min(max(p, 400), 10_000)
	c.lost += max(0, -1000*venue.Amount(c.core.Stand(venue.Insurance, i).Qty)*venue.Amount(p-c.marks[i]))
	c.marks[i] = p
	c.do(&venue.SetMark{Instrument: i, Price: c.marks[i]})
}

// value is what all accounts of the two have at the marks beyond what they put in;
// their spot assets only change hands.
func (c *colluders) value() venue.Amount {
	sum := -c.put
	for k := range colluderAccounts {
		st, _, _ := c.core.Status(venue.FirstAccount + venue.AccountID(k))
		sum += st.Cash + st.Unrealised
	}
	return sum
}

func (c *colluders) any() venue.AccountID {
	return venue.FirstAccount + venue.AccountID(c.r.Below(colluderAccounts))
}

// place enters an order; most are at an end of the band or near the mark.
func (c *colluders) place(a venue.AccountID, i venue.InstrumentID, side venue.Side, p venue.Price, qty venue.Qty) {
	o := &venue.PlaceOrder{
		Account: a, Instrument: i, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelMaker, Price: max(1, p), Qty: qty, ClOrdID: c.id(),
	}
	switch c.r.Below(10) {
	case 0:
		o.TIF = venue.IOC
	case 1:
		o.Type, o.TIF, o.Price = venue.Market, venue.IOC, 0
	case 2:
		o.Type, o.Stop, o.Price = venue.Stop, max(1, p), 0
	case 3, 4, 5:
		if i != 3 {
			o.Flags |= venue.ReduceOnly
		}
	}
	c.do(o)
}

func (c *colluders) price(i venue.InstrumentID) venue.Price {
	m := c.marks[i]
	switch c.r.Below(5) {
	case 0:
		return m - m/5
	case 1:
		return m + m/5
	case 2:
		return m + venue.Price(c.r.Below(uint64(m*2/5))) - m/5
	}
	return m + venue.Price(c.r.Below(41)) - 20
}

// next lets the two do something.
func (c *colluders) next() {
	c.now += venue.Time(c.r.Below(4)) * venue.Second
	i := venue.InstrumentID(1 + c.r.Below(3))
	side := venue.Buy + venue.Side(c.r.Below(2))
	switch n := c.r.Below(100); {
	case n < 35:
		c.place(c.any(), i, side, c.price(i), venue.Qty(1+c.r.Below(300)))
	case n < 70: // Both sides at one price.
		p, qty := c.price(i), venue.Qty(1+c.r.Below(500))
		a, b := c.any(), c.any()
		c.place(a, i, side, p, qty)
		c.place(b, i, side.Opposite(), p, qty)
	case n < 75:
		c.do(&venue.MassCancel{Account: c.any()})
	case n < 79:
		c.do(&venue.Withdraw{Account: c.any(), Asset: venue.USD, Amount: venue.Amount(1 + c.r.Below(100_000_000)), Ref: c.id()})
	case n < 81:
		c.deposit(c.any(), venue.Amount(1+c.r.Below(60_000_000)))
	case n < 86:
		c.do(&venue.Transfer{Account: c.any(), To: c.any(), Asset: venue.USD, Amount: venue.Amount(1 + c.r.Below(100_000_000)), Ref: c.id()})
	case n < 93:
		c.mark(i, c.marks[i]*venue.Price(980+c.r.Below(41))/1000)
	case n < 96:
		by := c.marks[i] * venue.Price(c.r.Below(41)) / 100
		if c.r.Below(2) == 0 {
			by = -by
		}
		c.mark(i, c.marks[i]+by)
	case n < 98:
		c.do(&venue.SetPhase{Instrument: i, Phase: venue.OpenAuction})
		for range 6 {
			c.place(c.any(), i, venue.Buy+venue.Side(c.r.Below(2)), c.price(i), venue.Qty(1+c.r.Below(300)))
		}
		c.mark(i, c.marks[i]*venue.Price(900+c.r.Below(201))/1000)
		c.do(&venue.SetPhase{Instrument: i, Phase: venue.Continuous})
	default:
		c.do(&venue.Tick{})
	}
}

// check wants that nobody owes because of a trade, and that in no window the two got
// more than the cap of what the fund had, and what marks took from the positions that
// it had taken over by then.
func (c *colluders) check() error {
	for k := range colluderAccounts {
		a := venue.FirstAccount + venue.AccountID(k)
		st, _, _ := c.core.Status(a)
		if st.Owed() > 0 && !c.owes[a] && !c.forced(a) {
			return fmt.Errorf("account %d owes %d", a, st.Owed())
		}
		c.owes[a] = st.Owed() > 0
	}
	fund, _ := c.core.Fund()
	now := worth{c.now, c.value(), fund, c.lost}
	for i := venue.InstrumentID(1); i <= 2; i++ {
		x := c.core.Stand(venue.Insurance, i)
		now.pair += max(0, 1000*venue.Amount(x.Qty)*venue.Amount(c.marks[i])-x.Cost)
	}
	for len(c.seen) > 0 && c.seen[0].at < c.now-colluderWindow-colluderWindow/8 { // So far the fund may remember.
		c.seen = c.seen[1:]
	}
	most := venue.Amount(colluderFund)
	for _, w := range c.seen {
		most = max(most, w.fund)
	}
	limit, _ := venue.MulDiv(int64(most), colluderCap, int64(venue.One), venue.Up)
	for _, w := range c.seen {
		if got := now.pair - w.pair - (now.lost - w.lost); w.at >= c.now-colluderWindow && got > venue.Amount(limit) {
			return fmt.Errorf("the two got %d since %d, the cap is %d", got, w.at, limit)
		}
	}
	c.seen = append(c.seen, now)
	return nil
}

// forced says whether the last command closed a position of the account against its
// will: the fund pays no more than the mark, and whoever is ranked pays what the
// bankruptcy price of another asks (LIQ-05).
func (c *colluders) forced(a venue.AccountID) bool {
	for i := range c.tape.Entries {
		x, ok := c.tape.Entries[i].Event.(*venue.PositionTransferred)
		if ok && (x.From == a || x.To == a) {
			return true
		}
	}
	return false
}

// TestColluders lets two owners who are alone in their markets try what makes the
// insurance fund pay: trades with each other at the ends of the band, orders that
// rest while their account loses elsewhere, money taken away or spent in between,
// auctions, and marks that jump. No trade leaves a debt, and the fund pays no more than
// its cap.
//
// rules: MAR-15, LIQ-05
func TestColluders(t *testing.T) {
	for _, seed := range seeds(t, 40) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			c := newColluders(seed)
			defer c.core.Close()
			for n := range 2000 {
				c.next()
				if err := c.check(); err != nil {
					t.Fatalf("seed %d, step %d: %v", seed, n, err)
				}
			}
			if c.kinds[venue.EventTraded] < 50 || c.kinds[venue.EventPositionTransferred] == 0 {
				t.Errorf("seed %d: too little happened: %v", seed, c.kinds)
			}
		})
	}
}
