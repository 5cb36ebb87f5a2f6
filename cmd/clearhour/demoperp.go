package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/views/margin"
)

// Perpetuals of the demo follow an index of their class, which is made of the
// readings of so many contributors.
const demoContributors = 5

// gambler is the account that buys the first perpetual with all that it has,
// loses it now and then, and is given more.
const (
	gamblerOwner venue.OwnerID = 30
	gamblerMoney               = "60"
	gamblerStake venue.Amount  = 60_000_000
	gamblerPause               = 5 * time.Second
	// gamblerSlip is how far above the mark it buys, gamblerCost what that and the
	// fee need beyond the margin.
	gamblerSlip venue.Rate = 10_000
	gamblerCost venue.Rate = 12_000
)

// perpetual is the contract without end of a class: a lot is a GPU for a day.
func (c demoClass) perpetual() listing {
	l := c.listing("perpetual", "", c.short+".NAE.PERP", time.Time{}, time.Time{})
	l.Hours = 24
	l.Brackets = []plain.Bracket{
		{Upto: "250000", Initial: "0.02", Maintenance: "0.01"},
		{Upto: "1000000", Initial: "0.05", Maintenance: "0.025"},
		{Initial: "0.10", Maintenance: "0.05"},
	}
	l.Reference = &referenceRules{
		Index: "PIX." + c.short + ".NAE.H", Contributors: 3, Clamp: "0.03", Cap: "0.34",
		PublishSeconds: 5, WindowSeconds: 30, WidestSeconds: 60,
		Impact: 10, Band: "0.05", SpanSeconds: 30, EverySeconds: 1, IndexAgeSeconds: 20, LastAgeSeconds: 20,
		Stale: "1.5", FundingSeconds: 300,
	}
	return l
}

// read publishes what each contributor of each index sees: the value of the
// class, and a little noise. What is refused for being early or late is made up
// for by the next reading.
func (d *demoVenue) read(rng *rand.Rand) {
	for _, x := range d.market.Indices(nil) {
		fair, ok := d.fair.ofIndex(x.Symbol)
		if !ok {
			continue
		}
		for source := range demoContributors {
			price := fair * (1 + 0.002*rng.NormFloat64())
			_ = d.seq.Submit(operator, &venue.PublishReading{
				Index: x.ID, Source: venue.SourceID(source + 1), Price: venue.Amount(price * 1e6),
				Volume: venue.Qty(50 + rng.IntN(100)), At: venue.Time(time.Now().UnixNano()),
			})
		}
	}
}

// gamble keeps the small account in the market with more than it can afford.
func (d *demoVenue) gamble(ctx context.Context) {
	const id = isolatedAccount + 1
	tick := time.NewTicker(gamblerPause)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		i, ok := d.market.BySymbol(d.fair.perpetual())
		a, known := d.margins.Account(id)
		if !ok || !known || len(a.Positions) > 0 {
			continue // What it has is enough to lose.
		}
		name := fmt.Sprintf("g%d-%d", time.Now().Unix(), n)
		if more := gamblerStake - a.Cash; more > gamblerStake/4 {
			_ = d.seq.Submit(operator, &venue.Deposit{Account: id, Asset: venue.USD, Amount: more, Ref: reference(name + "d")})
			continue
		}
		if o, ok := d.stake(i, &a); ok {
			o.ClOrdID = reference(name)
			_ = d.seq.Submit(operator, o)
		}
	}
}

// stake is an order for all that the gambler can margin.
func (d *demoVenue) stake(i *venue.Instrument, a *margin.Account) (*venue.PlaceOrder, bool) {
	m, _ := d.market.Marking(i.ID)
	lot, ok := venue.MulDiv(int64(m.Price)*int64(i.TickValue()), int64(i.Brackets[0].Initial+gamblerCost), int64(venue.One), venue.Up)
	if !ok || lot <= 0 || int64(a.Free) < lot {
		return nil, false
	}
	return &venue.PlaceOrder{
		Account: a.ID, Instrument: i.ID, Side: venue.Buy, Type: venue.Limit, TIF: venue.IOC, STP: venue.CancelTaker,
		Price: m.Price + venue.Price(int64(m.Price)*int64(gamblerSlip)/int64(venue.One)), Qty: venue.Qty(int64(a.Free) / lot),
	}, true
}
