package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Impact adds up the levels of one side of a book, best first, until Want lots
// are reached: what it would cost to trade that many at once. Use it with Want
// set, from 1 to venue.MaxQty, and once per side.
type Impact struct {
	// Want is the number of lots.
	Want venue.Qty

	got   venue.Qty
	ticks venue.Sum // Price times lots.
	best  venue.Price
}

// maxMarkPrice bounds the prices of which a mark is made, in whatever unit.
const maxMarkPrice = int64(venue.MaxAmount)

// Take adds the next level and says whether more are needed. The size of the
// price is at most venue.MaxAmount and the quantity above zero.
func (i *Impact) Take(p venue.Price, q venue.Qty) bool {
	assert.That(i.Want > 0 && i.Want <= venue.MaxQty, "impact quantity out of range")
	assert.That(q > 0 && int64(p) <= maxMarkPrice && int64(p) >= -maxMarkPrice, "level out of range")
	if i.got == 0 {
		i.best = p
	}
	n := min(q, i.Want-i.got)
	i.ticks = i.ticks.AddProduct(int64(p), int64(n))
	i.got += n
	return i.got < i.Want
}

// Best returns the price of the first level and whether there was one.
func (i *Impact) Best() (venue.Price, bool) { return i.best, i.got > 0 }

// Price returns the mean price in ticks of the wanted lots, exact; false when
// the side is too thin for them.
func (i *Impact) Price() (venue.Ratio, bool) {
	return venue.Ratio{Num: i.ticks.Wide(), Den: venue.ToWide(i.Want)}, i.got == i.Want && i.got > 0
}

// money returns the mean price of the wanted lots in money, rounded as r says, and
// absent for a side that is too thin for them.
func (i *Impact) money(tick venue.Amount, r venue.Rounding, absent venue.Amount) venue.Amount {
	p, ok := i.Price()
	if !ok {
		return absent
	}
	v, ok := venue.Ratio{Num: p.Num.Mul(venue.ToWide(tick)), Den: p.Den}.At(1, r)
	assert.That(ok && venue.Amount(v) <= venue.MaxAmount, "impact price out of range")
	return venue.Amount(v)
}

// Source is a set of what a mark is made of.
type Source uint8

// Sources of a mark.
const (
	// FromIndex is the index plus the smoothed basis.
	FromIndex Source = 1 << iota
	// FromBook is the middle of the impact prices of both sides.
	FromBook
	// FromLast is the last trade, within the touch.
	FromLast
)

// Has says whether all of s are in the set.
func (f Source) Has(s Source) bool { return f&s == s }

// Marking is everything that a mark depends on. Money is in micro-dollars per
// GPU-hour, as Tick says what a tick is worth; any other unit works if all of
// them are in it.
type Marking struct {
	// Fresh are the sources that are young enough to be used.
	Fresh Source
	// Index is the last index, 0 while there is none; Basis is the smoothed
	// distance of this market from it.
	Index, Basis venue.Amount
	// Bid and Ask are the sides of the book, with the same Want.
	Bid, Ask Impact
	// Last is the price of the last trade, 0 while there is none.
	Last venue.Price
	// Previous is the mark before, 0 while there is none.
	Previous venue.Price
	// Tick is the size of a tick, above 0.
	Tick venue.Amount
	// Band is how far from the index a mark may be, from 0 to one.
	Band venue.Rate
}

// Marked is a new mark.
type Marked struct {
	// Price is exact, in the money of the Marking.
	Price venue.Ratio
	// Used are the sources that were fresh and defined.
	Used Source
	// Stale says that there was no such source and that the mark before is held.
	// Positions are not liquidated, funded or deleveraged at a stale mark
	// (R-STALE).
	Stale bool
}

// Ticks returns the mark rounded to the nearest tick, a half up, and whether it
// fits a venue.Price. It may pass the band of the index by less than a tick.
func (m *Marked) Ticks(tick venue.Amount) (venue.Price, bool) {
	q := venue.Ratio{Num: m.Price.Num, Den: m.Price.Den.Mul(venue.ToWide(tick))}
	v, ok := q.At(1, venue.HalfUp)
	return venue.Price(v), ok && v <= int64(venue.MaxPrice) && v >= -int64(venue.MaxPrice)
}

// Mark returns the mark: the median of the fresh and defined sources (of two
// their mean), or the mark before when there is none, brought within the band
// around the index (MRK-01). Without a source and without a mark before there is
// none and it returns false.
//
// The book counts when both sides have Want lots. The last trade is brought
// between the best prices that there are.
func (in *Marking) Mark() (Marked, bool) {
	assert.That(in.Tick > 0, "tick is not positive")
	assert.That(in.Index >= 0 && in.Band >= 0 && in.Band <= venue.One, "index or band out of range")
	var s sources
	if in.Index > 0 {
		s.add(FromIndex, in.Fresh, whole(venue.ToWide(in.Index).Add(venue.ToWide(in.Basis))))
	}
	if mid, ok := in.middle(); ok {
		s.add(FromBook, in.Fresh, mid)
	}
	if in.Last != 0 {
		s.add(FromLast, in.Fresh, in.money(in.touched()))
	}
	m := Marked{Used: s.used, Stale: s.used == 0}
	switch {
	case !m.Stale:
		m.Price = s.median()
	case in.Previous != 0:
		m.Price = in.money(in.Previous)
	default:
		return m, false
	}
	m.Price = in.bounded(m.Price)
	return m, true
}

func whole(w venue.Wide) venue.Ratio { return venue.Ratio{Num: w, Den: venue.ToWide(int64(1))} }

func (in *Marking) money(p venue.Price) venue.Ratio {
	return whole(venue.WideProduct(int64(p), int64(in.Tick)))
}

// middle is halfway between the impact prices.
func (in *Marking) middle() (venue.Ratio, bool) {
	bid, hasBid := in.Bid.Price()
	ask, hasAsk := in.Ask.Price()
	if !hasBid || !hasAsk {
		return venue.Ratio{}, false
	}
	assert.That(in.Bid.Want == in.Ask.Want, "impact quantities differ")
	return venue.Ratio{
		Num: bid.Num.Add(ask.Num).Mul(venue.ToWide(in.Tick)),
		Den: venue.WideProduct(2, int64(in.Bid.Want)),
	}, true
}

// touched is the last trade within the best prices. In a crossed book, as an
// auction has it, the ask decides.
func (in *Marking) touched() venue.Price {
	p := in.Last
	if bid, ok := in.Bid.Best(); ok {
		p = max(p, bid)
	}
	if ask, ok := in.Ask.Best(); ok {
		p = min(p, ask)
	}
	return p
}

// bounded brings a price within the band around the index, exactly.
func (in *Marking) bounded(p venue.Ratio) venue.Ratio {
	if in.Index == 0 {
		return p
	}
	one := venue.ToWide(venue.One)
	lower := venue.Ratio{Num: venue.WideProduct(int64(in.Index), int64(venue.One-in.Band)), Den: one}
	upper := venue.Ratio{Num: venue.WideProduct(int64(in.Index), int64(venue.One+in.Band)), Den: one}
	if p.Cmp(lower) < 0 {
		return lower
	}
	if p.Cmp(upper) > 0 {
		return upper
	}
	return p
}

// sources are up to three prices in rising order.
type sources struct {
	price [3]venue.Ratio
	n     int
	used  Source
}

func (s *sources) add(from, fresh Source, p venue.Ratio) {
	if !fresh.Has(from) {
		return
	}
	i := s.n
	for ; i > 0 && s.price[i-1].Cmp(p) > 0; i-- {
		s.price[i] = s.price[i-1]
	}
	s.price[i] = p
	s.n++
	s.used |= from
}

func (s *sources) median() venue.Ratio {
	a, b := s.price[0], s.price[1]
	if s.n != 2 {
		return s.price[s.n/2]
	}
	return venue.Ratio{
		Num: a.Num.Mul(b.Den).Add(b.Num.Mul(a.Den)),
		Den: a.Den.Mul(b.Den).Mul(venue.ToWide(int64(2))),
	}
}
