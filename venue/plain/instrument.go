package plain

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// Instrument lists an instrument. A genesis file has the same words.
type Instrument struct {
	Symbol string `json:"symbol"`
	Kind   string `json:"kind" enum:"spot,future,perpetual,capped"`
	Class  string `json:"class"`
	Region string `json:"region"`
	Grade  string `json:"grade"`
	Window string `json:"window,omitempty" enum:"H,B4,D,W,M,Q,Y" doc:"Length of the delivery window; a perpetual has none."`
	// The hours of a lot follow from Start and End where Hours is 0.
	Start time.Time `json:"start,omitzero" doc:"Begin of the delivery window."`
	End   time.Time `json:"end,omitzero"`
	Hours int64     `json:"hours,omitempty" doc:"GPU-hours of a lot of a perpetual; those of others follow from their window."`
	// Multiplier is for a capped future alone.
	Multiplier int64  `json:"multiplier,omitempty" doc:"What a lot of a capped future is worth a point, in dollars."`
	Match      string `json:"match,omitempty" enum:"time,pro-rata" doc:"How orders at one price share; by time when not given."`
	Base       string `json:"base,omitempty" doc:"The listed asset that a spot instrument delivers; the one of its own symbol when not given."`
	// Prices of a capped future are in points, of which High is the cap.
	Tick         string    `json:"tick" doc:"Dollars per GPU-hour, as all prices; points for a capped future."`
	Low          string    `json:"low"`
	High         string    `json:"high"`
	MaxQty       int64     `json:"max_qty" doc:"The largest order in lots."`
	Band         string    `json:"band" doc:"Distance from the mark, a fraction."`
	Maker        string    `json:"maker" doc:"Fee rates, fractions."`
	Taker        string    `json:"taker"`
	Brackets     []Bracket `json:"brackets,omitempty" doc:"The margin schedule of a future."`
	OpenInterest *OIScale  `json:"open_interest_scale,omitempty" doc:"Between which open interests initial margin grows to all of the notional."`
	MaxPosition  int64     `json:"max_position,omitempty" doc:"Lots that one owner may hold on a side; any number when not given."`
}

// OIScale is between which open interests, in lots, initial margin grows (MAR-03).
type OIScale struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
}

// Collateral lets an asset count towards margin.
type Collateral struct {
	Asset string `json:"asset" doc:"Symbol of a listed asset."`
	Price string `json:"price" doc:"Dollars per whole unit; 0 for an asset that counts no longer."`
	Rate  string `json:"rate" doc:"The part of the value that counts, a fraction."`
	Index string `json:"index,omitempty" doc:"Symbol of the index that the price follows."`
}

// Terms returns the terms of a listing, with the number that it takes.
func (i *Instrument) Terms(l *Listed) (venue.Instrument, error) {
	p := parser{listed: l}
	t := p.listing(i)
	return t, p.err
}

// listing converts a listing.
func (p *parser) listing(i *Instrument) venue.Instrument {
	t := venue.Instrument{
		ID: p.listed.nextInstrument(), Symbol: i.Symbol, Kind: p.kind(i.Kind), Class: i.Class, Region: i.Region, Grade: i.Grade,
		Window: p.window(i.Window), Start: p.date("start", i.Start), End: p.date("end", i.End), Match: p.match(i.Match),
		Quote: venue.USD, Hours: i.Hours, Tick: p.money("tick", i.Tick), MaxQty: venue.Qty(i.MaxQty), MaxPosition: venue.Qty(i.MaxPosition),
		Band: p.given("band", i.Band), Maker: p.given("maker", i.Maker), Taker: p.given("taker", i.Taker),
		Brackets: p.brackets(i.Brackets), Interest: i.OpenInterest.scale(),
	}
	switch {
	case t.Kind == venue.Capped:
		t.Hours = i.Multiplier
	case t.Hours == 0:
		t.Hours = hoursBetween(&t)
	}
	if t.Kind == venue.Spot {
		t.Base = p.asset("base", either(i.Base, i.Symbol))
	}
	t.Low, t.High = p.price("low", i.Low, &t), p.price("high", i.High, &t)
	return t
}

func hoursBetween(t *venue.Instrument) int64 { return int64((t.End - t.Start) / (3600 * venue.Second)) }

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (s *OIScale) scale() venue.Interest {
	if s == nil {
		return venue.Interest{}
	}
	return venue.Interest{Low: venue.Qty(s.Low), High: venue.Qty(s.High)}
}

func scaleOf(i venue.Interest) *OIScale {
	if i == (venue.Interest{}) {
		return nil
	}
	return &OIScale{int64(i.Low), int64(i.High)}
}

func (l *Listed) nextInstrument() venue.InstrumentID {
	n := venue.InstrumentID(0)
	for _, i := range l.Instruments {
		n = max(n, i.ID)
	}
	return n + 1
}

func (p *parser) kind(word string) venue.Kind {
	for k := venue.Spot; k <= venue.Capped; k++ {
		if k.String() == word {
			return k
		}
	}
	p.fail("kind", word, errors.New("want spot, future, perpetual or capped"))
	return 0
}

func (p *parser) window(word string) venue.Window {
	if word == "" {
		return 0
	}
	for w := venue.WindowHour; w <= venue.WindowYear; w++ {
		if w.String() == word {
			return w
		}
	}
	p.fail("window", word, errors.New("want H, B4, D, W, M, Q or Y"))
	return 0
}

func (p *parser) match(word string) venue.Matching {
	switch word {
	case "", "time":
	case "pro-rata":
		return venue.ProRata
	default:
		p.fail("match", word, errors.New("want time or pro-rata"))
	}
	return venue.ByTime
}

// date converts a time that the venue can hold; the zero time is none.
func (p *parser) date(field string, t time.Time) venue.Time {
	if t.IsZero() {
		return 0
	}
	if t.Year() < 1970 || t.Year() > 2200 {
		p.fail(field, t.Format(time.RFC3339), errors.New("want a year from 1970 to 2200"))
		return 0
	}
	return venue.Time(t.UnixNano())
}

func (p *parser) brackets(list []Bracket) (all []venue.Bracket) {
	for _, b := range list {
		upto := venue.MaxAmount
		if b.Upto != "" {
			upto = p.money("upto", b.Upto)
		}
		all = append(all, venue.Bracket{
			Upto: upto, Initial: p.given("initial", b.Initial), Maintenance: p.given("maintenance", b.Maintenance),
		})
	}
	return all
}

func bracketsOf(list []venue.Bracket) (all []Bracket) {
	for _, b := range list {
		upto := ""
		if b.Upto != venue.MaxAmount {
			upto = money(b.Upto)
		}
		all = append(all, Bracket{upto, rate(b.Initial), rate(b.Maintenance)})
	}
	return all
}

// asset looks a symbol up.
func (p *parser) asset(field, symbol string) venue.AssetID {
	id := find(p.listed.Assets, symbol)
	if id == 0 {
		p.fail(field, symbol, errors.New("no such asset: list it before"))
	}
	return venue.AssetID(id)
}

func find(list []Named, symbol string) uint16 {
	i := slices.IndexFunc(list, func(n Named) bool { return n.Symbol == symbol })
	if i < 0 {
		return 0
	}
	return list[i].ID
}

// nameOf returns the symbol of a number, made up for one that is not listed.
func nameOf(list []Named, id uint16) string {
	i := slices.IndexFunc(list, func(n Named) bool { return n.ID == id })
	if i < 0 {
		return fmt.Sprintf("#%d", id)
	}
	return list[i].Symbol
}

// instrumentOf returns a listing in plain words.
func instrumentOf(t *venue.Instrument, l *Listed) *Instrument {
	x := &Instrument{
		Symbol: t.Symbol, Kind: t.Kind.String(), Class: t.Class, Region: t.Region, Grade: t.Grade,
		Tick: money(t.Tick), Low: priceOf(t.Low, t), High: priceOf(t.High, t), MaxQty: int64(t.MaxQty),
		Band: rate(t.Band), Maker: rate(t.Maker), Taker: rate(t.Taker), Brackets: bracketsOf(t.Brackets),
		OpenInterest: scaleOf(t.Interest), MaxPosition: int64(t.MaxPosition),
	}
	if t.Window != 0 {
		x.Window = t.Window.String()
	}
	if t.Start != 0 || t.End != 0 {
		x.Start, x.End = time.Unix(0, int64(t.Start)).UTC(), time.Unix(0, int64(t.End)).UTC()
	}
	switch {
	case t.Kind == venue.Capped:
		x.Multiplier = t.Hours
	case t.Hours != hoursBetween(t):
		x.Hours = t.Hours
	}
	if t.Match == venue.ProRata {
		x.Match = "pro-rata"
	}
	if name := nameOf(l.Assets, uint16(t.Base)); t.Base != 0 && name != t.Symbol {
		x.Base = name
	}
	return x
}

// priceOf is a price in the words of the instrument, which may be of any terms.
func priceOf(p venue.Price, t *venue.Instrument) string {
	if t.Tick <= 0 {
		return ""
	}
	return string(scale.AppendPrice(nil, p, t))
}

// Command returns what lets the asset count.
func (c *Collateral) Command(l *Listed) (*venue.SetCollateral, error) {
	p := parser{listed: l}
	x := p.collateral(c)
	return x, p.err
}

func (p *parser) collateral(c *Collateral) *venue.SetCollateral {
	x := &venue.SetCollateral{Asset: p.asset("asset", c.Asset), Price: p.money("price", c.Price), Rate: p.given("rate", c.Rate)}
	if c.Index != "" {
		x.Index = p.index("index", c.Index)
	}
	return x
}

func collateralOf(c *venue.SetCollateral, l *Listed) *Collateral {
	x := &Collateral{Asset: nameOf(l.Assets, uint16(c.Asset)), Price: money(c.Price), Rate: rate(c.Rate)}
	if c.Index != 0 {
		x.Index = nameOf(l.Indices, uint16(c.Index))
	}
	return x
}
