package matching

import (
	"cmp"
	"maps"
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// venueBooks is what Books and its slow twin have in common: the shared tests
// run on both.
type venueBooks interface {
	Open(inst venue.InstrumentID, low, high venue.Price)
	ShareProRata(inst venue.InstrumentID)
	Live() int
	Add(o *Order) (venue.OrderID, bool)
	Match(id venue.OrderID, m *Matched)
	Rest(id venue.OrderID, m *Matched) venue.Reason
	Park(id venue.OrderID) venue.Reason
	Cancel(id venue.OrderID, reason venue.Reason, m *Matched) bool
	Reduce(id venue.OrderID, by venue.Qty, reason venue.Reason, m *Matched) bool
	Amend(id venue.OrderID, price venue.Price, leaves venue.Qty, m *Matched) bool
	Reprice(id venue.OrderID, price venue.Price)
	Elect(inst venue.InstrumentID, last venue.Price, dst []venue.OrderID) []venue.OrderID
	ElectByMark(inst venue.InstrumentID, mark venue.Price, dst []venue.OrderID) []venue.OrderID
	Get(id venue.OrderID, v *View) bool
	Each(h venue.HoldingID, fn func(*View) bool)
	Best(inst venue.InstrumentID, side venue.Side) (venue.Price, bool)
	Depth(inst venue.InstrumentID, side venue.Side, n int, dst []Level) []Level
	WouldTake(inst venue.InstrumentID, side venue.Side, price venue.Price) bool
	Due() (venue.Time, bool)
	Expire(now venue.Time, dst []venue.OrderID) []venue.OrderID
}

// slow is the twin: a map of orders, searched from end to end for every
// question. Fill-or-kill and minimum quantities are tried on a copy.
type slow struct {
	limits Limits
	orders map[venue.OrderID]*slowOrder
	last   venue.OrderID
	clock  int // Gives places in queues.
	shared map[venue.InstrumentID]bool
	tops   map[slowSide]venue.OrderID // TOP orders of shared books.
}

type slowSide struct {
	inst venue.InstrumentID
	side venue.Side
}

type slowOrder struct {
	Order
	id            venue.OrderID
	state         uint16
	leaves, shown venue.Qty
	filled        venue.Qty
	place         int // In the queue of its price or trigger.
	joined        int // In the list of its holding, 0 before.
	timed         bool
}

func newSlow(l Limits) *slow {
	return &slow{
		limits: l.withDefaults(), orders: map[venue.OrderID]*slowOrder{},
		shared: map[venue.InstrumentID]bool{}, tops: map[slowSide]venue.OrderID{},
	}
}

func (b *slow) ShareProRata(inst venue.InstrumentID) { b.shared[inst] = true }

func (b *slow) Open(venue.InstrumentID, venue.Price, venue.Price) {}
func (b *slow) Live() int                                         { return len(b.orders) }

func (b *slow) tick() int {
	b.clock++
	return b.clock
}

func (b *slow) Add(o *Order) (venue.OrderID, bool) {
	if len(b.orders) == int(b.limits.Orders) {
		return 0, false
	}
	b.last++
	b.orders[b.last] = &slowOrder{
		Order: *o, id: b.last, state: stateIdle, leaves: o.Qty, shown: o.Qty, timed: o.Expire != 0,
	}
	return b.last, true
}

// queue returns the resting orders of a side in priority order.
func (b *slow) queue(inst venue.InstrumentID, side venue.Side) []*slowOrder {
	var q []*slowOrder
	for o := range maps.Values(b.orders) {
		if o.state == stateResting && o.Instrument == inst && o.Side == side {
			q = append(q, o)
		}
	}
	slices.SortFunc(q, func(x, y *slowOrder) int {
		if c := cmp.Compare(x.Price, y.Price); c != 0 {
			return c * int(-side.Sign())
		}
		return cmp.Compare(x.place, y.place)
	})
	return q
}

func (b *slow) copy() *slow {
	c := *b
	c.tops = maps.Clone(b.tops)
	c.orders = map[venue.OrderID]*slowOrder{}
	for id, o := range b.orders {
		p := *o
		c.orders[id] = &p
	}
	return &c
}

// wouldFill returns what the order would trade if it were immediate-or-cancel.
func (b *slow) wouldFill(id venue.OrderID) venue.Qty {
	c := b.copy()
	c.orders[id].TIF, c.orders[id].MinQty = venue.IOC, 0
	var m Matched
	c.Match(id, &m)
	var sum venue.Qty
	for _, f := range m.Fills {
		sum += f.Qty
	}
	return sum
}

func (b *slow) immediate(o *slowOrder) bool {
	return o.TIF == venue.IOC || o.TIF == venue.FOK || o.Type == venue.Market || o.Type == venue.Stop
}

func (b *slow) Match(id venue.OrderID, m *Matched) {
	o := b.orders[id]
	m.Prevented, m.End = 0, venue.OK
	crossed := b.WouldTake(o.Instrument, o.Side, o.Price)
	switch {
	case crossed && o.Flags.Has(venue.PostOnly):
		m.End = venue.WouldTake
	case !b.immediate(o) && !b.roomFor(o):
		m.End = venue.LevelFull
	case o.TIF == venue.FOK && b.wouldFill(id) < o.leaves:
		m.End = venue.FOKNotFilled
	case o.MinQty > 0 && b.wouldFill(id) < o.MinQty:
		m.End = venue.MinQtyNotMet
	case b.shared[o.Instrument]:
		b.sweepShared(o, m)
	default:
		b.sweep(o, m)
	}
	m.Leaves = o.leaves
	if m.End == venue.OK && o.leaves > 0 && b.immediate(o) {
		m.End = venue.IOCRemainder
	}
	if m.End != venue.OK || o.leaves == 0 {
		delete(b.orders, id)
		return
	}
	b.rest(o, m)
}

func (b *slow) sweep(o *slowOrder, m *Matched) {
	for steps := 0; o.leaves > 0 && m.End == venue.OK; steps++ {
		if !b.WouldTake(o.Instrument, o.Side, o.Price) {
			return
		}
		if steps == b.limits.FillsPerMatch {
			m.End = venue.FillLimitReached
			return
		}
		k := b.queue(o.Instrument, o.Side.Opposite())[0]
		if k.Owner == o.Owner {
			b.prevent(o, k, m)
		} else {
			b.fill(o, k, m)
		}
		b.report(m, k)
	}
}

func (b *slow) fill(o, k *slowOrder, m *Matched) {
	q := min(o.leaves, k.shown)
	o.leaves -= q
	o.filled += q
	k.leaves -= q
	k.shown -= q
	k.filled += q
	m.Fills = append(m.Fills, Fill{
		Maker: k.id, Holding: k.Holding, MakerTag: k.Tag, Price: k.Price, Qty: q, MakerLeaves: k.leaves, MakerFlags: k.Flags &^ venue.ByMark,
	})
	if k.leaves == 0 {
		delete(b.orders, k.id)
		return
	}
	if k.shown == 0 {
		k.shown = min(k.Display, k.leaves)
		k.place = b.tick()
		b.dethrone(k)
	}
}

func (b *slow) prevent(o, k *slowOrder, m *Matched) {
	if o.STP == venue.CancelTaker || o.STP == venue.CancelBoth {
		m.End = venue.SelfTradePrevented
	}
	by := k.leaves
	switch o.STP {
	case venue.CancelTaker:
		return
	case venue.CancelMaker, venue.CancelBoth:
	case venue.Decrement:
		by = min(o.leaves, k.leaves)
		o.leaves -= by
		m.Prevented += by
		if o.leaves == 0 {
			m.End = venue.SelfTradePrevented
		}
	}
	b.cut(m, k, by, venue.SelfTradePrevented)
}

// cut takes lots off an order, hidden ones first, and ends it at 0.
func (b *slow) cut(m *Matched, k *slowOrder, by venue.Qty, reason venue.Reason) {
	k.leaves -= by
	k.shown = min(k.shown, k.leaves)
	price := k.Price
	if k.Type == venue.Stop && k.state == stateDormant {
		price = 0
	}
	m.Cuts = append(m.Cuts, Cut{
		Order: k.id, Holding: k.Holding, Tag: k.Tag, Price: price, By: by, Leaves: k.leaves, Instrument: k.Instrument,
		Side: k.Side, Flags: k.Flags &^ venue.ByMark, Reason: reason, Dormant: k.state == stateDormant,
	})
	if k.leaves == 0 {
		delete(b.orders, k.id)
	}
}

func (b *slow) level(inst venue.InstrumentID, side venue.Side, price venue.Price) Level {
	v := Level{Price: price, Instrument: inst, Side: side}
	for _, o := range b.queue(inst, side) {
		if o.Price == price {
			v.Qty += o.shown
			v.Orders++
		}
	}
	return v
}

func (b *slow) report(m *Matched, o *slowOrder) {
	v := b.level(o.Instrument, o.Side, o.Price)
	for i, have := range m.Levels {
		if have.Price == v.Price && have.Side == v.Side && have.Instrument == v.Instrument {
			m.Levels[i] = v
			return
		}
	}
	m.Levels = append(m.Levels, v)
}

func (b *slow) rest(o *slowOrder, m *Matched) {
	best, ok := b.Best(o.Instrument, o.Side)
	if b.shared[o.Instrument] && (!ok || (o.Price-best)*venue.Price(o.Side.Sign()) > 0) {
		b.tops[slowSide{o.Instrument, o.Side}] = o.id
	}
	o.state, o.place, o.shown = stateResting, b.tick(), o.leaves
	if o.Display > 0 {
		o.shown = min(o.Display, o.leaves)
	}
	if o.joined == 0 {
		o.joined = b.tick()
	}
	b.report(m, o)
}

func (b *slow) Rest(id venue.OrderID, m *Matched) venue.Reason {
	if !b.roomFor(b.orders[id]) {
		return venue.LevelFull
	}
	b.rest(b.orders[id], m)
	return venue.OK
}

func (b *slow) Park(id venue.OrderID) venue.Reason {
	o := b.orders[id]
	o.state, o.place = stateDormant, b.tick()
	if o.joined == 0 {
		o.joined = b.tick()
	}
	return venue.OK
}

func (b *slow) Cancel(id venue.OrderID, reason venue.Reason, m *Matched) bool {
	o := b.orders[id]
	if o == nil {
		return false
	}
	b.cut(m, o, o.leaves, reason)
	if o.state == stateResting {
		b.report(m, o)
	}
	return true
}

func (b *slow) Reduce(id venue.OrderID, by venue.Qty, reason venue.Reason, m *Matched) bool {
	o := b.orders[id]
	if o == nil {
		return false
	}
	b.cut(m, o, min(by, o.leaves), reason)
	if o.state == stateResting {
		b.report(m, o)
	}
	return true
}

func (b *slow) Amend(id venue.OrderID, price venue.Price, leaves venue.Qty, m *Matched) bool {
	o := b.orders[id]
	if o.Type == venue.Stop && o.state == stateDormant {
		price = o.Price
	}
	same := price == o.Price && leaves == o.leaves
	if o.state != stateIdle && price == o.Price && leaves <= o.leaves {
		o.leaves = leaves
		o.shown = min(o.shown, leaves)
		if !same && o.state == stateResting {
			b.report(m, o)
		}
		return true
	}
	was := *o
	o.Price, o.leaves, o.shown = price, leaves, leaves
	if o.state == stateDormant {
		o.place = b.tick()
		return true
	}
	o.state = stateIdle
	b.dethrone(o)
	if was.state == stateResting {
		b.report(m, &was)
	}
	return false
}

func (b *slow) Reprice(id venue.OrderID, price venue.Price) { b.orders[id].Price = price }

func (b *slow) Elect(inst venue.InstrumentID, last venue.Price, dst []venue.OrderID) []venue.OrderID {
	return b.elect(inst, 0, last, dst)
}

func (b *slow) ElectByMark(inst venue.InstrumentID, mark venue.Price, dst []venue.OrderID) []venue.OrderID {
	return b.elect(inst, venue.ByMark, mark, dst)
}

func (b *slow) elect(inst venue.InstrumentID, by venue.OrderFlags, last venue.Price, dst []venue.OrderID) []venue.OrderID {
	for _, side := range []venue.Side{venue.Buy, venue.Sell} {
		var due []*slowOrder
		for o := range maps.Values(b.orders) {
			if o.state == stateDormant && o.Instrument == inst && o.Side == side && o.Flags&venue.ByMark == by && (o.Stop-last)*venue.Price(side.Sign()) <= 0 {
				due = append(due, o)
			}
		}
		slices.SortFunc(due, func(x, y *slowOrder) int {
			if c := cmp.Compare(x.Stop, y.Stop); c != 0 {
				return c * int(side.Sign())
			}
			return cmp.Compare(x.place, y.place)
		})
		for _, o := range due {
			if len(dst) == b.limits.StopsPerElect {
				return dst
			}
			o.state = stateIdle
			dst = append(dst, o.id)
		}
	}
	return dst
}

func (b *slow) view(o *slowOrder, v *View) {
	*v = View{
		Order: o.id, Instrument: o.Instrument, Holding: o.Holding, Owner: o.Owner, Tag: o.Tag, Side: o.Side,
		Type: o.Type, TIF: o.TIF, STP: o.STP, Flags: o.Flags, Dormant: o.state == stateDormant, Price: o.Price,
		Stop: o.Stop, Leaves: o.leaves, Shown: o.shown, Filled: o.filled, MinQty: o.MinQty, Display: o.Display, Expire: o.Expire,
	}
	if o.Type == venue.Stop && v.Dormant {
		v.Price = 0
	}
}

func (b *slow) Get(id venue.OrderID, v *View) bool {
	o := b.orders[id]
	if o != nil {
		b.view(o, v)
	}
	return o != nil
}

func (b *slow) Each(h venue.HoldingID, fn func(*View) bool) {
	var of []*slowOrder
	for o := range maps.Values(b.orders) {
		if o.Holding == h && o.joined > 0 {
			of = append(of, o)
		}
	}
	slices.SortFunc(of, func(x, y *slowOrder) int { return cmp.Compare(x.joined, y.joined) })
	for _, o := range of {
		var v View
		b.view(o, &v)
		if !fn(&v) {
			return
		}
	}
}

func (b *slow) Best(inst venue.InstrumentID, side venue.Side) (venue.Price, bool) {
	q := b.queue(inst, side)
	if len(q) == 0 {
		return 0, false
	}
	return q[0].Price, true
}

func (b *slow) Depth(inst venue.InstrumentID, side venue.Side, n int, dst []Level) []Level {
	for _, o := range b.queue(inst, side) {
		if len(dst) == 0 || dst[len(dst)-1].Price != o.Price {
			if len(dst) == n {
				break
			}
			dst = append(dst, b.level(inst, side, o.Price))
		}
	}
	return dst
}

func (b *slow) WouldTake(inst venue.InstrumentID, side venue.Side, price venue.Price) bool {
	best, ok := b.Best(inst, side.Opposite())
	return ok && (price-best)*venue.Price(side.Sign()) >= 0
}

func (b *slow) Due() (venue.Time, bool) {
	var due venue.Time
	found := false
	for o := range maps.Values(b.orders) {
		if o.timed && (!found || o.Expire < due) {
			due, found = o.Expire, true
		}
	}
	return due, found
}

func (b *slow) Expire(now venue.Time, dst []venue.OrderID) []venue.OrderID {
	for o := range maps.Values(b.orders) {
		if o.timed && o.Expire <= now {
			o.timed = false
			dst = append(dst, o.id)
		}
	}
	return dst
}
