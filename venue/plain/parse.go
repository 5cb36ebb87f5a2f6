package plain

import (
	"errors"
	"fmt"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// parser converts and keeps the first error.
type parser struct {
	listed *Listed
	err    error
}

func (p *parser) fail(field, text string, err error) {
	if p.err == nil {
		p.err = fmt.Errorf("%s %q: %w", field, text, err)
	}
}

func (p *parser) instrument(symbol string) *venue.Instrument {
	if i := p.listed.bySymbol(symbol); i != nil {
		return i
	}
	p.fail("symbol", symbol, errors.New("no such instrument"))
	return &venue.Instrument{Tick: 1}
}

func (p *parser) phase(word string) venue.Phase {
	for x := venue.Continuous; x <= venue.ProtectAuction; x++ {
		if x.String() == word {
			return x
		}
	}
	p.fail("phase", word, errors.New("no such phase"))
	return 0
}

func (p *parser) money(field, text string) venue.Amount {
	v, bad := scale.ParseAmount(text, scale.MoneyDecimals)
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}

// rate reads a fraction; empty is the default.
func (p *parser) rate(field, text string, or venue.Rate) venue.Rate {
	if text == "" {
		return or
	}
	v, bad := scale.ParseRate(text)
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}

// given reads a fraction that has no default.
func (p *parser) given(field, text string) venue.Rate {
	if text == "" {
		p.fail(field, text, errors.New("want a fraction"))
	}
	return p.rate(field, text, 0)
}

func (p *parser) price(field, text string, i *venue.Instrument) venue.Price {
	if i.Tick <= 0 {
		return 0 // Another field says so.
	}
	v, bad := scale.ParsePrice(text, i)
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}

// span reads a duration; empty is none.
func (p *parser) span(field, text string) venue.Time {
	if text == "" {
		return 0
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		p.fail(field, text, errors.New("want a duration such as 10m"))
	}
	return venue.Time(v)
}

func (p *parser) terms(c *Terms) venue.Command {
	i := p.instrument(c.Symbol)
	x := &venue.SetTerms{
		Instrument: i.ID, MaxQty: i.MaxQty,
		Band: p.rate("band", c.Band, i.Band), Maker: p.rate("maker", c.Maker, i.Maker), Taker: p.rate("taker", c.Taker, i.Taker),
		Brackets: i.Brackets, Interest: i.Interest, MaxPosition: i.MaxPosition,
	}
	if c.MaxQty != 0 {
		x.MaxQty = venue.Qty(c.MaxQty)
	}
	if len(c.Brackets) > 0 {
		x.Brackets = p.brackets(c.Brackets)
	}
	if c.OpenInterest != nil {
		x.Interest = c.OpenInterest.scale()
	}
	if c.MaxPosition != nil {
		x.MaxPosition = venue.Qty(*c.MaxPosition)
	}
	return x
}

func (p *parser) schedule(c *Schedule) venue.Command {
	x := &venue.SetSchedule{Instrument: p.instrument(c.Symbol).ID}
	for _, s := range c.Steps {
		at, err := dayTime(s.At)
		if err != nil {
			p.fail("at", s.At, err)
		}
		x.Steps = append(x.Steps, venue.Step{At: at, Phase: p.phase(s.Phase)})
	}
	return x
}

func (p *parser) protections(c *Protections) venue.Command {
	x := &venue.SetProtections{Instrument: p.instrument(c.Symbol).ID, Protections: venue.Protections{
		Breaker: p.rate("breaker", c.Breaker, 0), Window: p.span("window", c.Window), Base: p.span("base", c.Base),
	}}
	for _, t := range c.Triggers {
		x.Protections.Triggers = append(x.Protections.Triggers, venue.Trigger{
			Move: p.rate("move", t.Move, 0), Extend: p.span("extend", t.Extend),
		})
	}
	return x
}

func (p *parser) reference(c *Reference) venue.Command {
	x := &venue.SetReference{Instrument: p.instrument(c.Symbol).ID, Reference: venue.Reference{
		Impact: venue.Qty(c.Impact), Band: p.rate("band", c.Band, 0), Span: p.span("span", c.Span), Every: p.span("every", c.Every),
		IndexAge: p.span("index_age", c.IndexAge), LastAge: p.span("last_age", c.LastAge), Stale: p.rate("stale", c.Stale, venue.One),
		Method: p.method(c.Method), Default: p.rate("default", c.Default, 0), Factor: p.rate("clamp_factor", c.Factor, 0),
		Funding: p.span("funding", c.Funding),
	}}
	x.Reference.Index = p.index("index", c.Index)
	return x
}

// index looks a symbol up.
func (p *parser) index(field, symbol string) venue.IndexID {
	id := find(p.listed.Indices, symbol)
	if id == 0 {
		p.fail(field, symbol, errors.New("no such index"))
	}
	return venue.IndexID(id)
}

func (p *parser) feeTiers(c *FeeTiers) venue.Command {
	x := &venue.SetFeeTiers{}
	for _, t := range c.Tiers {
		x.Tiers = append(x.Tiers, venue.FeeTier{Min: p.money("min", t.Min), Maker: p.rate("maker", t.Maker, 0), Taker: p.rate("taker", t.Taker, 0)})
	}
	return x
}

func (p *parser) liquidation(c *Liquidation) venue.Command {
	return &venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: p.rate("target", c.Target, 0), Fee: p.rate("fee", c.Fee, 0), Spread: p.rate("spread", c.Spread, 0),
		Fraction: p.rate("fraction", c.Fraction, 0), MaxConsumed: p.rate("max_consumed", c.MaxConsumed, 0),
		FullSize: venue.Qty(c.FullSize), Cap: p.rate("cap", c.Cap, 0), Window: p.span("window", c.Window), Step: p.span("step", c.Step),
	}}
}

func (p *parser) settle(c *Settle) venue.Command {
	x := &venue.SettleInstrument{Instrument: p.instrument(c.Symbol).ID, From: c.From, MaxCarry: c.MaxCarry}
	for _, text := range c.Values {
		v := venue.NoValue
		if text != "" {
			v = p.money("values", text)
		}
		x.Values = append(x.Values, venue.HourValue{Value: v})
	}
	return x
}

func (p *parser) listIndex(c *Index) venue.Command {
	return &venue.ListIndex{Terms: venue.Index{
		ID: venue.IndexID(next(p.listed.Indices)), Symbol: c.Symbol, Kind: p.indexKind(c.Kind), Clamp: p.rate("clamp", c.Clamp, 0), Cap: p.rate("cap", c.Cap, 0),
		Contributors: c.Contributors, Period: p.span("period", c.Period), Window: p.span("window", c.Window), Widest: p.span("widest", c.Widest),
	}}
}

// indexKind reads what an index is made of; empty is prices.
func (p *parser) indexKind(word string) venue.IndexKind {
	switch word {
	case "", venue.PriceIndex.String():
		return venue.PriceIndex
	case venue.AvailabilityIndex.String():
		return venue.AvailabilityIndex
	}
	p.fail("kind", word, errors.New("want price or availability"))
	return 0
}

// method reads how a perpetual pays; empty is by time-weighted means.
func (p *parser) method(word string) venue.FundingMethod {
	switch word {
	case "", venue.TimeWeighted.String():
		return venue.TimeWeighted
	case venue.ImpactPremium.String():
		return venue.ImpactPremium
	}
	p.fail("method", word, errors.New("want time-weighted or impact-premium"))
	return 0
}
