package matching

import (
	"math"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Order is what the caller enters. The caller has validated it: it lies within
// the range of its instrument, quantities are from 1 to venue.MaxQty.
type Order struct {
	Instrument venue.InstrumentID
	// Holding is the (account, instrument) pair of the order.
	Holding venue.HoldingID
	// Owner is whom self-trade prevention compares.
	Owner venue.OwnerID
	// Tag is the caller's own and comes back with every fill and cut.
	Tag  uint32
	Side venue.Side
	Type venue.OrderType
	TIF  venue.TimeInForce
	STP  venue.SelfTrade
	// Flags are kept; only PostOnly means anything here, and ByMark of a stop.
	Flags venue.OrderFlags
	// Price is the limit in ticks. A Market order brings the bound of its band;
	// a Stop brings nothing and gets its limit from Reprice.
	Price venue.Price
	// Stop is the trigger in ticks of a Stop or StopLimit order.
	Stop venue.Price
	// Qty is the size in lots.
	Qty venue.Qty
	// MinQty is what must trade at once or nothing does; 0 for none.
	MinQty venue.Qty
	// Display is the shown part of an iceberg; 0 for all.
	Display venue.Qty
	// Expire is when the order is due to end; 0 for never.
	Expire venue.Time
}

// View is everything about a live order.
type View struct {
	Order      venue.OrderID
	Instrument venue.InstrumentID
	Holding    venue.HoldingID
	Owner      venue.OwnerID
	Tag        uint32
	Side       venue.Side
	Type       venue.OrderType
	TIF        venue.TimeInForce
	STP        venue.SelfTrade
	Flags      venue.OrderFlags
	// Dormant says that the order is a stop that was not elected yet.
	Dormant bool
	// Price is the limit in ticks; 0 for a Stop that was not elected yet.
	Price venue.Price
	// Stop is the trigger in ticks, or 0.
	Stop venue.Price
	// Leaves is what is open, Shown the part of it that the level shows, and
	// Filled what was traded so far, in lots.
	Leaves, Shown, Filled venue.Qty
	MinQty, Display       venue.Qty
	Expire                venue.Time
}

// order is the hot record: what matching reads of a resting order, in half a
// cache line.
//
//	gen      how often the slot was taken; with the slot it makes the order's id
//	price    limit, in ticks above the instrument's low
//	qty      what the level shows; with the reserve of an iceberg, what is open
//	prev     older neighbour in the level, 0 at the head
//	next     younger neighbour, 0 at the tail; next free slot when released
type order struct {
	gen     uint32
	price   int32
	qty     uint32
	prev    uint32
	next    uint32
	holding uint32
	owner   uint32
	inst    uint16
	flags   uint16
}

// link is the warm record: what a fill or a cancel reads besides.
type link struct {
	older, younger uint32 // Neighbours in the holding's list.
	tag            uint32
	filled         uint32
}

// extra is the cold record of orders with the extended flag.
type extra struct {
	expire  venue.Time
	stop    int32  // Trigger in ticks above the low.
	reserve uint32 // What is open beyond qty.
	display uint32
	minQty  uint32
	due     uint32 // Place in the expiry heap plus 1, 0 for none.
	byMark  uint32 // 1 for a stop that the mark elects.
}

// Bits of order.flags.
//
//	0     side, 1 for Sell
//	1-2   state
//	3-4   type minus 1
//	5-7   time in force
//	8-9   self-trade prevention minus 1
//	10    has an extra record
//	11    is in the list of its holding
//	12-15 venue.OrderFlags but ByMark, which stands in the extra record
const (
	flagSell     = 1 << 0
	stateMask    = 3 << 1
	stateIdle    = 1 << 1 // Taken, in no book.
	stateResting = 2 << 1
	stateDormant = 3 << 1
	typeShift    = 3
	tifShift     = 5
	stpShift     = 8
	flagExtended = 1 << 10
	flagListed   = 1 << 11
	userShift    = 12
	userMask     = 1<<4 - 1
)

// onceMask says, by the five bits of type and time in force, which orders trade
// at once or not at all.
const (
	onceTypes = 1<<(venue.Market-1) | 1<<(venue.Stop-1)
	once4     = 1<<(4*venue.IOC) | 1<<(4*venue.FOK)
	every4    = 1<<0 | 1<<4 | 1<<8 | 1<<12 | 1<<16 | 1<<20 | 1<<24 | 1<<28
	onceMask  = uint32(onceTypes*every4 | 15*once4)
)

// immediate says whether the order never rests.
func (o *order) immediate() bool { return onceMask>>(o.flags>>typeShift&31)&1 != 0 }

func (o *order) state() uint16             { return o.flags & stateMask }
func (o *order) setState(s uint16)         { o.flags = o.flags&^stateMask | s }
func (o *order) side() venue.Side          { return venue.Buy + venue.Side(o.flags&flagSell) }
func (o *order) kind() venue.OrderType     { return venue.OrderType(o.flags>>typeShift&3) + 1 }
func (o *order) tif() venue.TimeInForce    { return venue.TimeInForce(o.flags >> tifShift & 7) }
func (o *order) stp() venue.SelfTrade      { return venue.SelfTrade(o.flags>>stpShift&3) + 1 }
func (o *order) user() venue.OrderFlags    { return venue.OrderFlags(o.flags >> userShift) }
func (o *order) has(flag uint16) bool      { return o.flags&flag != 0 }
func id(gen, slot uint32) venue.OrderID    { return venue.OrderID(gen)<<32 | venue.OrderID(slot) }
func (b *Books) id(s uint32) venue.OrderID { return id(b.orders[s].gen, s) }

// flagsOf packs what is asked for; the state is idle.
func flagsOf(o *Order) uint16 {
	return uint16(o.Side-venue.Buy) | stateIdle | uint16(o.Type-1)<<typeShift | uint16(o.TIF)<<tifShift |
		uint16(o.STP-1)<<stpShift | uint16(o.Flags&userMask)<<userShift
}

// slot returns the slot of a live order, or 0.
func (b *Books) slot(id venue.OrderID) uint32 {
	s := uint32(id)
	if s >= uint32(len(b.orders)) {
		return 0
	}
	// A released slot keeps its generation, so the state decides, too.
	if o := &b.orders[s]; o.gen != uint32(id>>32) || o.flags&stateMask == 0 {
		return 0
	}
	return s
}

// Add takes a slot for an order and returns its id. The order is in no book
// until Match, Rest or Park. False says that the slab is full.
func (b *Books) Add(o *Order) (venue.OrderID, bool) {
	assert.That(o.Qty > 0 && o.Qty <= venue.MaxQty, "order quantity")
	assert.That(o.Side-venue.Buy <= 1 && o.Type-1 <= 3 && o.STP-1 <= 3 && o.TIF <= 7 && o.Flags&^venue.ByMark <= userMask, "order fields")
	assert.That(int(o.Instrument) < len(b.books), "order for a book that is not open")
	var tick int32
	if o.Type != venue.Stop {
		tick = b.offset(uint16(o.Instrument), o.Price)
	}
	s := b.free
	if s != 0 {
		b.free = b.orders[s].next
	} else {
		if b.lastSlot == b.limits.Orders {
			return 0, false
		}
		b.lastSlot++
		s = b.lastSlot
	}
	b.live++
	r := &b.orders[s]
	r.gen++
	r.price = tick
	r.qty = uint32(o.Qty)
	r.prev, r.next = 0, 0
	r.holding = uint32(o.Holding)
	r.owner = uint32(o.Owner)
	r.inst = uint16(o.Instrument)
	r.flags = flagsOf(o)
	b.links[s].tag = o.Tag
	b.links[s].filled = 0
	if o.Expire != 0 || o.Display != 0 || o.MinQty != 0 || o.Type >= venue.Stop {
		b.extend(s, o)
	}
	return id(r.gen, s), true
}

// extend writes the extra record of an order that needs one.
func (b *Books) extend(s uint32, o *Order) {
	assert.That(o.Display >= 0 && o.Display <= o.Qty && o.MinQty >= 0 && o.MinQty <= o.Qty, "part of an order beyond its quantity")
	x := extra{expire: o.Expire, display: uint32(o.Display), minQty: uint32(o.MinQty)}
	if o.Type == venue.Stop || o.Type == venue.StopLimit {
		x.stop = b.offset(uint16(o.Instrument), o.Stop)
		if o.Flags.Has(venue.ByMark) {
			x.byMark = 1
		}
	}
	b.extras[s] = x
	b.orders[s].flags |= flagExtended
	if o.Expire != 0 {
		b.schedule(s)
	}
}

// release ends an order that is in no level: it leaves its holding and the
// expiry queue, and its slot may be taken again.
func (b *Books) release(s uint32) {
	o := &b.orders[s]
	if o.has(flagListed) {
		b.unlist(s, o)
	}
	if o.has(flagExtended) {
		if b.extras[s].due != 0 {
			b.unschedule(s)
		}
		if o.state() == stateResting {
			b.uncount(s, o)
		}
	}
	b.live--
	o.flags, o.next = 0, 0
	// A slot whose generations are used up is retired: ids are never reused.
	if o.gen != math.MaxUint32 {
		o.next = b.free
		b.free = s
	}
}

// uncount takes an extended order that leaves its level out of the number of
// icebergs, if it is one.
func (b *Books) uncount(s uint32, o *order) {
	if b.extras[s].display != 0 {
		b.asides[o.inst].icebergs--
	}
}

// leaves returns what is open of an order, hidden size included.
func (b *Books) leaves(s uint32) uint32 { return b.orders[s].qty + b.hiddenOf(s) }

// hiddenOf returns what is open of an order beyond what its level shows.
func (b *Books) hiddenOf(s uint32) uint32 {
	if b.orders[s].has(flagExtended) {
		return b.extras[s].reserve
	}
	return 0
}

// setLeaves gives an order that keeps its place a smaller open quantity. The
// hidden part shrinks first.
func (b *Books) setLeaves(s, leaves uint32) {
	o := &b.orders[s]
	shown := min(o.qty, leaves)
	if o.has(flagExtended) {
		b.extras[s].reserve = leaves - shown
	}
	o.qty = shown
}

// Get fills v with a live order and says whether id is one.
func (b *Books) Get(id venue.OrderID, v *View) bool {
	s := b.slot(id)
	if s == 0 {
		return false
	}
	b.view(s, v)
	return true
}

// Holding returns the holding of a live order and whether id is one.
func (b *Books) Holding(id venue.OrderID) (venue.HoldingID, bool) {
	s := b.slot(id)
	return venue.HoldingID(b.orders[s].holding), s != 0
}

func (b *Books) view(s uint32, v *View) {
	o, l := &b.orders[s], &b.links[s]
	*v = View{
		Order: id(o.gen, s), Instrument: venue.InstrumentID(o.inst),
		Holding: venue.HoldingID(o.holding), Owner: venue.OwnerID(o.owner), Tag: l.tag,
		Side: o.side(), Type: o.kind(), TIF: o.tif(), STP: o.stp(), Flags: o.user(),
		Dormant: o.state() == stateDormant,
		Price:   b.limit(o),
		Leaves:  venue.Qty(o.qty), Shown: venue.Qty(o.qty), Filled: venue.Qty(l.filled),
	}
	if !o.has(flagExtended) {
		return
	}
	x := &b.extras[s]
	v.Leaves += venue.Qty(x.reserve)
	v.MinQty, v.Display, v.Expire = venue.Qty(x.minQty), venue.Qty(x.display), x.expire
	if v.Type == venue.Stop || v.Type == venue.StopLimit {
		v.Stop = b.price(o.inst, x.stop)
		if x.byMark != 0 {
			v.Flags |= venue.ByMark
		}
	}
}

// limit returns the limit of an order; a Stop has none before it is elected.
func (b *Books) limit(o *order) venue.Price {
	if o.state() == stateDormant && o.kind() == venue.Stop {
		return 0
	}
	return b.price(o.inst, o.price)
}
