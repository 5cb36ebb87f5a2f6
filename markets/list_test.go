package markets

import (
	"strings"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

const hour = 3600 * venue.Second

// month is a well-formed future.
func month() venue.Instrument {
	return venue.Instrument{
		ID: 1, Symbol: "H100C.NAE.M.2027-01", Kind: venue.Future,
		Class: "H100-SXM-80", Region: "NA-E", Grade: "C",
		Window: venue.WindowMonth, Start: 24 * hour, End: 25 * 24 * hour,
		Quote: venue.USD, Tick: 1000, Hours: 744, Low: 100, High: 20_000, MaxQty: 5000,
		Band: 100_000, Maker: 100, Taker: 500,
		Brackets: []venue.Bracket{{Upto: 1e12, Initial: 50_000, Maintenance: 25_000}, {Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}
}

// hourSpot is a well-formed spot instrument that delivers asset 2.
func hourSpot() venue.Instrument {
	i := month()
	i.Symbol, i.Kind, i.Window, i.End, i.Hours = "H100C.NAE.H.2027-01-01T01", venue.Spot, venue.WindowHour, i.Start+hour, 1
	i.Base, i.Brackets = 2, nil
	return i
}

func TestListRefusals(t *testing.T) {
	edit := func(f func(*venue.Instrument)) func(*venue.Instrument) { return f }
	bad := func(f venue.Field, limit int64) venue.Refusal {
		return venue.Refusal{Reason: venue.BadField, Field: f, Limit: limit}
	}
	for _, c := range []struct {
		name string
		edit func(*venue.Instrument)
		want venue.Refusal
	}{
		{"good", edit(func(i *venue.Instrument) {}), venue.Refusal{}},
		{"id taken", func(i *venue.Instrument) { i.ID = 0 }, refuse(venue.DuplicateID, venue.FieldInstrument, 2)},
		{"id too high", func(i *venue.Instrument) { i.ID = 3 }, bad(venue.FieldInstrument, 2)},
		{"symbol empty", func(i *venue.Instrument) { i.Symbol = "" }, bad(venue.FieldSymbol, 32)},
		{"symbol of 32", func(i *venue.Instrument) { i.Symbol = strings.Repeat("x", 32) }, venue.Refusal{}},
		{"symbol of 33", func(i *venue.Instrument) { i.Symbol = strings.Repeat("x", 33) }, bad(venue.FieldSymbol, 32)},
		{"symbol with a space", func(i *venue.Instrument) { i.Symbol = "a b" }, bad(venue.FieldSymbol, 32)},
		{"symbol beyond ASCII", func(i *venue.Instrument) { i.Symbol = "ä" }, bad(venue.FieldSymbol, 32)},
		{"symbol taken", func(i *venue.Instrument) { i.Symbol = "first" }, refuse(venue.DuplicateID, venue.FieldSymbol, 1)},
		{"class empty", func(i *venue.Instrument) { i.Class = "" }, bad(venue.FieldSymbol, 32)},
		{"kind 0", func(i *venue.Instrument) { i.Kind = 0 }, bad(venue.FieldKind, 4)},
		{"kind 5", func(i *venue.Instrument) { i.Kind = 5 }, bad(venue.FieldKind, 4)},
		{"perpetual with a window", func(i *venue.Instrument) { i.Kind = venue.Perpetual }, refuse(venue.UnsupportedCombination, venue.FieldWindow, 0)},
		{"perpetual with an end", func(i *venue.Instrument) { i.Kind, i.Window, i.Start = venue.Perpetual, 0, 0 }, refuse(venue.UnsupportedCombination, venue.FieldWindow, 0)},
		{"perpetual with a base", func(i *venue.Instrument) { i.Kind, i.Base = venue.Perpetual, 2 }, refuse(venue.UnsupportedCombination, venue.FieldAsset, 0)},
		{"quote not USD", func(i *venue.Instrument) { i.Quote = 2 }, refuse(venue.UnknownAsset, venue.FieldAsset, 1)},
		{"future with base", func(i *venue.Instrument) { i.Base = 2 }, refuse(venue.UnsupportedCombination, venue.FieldAsset, 0)},
		{"spot", func(i *venue.Instrument) { *i = hourSpot(); i.ID = 2 }, venue.Refusal{}},
		{"spot without base", func(i *venue.Instrument) { *i = hourSpot(); i.ID, i.Base = 2, 0 }, refuse(venue.UnknownAsset, venue.FieldAsset, 2)},
		{"spot of money", func(i *venue.Instrument) { *i = hourSpot(); i.ID, i.Base = 2, venue.USD }, refuse(venue.UnknownAsset, venue.FieldAsset, 2)},
		{"spot of an unknown asset", func(i *venue.Instrument) { *i = hourSpot(); i.ID, i.Base = 2, 3 }, refuse(venue.UnknownAsset, venue.FieldAsset, 2)},
		{"window 0", func(i *venue.Instrument) { i.Window = 0 }, bad(venue.FieldWindow, 7)},
		{"window 8", func(i *venue.Instrument) { i.Window = 8 }, bad(venue.FieldWindow, 7)},
		{"start is end", func(i *venue.Instrument) { i.End = i.Start }, bad(venue.FieldWindow, int64(hour))},
		{"start before 1970", func(i *venue.Instrument) { i.Start = -hour }, bad(venue.FieldWindow, int64(hour))},
		{"start off the hour", func(i *venue.Instrument) { i.Start++ }, bad(venue.FieldWindow, int64(hour))},
		{"end off the hour", func(i *venue.Instrument) { i.End-- }, bad(venue.FieldWindow, int64(hour))},
		{"tick 0", func(i *venue.Instrument) { i.Tick = 0 }, refuse(venue.BadTick, venue.FieldTick, 1)},
		{"hours 0", func(i *venue.Instrument) { i.Hours = 0 }, bad(venue.FieldHours, 1)},
		{"low 0", func(i *venue.Instrument) { i.Low = 0 }, refuse(venue.PriceOutOfRange, venue.FieldRange, 1)},
		{"low above high", func(i *venue.Instrument) { i.Low = i.High + 1 }, refuse(venue.PriceOutOfRange, venue.FieldRange, 20_001)},
		{"high above the unit", func(i *venue.Instrument) { i.Low, i.High = venue.MaxPrice, venue.MaxPrice+1 }, refuse(venue.PriceOutOfRange, venue.FieldRange, int64(venue.MaxPrice))},
		{"range full", func(i *venue.Instrument) { i.High, i.MaxQty = i.Low+MaxRange-1, 100 }, venue.Refusal{}},
		{"range too wide", func(i *venue.Instrument) { i.High, i.MaxQty = i.Low+MaxRange, 100 }, refuse(venue.PriceOutOfRange, venue.FieldRange, MaxRange)},
		{"max qty 0", func(i *venue.Instrument) { i.MaxQty = 0 }, refuse(venue.BadQty, venue.FieldQty, 1)},
		{"max qty above the unit", func(i *venue.Instrument) { i.MaxQty = venue.MaxQty + 1 }, refuse(venue.BadQty, venue.FieldQty, int64(venue.MaxQty))},
		{"tick value beyond int64", func(i *venue.Instrument) { i.Tick, i.Hours = 1<<40, 1<<40 }, refuse(venue.NotionalTooLarge, venue.FieldTick, 225_179_981_368)},
		{"tick value at its bound", func(i *venue.Instrument) { i.Tick, i.Hours, i.MaxQty = 225_179_981_368, 1, 1 }, venue.Refusal{}},
		{"tick value above its bound", func(i *venue.Instrument) { i.Tick, i.Hours, i.MaxQty = 225_179_981_369, 1, 1 }, refuse(venue.NotionalTooLarge, venue.FieldTick, 225_179_981_368)},
		{"notional at its bound", func(i *venue.Instrument) { i.MaxQty = 77_481_283 }, venue.Refusal{}},
		{"notional above its bound", func(i *venue.Instrument) { i.MaxQty = 77_481_284 }, refuse(venue.NotionalTooLarge, venue.FieldQty, 77_481_283)},
		{"band 0", func(i *venue.Instrument) { i.Band = 0 }, bad(venue.FieldBand, 1)},
		{"band above one", func(i *venue.Instrument) { i.Band = venue.One + 1 }, bad(venue.FieldBand, int64(venue.One))},
		{"maker negative", func(i *venue.Instrument) { i.Maker = -1 }, bad(venue.FieldFee, 0)},
		{"maker above taker", func(i *venue.Instrument) { i.Maker = 501 }, bad(venue.FieldFee, 500)},
		{"taker above ten percent", func(i *venue.Instrument) { i.Taker = 100_001 }, bad(venue.FieldFee, 100_000)},
		{"no brackets", func(i *venue.Instrument) { i.Brackets = nil }, bad(venue.FieldBrackets, 8)},
		{"nine brackets", func(i *venue.Instrument) { i.Brackets = make([]venue.Bracket, 9) }, bad(venue.FieldBrackets, 8)},
		{"brackets not rising", func(i *venue.Instrument) { i.Brackets[1].Upto = 1e12 }, bad(venue.FieldBrackets, 1e12)},
		{"last bracket bounded", func(i *venue.Instrument) { i.Brackets[1].Upto-- }, bad(venue.FieldBrackets, int64(venue.MaxAmount))},
		{"maintenance 0", func(i *venue.Instrument) { i.Brackets[0].Maintenance = 0 }, bad(venue.FieldBrackets, 1)},
		{"initial below maintenance", func(i *venue.Instrument) { i.Brackets[0].Initial = 24_999 }, bad(venue.FieldBrackets, 25_000)},
		{"initial above one", func(i *venue.Instrument) { i.Brackets[1].Initial = venue.One + 1 }, bad(venue.FieldBrackets, int64(venue.One))},
		{"spot with brackets", func(i *venue.Instrument) { b := i.Brackets; *i = hourSpot(); i.ID, i.Brackets = 2, b }, refuse(venue.UnsupportedCombination, venue.FieldBrackets, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(2)
			first := month()
			first.Symbol = "first"
			if why := s.List(&first); why.Refused() {
				t.Fatalf("first refused %+v", why)
			}
			if why := s.ListAsset(&venue.ListAsset{Asset: 2, Symbol: "H100H"}); why.Refused() {
				t.Fatalf("asset refused %+v", why)
			}
			i := month()
			i.ID = 2
			c.edit(&i)
			got := s.List(&i)
			if got != c.want {
				t.Errorf("List = %+v, want %+v", got, c.want)
			}
			want := venue.InstrumentID(2)
			if c.want.Refused() {
				want = 1
			}
			if s.Count() != want {
				t.Errorf("%d instruments listed, want %d", s.Count(), want)
			}
		})
	}
}

func TestListLimitAndCopy(t *testing.T) {
	s := New(1)
	i := month()
	if why := s.List(&i); why.Refused() {
		t.Fatalf("refused %+v", why)
	}
	i.Brackets[0].Initial = 1
	m := s.Get(1)
	if m.Terms.Brackets[0].Initial != 50_000 || m.Phase != venue.Halted || s.Mark(1).Version != 0 || m.TickValue != 744_000 {
		t.Errorf("listed as %+v with mark %+v", m, s.Mark(1))
	}
	i.ID, i.Symbol = 2, "second"
	if got, want := s.List(&i), refuse(venue.TooManyInstruments, venue.FieldInstrument, 1); got != want {
		t.Errorf("List beyond the limit = %+v, want %+v", got, want)
	}
	if s.Get(0) != nil || s.Get(2) != nil {
		t.Error("Get gives a market that is not listed")
	}
}

func TestListAssetRefusals(t *testing.T) {
	s := New(1)
	for _, c := range []struct {
		c    venue.ListAsset
		want venue.Refusal
	}{
		{venue.ListAsset{Asset: 1, Symbol: "USD2"}, refuse(venue.DuplicateID, venue.FieldAsset, 2)},
		{venue.ListAsset{Asset: 3, Symbol: "X"}, refuse(venue.BadField, venue.FieldAsset, 2)},
		{venue.ListAsset{Asset: 2, Symbol: ""}, refuse(venue.BadField, venue.FieldSymbol, 32)},
		{venue.ListAsset{Asset: 2, Symbol: "USD"}, refuse(venue.DuplicateID, venue.FieldSymbol, 1)},
		{venue.ListAsset{Asset: 2, Symbol: "X", Decimals: 19}, refuse(venue.BadField, venue.FieldAsset, 18)},
		{venue.ListAsset{Asset: 2, Symbol: "X", Decimals: 18}, venue.Refusal{}},
	} {
		if got := s.ListAsset(&c.c); got != c.want {
			t.Errorf("ListAsset(%+v) = %+v, want %+v", c.c, got, c.want)
		}
	}
	if a := s.Asset(2); a == nil || a.Symbol != "X" || s.Asset(3) != nil || s.Asset(0) != nil || s.Assets() != 2 {
		t.Errorf("asset 2 is %+v of %d", a, s.Assets())
	}
}
