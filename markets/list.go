package markets

import (
	"github.com/clearhour/clearhour/venue"
)

// Bounds of what a listing may say.
const (
	// MaxRange is the largest number of prices between Low and High, both
	// included.
	MaxRange = 1 << 24
	// MaxSymbol is the longest symbol or name in bytes.
	MaxSymbol = 32
	// MaxFee is the highest fee rate: ten percent.
	MaxFee venue.Rate = 100_000
	// MaxLotValue bounds what one lot is worth at the highest price, in
	// micro-dollars: 4.5e9 dollars, as risk/ledger bounds a whole position.
	MaxLotValue venue.Amount = 1<<52 - 1
	// MaxAssets is the highest asset id.
	MaxAssets = 1<<16 - 1
)

// ListAsset adds an asset. It refuses an id that is not the next free one
// (DuplicateID or BadField, the limit is the next), a symbol that is malformed
// (BadField) or taken (DuplicateID), and more than 18 decimals.
func (s *Markets) ListAsset(c *venue.ListAsset) venue.Refusal {
	next := int64(len(s.assets))
	switch {
	case next > MaxAssets:
		return refuse(venue.MemoryExhausted, venue.FieldAsset, MaxAssets)
	case int64(c.Asset) < next:
		return refuse(venue.DuplicateID, venue.FieldAsset, next)
	case int64(c.Asset) > next:
		return refuse(venue.BadField, venue.FieldAsset, next)
	case !isName(c.Symbol):
		return refuse(venue.BadField, venue.FieldSymbol, MaxSymbol)
	case c.Decimals > 18:
		return refuse(venue.BadField, venue.FieldAsset, 18)
	}
	for i := range s.assets {
		if s.assets[i].Symbol == c.Symbol {
			return refuse(venue.DuplicateID, venue.FieldSymbol, int64(i))
		}
	}
	s.assets = append(s.assets, Asset{Symbol: c.Symbol, Decimals: c.Decimals})
	return venue.Refusal{}
}

// List adds an instrument in phase Halted and without a mark. The terms are
// copied. It refuses whatever is not well formed and names field and limit.
func (s *Markets) List(i *venue.Instrument) venue.Refusal {
	for _, check := range [...]func(*Markets, *venue.Instrument) venue.Refusal{
		(*Markets).checkID, (*Markets).checkNames, (*Markets).checkAssets, checkWindow, checkPrices, checkRates, checkBrackets, checkPositions,
	} {
		if why := check(s, i); why.Refused() {
			return why
		}
	}
	m := Market{Terms: *i, Ceiling: i.Taker, TickValue: i.TickValue(), Phase: venue.Halted}
	m.Terms.Brackets = append([]venue.Bracket(nil), i.Brackets...)
	s.markets = append(s.markets, m)
	return venue.Refusal{}
}

func (s *Markets) checkID(i *venue.Instrument) venue.Refusal {
	next := int64(len(s.markets))
	switch {
	case int64(i.ID) < next:
		return refuse(venue.DuplicateID, venue.FieldInstrument, next)
	case len(s.markets) == cap(s.markets):
		return refuse(venue.TooManyInstruments, venue.FieldInstrument, next-1)
	case int64(i.ID) > next:
		return refuse(venue.BadField, venue.FieldInstrument, next)
	}
	return venue.Refusal{}
}

func (s *Markets) checkNames(i *venue.Instrument) venue.Refusal {
	for _, name := range [...]string{i.Symbol, i.Class, i.Region, i.Grade} {
		if !isName(name) {
			return refuse(venue.BadField, venue.FieldSymbol, MaxSymbol)
		}
	}
	for k := 1; k < len(s.markets); k++ {
		if s.markets[k].Terms.Symbol == i.Symbol {
			return refuse(venue.DuplicateID, venue.FieldSymbol, int64(k))
		}
	}
	return venue.Refusal{}
}

// isName says whether a name has 1 to MaxSymbol bytes of [A-Za-z0-9._-].
func isName(s string) bool {
	if s == "" || len(s) > MaxSymbol {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func (s *Markets) checkAssets(i *venue.Instrument) venue.Refusal {
	if i.Kind < venue.Spot || i.Kind > venue.Capped {
		return refuse(venue.BadField, venue.FieldKind, int64(venue.Capped))
	}
	if i.Match > venue.ProRata {
		return refuse(venue.BadField, venue.FieldMatch, int64(venue.ProRata))
	}
	if i.Quote != venue.USD {
		return refuse(venue.UnknownAsset, venue.FieldAsset, int64(venue.USD))
	}
	if i.Kind != venue.Spot && i.Base != 0 {
		return refuse(venue.UnsupportedCombination, venue.FieldAsset, 0)
	}
	if i.Kind == venue.Spot && (i.Base == venue.USD || s.Asset(i.Base) == nil) {
		return refuse(venue.UnknownAsset, venue.FieldAsset, int64(s.Assets()))
	}
	return venue.Refusal{}
}

// checkWindow wants whole hours of UTC, in order; a perpetual has none.
func checkWindow(_ *Markets, i *venue.Instrument) venue.Refusal {
	const hour = 3600 * venue.Second
	if i.Kind == venue.Perpetual {
		if i.Window != 0 || i.Start != 0 || i.End != 0 {
			return refuse(venue.UnsupportedCombination, venue.FieldWindow, 0)
		}
		return venue.Refusal{}
	}
	if i.Window < venue.WindowHour || i.Window > venue.WindowYear {
		return refuse(venue.BadField, venue.FieldWindow, int64(venue.WindowYear))
	}
	if i.Start < 0 || i.Start%hour != 0 || i.End%hour != 0 || i.Start >= i.End {
		return refuse(venue.BadField, venue.FieldWindow, int64(hour))
	}
	return venue.Refusal{}
}

func checkPrices(_ *Markets, i *venue.Instrument) venue.Refusal {
	switch {
	case i.Tick <= 0:
		return refuse(venue.BadTick, venue.FieldTick, 1)
	case i.Hours <= 0:
		return refuse(venue.BadField, venue.FieldHours, 1)
	case i.Low <= 0 && i.Kind != venue.Capped:
		return refuse(venue.PriceOutOfRange, venue.FieldRange, 1)
	case i.Kind == venue.Capped && (i.Low != 0 || i.High <= 0):
		return refuse(venue.PriceOutOfRange, venue.FieldRange, 0)
	case i.High < i.Low:
		return refuse(venue.PriceOutOfRange, venue.FieldRange, int64(i.Low))
	case i.High > venue.MaxPrice:
		return refuse(venue.PriceOutOfRange, venue.FieldRange, int64(venue.MaxPrice))
	case i.High-i.Low >= MaxRange:
		return refuse(venue.PriceOutOfRange, venue.FieldRange, MaxRange)
	case i.MaxQty <= 0:
		return refuse(venue.BadQty, venue.FieldQty, 1)
	case i.MaxQty > venue.MaxQty:
		return refuse(venue.BadQty, venue.FieldQty, int64(venue.MaxQty))
	}
	tickValue, ok := venue.Mul(int64(i.Tick), i.Hours)
	if most := int64(MaxLotValue) / int64(i.High); !ok || tickValue > most {
		return refuse(venue.NotionalTooLarge, venue.FieldTick, most)
	}
	if most := int64(venue.MaxAmount) / int64(i.High) / tickValue; int64(i.MaxQty) > most {
		return refuse(venue.NotionalTooLarge, venue.FieldQty, most)
	}
	return venue.Refusal{}
}

func checkRates(_ *Markets, i *venue.Instrument) venue.Refusal {
	switch {
	case i.Band < 1:
		return refuse(venue.BadField, venue.FieldBand, 1)
	case i.Band > venue.One:
		return refuse(venue.BadField, venue.FieldBand, int64(venue.One))
	case i.Maker < 0:
		return refuse(venue.BadField, venue.FieldFee, 0)
	case i.Taker > MaxFee:
		return refuse(venue.BadField, venue.FieldFee, int64(MaxFee))
	case i.Maker > i.Taker:
		return refuse(venue.BadField, venue.FieldFee, int64(i.Taker))
	}
	return venue.Refusal{}
}

// checkBrackets wants a rising schedule that ends at MaxAmount for what is held on
// margin, and none for what is paid for in full.
func checkBrackets(_ *Markets, i *venue.Instrument) venue.Refusal {
	if i.Kind.Held() != venue.Future {
		if len(i.Brackets) != 0 {
			return refuse(venue.UnsupportedCombination, venue.FieldBrackets, 0)
		}
		return venue.Refusal{}
	}
	if n := len(i.Brackets); n == 0 || n > venue.MaxBrackets {
		return refuse(venue.BadField, venue.FieldBrackets, venue.MaxBrackets)
	}
	var from venue.Amount
	for _, b := range i.Brackets {
		switch {
		case b.Upto <= from:
			return refuse(venue.BadField, venue.FieldBrackets, int64(from))
		case b.Maintenance < 1:
			return refuse(venue.BadField, venue.FieldBrackets, 1)
		case b.Initial < b.Maintenance:
			return refuse(venue.BadField, venue.FieldBrackets, int64(b.Maintenance))
		case b.Initial > venue.One:
			return refuse(venue.BadField, venue.FieldBrackets, int64(venue.One))
		}
		from = b.Upto
	}
	if from != venue.MaxAmount {
		return refuse(venue.BadField, venue.FieldBrackets, int64(venue.MaxAmount))
	}
	return venue.Refusal{}
}

// checkPositions wants an open-interest scale for what is held on margin only, and
// a limit of positions where there are any.
func checkPositions(_ *Markets, i *venue.Instrument) venue.Refusal {
	switch s := i.Interest; {
	case i.MaxPosition < 0:
		return refuse(venue.BadField, venue.FieldPosition, 0)
	case i.MaxPosition != 0 && i.Kind == venue.Spot:
		return refuse(venue.UnsupportedCombination, venue.FieldPosition, 0)
	case s == venue.Interest{}:
		return venue.Refusal{}
	case i.Kind.Held() != venue.Future:
		return refuse(venue.UnsupportedCombination, venue.FieldInterest, 0)
	case s.Low < 0:
		return refuse(venue.BadField, venue.FieldInterest, 0)
	case s.High <= s.Low:
		return refuse(venue.BadField, venue.FieldInterest, int64(s.Low)+1)
	case s.High > venue.MaxInterest:
		return refuse(venue.BadField, venue.FieldInterest, int64(venue.MaxInterest))
	}
	return venue.Refusal{}
}
