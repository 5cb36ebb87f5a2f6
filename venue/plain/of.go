package plain

import (
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

func money(a venue.Amount) string { return string(scale.AppendAmount(nil, a, scale.MoneyDecimals)) }
func rate(r venue.Rate) string    { return string(scale.AppendRate(nil, r)) }
func span(t venue.Time) string    { return time.Duration(t).String() }

// someRate and someSpan are empty for none.
func someRate(r venue.Rate) string {
	if r == 0 {
		return ""
	}
	return rate(r)
}

func someSpan(t venue.Time) string {
	if t == 0 {
		return ""
	}
	return span(t)
}

// Of returns a command in plain words, and false for one that has none here.
func Of(c venue.Command, l *Listed) (Change, bool) {
	switch c := any(c).(type) {
	case *venue.SetPhase:
		return Change{Phase: &Phase{l.byID(c.Instrument).Symbol, c.Phase.String()}}, true
	case *venue.SetMark:
		i := l.byID(c.Instrument)
		return Change{Mark: &Mark{i.Symbol, string(scale.AppendPrice(nil, c.Price, i))}}, true
	case *venue.SetTerms:
		return Change{Terms: termsOf(c, l)}, true
	case *venue.SetSchedule:
		x := &Schedule{Symbol: l.byID(c.Instrument).Symbol, Steps: []Step{}}
		for _, s := range c.Steps {
			x.Steps = append(x.Steps, Step{time.Unix(0, int64(s.At)).UTC().Format(hourText), s.Phase.String()})
		}
		return Change{Schedule: x}, true
	case *venue.SetProtections:
		p := &c.Protections
		x := &Protections{Symbol: l.byID(c.Instrument).Symbol, Breaker: rate(p.Breaker), Window: span(p.Window), Base: span(p.Base)}
		for _, t := range p.Triggers {
			x.Triggers = append(x.Triggers, Trigger{rate(t.Move), span(t.Extend)})
		}
		return Change{Protections: x}, true
	case *venue.SetReference:
		return Change{Reference: referenceOf(c, l)}, true
	case *venue.SetFeeTiers:
		x := &FeeTiers{Tiers: []Tier{}}
		for _, t := range c.Tiers {
			x.Tiers = append(x.Tiers, Tier{money(t.Min), rate(t.Maker), rate(t.Taker)})
		}
		return Change{FeeTiers: x}, true
	case *venue.SetLiquidation:
		t := &c.Terms
		return Change{Liquidation: &Liquidation{
			rate(t.Target), rate(t.Fee), rate(t.Spread), rate(t.Fraction), rate(t.MaxConsumed), int64(t.FullSize), rate(t.Cap), span(t.Window), span(t.Step),
		}}, true
	case *venue.FundInsurance:
		return Change{Insurance: &Insurance{money(c.Amount)}}, true
	case *venue.SettleInstrument:
		x := &Settle{Symbol: l.byID(c.Instrument).Symbol, From: c.From, MaxCarry: c.MaxCarry, Values: []string{}}
		for _, v := range c.Values {
			text := ""
			if v.Value != venue.NoValue {
				text = money(v.Value)
			}
			x.Values = append(x.Values, text)
		}
		return Change{Settle: x}, true
	case *venue.SetOperator:
		return Change{Operator: &Operator{uint32(c.Operator), c.Enrolled}}, true
	case *venue.ListAsset:
		return Change{Asset: &Asset{c.Symbol, c.Decimals}}, true
	case *venue.ListInstrument:
		return Change{Instrument: instrumentOf(&c.Terms, l)}, true
	case *venue.SetCollateral:
		return Change{Collateral: collateralOf(c, l)}, true
	case *venue.ListIndex:
		t := &c.Terms
		return Change{Index: indexOf(t)}, true
	}
	return Change{}, false
}

func termsOf(c *venue.SetTerms, l *Listed) *Terms {
	x := &Terms{
		Symbol: l.byID(c.Instrument).Symbol, MaxQty: int64(c.MaxQty), Band: rate(c.Band), Maker: rate(c.Maker), Taker: rate(c.Taker),
		Brackets: bracketsOf(c.Brackets), OpenInterest: &OIScale{int64(c.Interest.Low), int64(c.Interest.High)},
	}
	limit := int64(c.MaxPosition)
	x.MaxPosition = &limit
	return x
}

func referenceOf(c *venue.SetReference, l *Listed) *Reference {
	r := &c.Reference
	x := &Reference{
		Symbol: l.byID(c.Instrument).Symbol, Index: nameOf(l.Indices, uint16(r.Index)), Impact: int64(r.Impact), Band: rate(r.Band), Span: span(r.Span),
		Every: span(r.Every), IndexAge: span(r.IndexAge), LastAge: span(r.LastAge), Stale: rate(r.Stale), Funding: span(r.Funding),
	}
	if x.Default, x.Factor = someRate(r.Default), someRate(r.Factor); r.Method != venue.TimeWeighted {
		x.Method = r.Method.String()
	}
	return x
}

func indexOf(t *venue.Index) *Index {
	x := &Index{
		Symbol: t.Symbol, Clamp: someRate(t.Clamp), Cap: someRate(t.Cap), Contributors: t.Contributors,
		Period: span(t.Period), Window: span(t.Window), Widest: someSpan(t.Widest),
	}
	if t.Kind != venue.PriceIndex {
		x.Kind = t.Kind.String()
	}
	return x
}
