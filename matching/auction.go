package matching

import "github.com/clearhour/clearhour/venue"

// Reference is the price that an auction stays near when nothing else decides:
// the last settlement price, say. The zero value is none.
type Reference struct {
	Price venue.Price
	Known bool
}

// Auction is what an uncrossing of a book comes to.
type Auction struct {
	// Price is the one price of all trades.
	Price venue.Price
	// Volume is what trades, in lots.
	Volume venue.Qty
	// Surplus is what could trade at Price and finds nobody: lots to buy above
	// zero, lots to sell below.
	Surplus venue.Qty
}

// Indicative returns what an uncrossing of a book would come to now (AUC-01,
// AUC-02), and false when no bid reaches an ask. Hidden size counts in full.
//
// Candidates are all ticks from the best ask to the best bid. Of them those stay
// where most can trade; of these, those with the least surplus, buying or
// selling; of these the highest when buyers are left over at each, the lowest
// when sellers are, and otherwise the one nearest to the reference, the higher
// of two; without a reference the middle of the lowest and the highest, rounded
// down. What stays is always a range without a gap, so that a reference between
// two ticks may be rounded to the nearest one, a half upwards, beforehand.
//
// Ticks are not walked. What can be bought at p or below falls, and what can be
// sold at p or above rises, with the levels of the book only:
//
//	bids filled from the top down ─► V lots, the last at price hi
//	asks filled from the bottom up ─► V lots, the last at price lo
//
//	   lo ··· b'│a' ··· hi        b', a': the next bid and ask beyond the V lots
//
// V is the most that can trade, and it can exactly at lo to hi. If the level at
// hi keeps something, buyers are left over in all of that range and fewest at
// hi; with the level at lo it is the other way round. Otherwise the surplus is 0
// above b' and below a', when there is a tick between; when there is none, one
// of b' and a' has the least. The work is the number of levels that trade,
// and of their orders when some of them are icebergs.
func (b *Books) Indicative(inst venue.InstrumentID, ref Reference) (Auction, bool) {
	bid, ask := b.curve(inst, venue.Buy), b.curve(inst, venue.Sell)
	a := Auction{}
	var lo, hi venue.Price
	for bid.more() && ask.more() && bid.price >= ask.price {
		lo, hi = ask.price, bid.price
		q := min(bid.left, ask.left)
		a.Volume += q
		if bid.left -= q; bid.left == 0 {
			bid.next()
		}
		if ask.left -= q; ask.left == 0 {
			ask.next()
		}
	}
	switch {
	case a.Volume == 0:
		return a, false
	case bid.more() && bid.price == hi:
		a.Price, a.Surplus = hi, bid.left
	case ask.more() && ask.price == lo:
		a.Price, a.Surplus = lo, -ask.left
	default:
		a.balance(&bid, &ask, lo, hi, ref)
	}
	return a, true
}

// balance finds the price when both marginal levels trade in full: bid and ask
// are the levels beyond them, if they are within lo to hi at all.
func (a *Auction) balance(bid, ask *curve, lo, hi venue.Price, ref Reference) {
	from, to := bid.above(lo), ask.below(hi)
	if from <= to {
		a.Price = ref.choose(from, to)
		return
	}
	// The next bid stands one tick below the next ask: whoever is fewer is left over.
	a.Surplus = bid.left
	switch {
	case bid.left < ask.left:
		a.Price = bid.price
		return
	case bid.left > ask.left:
		a.Price, a.Surplus = ask.price, -ask.left
		return
	}
	sells := ask.price
	bid.next()
	ask.next()
	a.Price = ref.choose(bid.above(lo), ask.below(hi))
	if a.Price >= sells {
		a.Surplus = -a.Surplus
	}
}

// choose returns the price from lo to hi that is nearest to the reference, or
// the middle.
func (r Reference) choose(lo, hi venue.Price) venue.Price {
	if r.Known {
		return min(max(r.Price, lo), hi)
	}
	return (lo + hi) >> 1 // Rounds down below zero, too.
}

// curve walks the levels of a side from the best on.
type curve struct {
	books *Books
	half  *half
	inst  uint16
	key   int32
	price venue.Price
	left  venue.Qty // What is open in the level, hidden size included.
}

func (b *Books) curve(inst venue.InstrumentID, side venue.Side) curve {
	c := curve{books: b, half: b.shown(inst, side), inst: uint16(inst)}
	c.goTo(c.half.best)
	return c
}

func (c *curve) more() bool { return c.key != none }
func (c *curve) next()      { c.goTo(c.books.from(c.half, c.key+1)) }

func (c *curve) goTo(key int32) {
	if c.key = key; key == none {
		return
	}
	c.price = c.books.price(c.inst, c.half.key(key))
	c.left = c.books.openAt(&c.books.levels[c.half.at(key)], c.inst)
}

// above returns the first price above the level, but at least lo.
func (c *curve) above(lo venue.Price) venue.Price {
	if !c.more() {
		return lo
	}
	return max(lo, c.price+1)
}

// below returns the first price below the level, but at most hi.
func (c *curve) below(hi venue.Price) venue.Price {
	if !c.more() {
		return hi
	}
	return min(hi, c.price-1)
}

// openAt returns what is open in a level, hidden size included. Orders are only
// looked at when there are icebergs in the book.
func (b *Books) openAt(l *level, inst uint16) venue.Qty {
	open := venue.Qty(l.agg & qtyMask)
	if b.asides[inst].icebergs == 0 {
		return open
	}
	for s := l.head; s != 0; s = b.orders[s].next {
		open += venue.Qty(b.hiddenOf(s))
	}
	return open
}
