package matching

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/offheap"
	"github.com/clearhour/clearhour/venue"
)

// Limits bounds what Books may hold and what one call may do. A zero field
// means its default.
type Limits struct {
	// Orders is how many orders may be live, at most 1<<30; default 1<<20.
	Orders uint32
	// Pages is how many pages of 512 price levels may be in use, at most 1<<22;
	// default 1<<14. A page is in use while one of its levels holds an order.
	Pages uint32
	// FillsPerMatch bounds fills and cuts of one Match together; default 1000.
	FillsPerMatch int
	// StopsPerElect bounds what one Elect returns; default 256.
	StopsPerElect int
	// OrdersPerExpire bounds what one Expire returns; default 256.
	OrdersPerExpire int
}

const (
	maxOrders = 1 << 30
	maxPages  = 1 << 22
	maxSpan   = 1 << 24 // Ticks between the lowest and the highest price.
)

func (l Limits) withDefaults() Limits {
	if l.Orders == 0 {
		l.Orders = 1 << 20
	}
	if l.Pages == 0 {
		l.Pages = 1 << 14
	}
	if l.FillsPerMatch == 0 {
		l.FillsPerMatch = 1000
	}
	if l.StopsPerElect == 0 {
		l.StopsPerElect = 256
	}
	if l.OrdersPerExpire == 0 {
		l.OrdersPerExpire = 256
	}
	return l
}

// Books is the live orders of all instruments. It is not for concurrent use.
type Books struct {
	limits Limits

	// Records of orders, by slot. Slot 0 is no order: it ends every list, and
	// writes to its links do no harm.
	orders   []order
	links    []link
	extras   []extra
	free     uint32 // Top of the stack of released slots, linked by next.
	lastSlot uint32 // Highest slot ever taken.
	live     int

	// Price levels, by page and tick; page 0 is none.
	levels   []level
	maps     []pageMap
	freePage uint32 // Top of the stack of released pages, linked by tail of level 0.
	lastPage uint32 // Highest page ever taken.

	books    []book     // By instrument.
	asides   []aside    // By instrument.
	halves   []half     // Six per instrument, see half.
	holdings []ends     // By holding.
	expiries []expiry   // Heap of orders with an expiry time.
	icebergs []hidden   // Scratch of probe.
	touched  touchState // Scratch of Touch.
	crossing crossing   // Scratch of Uncross.

	orderMem offheap.Array[order]
	linkMem  offheap.Array[link]
	extraMem offheap.Array[extra]
	levelMem offheap.Array[level]
	mapMem   offheap.Array[pageMap]
}

// book is the price range of an instrument.
type book struct {
	low  venue.Price
	span int32 // Number of ticks; 0 when the instrument is not open.
}

// aside is what only some instruments need.
type aside struct {
	icebergs uint32           // Resting orders with a display quantity.
	tops     [2]venue.OrderID // TOP orders by side, see top.
}

// New returns Books without instruments. Memory for all orders and pages is
// reserved at once and used as it is touched.
func New(l Limits) *Books {
	l = l.withDefaults()
	assert.That(l.Orders <= maxOrders, "limit of orders too high")
	assert.That(l.Pages <= maxPages, "limit of pages too high")
	assert.That(l.FillsPerMatch > 0 && l.StopsPerElect > 0 && l.OrdersPerExpire > 0, "limit below zero")
	b := &Books{limits: l}
	b.orderMem = offheap.Make[order](int(l.Orders) + 1)
	b.linkMem = offheap.Make[link](int(l.Orders) + 1)
	b.extraMem = offheap.Make[extra](int(l.Orders) + 1)
	b.levelMem = offheap.Make[level]((int(l.Pages) + 1) * pageTicks)
	b.mapMem = offheap.Make[pageMap](int(l.Pages) + 1)
	b.orders, b.links, b.extras = b.orderMem.Data, b.linkMem.Data, b.extraMem.Data
	b.levels, b.maps = b.levelMem.Data, b.mapMem.Data
	return b
}

// Close gives the memory back. Nothing may be called afterwards.
func (b *Books) Close() {
	b.orderMem.Free()
	b.linkMem.Free()
	b.extraMem.Free()
	b.levelMem.Free()
	b.mapMem.Free()
	*b = Books{}
}

// Open makes the book of an instrument whose orders are priced from low to high.
// It is called once per instrument; the range has at most 1<<24 ticks.
func (b *Books) Open(inst venue.InstrumentID, low, high venue.Price) {
	assert.That(low <= high && high-low < maxSpan, "price range of an instrument")
	assert.That(low >= -venue.MaxPrice && high <= venue.MaxPrice, "price of an instrument")
	closed := half{best: none}
	for len(b.books) <= int(inst) {
		b.books = append(b.books, book{})
		b.asides = append(b.asides, aside{})
		for range halvesPerBook {
			b.halves = append(b.halves, closed)
		}
	}
	assert.That(b.books[inst].span == 0, "instrument opened twice")
	span := int32(high-low) + 1
	b.books[inst] = book{low: low, span: span}
	for k := range halvesPerBook {
		b.halves[int(inst)*halvesPerBook+k] = newHalf(span, k == bids || k == sellStops || k == sellMarks)
	}
}

// Live returns the number of orders that hold a slot, in a book or not.
func (b *Books) Live() int { return b.live }

// offset returns price as ticks above the low of the instrument.
func (b *Books) offset(inst uint16, price venue.Price) int32 {
	k := &b.books[inst]
	d := price - k.low
	assert.That(d >= 0 && d < venue.Price(k.span), "price outside the range of its instrument")
	return int32(d)
}

func (b *Books) price(inst uint16, tick int32) venue.Price {
	return b.books[inst].low + venue.Price(tick)
}

// Deep says that there are so many orders that Touch is worth calling.
func (b *Books) Deep() bool { return b.live >= touchFrom }

// Sizes of what Bytes counts.
const (
	orderBytes = 32 + 16
	pageBytes  = pageTicks*16 + pageTicks/8
)

// Bytes returns the memory in use for orders and price levels, cold records not
// counted.
func (b *Books) Bytes() uint64 {
	return uint64(b.lastSlot)*orderBytes + uint64(b.lastPage)*pageBytes
}
