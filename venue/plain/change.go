package plain

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clearhour/clearhour/venue"
)

// Change is a command of operators. Exactly one field is set.
type Change struct {
	Phase       *Phase       `json:"phase,omitempty" doc:"Halt, resume, cancel-only, or an auction."`
	Mark        *Mark        `json:"mark,omitempty" doc:"A mark for an instrument that follows no index."`
	Terms       *Terms       `json:"terms,omitempty" doc:"Terms of a listed instrument; what is left out stays."`
	Schedule    *Schedule    `json:"schedule,omitempty" doc:"The day of a market."`
	Protections *Protections `json:"protections,omitempty" doc:"Breaker and triggers of a market that is halted then."`
	Reference   *Reference   `json:"reference,omitempty" doc:"How the mark of an instrument follows an index."`
	FeeTiers    *FeeTiers    `json:"fee_tiers,omitempty" doc:"The fee schedule of the venue."`
	Liquidation *Liquidation `json:"liquidation,omitempty" doc:"The terms of liquidation."`
	Insurance   *Insurance   `json:"insurance,omitempty" doc:"Money for the insurance fund."`
	Settle      *Settle      `json:"settle,omitempty" doc:"Hourly values by which a future is settled."`
	Operator    *Operator    `json:"operator,omitempty" doc:"Enrols an operator or ends that."`
	Asset       *Asset       `json:"asset,omitempty" doc:"Lists an asset."`
	Index       *Index       `json:"index,omitempty" doc:"Lists an index of prices or of availability."`
	Instrument  *Instrument  `json:"instrument,omitempty" doc:"Lists an instrument, halted and without a mark."`
	Collateral  *Collateral  `json:"collateral,omitempty" doc:"Lets an asset count towards margin, or ends that."`
}

// Phase moves a market.
type Phase struct {
	Symbol string `json:"symbol"`
	Phase  string `json:"phase" enum:"continuous,cancel-only,halted,pre-open,open-auction,closing-auction,protect-auction"`
}

// Mark sets a mark.
type Mark struct {
	Symbol string `json:"symbol"`
	Price  string `json:"price" doc:"Dollars per GPU-hour."`
}

// Terms changes terms; what is empty stays as it is.
type Terms struct {
	Symbol   string    `json:"symbol"`
	MaxQty   int64     `json:"max_qty,omitempty" doc:"The largest order in lots."`
	Band     string    `json:"band,omitempty"`
	Maker    string    `json:"maker,omitempty"`
	Taker    string    `json:"taker,omitempty"`
	Brackets []Bracket `json:"brackets,omitempty"`
	// Both ends 0 end the scale.
	OpenInterest *OIScale `json:"open_interest_scale,omitempty" doc:"Between which open interests initial margin grows; two zeroes for none."`
	MaxPosition  *int64   `json:"max_position,omitempty" doc:"Lots that one owner may hold on a side."`
}

// Bracket is a step of a margin schedule.
type Bracket struct {
	Upto        string `json:"upto,omitempty" doc:"Dollars; empty means without end."`
	Initial     string `json:"initial"`
	Maintenance string `json:"maintenance"`
}

// Schedule is the day of a market.
type Schedule struct {
	Symbol string `json:"symbol"`
	Steps  []Step `json:"steps"`
}

// Step is a change of phase of every day.
type Step struct {
	At    string `json:"at" doc:"Time of day in UTC, for example 08:30." example:"08:30"`
	Phase string `json:"phase"`
}

// Protections keep prices from running away.
type Protections struct {
	Symbol   string    `json:"symbol"`
	Breaker  string    `json:"breaker,omitempty" doc:"Largest move within the window, a fraction."`
	Window   string    `json:"window,omitempty" doc:"A duration." example:"10m"`
	Base     string    `json:"base,omitempty" doc:"Length of an auction."`
	Triggers []Trigger `json:"triggers,omitempty"`
}

// Trigger starts or prolongs an auction.
type Trigger struct {
	Move   string `json:"move"`
	Extend string `json:"extend"`
}

// Reference says how a mark follows an index.
type Reference struct {
	Symbol   string `json:"symbol"`
	Index    string `json:"index" doc:"Symbol of the index."`
	Impact   int64  `json:"impact" doc:"Lots."`
	Band     string `json:"band"`
	Span     string `json:"span"`
	Every    string `json:"every"`
	IndexAge string `json:"index_age"`
	LastAge  string `json:"last_age"`
	Stale    string `json:"stale"`
	Funding  string `json:"funding,omitempty"`
	Method   string `json:"method,omitempty" enum:"time-weighted,impact-premium" doc:"How a perpetual pays; time-weighted if left out."`
	Default  string `json:"default,omitempty" doc:"Of impact-premium: what is added to the mean premium, for eight hours."`
	Factor   string `json:"clamp_factor,omitempty" doc:"Of impact-premium: what bounds the rate, times the difference of the margins."`
}

// FeeTiers is the fee schedule of the venue; no tiers end it.
type FeeTiers struct {
	Tiers []Tier `json:"tiers"`
}

// Tier is a step of it.
type Tier struct {
	Min   string `json:"min" doc:"Trailing volume in dollars."`
	Maker string `json:"maker"`
	Taker string `json:"taker"`
}

// Liquidation is the terms of liquidation; all empty switches it off.
type Liquidation struct {
	Target      string `json:"target,omitempty"`
	Fee         string `json:"fee,omitempty"`
	Spread      string `json:"spread,omitempty"`
	Fraction    string `json:"fraction,omitempty"`
	MaxConsumed string `json:"max_consumed,omitempty"`
	FullSize    int64  `json:"full_size,omitempty" doc:"Lots."`
	Cap         string `json:"cap,omitempty"`
	Window      string `json:"window,omitempty"`
	Step        string `json:"step,omitempty"`
}

// Insurance is money for the fund.
type Insurance struct {
	Amount string `json:"amount" doc:"Dollars."`
}

// Settle tells hours of an index.
type Settle struct {
	Symbol   string   `json:"symbol"`
	From     uint32   `json:"from" doc:"The hour of the window of the first value, from 0."`
	MaxCarry uint32   `json:"max_carry,omitempty"`
	Values   []string `json:"values" doc:"Dollars per GPU-hour; empty for an hour without one."`
}

// Operator enrols somebody or ends that.
type Operator struct {
	Operator uint32 `json:"operator"`
	Enrolled bool   `json:"enrolled"`
}

// Asset lists an asset.
type Asset struct {
	Symbol   string `json:"symbol"`
	Decimals uint8  `json:"decimals,omitempty"`
}

// Index lists an index.
type Index struct {
	Symbol       string `json:"symbol"`
	Kind         string `json:"kind,omitempty" enum:"price,availability" doc:"What it is made of; price if left out. An availability index has a period and a window."`
	Clamp        string `json:"clamp,omitempty"`
	Cap          string `json:"cap,omitempty"`
	Contributors uint16 `json:"contributors,omitempty"`
	Period       string `json:"period" doc:"Between publications, or the part of a day that is metered."`
	Window       string `json:"window" doc:"How old a reading may be, or how long after a period its meters are taken."`
	Widest       string `json:"widest,omitempty"`
}

// Named is a number and its symbol.
type Named struct {
	ID     uint16
	Symbol string
}

// Listed is what symbols are looked up in. A listing takes the next number.
type Listed struct {
	Instruments     []*venue.Instrument
	Indices, Assets []Named
}

func (l *Listed) bySymbol(symbol string) *venue.Instrument {
	i := slices.IndexFunc(l.Instruments, func(t *venue.Instrument) bool { return t.Symbol == symbol })
	if i < 0 {
		return nil
	}
	return l.Instruments[i]
}

func (l *Listed) byID(id venue.InstrumentID) *venue.Instrument {
	i := slices.IndexFunc(l.Instruments, func(t *venue.Instrument) bool { return t.ID == id })
	if i < 0 {
		return &venue.Instrument{ID: id, Symbol: fmt.Sprintf("#%d", id), Tick: 1}
	}
	return l.Instruments[i]
}

func next(list []Named) uint16 {
	n := uint16(0)
	for _, x := range list {
		n = max(n, x.ID)
	}
	return n + 1
}

// Errors of Change.Command that name no field.
var errNotOne = errors.New("a change is exactly one thing: phase, mark, terms, schedule, protections, reference, fee_tiers, liquidation, insurance, settle, operator, asset, index, instrument or collateral")

// Command returns the command of a change. The error names the field that does not
// convert.
func (c *Change) Command(l *Listed) (venue.Command, error) {
	p := parser{listed: l}
	var all []venue.Command
	add := func(is bool, make func() venue.Command) {
		if is {
			all = append(all, make())
		}
	}
	add(c.Phase != nil, func() venue.Command {
		return &venue.SetPhase{Instrument: p.instrument(c.Phase.Symbol).ID, Phase: p.phase(c.Phase.Phase)}
	})
	add(c.Mark != nil, func() venue.Command {
		i := p.instrument(c.Mark.Symbol)
		return &venue.SetMark{Instrument: i.ID, Price: p.price("price", c.Mark.Price, i)}
	})
	add(c.Terms != nil, func() venue.Command { return p.terms(c.Terms) })
	add(c.Schedule != nil, func() venue.Command { return p.schedule(c.Schedule) })
	add(c.Protections != nil, func() venue.Command { return p.protections(c.Protections) })
	add(c.Reference != nil, func() venue.Command { return p.reference(c.Reference) })
	add(c.FeeTiers != nil, func() venue.Command { return p.feeTiers(c.FeeTiers) })
	add(c.Liquidation != nil, func() venue.Command { return p.liquidation(c.Liquidation) })
	add(c.Insurance != nil, func() venue.Command { return &venue.FundInsurance{Amount: p.money("amount", c.Insurance.Amount)} })
	add(c.Settle != nil, func() venue.Command { return p.settle(c.Settle) })
	add(c.Operator != nil, func() venue.Command {
		return &venue.SetOperator{Operator: venue.OperatorID(c.Operator.Operator), Enrolled: c.Operator.Enrolled}
	})
	add(c.Asset != nil, func() venue.Command {
		return &venue.ListAsset{Asset: venue.AssetID(next(l.Assets)), Symbol: c.Asset.Symbol, Decimals: c.Asset.Decimals}
	})
	add(c.Index != nil, func() venue.Command { return p.listIndex(c.Index) })
	add(c.Instrument != nil, func() venue.Command { return &venue.ListInstrument{Terms: p.listing(c.Instrument)} })
	add(c.Collateral != nil, func() venue.Command { return p.collateral(c.Collateral) })
	if len(all) != 1 {
		return nil, errNotOne
	}
	return all[0], p.err
}

// hourText is the time of day of a step.
const hourText = "15:04"

func dayTime(text string) (venue.Time, error) {
	t, err := time.Parse(hourText, text)
	if err != nil {
		return 0, fmt.Errorf("want a time of day such as 08:30")
	}
	return venue.Time(t.Sub(t.Truncate(24 * time.Hour))), nil
}
