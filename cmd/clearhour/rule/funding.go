package rule

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

type fun01In struct {
	Period     int64    `json:"period"`
	Auction    []int64  `json:"auction"`
	Mark       fun01Leg `json:"mark"`
	Index      fun01Leg `json:"index"`
	Contracts  int64    `json:"contracts"`
	Multiplier Decimal  `json:"multiplier"`
}

type fun01Leg struct {
	Before Decimal `json:"before"`
	Obs    []struct {
		Tuple
		Time  int64
		Value Decimal
	} `json:"obs"`
}

type fun01Out struct {
	// The means are null when the auction takes the whole period.
	TwapMark       *Decimal `json:"twap_mark"`
	TwapIndex      *Decimal `json:"twap_index"`
	PaymentPerUnit Decimal  `json:"payment_per_unit"`
	LongPays       Decimal  `json:"long_pays"`
}

// maxPeriod bounds a funding period in seconds.
const maxPeriod = 1 << 40

func fun01(in *fun01In) (*fun01Out, error) {
	var u Units
	if in.Period < 1 || in.Period > maxPeriod {
		u.Refuse("period", "%d is out of range, want 1 to %d", in.Period, int64(maxPeriod))
	}
	c := u.contract(in.Multiplier, slices.Concat(in.Mark.decimals(), in.Index.decimals()), nil)
	q := u.lots("contracts", in.Contracts, -venue.MaxQty)
	steps := in.steps(&u, &c)
	before, index := c.price(&u, in.Mark.Before), c.price(&u, in.Index.Before)
	if u.Err != nil {
		return nil, u.Err
	}
	f := markets.StartFunding(0, venue.Amount(before), venue.Amount(index))
	for _, s := range steps {
		s.do(&f, s.at)
	}
	p := f.Close(venue.Time(in.Period))
	out := &fun01Out{PaymentPerUnit: ratio(p.PerUnit(), c.places)}
	if mark, index, ok := p.Means(); ok {
		m, i := ratio(mark, c.places), ratio(index, c.places)
		out.TwapMark, out.TwapIndex = &m, &i
	}
	// A tick value counts units of money per tick, so that the payment is in money.
	pays, ok := markets.FundingAmount(scaled(p.Pays(q, int64(c.tickValue)), c.money))
	if !ok {
		return nil, refuse("contracts", "the payment of %d contracts is out of range", q)
	}
	out.LongPays = Money(pays)
	return out, nil
}

func (l *fun01Leg) decimals() []Decimal {
	all := []Decimal{l.Before}
	for _, o := range l.Obs {
		all = append(all, o.Value)
	}
	return all
}

// fundingStep is what happens at a second of a period.
type fundingStep struct {
	at venue.Time
	do func(f *markets.Funding, at venue.Time)
}

// steps returns what happens in the period, in order of time.
func (in *fun01In) steps(u *Units, c *contract) []fundingStep {
	var all []fundingStep
	leg := func(name string, l *fun01Leg, observe func(f *markets.Funding, at venue.Time, v venue.Amount)) {
		last := int64(0)
		for i, o := range l.Obs {
			in.within(u, fmt.Sprintf("%s.obs[%d][0]", name, i), o.Time, last)
			last = o.Time
			v := venue.Amount(c.price(u, o.Value))
			all = append(all, fundingStep{venue.Time(o.Time), func(f *markets.Funding, at venue.Time) { observe(f, at, v) }})
		}
	}
	leg("mark", &in.Mark, (*markets.Funding).Mark)
	leg("index", &in.Index, (*markets.Funding).Index)
	switch len(in.Auction) {
	case 0: // None.
	case 2:
		in.within(u, "auction[0]", in.Auction[0], 0)
		in.within(u, "auction[1]", in.Auction[1], in.Auction[0])
		all = append(
			all,
			fundingStep{venue.Time(in.Auction[0]), func(f *markets.Funding, at venue.Time) { f.Pause(at, markets.InAuction) }},
			fundingStep{venue.Time(in.Auction[1]), func(f *markets.Funding, at venue.Time) { f.Resume(at, markets.InAuction) }},
		)
	default:
		u.Refuse("auction", "has %d elements, want start and end, or none", len(in.Auction))
	}
	slices.SortStableFunc(all, func(a, b fundingStep) int { return cmp.Compare(a.at, b.at) })
	return all
}

// within refuses a second that is not in the period or before the one before.
func (in *fun01In) within(u *Units, path string, at, from int64) {
	if at < from || at > in.Period {
		u.Refuse(path, "%d is out of range, want %d to %d", at, from, in.Period)
	}
}

type fun02In struct {
	Index   Decimal `json:"index"`
	Samples []struct {
		Tuple
		Bid, Ask Decimal
	} `json:"samples"`
	Default     Decimal `json:"default"`
	ClampFactor Decimal `json:"clamp_factor"`
	IMF         Decimal `json:"imf"`
	MMF         Decimal `json:"mmf"`
	Contracts   int64   `json:"contracts"`
	Multiplier  Decimal `json:"multiplier"`
	Hours       Decimal `json:"hours"`
}

type fun02Out struct {
	Premiums  []Decimal `json:"premiums"`
	Unclamped Decimal   `json:"unclamped"`
	Rate8h    Decimal   `json:"rate8h"`
	LongPays  Decimal   `json:"long_pays"`
}

// Limits of FUN-02, so that everything stays exact.
const (
	maxSamples = 1 << 17
	maxElapsed = 1 << 40
)

func fun02(in *fun02In) (*fun02Out, error) {
	var u Units
	prices := []Decimal{in.Index}
	for _, s := range in.Samples {
		prices = append(prices, s.Bid, s.Ask)
	}
	c := u.contract(in.Multiplier, prices, nil)
	u.Positive(in.Index)
	index := c.price(&u, in.Index)
	q := u.lots("contracts", in.Contracts, -venue.MaxQty)
	c.notional(&u, "contracts", index, q)
	if n := len(in.Samples); n == 0 || n > maxSamples {
		u.Refuse("samples", "there are %d, want 1 to %d", n, maxSamples)
	}
	terms := in.terms(&u)
	elapsed := in.elapsed(&u)
	var p markets.Premiums
	out := &fun02Out{Premiums: []Decimal{}}
	for _, s := range in.Samples {
		bid, ask := c.price(&u, s.Bid), c.price(&u, s.Ask)
		if u.Err != nil {
			return nil, u.Err
		}
		p.Add(venue.Amount(bid), venue.Amount(ask), venue.Amount(index))
		out.Premiums = append(out.Premiums, ratio(markets.Premium(venue.Amount(bid), venue.Amount(ask), venue.Amount(index)), 0))
	}
	if u.Err != nil {
		return nil, u.Err
	}
	rate, _ := p.Rate(terms) // There are samples.
	out.Unclamped, out.Rate8h = ratio(rate.Unclamped, 0), ratio(rate.Rate, 0)
	full := venue.Time(8 * pow10(Places(in.Hours)))
	pays, ok := markets.FundingAmount(scaled(rate.Pays(q, int64(c.tickValue), venue.Amount(index), elapsed, full), c.money))
	if !ok {
		return nil, refuse("contracts", "the payment of %d contracts is out of range", q)
	}
	out.LongPays = Money(pays)
	return out, nil
}

func (in *fun02In) terms(u *Units) markets.PremiumTerms {
	t := markets.PremiumTerms{
		Default: u.Rate(in.Default), Factor: u.factor(in.ClampFactor),
		Initial: u.fraction(in.IMF), Maintenance: u.fraction(in.MMF),
	}
	if most := 1000 * venue.One; t.Default > most || t.Default < -most {
		u.Refuse(in.Default.path, "%s is out of range, want -1000 to 1000", in.Default)
	}
	if t.Initial < t.Maintenance {
		u.Refuse(in.MMF.path, "%s is above imf, %s", in.MMF, in.IMF)
	}
	return t
}

// elapsed reads the hours in units of 10^-places of an hour.
func (in *fun02In) elapsed(u *Units) venue.Time {
	u.NotNegative(in.Hours)
	return venue.Time(u.within(in.Hours, Places(in.Hours), maxElapsed))
}
