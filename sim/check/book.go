package check

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// side is one side of a book: the levels by price above the lowest of the terms,
// and the best of them, -1 for none.
type side struct {
	levels []*level
	best   int
}

// level is the orders at a price, oldest first, and what was last told of it.
type level struct {
	orders []*order
	qty    venue.Qty
	count  uint32
}

// touchedLevel is one of which something was told in this command; price -1
// stands for a market whose phase changed.
type touchedLevel struct {
	instrument venue.InstrumentID
	side       venue.Side
	price      venue.Price
}

func (c *Checker) touch(i venue.InstrumentID, s venue.Side, p venue.Price) {
	c.touched = append(c.touched, touchedLevel{i, s, p})
}

// better says whether index a is a better price than b on a side.
func better(s venue.Side, a, b int) bool { return b < 0 || (a > b) == (s == venue.Buy) }

func (m *market) level(s venue.Side, p venue.Price) (*side, int, *level) {
	x, at := &m.sides[s-1], int(p-m.terms.Low)
	if x.levels[at] == nil {
		x.levels[at] = &level{}
	}
	return x, at, x.levels[at]
}

// rest puts what is left of the incoming order into its level, behind the others.
func (c *Checker) rest() {
	o := c.incoming
	if c.incoming = nil; o != nil && o.leaves > 0 {
		c.enter(o)
	}
}

// enter puts an order at the end of its level. It shows all of itself or a part.
func (c *Checker) enter(o *order) {
	x, at, l := c.markets[o.instrument].level(o.side, o.price)
	o.resting, o.shown = true, o.leaves
	if o.display != 0 {
		o.shown = min(o.display, o.leaves)
	}
	l.orders = append(l.orders, o)
	if better(o.side, at, x.best) {
		x.best = at
	}
}

// leave takes an order out of its level.
func (c *Checker) leave(o *order) {
	x, at, l := c.markets[o.instrument].level(o.side, o.price)
	o.resting = false
	i := slices.Index(l.orders, o)
	l.orders = slices.Delete(l.orders, i, i+1)
	if len(l.orders) == 0 && at == x.best {
		x.seek(o.side)
	}
}

// seek finds the best level again, from the old one on.
func (x *side) seek(s venue.Side) {
	step := -int(s.Sign())
	for x.best >= 0 && x.best < len(x.levels) {
		if l := x.levels[x.best]; l != nil && len(l.orders) > 0 {
			return
		}
		x.best += step
	}
	x.best = -1
}

// first returns the order that has to trade next on a side: the oldest at the best
// price. Orders of the incoming order's own owner are passed over when its mode
// of self-trade prevention takes them out of the way.
func (c *Checker) first(m *market, s venue.Side, owner venue.OwnerID, passes bool) *order {
	x := &m.sides[s-1]
	step := -int(s.Sign())
	for at := x.best; at >= 0 && at < len(x.levels); at += step {
		if x.levels[at] == nil {
			continue
		}
		for _, o := range x.levels[at].orders {
			if !passes || c.account(o.account).owner != owner {
				return o
			}
		}
	}
	return nil
}

// level hears what a price level shows.
func (c *Checker) level(e *venue.LevelChanged) {
	_, _, l := c.markets[e.Instrument].level(e.Side, e.Price)
	l.qty, l.count = e.Qty, e.Orders
	c.touch(e.Instrument, e.Side, e.Price)
}

// levels compares the touched levels with their orders, and wants no book crossed
// that trades continuously.
func (c *Checker) levels() error {
	for _, t := range c.touched {
		m := &c.markets[t.instrument]
		if t.price >= 0 {
			_, _, l := m.level(t.side, t.price)
			if err := l.check(t); err != nil {
				return err
			}
		}
		bid, ask := m.sides[0].best, m.sides[1].best
		if m.phase.Uncrosses() && bid >= 0 && ask >= 0 && bid >= ask {
			return broken(Book, "instrument %d is crossed: bid %d, ask %d", t.instrument, venue.Price(bid)+m.terms.Low, venue.Price(ask)+m.terms.Low)
		}
	}
	return nil
}

// check compares what a level was told to show with its orders.
func (l *level) check(t touchedLevel) error {
	shown := venue.Qty(0)
	for _, o := range l.orders {
		shown += o.shown
	}
	if shown != l.qty || len(l.orders) != int(l.count) {
		return broken(Book, "instrument %d shows %d lots of %d orders to %s at %d, there are %d of %d",
			t.instrument, l.qty, l.count, t.side, t.price, shown, len(l.orders))
	}
	return nil
}
