package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/venue/scale"
)

// genesis is what a venue lists: the content of a --genesis file. Listing is
// done once per symbol; starting again with the same file changes nothing.
type genesis struct {
	Instruments []listing `json:"instruments"`
	Accounts    []opening `json:"accounts"`
	// Collateral are assets other than money that count towards margin.
	Collateral []pledge `json:"collateral,omitempty"`
	// Liquidation is in force from the first listing on; without it nobody is
	// liquidated.
	Liquidation *liquidationRules `json:"liquidation,omitempty"`
	// Operators are those who may change things by two keys, at least two of them.
	Operators []venue.OperatorID `json:"operators,omitempty"`
	// Changes are made once, after the first listing and in this order, without
	// keys or notice: indices, references, schedules, protections, fee tiers.
	Changes []plain.Change `json:"changes,omitempty"`
}

// listing is an instrument in the words of a file: decimals and dates.
type listing struct {
	Symbol string `json:"symbol"`
	Kind   string `json:"kind"` // "spot", "future", "perpetual" or "capped"
	Class  string `json:"class"`
	Region string `json:"region"`
	Grade  string `json:"grade"`
	Window string `json:"window"` // "H", "B4", "D", "W", "M", "Q" or "Y"
	// Start and End are the delivery window; the hours of a lot follow from them.
	// A perpetual has none, and says its Hours.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Hours int64     `json:"hours,omitempty"`
	// Multiplier is what a lot of a capped future is worth a point, in dollars.
	Multiplier int64 `json:"multiplier,omitempty"`
	// Tick, Low, High and Mark are in dollars per GPU-hour; those of a capped future
	// are in points, of which High is the cap.
	Tick string `json:"tick"`
	Low  string `json:"low"`
	High string `json:"high"`
	Mark string `json:"mark"`
	// MaxQty is in lots.
	MaxQty int64 `json:"max_qty"`
	// Band, Maker and Taker are fractions, for example "0.0005".
	Band  string `json:"band"`
	Maker string `json:"maker"`
	Taker string `json:"taker"`
	// Brackets is the margin schedule of a future.
	Brackets []bracket `json:"brackets,omitempty"`
	// Reference says how the mark follows an index; without it marks are set.
	Reference *referenceRules `json:"reference,omitempty"`
	// OpenInterest is between which open interests the initial margin of a future
	// grows to all of the notional.
	OpenInterest *interestScale `json:"open_interest_scale,omitempty"`
	// MaxPosition is how many lots one owner may hold on a side, 0 for any number.
	MaxPosition int64 `json:"max_position,omitempty"`
}

// interestScale is in lots.
type interestScale struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
}

type bracket struct {
	// Upto is in dollars; empty means without end.
	Upto        string `json:"upto,omitempty"`
	Initial     string `json:"initial"`
	Maintenance string `json:"maintenance"`
}

// opening is an account and what it is given at the start.
type opening struct {
	Owner venue.OwnerID `json:"owner"`
	// Isolated is the symbol of the one future that the account trades, empty for
	// all (MAR-14).
	Isolated string `json:"isolated,omitempty"`
	// Money is in dollars; empty for none.
	Money string `json:"money,omitempty"`
	// Capacity is lots by symbol of a spot instrument.
	Capacity map[string]int64 `json:"capacity,omitempty"`
	// Collateral is whole units by asset, for example "0.5".
	Collateral map[string]string `json:"collateral,omitempty"`
}

// readGenesis reads a file strictly: an unknown key is an error.
func readGenesis(path string) (*genesis, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var g genesis
	if err := d.Decode(&g); err != nil {
		return nil, fmt.Errorf("genesis %s: %w", path, err)
	}
	return &g, nil
}

var kinds = map[string]venue.Kind{"spot": venue.Spot, "future": venue.Future, "perpetual": venue.Perpetual, "capped": venue.Capped}

var windows = map[string]venue.Window{
	"H": venue.WindowHour, "B4": venue.WindowBlock4, "D": venue.WindowDay, "W": venue.WindowWeek,
	"M": venue.WindowMonth, "Q": venue.WindowQuarter, "Y": venue.WindowYear,
}

// terms turns a listing into integer terms, with the ids that the venue gives.
func (l *listing) terms(id venue.InstrumentID, base venue.AssetID) (venue.Instrument, venue.Price, error) {
	t := venue.Instrument{
		ID: id, Symbol: l.Symbol, Kind: kinds[l.Kind], Class: l.Class, Region: l.Region, Grade: l.Grade,
		Window: windows[l.Window], Start: venue.Time(l.Start.UnixNano()), End: venue.Time(l.End.UnixNano()),
		Base: base, Quote: venue.USD, Hours: int64(l.End.Sub(l.Start) / time.Hour), MaxQty: venue.Qty(l.MaxQty),
		MaxPosition: venue.Qty(l.MaxPosition),
	}
	if t.Kind == venue.Capped {
		t.Hours = l.Multiplier
	}
	if s := l.OpenInterest; s != nil {
		t.Interest = venue.Interest{Low: venue.Qty(s.Low), High: venue.Qty(s.High)}
	}
	if t.Kind == venue.Perpetual {
		t.Start, t.End, t.Hours = 0, 0, l.Hours
	}
	p := parser{what: l.Symbol}
	t.Tick = p.money("tick", l.Tick)
	t.Band, t.Maker, t.Taker = p.rate("band", l.Band), p.rate("maker", l.Maker), p.rate("taker", l.Taker)
	t.Low, t.High = p.price("low", l.Low, &t), p.price("high", l.High, &t)
	mark := p.price("mark", l.Mark, &t)
	for _, b := range l.Brackets {
		upto := venue.MaxAmount
		if b.Upto != "" {
			upto = p.money("brackets.upto", b.Upto)
		}
		t.Brackets = append(t.Brackets, venue.Bracket{
			Upto: upto, Initial: p.rate("initial", b.Initial), Maintenance: p.rate("maintenance", b.Maintenance),
		})
	}
	return t, mark, p.err
}

// parser reads decimals and keeps the first error.
type parser struct {
	what string
	err  error
}

func (p *parser) fail(field, text string, err error) {
	if p.err == nil {
		p.err = fmt.Errorf("genesis: %s: %s %q: %w", p.what, field, text, err)
	}
}

func (p *parser) money(field, text string) venue.Amount {
	v, bad := scale.ParseAmount([]byte(text), 6)
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}

func (p *parser) rate(field, text string) venue.Rate {
	v, bad := scale.ParseRate([]byte(text))
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}

func (p *parser) price(field, text string, t *venue.Instrument) venue.Price {
	if t.Tick <= 0 {
		return 0
	}
	v, bad := scale.ParsePrice([]byte(text), t)
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}
